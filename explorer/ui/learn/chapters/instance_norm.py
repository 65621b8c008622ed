"""Instance norm: mean and variance of one channel of one picture, and what its running statistics do."""

from __future__ import annotations

import streamlit as st

from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.drawn import table
from explorer.ui.params import LAB_EXAMPLE
from explorer.views.norm_cube import cube_html
from explorer.views.norm_words import written

_LAB = {"norm_part": "lab", "experiment": "running", "lab_kind": "instance"}


def _figure() -> None:
    cubes = "".join(
        f'<div style="margin-right:16px">{cube_html(norm, title)}</div>'
        for norm, title in (("batch", "Batch norm"), ("instance", "Instance norm"))
    )
    st.html(f'<div class="matrices">{cubes}</div>')
    table(("Normalised over", "Mean, two channels", "Variance", "Running mean after this batch"), rows())
    st.caption(
        "Cells with one letter share a mean and a variance. The numbers are computed of two pictures n0 and n1 with "
        f"two channels of 2×2: {', '.join(f'{value:g}' for value in LAB_EXAMPLE[:8])}, then "
        f"{', '.join(f'{value:g}' for value in LAB_EXAMPLE[8:])}. Momentum 0.1; the running mean starts at 0 and "
        "takes in the average of the pictures."
    )


def rows() -> list[tuple[str, ...]]:
    """Mean, variance and running mean of both norms on the small example, as text."""
    import numpy as np

    from explorer.labs.norm_lab.running import EXAMPLE_SHAPE, running_updates, statistics

    x = np.array(LAB_EXAMPLE).reshape(EXAMPLE_SHAPE)
    written_out = []
    for kind, parts in (("batch", ("both pictures",)), ("instance", ("n0 alone", "n1 alone"))):
        mean, var, _ = statistics(x, kind=kind)  # type: ignore[arg-type]  # the two of the line above
        running = running_updates([x], kind=kind)[-1].running_mean  # type: ignore[arg-type]
        for place, part in enumerate(parts):
            numbers = (mean[place].ravel(), var[place].ravel(), running)
            written_out.append((f"{kind}: {part}", *(" and ".join(map(written, pair)) for pair in numbers)))
    return written_out


CHAPTER = Chapter(
    name="instance-norm",
    title="Each picture normalised alone",
    text=(
        "StarGAN's units have instance norms (实例归一化) in place of batch norms. An instance norm takes mean and "
        "variance over height and width of *one* channel of *one* picture. What the other pictures of the batch look "
        "like plays no part, and the contrast of a picture is taken out of it: made for changing the style of "
        "pictures.\n\n"
        "γ and β are there (`affine=True`), a pair per channel for all pictures. With `track_running_stats=True`, as "
        "the generator has it, the norm also keeps a running mean and variance per channel, the average of what the "
        "pictures had."
    ),
    formula=(
        r"\mu_{nc} = \frac{1}{HW} \sum_{h,w} x_{nchw}\\[6pt] "
        r"y_{nchw} = \gamma_c\, \frac{x_{nchw} - \mu_{nc}}{\sqrt{\sigma^2_{nc} + \varepsilon}} + \beta_c"
    ),
    where="n: picture; c: channel; h, w: place; σ²: the variance over the same values as μ; ε = 10⁻⁵.",
    figure=_figure,
    tries=(
        Link(page="batchnorm", label="Its statistics by hand", query=_LAB),
        Link(page="batchnorm", label="The generator's own", query={"network": "stargan"}),
        Link(page="batchnorm", label="Four kinds of norm", query={"norm_part": "lab", "experiment": "kinds"}),
    ),
    traps=(
        Trap(
            written="An instance norm treats every picture by itself, in training and in evaluation.",
            so=(
                "In evaluation only without running statistics. With them, as here, `eval()` takes the running mean "
                "and variance, the same for every picture: the norm becomes one fixed line per channel."
            ),
            see=Link(page="batchnorm", label="Train and eval beside each other", query=_LAB),
            source="PyTorch documentation, torch.nn.InstanceNorm2d, track_running_stats",
        ),
    ),
    sources=(
        "Ulyanov et al. 2016, arXiv 1607.08022",
        "Choi et al. 2017, arXiv 1711.09020; yunjey/stargan model.py at commit 94dd002",
    ),
    seeds=("002.2",),
)
