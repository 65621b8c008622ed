"""The trunk of the StarGAN generator: six units with instance norms and nothing behind the addition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from explorer.architecture.families import network_of
from explorer.architecture.stargan import INPUT_SIZE, SOURCE, StarGANSpec
from explorer.architecture.trace import trace
from explorer.ui import cached, shell
from explorer.ui.learn.chapter import Chapter, Link, Trap

if TYPE_CHECKING:
    import numpy as np

_SPEC = StarGANSpec()
_PARAMS = trace(network_of(_SPEC), INPUT_SIZE).params
_SIDE = 64
_SHOWN = ("x", "F(x)", "x + F(x)")


def unit_values(unit: int) -> dict[str, np.ndarray]:
    """x, F(x) and their sum in a unit of the generator, untrained, for one photograph.

    Args:
        unit: 0 to 5.
    """

    def make() -> dict[str, np.ndarray]:
        from explorer.model.build import build
        from explorer.model.images import HALF, prepare
        from explorer.model.probe import block_parts
        from explorer.model.samples import sample

        model = build(network_of(_SPEC), device="cpu", seed=0)
        domains = [number == 0 for number in range(_SPEC.c_dim)]
        picture = prepare(sample("china"), size=(_SIDE, _SIDE), in_channels=3, preprocess=HALF, domains=domains).tensor
        block = [node.name for node in model.network.blocks()][unit]
        parts = block_parts(model, picture, block, mode="train")
        assert parts.total is not None  # a unit has its addition
        return dict(zip(_SHOWN, (part.numpy() for part in (parts.x, parts.residual, parts.total)), strict=True))

    kept: dict[str, np.ndarray] = cached.result(
        ("learn stargan", unit), make, lambda made: sum(values.nbytes for values in made.values())
    )
    return kept


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import steps_figure

    values = unit_values(0)
    figure = steps_figure({"First unit": values}, theme=shell.theme())
    chart(
        figure, "learn_trunk", height=200, alt="How the values of x, F(x) and their sum are spread in the first unit."
    )
    residual, total = values["F(x)"], values["x + F(x)"]
    st.caption(
        f"F(x) has mean {abs(residual.mean()):.2f} and deviation {residual.std():.2f}: its last norm sees to it, with "
        f"γ = 1 and β = 0. Below 0 are {_share(residual)} of F(x) and, no ReLU following, {_share(total)} of the sum. "
        f"Untrained generator, seed 0; one photograph of {_SIDE}×{_SIDE}, every norm with the picture's own statistics."
    )


def _share(values: np.ndarray) -> str:
    return f"{100 * (values < 0).mean():.0f} %"


CHAPTER = Chapter(
    name="stargan-trunk",
    title="A trunk of six residual units",
    text=(
        "Residual units are not for classifiers alone. StarGAN's generator (生成器) takes a picture and the domains "
        "that are asked for, and returns a picture. Two convolutions of stride 2 bring it down to a quarter of its "
        "sides and 256 channels, six residual units work there, and two transposed convolutions bring it up again: "
        f"**{_PARAMS:,}** parameters.\n\n"
        "A unit is 3×3 convolution, instance norm, ReLU, 3×3 convolution, instance norm, and the addition of x. Size "
        "and channels stay, so every shortcut is x itself. Nothing follows the addition: what is negative goes on to "
        "the next unit."
    ),
    formula=r"y = x + \mathrm{IN}\bigl(W_2 * \mathrm{ReLU}(\mathrm{IN}(W_1 * x))\bigr)",
    where="IN: instance norm; W₁, W₂: the two convolutions, 3×3, without bias; *: convolution.",
    figure=_figure,
    tries=(
        Link(page="architecture", label="The whole generator", query={"network": "stargan", "row": "main.9"}),
        Link(page="feature-maps", label="Your picture through it", query={"network": "stargan", "view": "residual"}),
        Link(page="block", label="A block without the last ReLU", query={"b_norm": "instance", "b_last_relu": "no"}),
    ),
    traps=(
        Trap(
            written="The ReLU helps F to become 0, and then the unit is the identity.",
            so=(
                "F ends in a norm, not in a ReLU. A norm gives a map mean β and deviation |γ|, and β everywhere "
                "where no value differs: F is 0 only where β is 0 and either γ is 0 or nothing varies. And no ReLU "
                "follows the addition here."
            ),
            see=Link(
                page="architecture",
                label="What follows the addition",
                query={"network": "stargan", "row": "main.9.add"},
            ),
            source=SOURCE,
        ),
    ),
    sources=(f"{SOURCE}; table 4 of the paper",),
    seeds=("002.2", "002.trap"),
)
