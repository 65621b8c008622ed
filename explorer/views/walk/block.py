"""A block of a walk, or a run of equal ones: its two ways, and how x goes along both."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.views.walk.draft import GAP, Draft
from explorer.views.walk.parts import Flight, Frame, Place, Reel, turn_at
from explorer.views.walk.stations import Deck, Passed, Station
from explorer.views.walk.times import WAYS

_TURN = 24.0
_PLUS = 13.0
_SPLIT, _ARRIVED, _MERGED, _OUT = 0.1, 0.62, 0.86, 0.97
"""Shares of a block's time: x is at the fork, F(x) is there, the ways have met, what leaves the block is there."""


@dataclass
class Block:
    """One block while it is drawn."""

    draft: Draft
    station: Station
    arriving: Deck
    at: float
    start: float
    end: float

    def __post_init__(self) -> None:
        self.scene = self.draft.scene
        self.drawn: Passed = self.station.blocks[0]
        self.corner = self.draft.end + GAP
        self.entry = self.corner + (14.0 if self.draft.wide else 26.0)

    def time(self, share: float) -> float:
        """When a share of the block's time is over."""
        return self.start + share * (self.end - self.start)

    def reel(self, which: str, share: float) -> Reel:
        """What a spot shows: one deck from a share of the time on, or one for each block that goes by."""
        blocks = self.station.blocks
        each = 1.0 / len(blocks)
        entries = []
        for number, block in enumerate(blocks):
            deck = {"F": block.steps[-1].deck, "beside": block.beside, "out": block.out}[which]
            assert deck is not None
            name = {"F": deck.row, "beside": f"{block.name}.shortcut", "out": block.name}[which]
            entries.append((self.time((number + share) * each), deck, name))
        return tuple(entries)

    # --- two ways ---

    def residual(self) -> float:
        """A block of two ways; returns where what leaves it stands."""
        draft, lane, beside = self.draft, self.draft.lane, self.drawn.beside
        assert beside is not None
        fork = self._before()
        stands, ends = self._main(fork + _TURN, lane)
        plus = ends + _TURN
        self.scene.signs.append(((plus, 0.0), self.station.join, draft.stage))
        draft.wire(((self.at, 0.0), (fork, 0.0)), self.arriving.shape[0])
        draft.wire(((fork, 0.0), (fork, lane), (plus, lane), (plus, 0.0)), self.drawn.steps[-1].deck.shape[0])
        around = ((fork, 0.0), (fork, -lane), (plus, -lane), (plus, 0.0))
        draft.wire(around, beside.shape[0], self.station.shortcut)
        box = self._shortcut_box(fork + _TURN, stands[-1] - draft.room(beside)[0] / 2)
        # what the shortcut carries stands right beside F(x)
        draft.spot(beside, stands[-1], -lane, self.reel("beside", 0.15 if self.station.is_run else 0.5))
        out, after = self._after(plus)
        self._frame(plus, out, lane)
        if self.station.is_run:
            self._race(fork, plus, out, lane)
        else:
            self._part(fork, stands, box)
            self._meet(stands[-1], plus, out, after)
        return out

    def _before(self) -> float:
        """The box in front of the fork, where there is one; returns where the fork is."""
        if not self.station.before:
            return self.entry + 8
        room = self.draft.box_room("", self.station.before)[0]
        middle = self.entry + room / 2
        self.draft.box(middle, 0.0, "", self.station.before, self.drawn.name, self.time(_SPLIT))
        return self.entry + room + 8

    def _shortcut_box(self, begin: float, end: float) -> float | None:
        """The box on the shortcut between two places, where there is one; returns where it stands."""
        if not self.station.shortcut_text:
            return None
        middle, name = (begin + end) / 2, f"{self.drawn.name}.shortcut"
        self.draft.box(middle, -self.draft.lane, self.station.shortcut_text, "", name, self.time(0.5))
        return middle

    def _main(self, along: float, across: float) -> tuple[list[float], float]:
        """The boxes and decks of the main path; returns where the decks stand, and where the last one ends."""
        stands = []
        count = len(self.drawn.steps)
        for number, step in enumerate(self.drawn.steps, start=1):
            along = self.draft.boxed(step, along, across, self._arrives(number))
            if self.station.is_run and number < count:
                stands.append(along - GAP)
                continue
            stands.append(self.draft.middle(along, step.deck))
            reel = self.reel("F", 0.3) if self.station.is_run else ((self._arrives(number), step.deck, step.deck.row),)
            self.draft.spot(step.deck, stands[-1], across, reel)
            along += self.draft.room(step.deck)[0] + GAP
        return stands, along - GAP

    def _arrives(self, number: int) -> float:
        """When the maps behind a step of the main path are there."""
        start, end = (0.0, _OUT) if self.station.shortcut == "none" else (_SPLIT, _ARRIVED)
        return self.time(start + (end - start) * number / len(self.drawn.steps))

    def _after(self, plus: float) -> tuple[float, float | None]:
        """What follows the sum, and what leaves; returns where that stands, and where the box in front of it does."""
        draft, out = self.draft, self.drawn.out
        begin, box = plus + _PLUS + GAP, None
        if self.station.after:
            room = draft.box_room("", self.station.after)[0]
            box = begin + room / 2
            draft.box(box, 0.0, "", self.station.after, out.row, self.time(_OUT))
            begin += room + GAP
        draft.end = begin + 4 + draft.room(out)[0]
        middle = draft.middle(begin + 4, out)
        draft.wire(((plus, 0.0), (middle, 0.0)), out.shape[0])
        draft.spot(out, middle, 0.0, self.reel("out", 0.6 if self.station.is_run else _OUT))
        return middle, box

    def _frame(self, plus: float, out: float, lane: float) -> None:
        """The frame around all but what leaves, and where one looks meanwhile."""
        draft = self.draft
        across, end = draft.frame_half(lane), draft.end - draft.room(self.drawn.out)[0] - 4 - GAP / 2
        names = [block.name for block in self.station.blocks]
        title = names[0] if len(names) == 1 else f"{names[0]}–{names[-1].rpartition('.')[2]}"
        corners: tuple[Place, Place] = (self.corner, -across), (end, across)
        count = self.station.count
        self.scene.frames.append(Frame(*corners, title, draft.stage, names[0], count, self.start, self.end))
        # a wide drawing shows a block as a whole, a narrow one follows what moves
        middle = (self.corner + end) / 2
        looks = (middle, middle + 20) if draft.wide else (min(middle, self.corner + 170), max(middle, plus - 80))
        for time, place in ((self.time(0.3), looks[0]), (self.time(WAYS), looks[1]), (self.end, out)):
            draft.look(time, place)

    # --- what moves ---

    def _part(self, fork: float, stands: list[float], box: float | None) -> None:
        """The arriving x comes to the fork, and both ways are gone."""
        beside, lane = self.drawn.beside, self.draft.lane
        x = beside if beside is not None and beside.word == "x" else self.arriving
        self._flight(0.0, _SPLIT, ((self.at, 0.0), (fork, 0.0)), x, x)
        self._flight(_SPLIT, 0.5, ((fork, 0.0), (fork, -lane), (stands[-1], -lane)), x, beside, box)
        self._compute(((fork, 0.0), (fork, lane)), x, stands, _SPLIT, _ARRIVED)

    def _compute(self, way: tuple[Place, ...], arriving: Deck, stands: list[float], start: float, end: float) -> None:
        """The main path, from deck to deck through the boxes."""
        boxes = {one.name: one.at[0] for one in self.scene.boxes}
        share = (end - start) / len(stands)
        across = way[-1][1]
        for number, (step, stand) in enumerate(zip(self.drawn.steps, stands, strict=True)):
            begins = start + share * number
            self._flight(begins, begins + share, (*way, (stand, across)), arriving, step.deck, boxes[step.name])
            arriving, way = step.deck, ((stand, across),)

    def _meet(self, beside: float, plus: float, out: float, after: float | None) -> None:
        """What both ways bring meets at the plus, and the sum leaves."""
        lane = self.draft.lane
        for across, deck in ((-lane, self.drawn.beside), (lane, self.drawn.steps[-1].deck)):
            self._flight(WAYS + 0.06, _MERGED, ((beside, across), (plus, across), (plus, 0.0)), deck, deck, ends=True)
        way = ((plus, 0.0), (out, 0.0))
        self._flight(_MERGED, _OUT, way, self.drawn.total, self.drawn.out, after, begins=True)

    def _race(self, fork: float, plus: float, out: float, lane: float) -> None:
        """A dot on each way for each block that goes by."""
        count = len(self.station.blocks)
        for number in range(count):
            for across in (-lane, lane) if lane else (0.0,):
                way = ((fork, 0.0), (fork, across), (plus, across), (plus, 0.0), (out, 0.0))
                self._flight(number / count, (number + 0.8) / count, way, None, None)

    def _flight(
        self,
        start: float,
        end: float,
        way: tuple[Place, ...],
        before: Deck | None,
        after: Deck | None,
        box: float | None = None,
        *,
        begins: bool = False,
        ends: bool = False,
    ) -> None:
        """A flight between two shares of the time, through a box on the last piece of the way if there is one."""
        turn = None if box is None else turn_at(way, box)
        stage = self.draft.stage
        self.scene.flights.append(
            Flight(self.time(start), self.time(end), way, before, after, turn, stage, begins, ends)
        )

    # --- one way ---

    def plain(self) -> float:
        """A block without a shortcut, whose last step outputs what leaves it; returns where that stands."""
        stands, self.draft.end = self._main(self.entry, 0.0)
        out = stands[-1]
        self.draft.wire(((self.at, 0.0), (out, 0.0)), self.arriving.shape[0])
        self._frame(out, out, 0.0)
        if self.station.is_run:
            self._race(self.entry, out, out, 0.0)
        else:
            self._compute(((self.at, 0.0),), self.arriving, stands, 0.0, _OUT)
        return out
