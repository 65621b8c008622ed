"""A block of a walk, or a run of equal ones: its two ways, and how x goes along both."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.views.walk.draft import GAP, Draft
from explorer.views.walk.parts import Flight, Frame, Place, Reel
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
        self.stage = self.station.stage
        self.drawn: Passed = self.station.blocks[0]
        self.channels = self.arriving.shape[0]
        self.corner = self.draft.end + GAP

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
        draft, lane = self.draft, self.draft.lane
        fork = self._before(self.corner + (14.0 if draft.wide else 26.0)) + 8
        begin, beside = fork + _TURN, self.drawn.beside
        assert beside is not None
        stands, ends = self._main(begin, lane)
        last = self.drawn.steps[-1].deck
        middle = stands[-1]
        plus = ends + _TURN
        self.scene.signs.append(((plus, 0.0), self.station.join, self.stage))
        # the shortcut, with what it carries right beside F(x)
        around = ((fork, 0.0), (fork, -lane), (plus, -lane), (plus, 0.0))
        draft.wire(around, beside.shape[0], self.station.shortcut)
        draft.wire(((fork, 0.0), (fork, lane), (plus, lane), (plus, 0.0)), last.shape[0])
        box = None
        if self.station.shortcut_text:
            box = (begin + middle - draft.room(beside)[0] / 2) / 2
            draft.box(box, -lane, self.station.shortcut_text, "", f"{self.drawn.name}.shortcut", self.time(0.5))
        draft.spot(beside, middle, -lane, self.reel("beside", 0.15 if self.station.is_run else 0.5))
        out = self._after(plus)
        draft.wire(((self.at, 0.0), (fork, 0.0)), self.channels)
        self._frame(plus, out, lane)
        if self.station.is_run:
            self._race(fork, plus, out, lane)
        else:
            self._fly(fork, begin, plus, out, box, stands, middle, lane)
        return out

    def _before(self, along: float) -> float:
        """The box in front of the fork, where there is one; returns where it ends."""
        if not self.station.before:
            return along
        room = self.draft.box_room("", self.station.before)[0]
        self.draft.box(along + room / 2, 0.0, "", self.station.before, self.drawn.name, self.time(_SPLIT))
        return along + room

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

    def _after(self, along: float) -> float:
        """What follows the sum, and what leaves; returns where that stands."""
        draft, out = self.draft, self.drawn.out
        begin = along + _PLUS + GAP
        if self.station.after:
            room = draft.box_room("", self.station.after)[0]
            draft.box(begin + room / 2, 0.0, "", self.station.after, out.row, self.time(_OUT))
            begin += room + GAP
        self.frame_end = begin - GAP / 2
        begin += 4
        middle = draft.middle(begin, out)
        draft.wire(((along, 0.0), (middle, 0.0)), out.shape[0])
        draft.spot(out, middle, 0.0, self.reel("out", 0.6 if self.station.is_run else _OUT))
        draft.end = begin + draft.room(out)[0]
        return middle

    def _frame(self, plus: float, out: float, lane: float) -> None:
        across = lane + self.draft.reach() + 4
        names = [block.name for block in self.station.blocks]
        title = names[0] if len(names) == 1 else f"{names[0]}–{names[-1].rpartition('.')[2]}"
        self.scene.frames.append(
            Frame(
                (self.corner, -across),
                (self.frame_end, across),
                title,
                self.stage,
                names[0],
                self.station.count,
                self.start,
                self.end,
            )
        )
        # a wide drawing shows a block as a whole, a narrow one follows what moves
        middle = (self.corner + self.frame_end) / 2
        looks = (middle, middle + 20) if self.draft.wide else (min(middle, self.corner + 170), max(middle, plus - 80))
        for time, place in ((self.time(0.3), looks[0]), (self.time(WAYS), looks[1]), (self.end, out)):
            self.draft.look(time, place)

    def _fly(
        self,
        fork: float,
        begin: float,
        plus: float,
        out: float,
        box: float | None,
        stands: list[float],
        middle: float,
        lane: float,
    ) -> None:
        """The arriving x comes to the fork and parts; both ways are gone; what they bring meets at the plus."""
        beside, total = self.drawn.beside, self.drawn.total
        x = beside if beside is not None and beside.word == "x" else self.arriving
        self._flight(0.0, _SPLIT, ((self.at, 0.0), (fork, 0.0)), x, x)
        around = ((fork, 0.0), (fork, -lane), (middle, -lane))
        turn = None if box is None else (lane + box - fork) / (lane + middle - fork)
        self._flight(_SPLIT, 0.5, around, x, beside, turn)
        place: tuple[Place, ...] = ((fork, 0.0), (fork, lane))
        arriving = x
        boxes = {one.name: one.at[0] for one in self.scene.boxes}
        share = (_ARRIVED - _SPLIT) / len(stands)
        for number, (step, stand) in enumerate(zip(self.drawn.steps, stands, strict=True)):
            way = (*place, (stand, lane))
            before = (lane if number == 0 else 0.0) + boxes[step.name] - place[-1][0]
            whole = (lane if number == 0 else 0.0) + stand - place[-1][0]
            begins = _SPLIT + share * number
            self._flight(begins, begins + share, way, arriving, step.deck, before / whole)
            arriving, place = step.deck, ((stand, lane),)
        for across, deck in ((-lane, beside), (lane, arriving)):
            self._flight(WAYS + 0.06, _MERGED, ((middle, across), (plus, across), (plus, 0.0)), deck, deck, ends=True)
        after = next((one.at[0] for one in self.scene.boxes if one.name == self.drawn.out.row), None)
        turn = None if after is None or not self.station.after else (after - plus) / (out - plus)
        self._flight(_MERGED, _OUT, ((plus, 0.0), (out, 0.0)), total, self.drawn.out, turn, begins=True)

    def _flight(
        self,
        start: float,
        end: float,
        way: tuple[Place, ...],
        before: Deck | None,
        after: Deck | None,
        turn: float | None = None,
        *,
        begins: bool = False,
        ends: bool = False,
    ) -> None:
        flight = Flight(self.time(start), self.time(end), way, before, after, turn, self.stage, begins, ends)
        self.scene.flights.append(flight)

    def _race(self, fork: float, plus: float, out: float, lane: float) -> None:
        """A dot on each way for each block that goes by."""
        count = len(self.station.blocks)
        for number in range(count):
            for across in (-lane, lane) if lane else (0.0,):
                way = ((fork, 0.0), (fork, across), (plus, across), (plus, 0.0), (out, 0.0))
                self._flight(number / count, (number + 0.8) / count, way, None, None)

    # --- one way ---

    def plain(self) -> float:
        """A block without a shortcut, whose last step puts out what leaves it; returns where that stands."""
        draft = self.draft
        stands, draft.end = self._main(self.corner + (14.0 if draft.wide else 26.0), 0.0)
        out, last = stands[-1], self.drawn.out
        draft.wire(((self.at, 0.0), (out, 0.0)), self.channels)
        self.frame_end = draft.end - draft.room(last)[0] - GAP / 2
        self._frame(out, out, 0.0)
        if self.station.is_run:
            self._race(self.corner, out, out, 0.0)
            return out
        place, arriving = self.at, self.arriving
        boxes = {one.name: one.at[0] for one in self.scene.boxes}
        share = _OUT / len(stands)
        for number, (step, stand) in enumerate(zip(self.drawn.steps, stands, strict=True)):
            turn = (boxes[step.name] - place) / (stand - place)
            self._flight(share * number, share * (number + 1), ((place, 0.0), (stand, 0.0)), arriving, step.deck, turn)
            arriving, place = step.deck, stand
        return out
