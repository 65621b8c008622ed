"""One block: the drawing, every step with its shape, and F(x), x and their sum as numbers."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.block_spec import Join
from explorer.architecture.expressions import number
from explorer.architecture.one_block import NAME, BlockTrace, block_title, mend_block, trace_block
from explorer.errors import ShapesError
from explorer.ui import frames, state, work
from explorer.ui.block.choice import Example, change, controls
from explorer.ui.block.numbers import numbers
from explorer.ui.block.params import SHORTCUT, STEP
from explorer.ui.components.diagram import drawn
from explorer.ui.components.python_code import python_code
from explorer.ui.components.save_drawing import save_drawing
from explorer.ui.shell import say_error
from explorer.views.block_drawing import block_drawing
from explorer.views.block_steps import step_table, steps_html
from explorer.views.export.source.network import source
from explorer.views.numbers import NO_BREAK, in_short, shape_text


def one(chosen: Example) -> None:
    """Draw the part of the page Block on one block alone."""
    fields, shown = st.columns([1, 3.3], gap="medium")
    with fields, st.container(key="block_fields", gap="small"):
        controls(chosen)
    with shown:
        trace = trace_block(chosen.spec, (chosen.height, chosen.width))
        left, right = st.columns([1, 2], gap="medium")
        with left:
            _drawing(chosen, trace)
        with right:
            _steps(chosen, trace)
        with st.expander("Code", icon=":material/code:", key="block_code"):
            python_code(source(chosen.spec), "block", key="save_block_source")
        if trace.clash is None:
            numbers(chosen, trace.plan)


def _drawing(chosen: Example, trace: BlockTrace) -> None:
    step = state.get(STEP)
    drawing = block_drawing(chosen.spec, trace, batch=chosen.pictures, selected=f"{NAME}.{step}" if step else None)
    drawn(drawing, key="block_drawing", on_select=lambda name: _pick(name, trace))
    save_drawing(lambda: block_drawing(chosen.spec, trace, batch=chosen.pictures), "block", key="save_block")


def _pick(name: str, trace: BlockTrace) -> None:
    """A click on a step marks it, a second click lets it go."""
    if name not in trace.plan.rows:
        rows = [row.layer for row in trace.plan.layers if row.path == "shortcut" or row.kind in ("add", "concat")]
        name = next(iter(rows), "")
    step = name.removeprefix(f"{NAME}.")
    state.update({STEP: None if step == state.get(STEP) else step})


def _steps(chosen: Example, trace: BlockTrace) -> None:
    plan, unit = trace.plan, work.chosen()
    if trace.clash is not None:
        _clash(chosen, trace.clash)
    else:
        leaves = shape_text((chosen.pictures, *plan.layers[-1].output_shape))
        arrives = shape_text((chosen.pictures, chosen.spec.channels_in, chosen.height, chosen.width))
        st.markdown(
            f"**{block_title(chosen.spec)}**: {arrives} → {leaves} · {number(plan.params)} params · "
            f"{in_short(unit.of(plan.macs)).replace(' ', NO_BREAK)} {unit.title} a picture"
        )
    frame = step_table(trace, batch=chosen.pictures)
    st.html(steps_html(frame, picked=state.get(STEP)))
    frames.downloads(frame, "block-steps", "save_steps")


def _clash(chosen: Example, clash: ShapesError) -> None:
    """Which shapes clash, what torch would do, and the change that mends it."""
    main, shortcut = (shape_text((chosen.pictures, *shape)) for shape in clash.shapes)
    verb = "be added to" if chosen.spec.join == "add" else "stand beside"
    say_error(
        f"✕ F(x) is {main} and cannot {verb} {shortcut} from the shortcut. {_why(*clash.shapes, chosen.spec.join)} "
        "The steps below are those that run."
    )
    mend = mend_block(chosen.spec, (chosen.height, chosen.width))
    if mend:
        st.button(
            f"Mend it: {_mend_words(mend)}",
            on_click=lambda: change(**mend),
            key="mend_block",
            help="The smallest change after which both paths have the same shape; Back undoes it.",
        )
    else:
        st.caption("No single change of padding or shortcut mends it; choose padding 1, or other channels and stride.")


def _why(main: tuple[int, ...], shortcut: tuple[int, ...], join: Join) -> str:
    reasons = []
    if join == "add" and main[0] != shortcut[0]:
        reasons.append(f"The main path has {main[0]:,} channels and the shortcut {shortcut[0]:,}.")
    if main[1:] != shortcut[1:]:
        reasons.append(f"The map is {shape_text(main[1:])} on the main path and {shape_text(shortcut[1:])} beside it.")
    if join == "add" and all(one == other or 1 in (one, other) for one, other in zip(main, shortcut, strict=True)):
        reasons.append("torch says nothing: it repeats what has size 1, and the sum means nothing.")
    return " ".join(reasons)


def _mend_words(mend: dict[str, object]) -> str:
    shortcuts = {str(value): words for value, words in SHORTCUT.words.items()}
    words = []
    for field, value in mend.items():
        match field:
            case "padding":
                words.append(f"padding {value}")
            case "shortcut_stride":
                words.append("the main path's stride on the shortcut")
            case _:
                words.append(f"shortcut {shortcuts[str(value)]}")
    return " and ".join(words)
