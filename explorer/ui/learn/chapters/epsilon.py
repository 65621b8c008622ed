"""ε, γ = 1, β = 0: how a norm starts and what keeps it from dividing by zero."""

from __future__ import annotations

import math

import streamlit as st

from explorer.ui import shell
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.params import LAB_EXAMPLE

_POWERS = range(-5, 2)
_HALVES = 2  # steps from one power to the next
_EPS = 1e-5


def deviations() -> list[tuple[float, float]]:
    """Deviation of what arrives and of what leaves a norm at its start, from tiny numbers to large ones."""
    import numpy as np

    from explorer.model.batchnorm import four_steps

    values = np.array(LAB_EXAMPLE) - np.mean(LAB_EXAMPLE)
    values /= values.std()
    wanted = [10.0 ** (_POWERS[0] + step / _HALVES) for step in range(_HALVES * (len(_POWERS) - 1) + 1)]
    return [(size, float(four_steps(values * size, gamma=1, beta=0, eps=_EPS).scaled.std())) for size in wanted]


def _figure() -> None:
    from explorer.ui.batchnorm.drawn import chart
    from explorer.views.norm_lab import Curve, curves_figure

    found = deviations()
    arriving = [before for before, _ in found]
    curves = [
        Curve(name="measured", x=arriving, y=[after for _, after in found]),
        Curve(name="σ / √(σ² + ε)", x=arriving, y=[s / math.sqrt(s * s + _EPS) for s in arriving], is_law=True),
    ]
    figure = curves_figure(
        curves, x="deviation σ of what arrives", y="deviation of what leaves", theme=shell.theme(), log_x=True
    )
    figure.update_xaxes(
        tickvals=[10.0**power for power in _POWERS],
        ticktext=[f"10<sup>{power}</sup>".replace("-", "−") for power in _POWERS],
    )
    chart(figure, "learn_epsilon", height=270, alt="Deviation of a norm's output over that of its input, at ε = 1e−5.")
    st.caption(
        "Sixteen numbers, scaled, through a norm with γ = 1, β = 0 and ε = 10⁻⁵, PyTorch's default. At σ = √ε = "
        f"{math.sqrt(_EPS):.4f} what leaves has {1 / math.sqrt(2):.2f} of its deviation; numbers that are all equal "
        "give β, and no division by zero."
    )


CHAPTER = Chapter(
    name="epsilon",
    title="ε, γ = 1, β = 0",
    text=(
        "A channel whose values are all equal has variance 0. ε stands under the root so that nothing is divided by "
        "zero; where the variance is far above ε it changes nothing that could be seen.\n\n"
        "At the start γ = 1 and β = 0: the norm only normalises. From there both learn. One exception: a block whose "
        "*last* norm starts with γ = 0 adds nothing at first, and the network begins as if it were shallow "
        "(`zero_init_residual`).\n\n"
        "Networks with batch norms often go without dropout (随机失活): the other pictures of the batch make every "
        "picture's statistics a little random, which has a similar effect. ResNets use none."
    ),
    formula=r"y = \gamma\,\frac{x-\mu}{\sqrt{\sigma^2+\varepsilon}} + \beta \\[6pt] \gamma = 1,\; \beta = 0",
    where="ε = 10⁻⁵; at the start the deviation of y is σ / √(σ² + ε).",
    figure=_figure,
    tries=(
        Link(page="block", label="γ = 0 in the last norm", query={"b_part": "identity", "b_variant": "zero-init"}),
        Link(
            page="block", label="Where ε shows", query={"b_part": "identity", "b_claim": "scale", "b_factor": "0.001"}
        ),
        Link(
            page="batchnorm",
            label="A network's γ and β at the start",
            query={"network": "resnet18", "aspect": "channels"},
        ),
    ),
    traps=(
        Trap(
            written="A norm does what dropout does and replaces it.",
            so=(
                "Its authors saw that with batch norm dropout can be taken out or weakened. The effect comes from the "
                "batch's random statistics; an instance or group norm, which looks at one picture, has none of it."
            ),
            see=Link(page="batchnorm", label="How random a batch's statistics are", query={"norm_part": "lab"}),
            source="Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.4",
        ),
    ),
    sources=(
        "Ioffe and Szegedy 2015, arXiv 1502.03167, algorithm 1 and section 3.4",
        "PyTorch documentation, torch.nn.BatchNorm2d",
        "Goyal et al. 2017, arXiv 1706.02677, section 5.1 (γ = 0)",
        "He et al. 2015, arXiv 1512.03385, section 3.4 (no dropout)",
    ),
    seeds=("003.6",),
)
