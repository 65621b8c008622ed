"""Weight decay, tried: the weights before a norm shrink, and what the network says does not depend on their length."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.labs.identity.decay import BATCH, DECAYS, DEPTH, EPOCHS, MOMENTUM, RATE, DecayOn, DecayRun, decay_runs
from explorer.labs.training.one_thread import one_thread
from explorer.ui import cached, shell, state, widgets
from explorer.ui.block.params import DECAY_ON, SEED
from explorer.ui.charts import chart
from explorer.views.html_table import figures_table
from explorer.views.identity_by_epoch import decay_figure
from explorer.views.numbers import NO_BREAK, percent, written

_LINES: dict[str, Callable[[DecayRun], str]] = {
    "‖W‖ at the end": lambda one: f"{one.before[-1]:.2f}",
    "Scaled back by": lambda one: "–" if one.decay == 0 else f"×{NO_BREAK}{one.scale:.3f}",
    "Logits then change by": lambda one: "–" if one.decay == 0 else written(one.change, 2),
    "Step counts": lambda one: f"×{NO_BREAK}{one.step_ratio:.2f}",
    "Test error, batch statistics": lambda one: percent(one.batch_error),
    "Test error, eval mode": lambda one: percent(one.test_error),
}


def decayed() -> None:
    """Train a small network with several weight decays and look at the length of its weights."""
    st.markdown(
        "**Does weight decay make a block smaller?** It shrinks W. But with a norm after it the length of W cancels: "
        "the network with the short weights, scaled back, gives the same outputs. What decay changes is the effective "
        "step, rate / ‖W‖²."
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="identity_decay"):
        on = widgets.switch(DECAY_ON)
        widgets.number(SEED, help="Of the weights and of the order of the pictures.", width=105)
    found = _runs(on, state.get(SEED))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        chart(
            decay_figure({one.decay: one.before for one in found}, shell.theme()),
            "identity_decay_figure",
            alt=f"Norm of the weights by step with {len(found)} weight decays.",
        )
    with right:
        lines = [(words, *(figure(one) for one in found)) for words, figure in _LINES.items()]
        st.html(figures_table(("Weight decay", *(written(one.decay) for one in found)), lines))
        st.markdown(_seen(found))
    st.caption(
        f"Residual-{DEPTH} on the digits, {EPOCHS} epochs of batches of {BATCH}, SGD {RATE} with momentum {MOMENTUM}, "
        "trained just now on the CPU; held-out pictures. ‖W‖: all convolutions together, each followed by a norm. "
        "Scaled back: all of them times one factor, to the length that they have without decay; the largest change of "
        "a logit over the largest logit, norms in train mode: rounding, and ε where W is short. Step counts: the "
        "effective learning rate against no decay (van Laarhoven 2017, arXiv 1706.05350). The layer fc has no norm "
        f"after it: its ‖W‖ ends at {written(found[0].bare[-1], 3)} without decay and at "
        f"{written(found[-1].bare[-1], 3)} with {written(found[-1].decay)}."
    )


def _seen(found: tuple[DecayRun, ...]) -> str:
    """What is so, in numbers."""
    without, most = found[0], found[-1]
    way = "grown" if without.before[-1] > without.before[0] else "shrunk"
    words = [
        f"Without decay ‖W‖ has {way} from {without.before[0]:.2f} to {without.before[-1]:.2f}: before a norm the "
        f"gradient is perpendicular to W. With {written(most.decay)} it ends at "
        f"{most.before[-1] / most.before[0]:.2f} of its start.",
        f"Scaled back, the logits change by at most {written(max(one.change for one in found), 2)}.",
    ]
    behind = [one for one in found if one.test_error > one.batch_error + 0.05]
    if behind:
        words.append(
            "In eval mode the norms divide by running statistics, which lag behind a W that shrinks fast: with a "
            f"decay of {written(behind[-1].decay)}, {percent(behind[-1].test_error)} are wrong, with the batch's own "
            f"statistics {percent(behind[-1].batch_error)}."
        )
    return " ".join(words)


def _runs(on: DecayOn, seed: int) -> tuple[DecayRun, ...]:
    def make() -> tuple[DecayRun, ...]:
        found: list[DecayRun] = []
        bar = st.progress(0.0, f"Training without decay: 1 of {len(DECAYS)}")
        try:
            with one_thread():
                for one in decay_runs(on, seed=seed):
                    found.append(one)
                    if len(found) < len(DECAYS):
                        bar.progress(
                            len(found) / len(DECAYS),
                            f"Training with decay {written(DECAYS[len(found)])}: {len(found) + 1} of {len(DECAYS)}",
                        )
        finally:
            bar.empty()
        return tuple(found)

    return cached.result(("decay", on, seed), make, lambda made: 2000 * len(made))
