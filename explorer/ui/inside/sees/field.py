"""The picture: the pixels that count for one position, the box of all that it can see, and both in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st
from PIL import Image

from explorer.architecture.context import reaches
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.seen import Way, seen
from explorer.errors import ExplorerError
from explorer.labs.fields.effective import FEWEST_PICTURES, THRESHOLD, EffectiveField
from explorer.ui import shell, state
from explorer.ui.charts import chart
from explorer.ui.inside.beside import UNTRAINED_LABEL, LookedAt
from explorer.ui.inside.pictures import Seen
from explorer.ui.inside.sees.measured import channel_of, fields, middle_of, position_of
from explorer.ui.inside.sees.params import X, Y
from explorer.ui.markup import capital, without_markup
from explorer.ui.pictures import chosen, place
from explorer.views.fields import SeenField, field_figure
from explorer.views.html_table import figures_table
from explorer.views.numbers import percent
from explorer.views.op_words import whole_map_words

ALONE_PIXELS, BESIDE_PIXELS = 560, 430
"""Width of a picture, of one network or of two."""
SHARES = (0.5, 0.9)
SAME = 1.05
"""Two sizes are the same where none is larger by this factor."""
_WAYS: dict[Way, str] = {"longest": "longest way", "shortest": "shortest way"}
_Box = tuple[int, int, int, int]


def field(looked: Sequence[LookedAt], row: Layer, pictures: Seen | None) -> None:
    """Draw what a position sees in one network or in two, below the answer in words.

    Args:
        looked: the networks.
        row: of the first of them.
        pictures: what they are shown; noise when None.
    """
    found: list[tuple[LookedAt, Layer, EffectiveField | None]] = []
    plan, heading = looked[0].plan, st.empty()
    heading.subheader(_answer(plan, row, [(looked[0], row, None)]), anchor=False)
    pixels = ALONE_PIXELS if len(looked) == 1 else BESIDE_PIXELS
    with st.container(horizontal=True, gap="medium", key="see_fields"):
        for number, network in enumerate(looked):
            shape = "square" if network.plan.input_size[0] == network.plan.input_size[1] else "oblong"
            with st.container(width=pixels, gap="small", key=f"see_{shape}_{pixels}_{number}"):
                other = network.plan.rows.get(row.layer)
                if other is None:
                    st.info(f"{network.plan.network.title} has no row {row.layer}: choose one that both have.")
                    continue
                found.append((network, other, _one(network, other, pictures, number, pixels)))
        with st.container(width=330, gap="small"):
            if found:
                st.html(_table(found))
            if said := _by_training(found):
                st.markdown(said)
            st.caption(_said(plan, row, pictures, looked))
    heading.subheader(_answer(plan, row, found), anchor=False)


def _one(network: LookedAt, row: Layer, pictures: Seen | None, number: int, pixels: int) -> EffectiveField | None:
    st.markdown(f"**{without_markup(capital(network.label))}** :small[:gray[gradient, share of the largest]]")
    figure = st.empty()
    position, channel = position_of(network.plan, row), channel_of(row)

    def draw(measured: EffectiveField | None, key: str) -> None:
        with figure:
            _draw(network, row, measured, _background(pictures), key, pixels)

    try:
        made = fields(
            network,
            pictures,
            {row.layer: position},
            channel,
            name=f"see_field_{number}",
            before=lambda: draw(None, f"see_before_{number}"),
        )
    except ExplorerError as error:
        shell.say_error(error)
        made = None
    measured = None if made is None else made[row.layer]
    draw(measured, f"see_{number}")
    if measured is not None and not measured.is_defined:
        st.info(
            "The effective field is not defined here: no pixel changes this value on any of the pictures. "
            "Choose one channel, or another row."
        )
    return measured


def _draw(
    network: LookedAt, row: Layer, measured: EffectiveField | None, shown: Image.Image, key: str, pixels: int
) -> None:
    plan, position = network.plan, position_of(network.plan, row)
    boxes = boxes_of(network, row)
    middle = middle_of(plan, row, position)
    numbered = measured is not None and measured.is_defined and measured.pictures >= FEWEST_PICTURES
    radii = {share: measured.radius(share, middle) for share in SHARES} if measured is not None and numbered else {}
    height, width = plan.input_size
    positions = row.output_shape[1:] if position is not None else (1, 1)
    chart(
        field_figure(
            shown,
            SeenField(
                boxes={_WAYS[way]: box for way, box in boxes.items()},
                middle=middle,
                gradient=measured.gradient if measured is not None and measured.is_defined else None,
                threshold=THRESHOLD,
                radii=radii,
            ),
            size=plan.input_size,
            positions=(positions[0], positions[1]),
            height=round((pixels - 12) * min(1.5, height / width)) + 54,
            theme=shell.theme(),
        ),
        key,
        width=pixels,
        on_place=lambda y, x: state.update({Y: y, X: x}),
        alt=f"What {row.layer} sees of the picture in {network.plan.network.title}, {network.label}.",
    )


def boxes_of(network: LookedAt, row: Layer) -> dict[Way, _Box]:
    """What the chosen position can see by the longest and by the shortest way, where they differ: on the picture."""
    plan, position = network.plan, position_of(network.plan, row) or (0, 0)
    if plan.network.measured and row.layer not in reaches(plan, "longest"):
        return {}
    found: dict[Way, _Box] = {}
    for way in _WAYS:
        rows, columns = (seen(plan, row, place, axis=axis, way=way) for axis, place in enumerate(position))
        box = (columns.start, rows.start, columns.stop, rows.stop)
        if box not in found.values() and not (network.cut and found):
            found[way] = box
    return found


def _background(pictures: Seen | None) -> Image.Image:
    """The picture on which all is drawn: the first that was measured, or the sample."""
    if pictures is not None:
        return Image.fromarray(pictures.pictures.pixels[int(pictures.pictures.tested[0])])
    return chosen()[place()].picture


def _answer(plan: Plan, row: Layer, found: Sequence[tuple[LookedAt, Layer, EffectiveField | None]]) -> str:
    """The answer in words, with its numbers."""
    boxes = boxes_of(found[0][0], found[0][1]) if found else {}
    could = f"can see {_size(boxes['longest'])} pixels of the picture" if boxes else "has a field that is not known"
    counts = [
        f"{without_markup(network.label)}, {_counted(round(measured.size**2))} ({measured.size:.0f} across)"
        for network, _, measured in found
        if measured is not None and measured.is_defined and measured.pictures >= FEWEST_PICTURES
    ]
    said = "; ".join(counts)
    return f"{without_markup(_named(plan, row))} {could}. {said[:1].upper()}{said[1:]}{'.' if said else ''}"


def _counted(pixels: int) -> str:
    return "1 of them counts" if pixels == 1 else f"{pixels:,} of them count"


def _named(plan: Plan, row: Layer) -> str:
    """A row's position in words."""
    position = position_of(plan, row)
    if position is None:
        return row.layer
    chosen = state.get(Y) is not None or state.get(X) is not None
    return f"{row.layer} at y {position[0]}, x {position[1]}" if chosen else f"The middle of {row.layer}"


def _size(box: _Box) -> str:
    left, top, right, bottom = box
    return f"{bottom - top:,}×{right - left:,}"


def _table(found: Sequence[tuple[LookedAt, Layer, EffectiveField | None]]) -> str:
    """Each network in a column: what it can see, and what counts."""
    head = ["In pixels", *(capital(network.label) for network, _, _ in found)]
    boxes = [boxes_of(network, row) for network, row, _ in found]
    rows = [
        [f"Can see, {words}", *(_size(box.get(way, box["longest"])) if box else "not known" for box in boxes)]
        for way, words in _WAYS.items()
    ]
    rows.append(["By its windows", *(_unclipped(network.plan, row) for network, row, _ in found)])
    rows.append(
        ["Effective, across", *(_number(measured, measured.size) if measured else "–" for *_, measured in found)]
    )
    for share in SHARES:
        numbers = (
            _number(measured, measured.radius(share, middle_of(network.plan, row, position_of(network.plan, row))))
            if measured
            else "–"
            for network, row, measured in found
        )
        rows.append([f"{percent(share, 0)} of it within", *numbers])
    return figures_table(head, rows)


def _by_training(found: Sequence[tuple[LookedAt, Layer, EffectiveField | None]]) -> str:
    """What training has done to the effective field, beside what the paper found; empty where it is not measured."""
    if len(found) < 2 or found[1][0].label != UNTRAINED_LABEL:
        return ""
    sizes = [one.size for *_, one in found if one is not None and one.pictures >= FEWEST_PICTURES and one.is_defined]
    if len(sizes) < 2:
        return ""
    trained, untrained = sizes
    here = "grew too" if trained > SAME * untrained else "shrank" if untrained > SAME * trained else "hardly changed"
    return (
        "[Luo et al. 2016](https://arxiv.org/abs/1701.04128) found that the effective field grows by training. Here it "
        f"{here}: {trained:.1f} pixels across, untrained {untrained:.1f}."
    )


def _unclipped(plan: Plan, row: Layer) -> str:
    """The size of a row's field by the windows on its way, as if the picture went on."""
    reach = reaches(plan, "longest").get(row.layer)
    position = position_of(plan, row)
    if reach is None or position is None:
        return "–"
    return "×".join(f"{end - start:,}" for start, end in map(reach.at, position))


def _number(measured: EffectiveField, value: float) -> str:
    return "–" if math.isnan(value) or measured.pictures < FEWEST_PICTURES else f"{value:.1f}"


def _said(plan: Plan, row: Layer, pictures: Seen | None, looked: Sequence[LookedAt]) -> str:
    """Of which weights, pictures, mode and row it is, what is drawn, and what does not follow from it."""
    channel = channel_of(row)
    what = "the mean over its channels" if channel is None else f"channel {channel:,}"
    if pictures is None:
        shown = f"{FEWEST_PICTURES} pictures of standard normal noise; the picture is only what the map is drawn on"
    else:
        count = min(FEWEST_PICTURES, len(pictures.pictures.tested))
        few = "" if count >= FEWEST_PICTURES else f", too few for a number ({FEWEST_PICTURES} are needed)"
        shown = f"{count} picture{'s' if count > 1 else ''} of: {without_markup(pictures.pictures.title)}{few}"
    weights = "; ".join(f"{one.label}: {without_markup(one.ready.loaded.label)}" for one in looked)
    whole = f" {whole_map_words(plan, row)}" if row.whole_map_at else ""
    return (
        f"Weights: {weights} · mode: eval · row: {row.layer}, {what} · measured on {shown}.  \n"
        f"Coloured are the pixels that count: their gradient |∂y/∂x| is above {percent(THRESHOLD, 2)} of the largest. "
        "The effective size is the square root of their number "
        "([Luo et al. 2016](https://arxiv.org/abs/1701.04128)). Frames: all pixels that can change the value, by the "
        "longest way and, dashed, along the shortcuts; strided 1×1 convolutions and dilation can leave holes in them. "
        f"Click the picture to look from another position.{whole}  \n"
        "What does not follow: that a pixel outside the colours is not used. The map is a mean over pictures, and "
        "random weights have such a blot too."
    )
