"""How a map is shown: the picture, and beside it maps that lie over it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from PIL import Image
from torch import Tensor

from explorer.ui import shell
from explorer.ui.charts import chart
from explorer.ui.inside.why.question import Question
from explorer.ui.markup import without_markup
from explorer.views.attribution import overlay_figure
from explorer.views.charts.heat import BAR_WIDTH_PIXELS, scale_of
from explorer.views.maps import EDGE_PIXELS
from explorer.views.montage import picture_png
from explorer.views.numbers import written

PIXELS, SEVERAL_PIXELS = 300, 224
"""Height of a picture that a map lies over, and of one of four, so that they stand side by side."""


def beside(of: Question, maps: Mapping[str, np.ndarray], *, signed: bool) -> None:
    """Draw the picture, and maps over it on one scale.

    Args:
        of: whose picture.
        maps: ``(h, w)`` by name.
        signed: whether 0 is in the middle of the scale.
    """
    seen = of.seen.prepared.seen
    scale = scale_of(maps.values(), signed=signed)
    high = PIXELS if len(maps) <= 2 else SEVERAL_PIXELS
    wide = _wide(of, high)
    with st.container(horizontal=True, gap="medium", key="why_maps"):
        with st.container(width=wide, gap="xxsmall"):
            st.markdown("**The picture**")
            height, width = of.plan.input_size
            st.image(
                picture_png(seen, smallest=high),
                width=wide,
                output_format="PNG",
                alt=f"What the network gets, {height}×{width} pixels.",
            )
        for number, (name, values) in enumerate(maps.items()):
            last = number == len(maps) - 1
            with st.container(width=wide + (BAR_WIDTH_PIXELS if last else 0) + 2 * EDGE_PIXELS, gap="xxsmall"):
                st.markdown(f"**{without_markup(name)}** :small[:gray[{values.shape[0]}×{values.shape[1]}]]")
                chart(
                    overlay_figure(seen, values, scale, height=_tall(of, high), theme=shell.theme(), bar=last),
                    f"why_map_{number}",
                    alt=f"{name} over the picture, from {written(scale.low, 3)} to {written(scale.high, 3)}.",
                )


def _wide(of: Question, high: int) -> int:
    height, width = of.plan.input_size
    return max(60, round(high * min(1.0, width / height)))


def _tall(of: Question, high: int) -> int:
    height, width = of.plan.input_size
    return round(_wide(of, high) * height / width) + 2 * EDGE_PIXELS


def pixels_png(pixels: Tensor, smallest: int) -> bytes:
    """Pixels ``(C, H, W)`` of 0 to 255 as a PNG, rounded to whole values and at least so many pixels wide."""
    values = pixels.round().byte().permute(1, 2, 0).numpy()
    return picture_png(Image.fromarray(values[..., 0] if values.shape[2] == 1 else values), smallest=smallest)
