"""What breaks: the blocks that the sources get wrong, each run for real, marked where it clashes, and mended."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.presets import preset
from explorer.architecture.wrong_blocks import CASES, Attempt, Case, Shape, difference
from explorer.model.wrong_blocks import BiasEffect, Sum, attempt, bias_effect
from explorer.ui import cached, state, widgets
from explorer.ui.block.params import CASE, CASE_IN, CASE_OUT, CASE_SIZE
from explorer.ui.components.diagram import drawn
from explorer.ui.components.listing import listing
from explorer.ui.frames import table
from explorer.ui.params.kinds import Number
from explorer.views.numbers import shape_text, written
from explorer.views.wrong_drawing import wrong_drawing
from explorer.views.wrong_sum import sum_html, sum_words
from explorer.views.wrong_words import DIMENSIONS, agreement, change_html, headline, why

_NEXT = ":material/arrow_forward:"


def show() -> None:
    """Draw the part of the page Block on what breaks."""
    name = state.get(CASE)
    case = CASES[name].at(channels_in=state.get(CASE_IN), channels_out=state.get(CASE_OUT), side=state.get(CASE_SIZE))
    _choice(name, case)
    made, parts = _attempt(case.block, case.shape, conv3d=case.conv3d)
    mended = None if case.mended is None else _attempt(case.mended, case.shape, conv3d=False)[0]
    with st.container(key="breaks"):
        shown, words, drawn_mended = st.columns([11, 16, 11], gap="medium")
    with shown:
        _drawing("As it stands" if mended else "As it should be", made, "broken")
    with words:
        _words(name, case, made, mended)
    if mended is not None:
        with drawn_mended:
            _drawing("Mended", mended, "mended")
    if made.verdict == "stretched" and parts is not None:
        st.markdown("**What the sum really is**")
        st.html(sum_html(parts.main, parts.shortcut, parts.total))
        st.caption(sum_words(made, parts.main, parts.shortcut, parts.total))


def _choice(name: str, case: Case) -> None:
    """Which block, and the sizes that it is run with."""
    names = list(CASES)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_case"):
        widgets.choose(CASE, changed=_choose, width=270)
        _number(CASE_IN, case.block.channels_in, CASES[name].block.channels_in)
        if not case.tied:
            _number(CASE_OUT, case.block.channels_out, CASES[name].block.channels_out)
        _number(CASE_SIZE, case.shape[2], CASES[name].shape[2])
        st.button(
            "Next",
            icon=_NEXT,
            key="next_case",
            on_click=lambda: _choose(names[(names.index(name) + 1) % len(names)]),
            help="The next block of the list.",
        )


def _number(param: Number[int | None], value: int, own: int) -> None:
    """A size of the input; set to the case's own it leaves the address."""
    widgets.number(
        param,
        shown=value,
        changed=lambda chosen: state.update({param: None if chosen == own else chosen}),
        help=f"It was found with {own}; 1 to {param.high:g} are run here.",
        width=130,
    )


def _choose(name: str) -> None:
    """Another block starts with its own sizes."""
    state.update({CASE: name, CASE_IN: None, CASE_OUT: None, CASE_SIZE: None})


def _attempt(block: BlockSpec, shape: Shape, *, conv3d: bool) -> tuple[Attempt, Sum | None]:
    def size(made: tuple[Attempt, Sum | None]) -> int:
        parts = made[1]
        return 0 if parts is None else parts.main.nbytes + parts.shortcut.nbytes + parts.total.nbytes

    return cached.result(("wrong block", block, conv3d, shape), lambda: attempt(block, shape, conv3d=conv3d), size)


def _effect(block: BlockSpec, shape: Shape) -> BiasEffect:
    return cached.result(("bias effect", block, shape), lambda: bias_effect(block, shape), lambda _: 100)


def _drawing(title: str, made: Attempt, key: str) -> None:
    result = "no output" if made.result is None else shape_text(made.result)
    st.markdown(f"**{title}**: {shape_text(made.shape)} → {result}")
    drawn(wrong_drawing(made), key=f"{key}_block", clickable=False)


def _words(name: str, case: Case, made: Attempt, mended: Attempt | None) -> None:
    """What torch says, why, and what mends it."""
    st.markdown(f"**{_headline(name, case, made)}**")
    if made.error:
        listing(made.error, wraps=True)
        if "size of tensor a" in made.error:
            st.caption(DIMENSIONS)
    if name == "bias":
        _bias(case)
    else:
        st.markdown(why(made))
    st.markdown("**The code**" if mended is None else "**The change that mends it**")
    st.html(change_html(difference(case)))
    if mended is not None:
        st.markdown(f"✓ Run as well: {shape_text(mended.result or ())}. {agreement(mended)}")
    st.caption(f"From: {case.source}. {case.hint} Run on the CPU in train mode, with random numbers.")


def _headline(name: str, case: Case, made: Attempt) -> str:
    if name == "bias":
        return f"{headline(made)}, and wastes {2 * made.block.channels_out:,} parameters"
    if made.verdict == "right" and case.mended is not None:
        return f"{headline(made)}: with these sizes the mistake does not show"
    return headline(made)


def _bias(case: Case) -> None:
    """What the biases do to the output, measured, and how many a whole network has of them."""
    st.markdown(
        "The norm subtracts the mean, and with it any bias added before it; its own β does the work of the bias. In "
        "eval mode that holds once the running mean has followed the bias."
    )
    effect = _effect(case.block, case.shape)
    rows = [("train", "–", effect.train), *(("eval", f"{seen}", far) for seen, far in effect.evaluation.items())]
    table(
        pd.DataFrame(
            [(mode, seen, written(far, 2)) for mode, seen, far in rows],
            columns=["mode", "batches", "difference"],
        ),
        "bias_effect",
        alt="Largest difference between the block with and without its biases, by mode and batches seen.",
        words={
            "mode": "Mode",
            "batches": "Batches seen",
            "difference": "Largest difference",
        },
    )
    before, beside = _wasted()
    st.caption(
        f"What the biases change in an output that reaches {effect.largest_output:.2g}. The whole d2l ResNet-18 has "
        f"{before + beside:,} such biases: {before:,} in front of norms, and {beside:,} in projections without a norm, "
        "which only add to the β of the main path's last norm."
    )


def _wasted() -> tuple[int, int]:
    """Biases of the d2l ResNet-18's convolutions: in front of norms, and in its projections."""
    rows = [
        row for row in cached.plan_of(preset("d2l_resnet18"), (224, 224)).layers if row.kind == "conv" and row.op.bias
    ]
    beside = sum(row.op.channels_out for row in rows if row.path == "shortcut")
    return sum(row.op.channels_out for row in rows) - beside, beside
