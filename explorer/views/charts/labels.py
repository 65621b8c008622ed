"""Words in a chart that keep out of each other's way: names at the ends of lines, and names of stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.architecture.plan import paper_name
from explorer.views.charts.figure import Part
from explorer.views.numbers import NO_BREAK
from explorer.views.palette import Theme, stage_colour

LABEL_PIXELS = 15  # a label is that high
_SHORTEST_NAMED = 0.05  # of all points, for a stage with one name


@dataclass(frozen=True, kw_only=True)
class End:
    """The label of a line, at its end.

    Attributes:
        text: of the label; ``<br>`` begins another line of it.
        colour: the line's.
        y: where the line ends, as the axis counts: powers of ten on a logarithmic one.
        x: likewise; None puts the label beside the chart, on the right.
        on_the_left: whether it stands left of that place.
    """

    text: str
    colour: str
    y: float
    x: float | None = None
    on_the_left: bool = False


def end_labels(ends: Sequence[End], *, low: float, high: float, pixels: float) -> list[Part]:
    """Labels at the ends of lines, moved up or down where they would cover each other or leave the chart.

    Args:
        ends: in any order.
        low: lower end of the axis, as it counts.
        high: its upper end.
        pixels: its length.
    """
    columns: dict[float | None, list[End]] = {}
    for end in sorted(ends, key=lambda one: one.y):
        columns.setdefault(end.x, []).append(end)
    notes = []
    for column in columns.values():
        wanted = [(end.y - low) / (high - low) * pixels for end in column]
        heights = [LABEL_PIXELS * (1 + end.text.count("<br>")) for end in column]
        for end, at, middle in zip(column, wanted, apart(wanted, pixels, heights), strict=True):
            notes.append(
                {
                    "text": end.text,
                    **({"x": 1, "xref": "paper"} if end.x is None else {"x": end.x}),
                    "y": end.y,
                    "xanchor": "right" if end.on_the_left else "left",
                    "xshift": -4 if end.on_the_left else 4,
                    "yanchor": "middle",
                    "yshift": middle - at,
                    "font": {"color": end.colour},
                }
            )
    return notes


def apart(wanted: Sequence[float], pixels: float, heights: Sequence[float] | None = None) -> list[float]:
    """Heights in pixels at which labels stand one above the other, within the chart as far as there is room.

    Args:
        wanted: where their middles would stand, in ascending order.
        pixels: how high the chart is.
        heights: of the labels; by default each has one line.
    """
    halves = [height / 2 for height in heights or [LABEL_PIXELS] * len(wanted)]
    placed: list[float] = []
    for at, half, below in zip(wanted, halves, [0.0, *halves], strict=False):
        placed.append(max(at, (placed[-1] if placed else 0.0) + below + half))
    highest = float(pixels)
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], highest - halves[place])
        highest = placed[place] - halves[place]
    return placed


def stage_names(stages: Sequence[str], theme: Theme, *, first: int = 0) -> tuple[list[Part], list[int]]:
    """The names of stages above their points, in their colours; at the ends they are short of room and lean outwards.

    Names of one line take turns between two heights, so that short neighbours do not run into each other; a stage that
    is too short for that goes without.

    Args:
        stages: the stage of every point, in order.
        theme: ``light`` or ``dark``.
        first: place of the first point.

    Returns:
        The names, and the place at which each stage begins.
    """
    names = []
    starts = [place for place, stage in enumerate(stages) if place == 0 or stages[place - 1] != stage]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(stages)], strict=True)):
        paper, _, ours = paper_name(stages[start]).partition(" · ")
        anchor, x = "center", (start + end - 1) / 2
        if not ours and start == 0:
            anchor, x = "right", end - 0.5
        elif not ours and end == len(stages):
            anchor, x = "left", start - 0.5
        elif not ours and end - start < _SHORTEST_NAMED * len(stages):
            continue
        two = f"<b>{paper}</b><br>{ours or NO_BREAK}" if ours or number % 2 == 0 else f"<br><b>{paper}</b>"
        font = {"color": stage_colour(stages[start], theme), "size": 11}
        place = {"x": first + x, "xanchor": anchor, "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 4}
        names.append({"text": two, "font": font, **place})
    return names, [first + start for start in starts]
