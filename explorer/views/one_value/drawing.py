"""One output value drawn: matrices with their numbers, kernels as colour pictures, what every channel adds."""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Sequence

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from explorer.views.charts.axes import axis
from explorer.views.charts.figure import MUTED, bar, figure
from explorer.views.matrices import ground, matrix_table, reach_of, square
from explorer.views.numbers import true_minus, written
from explorer.views.one_value.parts import Places, WeightedSum, Window
from explorer.views.one_value.words import Contribution, contributions
from explorer.views.palette import TEXT, Theme, stage_colour

# Larger windows than this are drawn as a map, with their values on hover.
WRITTEN_SIDE = 12
_GAP = 4
_BLACK, _WHITE = (0, 0, 0, 255), (255, 255, 255, 255)
_BAR_PIXELS = 23


def product_matrices(parts: WeightedSum, place: int) -> str:
    """Patch × kernel = products of one arriving channel, as HTML.

    Args:
        parts: of the value.
        place: of the channel in ``parts.sums``.
    """
    empty = "padding" if parts.kind == "conv" else "no value of the map meets this place of the kernel"
    meets = parts.meets
    x = matrix(parts.patch[place], "x under the kernel", meets=meets, empty=empty, sides=(parts.rows, parts.columns))
    w = matrix(parts.kernel[place], "w, the kernel")
    products = matrix(parts.products[place], "w·x", meets=meets, empty=empty)
    total = _term("Σ =", f'<div class="sign">{written(parts.sums[place])}</div>')
    return f'<div class="matrices">{x}{_term("×", w)}{_term("=", products)}{total}</div>'


def window_matrix(parts: Window) -> str:
    """The values under a window as HTML; of a maximum the largest is framed."""
    drawn = matrix(
        parts.values,
        "x under the window",
        meets=parts.meets,
        empty="outside the map",
        sides=(parts.rows, parts.columns),
        marked=parts.at if parts.how == "max" else None,
    )
    return f'<div class="matrices">{drawn}</div>'


def matrix(
    values: np.ndarray,
    title: str,
    *,
    meets: np.ndarray | None = None,
    empty: str = "",
    sides: tuple[Places, Places] | None = None,
    marked: tuple[int, int] | None = None,
) -> str:
    """A small matrix with its values as an HTML table; the exact value of a cell stands on hover.

    Args:
        values: ``(H, W)``.
        title: what it is.
        meets: where there is a value, ``(H, W)``; the other cells are hatched. None: everywhere.
        empty: what to say of those.
        sides: names of rows and columns, empty where None; None leaves the sides out.
        marked: row and column of a cell with a frame.
    """
    reach = reach_of(values)
    rows = []
    for i, row in enumerate(values):
        cells = []
        for j, value in enumerate(map(float, row)):
            if meets is not None and not meets[i, j]:
                cells.append(square("0", kind="empty", title=empty))
            else:
                kind, exact = "framed" if (i, j) == marked else "", true_minus(f"{value:.9g}")
                cells.append(square(_short(value, reach), kind=kind, style=ground(value, reach), title=exact))
        rows.append(cells)
    down, across = (["" if name is None else str(name) for name in side] for side in sides or ((), ()))
    return matrix_table(title, rows, across=["y\\x", *across] if sides else (), down=down)


def colour_png(values: np.ndarray, *, side: int = 112) -> bytes:
    """A kernel, or what lies under it, of three channels as a picture in red, green and blue.

    Zero is middle grey, and one scale holds for the three colours.

    Args:
        values: ``(3, H, W)``.
        side: pixels that the longer side has at least.
    """
    picture = Image.fromarray(_colours(values, reach_of(values)))
    enlarged = math.ceil(side / max(picture.size))
    return _png(picture.resize((picture.width * enlarged, picture.height * enlarged), Image.Resampling.NEAREST))


def kernels_png(kernels: np.ndarray, *, marked: Collection[int], columns: int = 8, enlarged: int = 3) -> bytes:
    """All kernels of a convolution as colour pictures side by side, on one scale; zero is middle grey.

    Args:
        kernels: ``(channels out, channels in, H, W)``: of three channels or more the first three are red, green and
            blue, of fewer the first is grey.
        marked: those with a frame.
        columns: kernels in a row.
        enlarged: pixels of the picture that a weight is wide and high.
    """
    kernels = kernels[:, :3] if kernels.shape[1] >= 3 else kernels[:, [0, 0, 0]]
    count, _, height, width = kernels.shape
    step_y, step_x = height * enlarged + _GAP, width * enlarged + _GAP
    across = min(columns, count)
    tiles = np.zeros((math.ceil(count / across) * step_y + _GAP, across * step_x + _GAP, 4), dtype=np.uint8)
    reach = reach_of(kernels)
    for place, kernel in enumerate(kernels):
        top, left = place // across * step_y, place % across * step_x
        if place in marked:
            # seen on light and on dark ground
            frame = tiles[top : top + step_y + _GAP, left : left + step_x + _GAP]
            frame[:], frame[2:-2, 2:-2] = _BLACK, _WHITE
        tile = np.kron(_colours(kernel, reach), np.ones((enlarged, enlarged, 1), dtype=np.uint8))
        inside = tiles[top + _GAP : top + step_y, left + _GAP : left + step_x]
        inside[..., :3], inside[..., 3] = tile, 255
    return _png(Image.fromarray(tiles))


def contributions_figure(
    parts: WeightedSum, *, stage: str, theme: Theme, picked: int | None = None, names: Sequence[str] = ()
) -> go.Figure:
    """What every arriving channel adds, each bar from where the one above it ends, down to the value.

    Args:
        parts: of the value.
        stage: whose colour the bars have.
        theme: light or dark.
        picked: place in ``parts.sums`` that is marked.
        names: of the arriving channels where they have any, such as red, green and blue.

    Returns:
        A figure whose bars of single channels carry their place as ``customdata``.
    """
    terms = contributions(parts)
    amounts = np.nan_to_num([term.amount for term in terms])
    starts = np.concatenate([[0.0], np.cumsum(amounts)])[:-1]
    ends = float(amounts.sum())
    labels = [_label(term, names, marked=term.place is not None and term.place == picked) for term in terms]
    colours = [stage_colour(stage, theme) if term.place is not None else MUTED[theme] for term in terms]
    places = list(range(len(terms) + 1))
    bars = bar(
        [*amounts, ends],
        places,
        "%{text}",
        orientation="h",
        base=[*starts, 0.0],
        customdata=[*(-1 if term.place is None else term.place for term in terms), -1],
        text=[*(f"{term.label}: {term.amount!r}" for term in terms), f"value: {parts.value!r}"],
        textposition="none",
        marker={"color": [*colours, TEXT[theme]]},
    )
    return figure(
        [bars],
        theme=theme,
        height=len(places) * _BAR_PIXELS + 46,
        margin=(178, 12, 6, 40),
        x=axis("sum so far", zeroline=True),
        y=axis(
            autorange="reversed",
            ticklabelstandoff=6,
            showgrid=False,
            zeroline=False,
            tickvals=places,
            ticktext=[*labels, f"<b>value</b>  {written(parts.value)}"],
            tickfont={"color": TEXT[theme]},
        ),
        bargap=0.3,
    )


def _label(term: Contribution, names: Sequence[str], *, marked: bool) -> str:
    """What a bar is and what it adds."""
    name = term.label
    if term.place is not None and term.place < len(names):
        name = f"{names[term.place]}, {name}"
    return f"{f'<b>{name}</b>' if marked else name}  {written(term.amount)}"


def _short(value: float, reach: float) -> str:
    """A number in the few figures that a cell holds, with as many decimals as its neighbours."""
    if not math.isfinite(value) or value == 0:
        return written(abs(value) if value == 0 else value)  # 0 times a negative weight is −0
    digits = 2 - math.floor(math.log10(reach))
    if -4 <= digits <= 4:
        return true_minus(f"{value:.{max(0, digits)}f}")
    return written(float(f"{value:.1e}"))


def _colours(values: np.ndarray, reach: float) -> np.ndarray:
    """``(3, H, W)`` to ``(H, W, 3)`` bytes: zero in the middle, the reach at the ends."""
    pixels = np.nan_to_num(127.5 + 127.5 * values / (reach or 1.0))
    return np.clip(pixels, 0, 255).round().astype(np.uint8).transpose(1, 2, 0)


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _term(sign: str, what: str) -> str:
    """A sign and what follows it, which stay together when a line breaks."""
    return f'<div class="term"><div class="sign">{sign}</div>{what}</div>'
