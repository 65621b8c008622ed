"""What a norm takes together -> a small drawing: pictures by channels, a letter for each mean and variance."""

from __future__ import annotations

from string import ascii_uppercase

from explorer.views.matrices import matrix_table, square

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
    rows = [[_cell(together(norm, picture, channel)) for channel in range(CHANNELS)] for picture in range(PICTURES)]
    return matrix_table(
        f"{title}: {WORDS[norm]}",
        rows,
        across=["", *(f"c{channel}" for channel in range(CHANNELS))],
        down=[f"n{picture}" for picture in range(PICTURES)],
        kind="letters",
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
    return square("·") if number is None else square(ascii_uppercase[number], kind="framed" if number == 0 else "")
