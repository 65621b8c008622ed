"""A block that goes wrong as a drawing: two paths, the shapes along them, and a mark where they clash."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from explorer.architecture.wrong_blocks import PROJECTION, Attempt, Shape, Step
from explorer.views.numbers import shape_text
from explorer.views.wrong_words import SIGNS, box_words, description

_MAIN = ("conv1", "bn1", "relu1", "conv2", "bn2")
WIDTH = 336.0
_MAIN_X, _SHORTCUT_X, _ADD_X = 88.0, 252.0, 170.0
_BOX, _TAG = 144.0, 132.0  # widths
_WIRE = 24.0  # height of a piece of wire with a shape beside it
_SHORT = 10.0  # of one without
_LINE = 16.0  # height of a line of text
_FAULT, _INK, _MUTED = "var(--fault)", "var(--ink)", "var(--muted)"
_NOT_REACHED = "not reached"
_AT_ADDITION = {
    "refused": "cannot be added",
    "stretched": "stretched to fit, silently",
    "misread": "go together by chance",
    "right": "equal shapes",
}


def wrong_drawing(attempt: Attempt) -> str:
    """Draw a block as far as it ran.

    Args:
        attempt: what came of running it.

    Returns:
        An SVG that is ``WIDTH`` wide and takes its colours from the variables ``--ink``, ``--muted``, ``--paper`` and
        ``--fault`` of the page.
    """
    pen = _Pen(attempt)
    box = f'viewBox="0 0 {WIDTH:g} {pen.height:g}"'
    label = f'role="img" aria-label="{escape(description(attempt))}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {label}>{"".join(pen.draw())}</svg>'


class _Pen:
    """Writes the parts of one drawing from top to bottom."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.shortcut = [step for step in attempt.steps if step.name == PROJECTION]
        self.fork = 2 + 22 + 12.0
        self.tags = self.fork + 14 + sum(self._box_height(name) + self._gap(name) for name in _MAIN)
        self.height = self.tags + 176

    def draw(self) -> Iterator[str]:
        """The input, both paths, and the addition with what follows."""
        yield from self._tag(_MAIN_X, 2, self.attempt.shape, "X ")
        yield _line((_MAIN_X, 24), (_MAIN_X, self.fork + 14))
        yield from self._main()
        yield from self._shortcut()
        yield from self._addition()

    def _main(self) -> Iterator[str]:
        y = self.fork + 14
        for name in _MAIN:
            step = self.attempt.step(name)
            yield from self._box(step, _MAIN_X, y)
            y += self._box_height(name)
            gap = self._gap(name)
            yield _line((_MAIN_X, y), (_MAIN_X, y + gap), lost=step.leaving is None)
            if name in ("conv1", "conv2") and step.leaving is not None:
                yield _text(_MAIN_X + 8, y + gap / 2 + 4, shape_text(step.leaving), anchor="start")
            y += gap

    def _shortcut(self) -> Iterator[str]:
        # the shortcut is called after the main path: where that broke off, it was never reached
        lost = not self.attempt.added and not (self.shortcut and self.shortcut[0].arriving)
        broken = bool(self.shortcut) and self.shortcut[0].leaving is None
        middle = (_SHORTCUT_X, (self.fork + self.tags) / 2)
        yield _line((_MAIN_X, self.fork), (_SHORTCUT_X, self.fork), middle, lost=lost)
        yield _line(middle, (_SHORTCUT_X, self.tags), lost=lost or broken)
        if self.shortcut:
            yield from self._box(self.shortcut[0], _SHORTCUT_X, middle[1] - self._box_height(PROJECTION) / 2)
        else:
            yield _paper(_SHORTCUT_X - 30, middle[1] - 12, 60, 18)
            yield _text(_SHORTCUT_X, middle[1] + 2, "identity", colour=_MUTED)

    def _addition(self) -> Iterator[str]:
        added, verdict = self.attempt.added, self.attempt.verdict
        main, shortcut = added or (self.attempt.step("bn2").leaving, None)
        differing = [one != other for one, other in zip(*added, strict=True)] if added else []
        y = self.tags
        yield from self._tag(_MAIN_X, y, main, marks=differing, at_addition=True)
        yield from self._tag(_SHORTCUT_X, y, shortcut, marks=differing, at_addition=True)
        lost = self.attempt.result is None
        for x in (_MAIN_X, _SHORTCUT_X):
            side = 11 if x > _ADD_X else -11
            yield _line((x, y + 24), (x, y + 82), (_ADD_X + side, y + 82), lost=lost)
        if added:
            fault = verdict != "right"
            sign = "=" if not any(differing) else "≠"
            yield _text(_ADD_X, y + 18, sign, size=20, colour=_FAULT if fault else _INK, bold=True)
            words = f"{SIGNS[verdict]} {_AT_ADDITION[verdict]}"
            yield _text(_ADD_X, y + 44, words, colour=_FAULT if fault else _INK, bold=True)
        else:
            yield _text(_ADD_X, y + 54, _NOT_REACHED, colour=_MUTED)
        if any(differing):
            yield _text(_ADD_X, y + 61, self._what_differs(differing), colour=_FAULT)
        yield _circle(_ADD_X, y + 82, broken=bool(added) and lost, lost=lost)
        yield _line((_ADD_X, y + 93), (_ADD_X, y + 106), lost=lost)
        yield from self._box(self.attempt.step("relu2"), _ADD_X, y + 106)
        yield _line((_ADD_X, y + 128), (_ADD_X, y + 142), lost=lost)
        yield from self._tag(_ADD_X, y + 142, self.attempt.result)

    def _what_differs(self, differing: list[bool]) -> str:
        names = ("pictures", "channels", "height", "width")
        words = [name for name, differs in zip(names, differing, strict=True) if differs]
        return f"≠ {', '.join(words)}"

    def _tag(
        self,
        x: float,
        y: float,
        shape: Shape | None,
        name: str = "",
        *,
        marks: list[bool] | None = None,
        at_addition: bool = False,
    ) -> Iterator[str]:
        """A shape in a frame; at the addition the sizes that clash are bold, and the frame is thick."""
        if shape is None:
            yield _rect(x, y, _TAG, 24, lost=True)
            yield _text(x, y + 16, _NOT_REACHED, colour=_MUTED)
            return
        fault = at_addition and bool(self.attempt.added) and self.attempt.verdict != "right"
        yield _rect(x, y, _TAG, 24, fault=fault)
        sizes = [
            f'<tspan font-weight="700" text-decoration="underline" fill="{_FAULT}">{size}</tspan>'
            if mark
            else f"{size}"
            for size, mark in zip(shape, marks or [False] * len(shape), strict=True)
        ]
        yield _text(x, y + 16, escape(name) + "×".join(sizes), written=True, bold=not any(marks or ()))

    def _box(self, step: Step, x: float, y: float) -> Iterator[str]:
        lines = box_words(self.attempt, step.name)
        height = self._box_height(step.name)
        width = _BOX if len(lines) > 1 else 56.0
        yield _rect(x, y, width, height, lost=not step.arriving, fault=step.failed)
        for number, words in enumerate(lines):
            colour = _MUTED if number or not step.arriving else _INK
            yield _text(x, y + 15 + number * _LINE, words, colour=colour, bold=number == 0 and len(lines) > 1)
        if step.failed:
            yield _text(x, y + height - 6, f"{SIGNS['refused']} fails here", colour=_FAULT, bold=True)

    def _box_height(self, name: str) -> float:
        lines = len(box_words(self.attempt, name)) + self.attempt.step(name).failed
        return 6 + lines * _LINE

    def _gap(self, name: str) -> float:
        return _WIRE if name in ("conv1", "conv2", "bn2") else _SHORT


def _line(*points: tuple[float, float], lost: bool = False) -> str:
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    style = f'stroke="{_MUTED}" stroke-dasharray="2 4"' if lost else f'stroke="{_INK}" stroke-width="1.4"'
    return f'<path d="{path}" fill="none" {style}/>'


def _rect(x: float, y: float, width: float, height: float, *, lost: bool = False, fault: bool = False) -> str:
    if fault:
        style = f'stroke="{_FAULT}" stroke-width="2.4"'
    elif lost:
        style = f'stroke="{_MUTED}" stroke-dasharray="2 4"'
    else:
        style = f'stroke="{_INK}" stroke-width="1"'
    place = f'x="{x - width / 2:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f'<rect {place} rx="3" fill="var(--paper)" {style}/>'


def _paper(x: float, y: float, width: float, height: float) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="var(--paper)"/>'


def _circle(x: float, y: float, *, broken: bool, lost: bool) -> str:
    """The addition: a plus in a circle, a cross where it was refused."""
    colour = _FAULT if broken else _MUTED if lost else _INK
    arms = "M-4 -4L4 4M4 -4L-4 4" if broken else "M-6 0H6M0 -6V6"
    return (
        f'<g transform="translate({x:g} {y:g})" fill="var(--paper)" stroke="{colour}" stroke-width="1.6">'
        f'<circle r="11"/><path d="{arms}"/></g>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "middle",
    size: float = 13,
    colour: str = _INK,
    bold: bool = False,
    written: bool = False,
) -> str:
    """A line of text; ``written`` when it is markup already."""
    weight = ' font-weight="600"' if bold else ""
    inner = words if written else escape(words)
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"{weight}>{inner}</text>'
    )
