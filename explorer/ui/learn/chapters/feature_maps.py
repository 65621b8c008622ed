"""Feature maps: what different kernels make of the same picture."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import streamlit as st

from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.example import ON_EXAMPLE

LAYER = "conv1"
_STYLE = """<style>
.kernels { display: flex; flex-wrap: wrap; gap: 12px 16px; }
.kernels figure { margin: 0; }
.kernels figure > div { display: flex; gap: 4px; align-items: center; }
.kernels img { display: block; image-rendering: pixelated; }
.kernels figcaption { font-size: 0.85rem; opacity: 0.8; }
</style>"""


def _figure() -> None:
    import numpy as np

    from explorer.labs.norm_lab.batches import held_out_digits
    from explorer.model.probe import record
    from explorer.ui import cached
    from explorer.ui.norm_lab.example import example
    from explorer.views.montage import order_channels, thumbnail

    ready = example()
    digit = held_out_digits()[0][:1]

    def make() -> tuple[Any, Any]:
        maps = record(ready.model, digit, layers=[LAYER])[LAYER][0]
        kernels = ready.model.get_parameter(f"{LAYER}.weight").detach()[:, 0]
        return maps.cpu().numpy(), kernels.cpu().numpy()

    maps, kernels = cached.result(("learn feature maps", ready.key), make, lambda made: made[0].nbytes + made[1].nbytes)
    parts = [_one("the picture", (thumbnail(np.asarray(digit[0, 0]), smallest=80), 80))]
    for channel in order_channels(maps, "variance"):
        drawn = (thumbnail(kernels[channel], smallest=36), 36), (thumbnail(maps[channel], smallest=80), 80)
        parts.append(_one(f"channel {channel}", *drawn))
    st.html(f"{_STYLE}<div class='kernels'>{''.join(parts)}</div>")
    st.caption(
        f"First layer of the trained example, a ResNet-20 for digits: its {len(maps)} kernels, each with its map of a "
        "digit that the network has not seen; the map that varies most stands first. Each on a scale of its own: "
        "of kernels and maps zero is white, red above, blue below; of the picture zero is dark."
    )


def _one(name: str, *pictures: tuple[bytes, int]) -> str:
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}" width="{width}" '
        f'alt="{escape(name)}: {"kernel" if width < 80 else "map"}">'
        for png, width in pictures
    )
    return f"<figure><div>{images}</div><figcaption>{escape(name)}</figcaption></figure>"


CHAPTER = Chapter(
    name="feature-maps",
    title="What a kernel makes of a picture",
    text=(
        "A convolution slides a small kernel (卷积核) over what arrives and writes down, at each place, the sum of the "
        "products. One kernel gives one map, one channel of the output: a feature map (特征图). Another kernel answers "
        "to other things, edges of one direction, spots, nothing at all, and gives another map of the same picture.\n\n"
        "A layer has as many kernels as it has output channels, and each reaches through all input channels. With "
        "depth the maps shrink and multiply, and one value comes to depend on more and more of the picture: its "
        "receptive field grows."
    ),
    formula=r"y_{o}(i, j) = \sum_{c}\sum_{u,v} w_{o,c}(u, v)\; x_{c}(s\,i + u - p,\; s\,j + v - p)",
    where="o: output channel; c: input channel; u, v: place in the kernel w; s: stride; p: padding (zeros outside).",
    figure=_figure,
    tries=(
        Link(page="feature-maps", label="All maps of a photograph", query={"network": "resnet18"}),
        Link(
            page="feature-maps",
            label="One value, product by product",
            query={"network": "resnet18", "row": "conv1", "y": "56", "x": "56"},
        ),
        Link(
            page="feature-maps",
            label="The trained example and its kernels",
            query={**ON_EXAMPLE, "row": LAYER},
        ),
    ),
    sources=("PyTorch, torch.nn.Conv2d", "He et al. 2015, arXiv 1512.03385, section 3.3"),
    seeds=("000.7",),
)
