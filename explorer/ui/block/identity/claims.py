"""Identity: when a block passes its input on, and what that is worth in a network that has learned."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.architecture.zero_blocks import BETA, VARIANTS
from explorer.labs.identity.zero_blocks import SHAPE, ZeroRun, run_zeroed
from explorer.ui import cached, state, widgets
from explorer.ui.block.numbers import run_bytes
from explorer.ui.block.params import CHANNEL, CLAIM, SEED, SIGN, VARIANT
from explorer.views.identity import VariantRow, variants_html
from explorer.views.matrices import Matrix, matrices_html, sum_note, value_note
from explorer.views.numbers import shape_text

_OF_RUNS = ("append", "lesions", "ratios")


def show() -> None:
    """Draw the part of the page Block on the identity."""
    claim = widgets.switch(CLAIM)
    match claim:
        case "append":
            from explorer.ui.block.identity.appended import appended

            appended()
        case "lesions":
            from explorer.ui.block.identity.lesions import taken_out

            taken_out()
        case "ratios":
            from explorer.ui.block.identity.ratios import by_epoch

            by_epoch()
        case "scale":
            from explorer.ui.block.identity.scale import scaled

            scaled()
        case "decay":
            from explorer.ui.block.identity.decay import decayed

            decayed()
        case _:
            _zeros()


def _zeros() -> None:
    """Every variant in a table, and one of them in numbers."""
    st.markdown(
        "**Is a block whose weights are 0 the identity?** Often said: F(x) = 0 and x passes. It holds "
        "exactly for x ≥ 0, which is what the ReLU of the block before leaves; the last ReLU cuts off what is negative."
    )
    name = state.get(VARIANT)
    seed = state.get(SEED)
    st.html(variants_html([_row(one, seed, picked=one == name) for one in VARIANTS]))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="identity_numbers"):
        widgets.choose(VARIANT, width=330)
        sign = widgets.switch(SIGN)
        channel = widgets.slide(CHANNEL, high=SHAPE[1] - 1, help="Which channel is shown.", width=120)
        widgets.number(SEED, help="Of the random input and of the weights that stay.", width=105)
    found = _run(name, sign, seed)
    st.markdown(f"**{VARIANTS[name].title}**: {_why(name, found)}")
    _numbers(name, found, channel)


def _numbers(name: str, found: ZeroRun, channel: int) -> None:
    """x, F(x), what leaves, and the difference, of the first picture."""
    run = found.run
    x, main, out = run.x[0, channel], run.residual[0, channel], run.out[0, channel]
    parts = [
        Matrix(f"x · {shape_text(run.x.shape)}", x, value_note("x", x)),
        Matrix(f"F(x) · {shape_text(run.residual.shape)}", main, value_note("F(x)", main)),
        Matrix(f"out · {shape_text(run.out.shape)}", out, value_note("out", out)),
    ]
    if out.shape == x.shape:
        difference = out - x
        parts.append(Matrix("out − x", difference, sum_note(out, -x, difference)))
        changed = int(np.count_nonzero(difference))
        words = f"Channel {channel}, first picture: {changed} of {x.size} values differ; white in out − x is 0."
    else:
        parts.append(Matrix("out − x", None, value_note("", x), "the maps differ in size"))
        words = "The map has another size: nothing to subtract."
    spec = VARIANTS[name].spec
    st.html(matrices_html(parts, ["+" if spec.shortcut == "identity" else "", "→", ""]))
    extra = " After the third channel come zeros." if spec.shortcut == "padding" else ""
    st.caption(f"{words}{extra} One scale for all, red above zero, blue below. Run on the CPU; in train mode likewise.")


def _row(name: str, seed: int, *, picked: bool) -> VariantRow:
    positive, signed = (_run(name, sign, seed) for sign in ("positive", "signed"))
    return VariantRow(
        title=VARIANTS[name].title,
        positive=positive.identity.exact,
        signed=signed.identity.exact,
        largest=signed.identity.largest,
        why=_why(name, signed),
        picked=picked,
    )


def _why(name: str, found: ZeroRun) -> str:
    """What lets x pass, or what stands in the way."""
    spec = VARIANTS[name].spec
    match found.identity.reason:
        case "identity" if spec.order == "pre" or not spec.last_relu:
            return "F(x) is 0 and nothing follows the sum: every x passes."
        case "identity":
            return "F(x) is 0, and the last ReLU leaves what is not negative."
        case "last ReLU":
            return "F(x) is 0, and the last ReLU sets the negative values to 0."
        case "main path":
            return f"The norm adds its β: F(x) = {BETA} everywhere."
        case "padding":
            return "x goes into the first 3 channels, through the last ReLU; the others are zeros."
        case "projection":
            return "F(x) is 0, but the shortcut is a convolution of x and not x."
        case "plain":
            return "Without a shortcut only F(x) = 0 is left: x is lost."


def _run(name: str, sign: str, seed: int) -> ZeroRun:
    return cached.result(
        ("zero block", name, sign, seed),
        lambda: run_zeroed(name, "positive" if sign == "positive" else "signed", seed=seed),
        lambda made: run_bytes(made.run),
    )
