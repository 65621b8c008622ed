"""A walk's drawing while it is made: how much room things need, and putting them where they belong."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.architecture.operations import Shape
from explorer.views.columns import thickness
from explorer.views.drawing import Orientation, ShortcutKind, text_width
from explorer.views.numbers import shape_text
from explorer.views.walk.parts import SHIFT, Box, Place, Reel, Scene, Spot, Wire, deck_size
from explorer.views.walk.stations import Deck, Station, Step

GAP = 15.0
_FONT = 12.0
_SMALL = 10.5
_LABEL = 31.0
_APART = 7.0
_NAME = 105.0


class Draft:
    """A scene while it is made, from station to station.

    Attributes:
        scene: what is drawn so far.
        stage: in which the next parts lie.
        end: how far it is drawn, along the way.
        lane: how far the two ways of every block are from the middle.
    """

    def __init__(self, stations: Sequence[Station], orientation: Orientation, shapes: str) -> None:
        self.stations = tuple(stations)
        self.wide = orientation == "wide"
        self.shapes = shapes
        self.scene = Scene(orientation)
        self.stage = ""
        self.end = 0.0
        self.lane = self._lane()

    # --- sizes ---

    def _lane(self) -> float:
        decks = [deck for station in self.stations for deck in station.decks()]
        return max((self.room(deck)[1] for deck in decks if not deck.is_vector), default=0.0) / 2 + _APART

    def reach(self) -> float:
        """How far the largest deck with its words reaches to the side of its way."""
        return self.lane - _APART + (_LABEL / 2 if self.wide else 0.0)

    def frame_half(self, lane: float) -> float:
        """How far the frame of a block reaches to either side: around its ways, and around its name in any case."""
        return max(lane + self.reach() + 4, 0.0 if self.wide else _NAME)

    def room(self, deck: Deck) -> Place:
        """What a deck with its words needs, along and across."""
        width, height = deck_size(deck, self.scene.orientation)
        width += SHIFT[0] * (deck.sheets - 1)
        height += SHIFT[1] * (deck.sheets - 1) + _LABEL
        words = max(text_width(shape_text(deck.shape, self.shapes), _SMALL), text_width(deck.word, _FONT))
        return (max(width, words), height) if self.wide else (height, max(width, words))

    def middle(self, begin: float, deck: Deck) -> float:
        """Where the middle of a deck stands that begins somewhere along the way: its words stand below it."""
        return begin + (self.room(deck)[0] - (0.0 if self.wide else _LABEL)) / 2

    def box_room(self, text: str, around: str) -> Place:
        """What a box needs, along and across."""
        width = max(text_width(text, _FONT), text_width(around, _SMALL)) + 14
        height = 38.0 if text and around else 24.0
        return (width, height) if self.wide else (height, width)

    # --- parts ---

    def spot(self, deck: Deck, along: float, across: float, reel: Reel, *, shape: Shape = ()) -> None:
        """Put a deck with its middle at a place, where other decks may follow it."""
        words = shape_text(shape or deck.shape, self.shapes)
        self.scene.spots.append(Spot((along, across), deck.word, words, self.stage, reel))

    def box(self, along: float, across: float, text: str, around: str, name: str, time: float) -> None:
        """Put an operation with its middle at a place."""
        room = self.box_room(text, around)
        size = room if self.wide else (room[1], room[0])
        self.scene.boxes.append(Box((along, across), size, text, around, self.stage, name, time))

    def boxed(self, step: Step, along: float, across: float, time: float) -> float:
        """Put the box of a step where it begins, and return where its deck does."""
        if step.before:
            room = self.box_room("", step.before)[0]
            self.box(along + room / 2, across, "", step.before, step.name, time)
            along += room + GAP / 2
        room = self.box_room(step.text, step.after)[0]
        self.box(along + room / 2, across, step.text, step.after, step.name, time)
        return along + room + GAP

    def wire(self, way: Sequence[Place], channels: int, kind: ShortcutKind = "identity") -> None:
        """Draw a line, as thick as in the diagram of the network."""
        self.scene.wires.append(Wire(tuple(way), thickness(channels), kind, self.stage))

    def look(self, time: float, along: float) -> None:
        """Say where the camera is at a time; it never goes back."""
        before = self.scene.camera[-1][1] if self.scene.camera else along
        self.scene.camera.append((time, max(before, along)))
