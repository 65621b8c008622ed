"""What a norm takes together -> a small drawing: pictures by channels, a letter for each mean and variance."""

from __future__ import annotations

from html import escape
from string import ascii_uppercase

PICTURES, CHANNELS, GROUP = 3, 6, 3
WORDS = {
    "batch": "a channel of all pictures",
    "instance": "a channel of one picture",
    "group": "a group of channels of one picture",
    "none": "nothing",
}


def cube_html(norm: str, title: str) -> str:
    """A table of three pictures by six channels; each cell stands for the H×W values of one map.

    Cells with the same letter are normalised together; those that go with the first are framed.

    Args:
        norm: batch, instance, group or none.
        title: above the table.
    """
    head = "".join(f"<th>c{channel}</th>" for channel in range(CHANNELS))
    rows = []
    for picture in range(PICTURES):
        cells = "".join(_cell(together(norm, picture, channel)) for channel in range(CHANNELS))
        rows.append(f"<tr><th>n{picture}</th>{cells}</tr>")
    return (
        f'<table class="matrix"><caption>{escape(title)}: {escape(WORDS[norm])}</caption>'
        f"<tr><th></th>{head}</tr>{''.join(rows)}</table>"
    )


def together(norm: str, picture: int, channel: int) -> int | None:
    """The number of the mean and variance that a map is normalised with; None where there is none."""
    match norm:
        case "batch":
            return channel
        case "instance":
            return picture * CHANNELS + channel
        case "group":
            return picture * (CHANNELS // GROUP) + channel // GROUP
        case _:
            return None


def _cell(number: int | None) -> str:
    if number is None:
        return '<td style="min-width:1.6rem;text-align:center">·</td>'
    framed = ' class="framed"' if number == 0 else ""
    return f'<td{framed} style="min-width:1.6rem;text-align:center">{ascii_uppercase[number]}</td>'
