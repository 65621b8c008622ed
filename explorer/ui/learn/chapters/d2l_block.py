"""d2l's Residual(input_channels, num_channels, use_1x1conv, strides) and its two checks."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import trace_block
from explorer.architecture.presets import D2L
from explorer.ui.components.diagram import drawn
from explorer.ui.learn.chapter import Chapter, Link
from explorer.views.block_drawing import block_drawing
from explorer.views.block_steps import step_table, steps_html

PICTURES, SIDE = 4, 6
CHECKS: dict[str, BlockSpec] = {
    "Residual(3, 3)": BlockSpec(),
    "Residual(3, 6, use_1x1conv=True, strides=2)": BlockSpec(channels_out=6, stride=2, shortcut="projection"),
}


def _figure() -> None:
    code, spec = list(CHECKS.items())[1]
    trace = trace_block(spec, (SIDE, SIDE))
    st.markdown(f"`{code}`")
    left, right = st.columns([1, 2], gap="medium")
    with left:
        drawn(block_drawing(spec, trace, batch=PICTURES), key="learn_d2l_block")
    with right:
        st.html(steps_html(step_table(trace, batch=PICTURES)))
    st.caption("The second check, every step with its shape (N, C, H, W), from the app's own arithmetic.")


CHAPTER = Chapter(
    name="d2l-block",
    title="One class, two checks",
    text=(
        "The textbook writes the block as a class with four arguments: channels in, channels out, whether the shortcut "
        "has a 1×1 convolution, and the stride of the first convolution and of that one. Its forward is five steps: "
        "conv, norm, ReLU; conv, norm; perhaps the 1×1; add; ReLU.\n\n"
        "Two calls check it on an input of shape (4, 3, 6, 6):\n\n"
        "- `Residual(3, 3)` keeps the shape, (4, 3, 6, 6).\n"
        "- `Residual(3, 6, use_1x1conv=True, strides=2)` doubles the channels and halves the size: (4, 6, 3, 3).\n\n"
        "With other channels and no 1×1 the addition fails: the class does not check it, torch does."
    ),
    formula=r"\left\lfloor \frac{6 + 2\cdot 1 - 3}{2} \right\rfloor + 1 = 3 \\[6pt] "
    r"\left\lfloor \frac{6 + 2\cdot 0 - 1}{2} \right\rfloor + 1 = 3",
    where="Above: the 3×3 with padding 1 and stride 2; below: the 1×1 of stride 2 beside it. Both give 3×3 maps.",
    figure=_figure,
    tries=(
        Link(page="block", label="The first check"),
        Link(
            page="block",
            label="The second check",
            query={"b_channels_out": "6", "b_stride": "2", "b_shortcut": "projection"},
        ),
        Link(page="block", label="Sizes that clash", query={"b_part": "breaks", "case": "small-map"}),
    ),
    sources=(f"{D2L}, class Residual",),
    seeds=("001.2",),
)
