"""Mean, variance, normalise, scale and shift, on eight numbers."""

from __future__ import annotations

import streamlit as st

from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.example import ON_EXAMPLE
from explorer.ui.params import LAB_EXAMPLE

_CHANNEL = 0


def _figure() -> None:
    import numpy as np

    from explorer.labs.norm_lab.running import BETA, EXAMPLE_SHAPE, GAMMA
    from explorer.model.batchnorm import four_steps
    from explorer.views.matrices import Matrix, matrices_html, value_note
    from explorer.views.norm_words import written

    values = np.array(LAB_EXAMPLE).reshape(EXAMPLE_SHAPE)[:, _CHANNEL].reshape(4, 2)
    gamma, beta = float(GAMMA[_CHANNEL]), float(BETA[_CHANNEL])
    found = four_steps(values, gamma, beta)
    steps = {
        "x": values,
        f"x − {written(found.mean)}": values - found.mean,
        f"÷ √{written(found.variance)}: x̂": found.normalised,
        f"{gamma:g}·x̂ + {beta:g}": found.scaled,
    }
    st.html(matrices_html([Matrix(name, part, value_note(name, part)) for name, part in steps.items()], ["→"] * 3))
    st.caption(
        f"One channel of two pictures of 2×2, one above the other: mean {written(found.mean)}, variance "
        f"{written(found.variance)}. After step 3 mean {_zero(found.normalised.mean())} and variance "
        f"{written(round(float(found.normalised.var()), 4))}; after step 4 mean "
        f"{written(float(found.scaled.mean()))} = β and deviation {written(round(float(found.scaled.std()), 4))} = "
        "|γ|. Train mode, ε = 10⁻⁵."
    )


def _zero(mean: float) -> str:
    return f"{abs(mean):.0f}"


CHAPTER = Chapter(
    name="four-steps",
    title="A norm in four steps",
    text=(
        "For every channel by itself, over all pictures of the batch and all positions:\n\n"
        "1. the **mean** μ of the values;\n"
        "2. their **variance** σ², the mean of the squared distances from μ;\n"
        "3. **normalise**: less μ, over √(σ² + ε);\n"
        "4. **scale and shift**: times γ, plus β.\n\n"
        "After the third step a channel has mean 0 and variance 1 (ε takes a little of it, and all where no "
        "value differs). The fourth gives it any mean and deviation that the network finds useful, so that "
        "normalising takes nothing from what it can express: with γ = √(σ² + ε) and β = μ the four steps are the "
        "identity."
    ),
    formula=(
        r"\mu = \frac1m\sum_i x_i,\quad \sigma^2 = \frac1m\sum_i (x_i-\mu)^2 \\[6pt] "
        r"\hat x_i = \frac{x_i-\mu}{\sqrt{\sigma^2+\varepsilon}},\quad y_i = \gamma\,\hat x_i+\beta"
    ),
    where="m: pictures × height × width; γ, β: learned, one of each per channel; ε = 10⁻⁵.",
    figure=_figure,
    tries=(
        Link(page="batchnorm", label="The four steps on real maps", query={**ON_EXAMPLE, "aspect": "steps"}),
        Link(
            page="batchnorm", label="The same numbers, to change", query={"norm_part": "lab", "experiment": "running"}
        ),
    ),
    traps=(
        Trap(
            written="γ and β are learning rates.",
            so=(
                "They are parameters: learned by gradient descent like the weights, one of each per channel. The "
                "learning rate (学习率) is the step by which all of them are changed, and nothing that a network holds."
            ),
            see=Link(
                page="batchnorm", label="Move γ and β of a norm", query={**ON_EXAMPLE, "aspect": "line", "gamma": "2"}
            ),
            source="Ioffe and Szegedy 2015, arXiv 1502.03167, section 3: γ and β “are learned along with the original "
            "model parameters”",
        ),
    ),
    sources=("Ioffe and Szegedy 2015, arXiv 1502.03167, section 3, algorithm 1",),
    seeds=("003.3", "003.trap"),
)
