"""A drawing as SVG: for the page, with names to click on and the page's colours, or as a file that stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape

from explorer.views.drawing import (
    Block,
    Box,
    Card,
    Column,
    Covering,
    Drawing,
    LegendEntry,
    Line,
    Mark,
    Point,
    Rect,
    Shortcut,
    Text,
    Tick,
)
from explorer.views.palette import BACKGROUND, STAGE_COLOURS, TEXT, Theme, colour_key

# none of them is wider than the layout reckons with; where there is none, a text may stick out of its box
FONTS = (
    "'Source Sans 3', 'Source Sans Pro', 'Helvetica Neue', Arial, 'Liberation Sans', "
    "'DejaVu Sans Condensed', sans-serif"
)
CORNER = 6.0
TINT = 0.16
NOTE_GAP = 7.0
HATCH_STEP = 8.0
LOST = ' stroke-dasharray="2 4"'
"""What was never reached is dashed finely."""
MUTED: dict[Theme, str] = {"light": "#4B5563", "dark": "#AAB4C0"}
FRAME: dict[Theme, str] = {"light": "#D8DEE6", "dark": "#323D49"}


@dataclass(frozen=True)
class Ink:
    """The colours of a drawing, as values of SVG attributes.

    Attributes:
        text: of words and outlines.
        muted: of names and notes.
        paper: behind everything.
        frame: of a card.
        stages: by stage; the one place where a colour means something.
    """

    text: str
    muted: str
    paper: str
    frame: str
    stages: Mapping[str, str]

    def stage(self, name: str) -> str:
        """The colour of a stage of any network."""
        return self.stages[colour_key(name)]


def ink(theme: Theme) -> Ink:
    """Fixed colours of a theme."""
    return Ink(TEXT[theme], MUTED[theme], BACKGROUND[theme], FRAME[theme], STAGE_COLOURS[theme])


PAGE_INK = Ink(
    "var(--ink)",
    "var(--muted)",
    "var(--paper)",
    "var(--frame)",
    {stage: f"var(--{stage})" for stage in STAGE_COLOURS["light"]},
)
"""Colours that the page sets, so that they follow its theme."""


def to_svg(drawing: Drawing, *, theme: Theme = "light") -> str:
    """A drawing as an SVG file that needs nothing else.

    Args:
        drawing: from ``layout``.
        theme: whose colours are written into it.

    Returns:
        The file's text.
    """
    top = 0 - _room_above(drawing)
    width, height = _number(drawing.width), _number(drawing.height - top)
    colours = ink(theme)
    title = f"<title>{escape(drawing.title)}</title><desc>{escape(drawing.description)}</desc>"
    paper = f'<rect y="{_number(top)}" width="{width}" height="{height}" fill="{colours.paper}"/>'
    body = "".join(_Pen(colours, False).drawing(drawing))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {_number(top)} {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="{FONTS}">{title}{paper}{body}</svg>'
    )


def to_page_svg(drawing: Drawing, *, opened: str = "", inside: str = "", clickable: bool = True) -> str:
    """A drawing as SVG for the page: coloured by its variables, with a button for all that has a name.

    Args:
        drawing: from ``layout``.
        opened: stage below whose card something else stands; the drawing is cut there into two.
        inside: the HTML that stands there.
        clickable: whether there are buttons; a picture else.
    """
    for i, card in enumerate(drawing.cards, start=1):
        if card.id == opened and i < len(drawing.cards):
            cut = (card.rect.y + card.rect.height + drawing.cards[i].rect.y) / 2
            above = replace(drawing, cards=drawing.cards[:i], legend=())
            below = replace(drawing, cards=drawing.cards[i:])
            return f"{_page_svg(above, 0, cut)}{inside}{_page_svg(below, cut, drawing.height)}"
    return _page_svg(drawing, 0 - _room_above(drawing), drawing.height, clickable=clickable) + inside


def _page_svg(drawing: Drawing, top: float, bottom: float, *, clickable: bool = True) -> str:
    """The part of a drawing between two heights."""
    body = "".join(_Pen(PAGE_INK, clickable).drawing(drawing))
    box = f'viewBox="0 {_number(top)} {_number(drawing.width)} {_number(bottom - top)}"'
    label = escape(drawing.title if clickable else f"{drawing.title}. {drawing.description}")
    role = "group" if clickable else "img"
    return f'<svg {box} class="{drawing.orientation}" role="{role}" aria-label="{label}">{body}</svg>'


def _room_above(drawing: Drawing) -> float:
    """Height of the words above the cards, where there are any."""
    return max((card.note.size + NOTE_GAP for card in drawing.cards if card.note), default=0.0)


@dataclass(frozen=True)
class _Pen:
    """Writes the parts of a drawing with one set of colours."""

    ink: Ink
    clickable: bool

    def drawing(self, drawing: Drawing) -> Iterator[str]:
        for card in drawing.cards:
            yield from self.card(card)
        for edge in drawing.edges:
            yield self.line(edge.line, self.ink.stage(edge.stage))
        for card in drawing.cards:
            yield from self.contents(card)
        for entry in drawing.legend:
            yield self.legend(entry)

    def card(self, card: Card) -> Iterator[str]:
        colour = self.ink.stage(card.id)
        rect = _rect(card.rect, f'rx="4" fill="{self.ink.paper}" stroke="{self.ink.frame}"')
        band = Rect(card.rect.x, card.rect.y, card.rect.width, 3)
        parts = [rect, _rect(band, f'fill="{colour}"'), self.text(card.title, colour), self.text(card.shape, colour)]
        yield self.button(card.id, card.label, "".join(parts), card.rect, card.selected)

    def contents(self, card: Card) -> Iterator[str]:
        colour = self.ink.stage(card.id)
        for column in card.columns:
            yield from self.column(column, colour)
        for block in card.blocks:
            yield from self.block(block, colour)
        for tick in card.ticks:
            yield self.tick(tick, colour)
        if card.pointer:
            yield _rect(card.pointer, f'fill="{self.ink.text}"')
        if card.note:
            yield self.text(card.note, colour)
        if card.hatched:
            yield (
                f'<path class="hatched" d="{_hatching(card.hatched)}" stroke="{self.ink.text}" stroke-opacity="0.28" '
                'pointer-events="none"/>'
            )

    def block(self, block: Block, colour: str) -> Iterator[str]:
        frame = f'rx="4" fill="{self.ink.paper}" stroke="{colour}" stroke-opacity="0.45"'
        behind = []
        if block.count > 1:
            for offset in (4, 2):
                r = block.rect
                behind.append(_rect(Rect(r.x + offset, r.y + offset, r.width, r.height), frame))
        parts = [*behind, _rect(block.rect, frame), self.text(block.name, colour)]
        if block.times:
            parts.append(self.text(block.times, colour))
        yield self.button(block.id, block.label, "".join(parts), block.rect, block.selected)
        if block.shortcut:
            yield self.shortcut(block.shortcut, colour)
        yield from self.column(block.column, colour)

    def column(self, column: Column, colour: str) -> Iterator[str]:
        for line in column.lines:
            yield self.line(line, colour)
        for box in column.boxes:
            yield self.box(box, colour)
        for mark in column.marks:
            yield self.mark(mark, colour)
        for note in column.notes:
            yield self.text(note, colour)

    def box(self, box: Box, colour: str) -> str:
        paper = _rect(box.rect, f'rx="3" fill="{self.ink.paper}"')
        fill = f'fill="{colour}" fill-opacity="{TINT}"' if box.counted and not box.lost else f'fill="{self.ink.paper}"'
        dashes = LOST if box.lost else ""
        rect = _rect(box.rect, f'rx="3" {fill} stroke="{colour}"{dashes}')
        inner = paper + rect + self.text(box.text, colour) + self.covered(box.rect, box.covered)
        return self.button(box.id, box.label, inner, box.rect, box.selected)

    def covered(self, rect: Rect, covering: Covering) -> str:
        """A corner on what cannot add context: empty along the main path, filled by any way."""
        if not covering:
            return ""
        side = min(6.0, rect.height * 0.6)
        x, y = rect.x + rect.width, rect.y
        fill = self.ink.text if covering == "certain" else self.ink.paper
        path = f"M{_pair((x - side, y))}L{_pair((x, y))}L{_pair((x, y + side))}Z"
        return f'<path d="{path}" fill="{fill}" stroke="{self.ink.text}" stroke-width="0.9" stroke-linejoin="round"/>'

    def shortcut(self, shortcut: Shortcut, colour: str) -> str:
        path = _path(shortcut.line.points)
        hit = f'<path d="{path}" fill="none" stroke="transparent" stroke-width="14"/>' if self.clickable else ""
        parts = [hit, self.line(shortcut.line, colour)]
        for chip in shortcut.chips:
            stroke = f'stroke="{colour}" stroke-width="0.8"{LOST if chip.lost else ""}' if chip.framed else ""
            parts += [_rect(chip.rect, f'rx="3" fill="{self.ink.paper}" {stroke}'), self.text(chip.text, colour)]
            if chip.selected:
                parts.append(self.outline(chip.rect))
        return self.button(shortcut.id, shortcut.label, "".join(parts), shortcut.rect, shortcut.selected)

    def mark(self, mark: Mark, colour: str) -> str:
        rect = mark.rect
        x, y = rect.x + rect.width / 2, rect.y + rect.height / 2
        hit = _rect(rect, 'fill="transparent"') if self.clickable else ""
        if mark.kind in ("add", "mul"):
            drawn = self.sign(mark.kind, x, y, rect.width / 2, colour)
        elif mark.kind == "relu":
            drawn = self.relu(rect)
        else:
            size = rect.height * 0.78
            drawn = self.text(Text(x, y + size * 0.35, mark.text, size, "middle", "muted"), colour)
        if mark.lost:
            drawn = f'<g opacity="0.5">{drawn}</g>'
        return self.button(mark.id, mark.label, hit + drawn, rect, mark.selected, small=mark.kind != "add")

    def sign(self, kind: str, x: float, y: float, radius: float, colour: str) -> str:
        arm = radius * (0.55 if kind == "add" else 0.4)
        arms = (
            f"M{_number(x - arm)} {_number(y)}h{_number(2 * arm)}M{_number(x)} {_number(y - arm)}v{_number(2 * arm)}"
            if kind == "add"
            else f"M{_number(x - arm)} {_number(y - arm)}l{_number(2 * arm)} {_number(2 * arm)}"
            f"m{_number(-2 * arm)} 0l{_number(2 * arm)} {_number(-2 * arm)}"
        )
        circle = f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius - 0.5)}"'
        return (
            f'{circle} fill="{self.ink.paper}" stroke="{colour}" stroke-width="1.3"/>'
            f'<path d="{arms}" stroke="{self.ink.text}" stroke-width="1.3" fill="none"/>'
        )

    def relu(self, rect: Rect) -> str:
        """The graph of max(0, x)."""
        x, y = rect.x + rect.width * 0.12, rect.y + rect.height * 0.72
        flat, rise = rect.width * 0.4, rect.width * 0.38
        path = f"M{_number(x)} {_number(y)}h{_number(flat)}l{_number(rise)} {_number(-rise * 1.35)}"
        return f'<path d="{path}" fill="none" stroke="{self.ink.muted}" stroke-width="1.3"/>'

    def tick(self, tick: Tick, colour: str) -> str:
        parts = [self.square(tick.rect, tick.kind, colour), self.covered(tick.rect, tick.covered)]
        return self.button(tick.id, tick.label, "".join(parts), tick.rect, tick.selected, small=True)

    def square(self, rect: Rect, kind: str, colour: str) -> str:
        fill = colour if kind == "projection" else self.ink.paper
        inner = Rect(rect.x + 0.5, rect.y + 0.5, rect.width - 1, rect.height - 1)
        square = _rect(inner, f'rx="1" fill="{fill}" stroke="{colour}"')
        if kind != "padding":
            return square
        x, y = rect.x + rect.width / 2, rect.y + rect.height / 2
        return square + f'<circle cx="{_number(x)}" cy="{_number(y)}" r="1.3" fill="{colour}"/>'

    def legend(self, entry: LegendEntry) -> str:
        x, y = entry.x, entry.text.y - entry.text.size * 0.35
        colour, size = self.ink.muted, entry.text.size
        text = self.text(entry.text, colour)
        square = Rect(x + 10, y - 4, 8, 8)
        match entry.symbol:
            case "identity" | "projection" | "padding":
                return self.line(Line(((x, y), (x + 19, y)), 2, entry.symbol), colour) + text
            case "add":
                return self.sign("add", x + 13, y, 6, colour) + text
            case "counted":
                rect = _rect(
                    Rect(x + 4, y - 5, 15, 10), f'rx="3" fill="{colour}" fill-opacity="{TINT}" stroke="{colour}"'
                )
                return rect + text
            case "letters":
                return self.text(Text(x + 19, entry.text.y, entry.letters, size, "end", "muted"), colour) + text
            case "relu":
                return self.relu(Rect(x + 6, y - 6, 12, 12)) + text
            case "tick":
                return self.square(square, "identity", colour) + text
            case "tick-projection":
                return self.square(square, "projection", colour) + text
            case "covered":
                return self.covered(Rect(x + 4, y - 5, 15, 10), "main") + text

    def line(self, line: Line, colour: str) -> str:
        width = line.thickness
        if line.lost:
            return f'<path d="{_path(line.points)}" fill="none" stroke="{self.ink.muted}"{LOST}/>'
        dash = {
            "projection": f' stroke-dasharray="{_number(3 + 1.2 * width)} {_number(2.5 + 0.5 * width)}"',
            "padding": f' stroke-linecap="round" stroke-dasharray="0.1 {_number(2.5 + 1.3 * width)}"',
        }.get(line.kind, "")
        path = f'<path d="{_path(line.points)}" fill="none" stroke="{colour}" stroke-width="{_number(width)}"{dash}/>'
        return path + (_arrow(line, colour) if line.arrow else "")

    def text(self, text: Text, stage: str) -> str:
        colour = {"ink": self.ink.text, "muted": self.ink.muted, "stage": stage}[text.tone]
        anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
        weight = ' font-weight="600"' if text.bold else ""
        place = f'x="{_number(text.x)}" y="{_number(text.y)}"'
        return (
            f'<text {place} font-size="{_number(text.size)}" fill="{colour}"{anchor}{weight}>{escape(text.text)}</text>'
        )

    def outline(self, rect: Rect, *, small: bool = False) -> str:
        room, width = (1.0, 1.6) if small else (1.5, 2.2)
        around = Rect(rect.x - room, rect.y - room, rect.width + 2 * room, rect.height + 2 * room)
        return _rect(around, f'rx="4" fill="none" stroke="{self.ink.text}" stroke-width="{width}"')

    def button(self, name: str, label: str, inner: str, rect: Rect, selected: bool, *, small: bool = False) -> str:
        """Wrap what has a name; what is selected gets an outline. Small signs are reached with the arrow keys."""
        outline = ""
        if selected:
            outline = self.outline(rect, small=small)
        if not self.clickable or not name:
            return inner + outline
        pressed = ' aria-pressed="true"' if selected else ""
        reach = -1 if small else 0
        return (
            f'<g role="button" tabindex="{reach}" data-id="{escape(name)}" aria-label="{escape(label)}"{pressed}>'
            f"<title>{escape(label)}</title>{inner}{outline}</g>"
        )


def _rect(rect: Rect, attributes: str) -> str:
    place = f'x="{_number(rect.x)}" y="{_number(rect.y)}" width="{_number(rect.width)}" height="{_number(rect.height)}"'
    return f"<rect {place} {attributes}/>"


def _hatching(rect: Rect) -> str:
    """Slanted lines that fill a rectangle, as a path: a pattern would need an id, and two drawings share a page."""
    parts = []
    for step in range(1, int((rect.width + rect.height) / HATCH_STEP) + 1):
        along = step * HATCH_STEP
        low = (rect.x + max(along - rect.height, 0.0), rect.y + min(along, rect.height))
        high = (rect.x + min(along, rect.width), rect.y + max(along - rect.width, 0.0))
        parts.append(f"M{_pair(low)}L{_pair(high)}")
    return "".join(parts)


def _path(points: tuple[Point, ...]) -> str:
    """A path through the points, with round corners."""
    parts = [f"M{_number(points[0][0])} {_number(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, second = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{_pair(first)}Q{_pair(corner)} {_pair(second)}")
    return "".join([*parts, f"L{_pair(points[-1])}"])


def _towards(start: Point, end: Point) -> Point:
    """A point at most a corner's radius away, never past the middle."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(abs(dx) + abs(dy), 1e-9)
    step = min(CORNER, length / 2) / length
    return start[0] + dx * step, start[1] + dy * step


def _arrow(line: Line, colour: str) -> str:
    (x0, y0), (x, y) = line.points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    size = 3 + line.thickness * 0.8
    left = (x - dx * size - dy * size * 0.7, y - dy * size - dx * size * 0.7)
    right = (x - dx * size + dy * size * 0.7, y - dy * size + dx * size * 0.7)
    return f'<path d="M{_pair((x, y))}L{_pair(left)}L{_pair(right)}Z" fill="{colour}"/>'


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
