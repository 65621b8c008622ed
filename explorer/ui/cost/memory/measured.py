"""What the chosen network really takes on this machine, measured when it is asked for, beside the estimate."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.memory import Memory, Use, memory_of
from explorer.architecture.plan import Plan
from explorer.errors import ExplorerError
from explorer.labs.memory.measure import PROCESS_BYTES, Measured, at_most, measure, seconds
from explorer.model.device import admit, choose
from explorer.ui import shell, state
from explorer.ui.params.shared import DEVICE
from explorer.ui.slow import Progress, slowly, wanted
from explorer.views import memory_words as words
from explorer.views.html_table import figures_table
from explorer.views.numbers import in_bytes, shape_text

_KEY = "memory_measured"
_BYTES = 300


def measured(plan: Plan, use: Use, batch: int, estimate: Memory | None) -> None:
    """Draw the measurement, or the button that asks for it.

    Args:
        plan: the network at its input size.
        use: training or a pass.
        batch: pictures at once.
        estimate: what it takes on a GPU, where that is known; a CPU's autocast works in another way.
    """
    st.subheader("Measured here", anchor=False)
    device = str(choose(state.get(DEVICE)))
    is_worked_out = estimate is not None and not plan.network.measured
    memory = memory_of(plan, use, on_gpu=device.startswith("cuda")) if is_worked_out else estimate
    what = f"{plan.network.title} with a batch of {batch:,}: {words.use_words(use)}"
    key = ("memory", state.spec(), plan.input_size, use, batch, device)
    try:
        found = slowly(
            key,
            lambda tell: _measure(plan, use, batch, memory, device, tell),
            lambda _: _BYTES,
            name=_KEY,
            what=what,
            seconds=seconds(plan, use, batch),
        )
    except ExplorerError as error:
        shell.warn(str(error))
        wanted(key, seconds(plan, use, batch), name=_KEY, what=what)
        return
    if found is not None:
        _show(found, use, None if memory is None else memory.bytes_at(batch))


def _measure(plan: Plan, use: Use, batch: int, memory: Memory | None, device: str, tell: Progress) -> Measured:
    expected = at_most(plan, batch) if memory is None else memory.bytes_at(batch)

    beside = 0 if device.startswith("cuda") else PROCESS_BYTES

    def would_fit(usable: int) -> str | None:
        fitting = memory.largest_batch(usable - beside) if memory else 0
        return f"a batch of {fitting:,} would fit" if fitting else None

    does = "Training" if use.training else "Running"
    admit(
        expected + beside,
        device,
        what=f"{does} {plan.network.title} with a batch of {batch:,} at {shape_text(plan.input_size)}",
        would_fit=would_fit,
    )
    return measure(state.spec(), plan.input_size, use, batch, device=device, expected_bytes=expected, progress=tell)


def _show(found: Measured, use: Use, estimate: int | None) -> None:
    if estimate is None:
        st.markdown(f"It took **{in_bytes(found.peak_bytes)}** at most.")
    else:
        error = words.error_text(estimate, found.peak_bytes)
        st.html(
            figures_table(
                ("", "Estimate", "Measured", "Error of the estimate"),
                [("At most", in_bytes(estimate), in_bytes(found.peak_bytes), error)],
                kind="compared",
            )
        )
    st.caption(words.how_measured(found.device, use))
