"""What is said of a network that was measured and not described."""

from __future__ import annotations

from explorer.architecture.plan import Plan
from explorer.views.numbers import shape_text

WIRING_UNKNOWN = "How they are wired is not known here, so there is no drawing and no receptive field."


def how_it_was_measured(plan: Plan, given: str = "") -> str:
    """Where its rows and its work are from, behind "is measured, not described".

    Args:
        plan: of the network.
        given: what it was given, in words; empty for a picture.
    """
    of = f"what it was given, {given}," if given else f"a {shape_text(plan.input_size)} picture"
    return f"its rows are the modules that one pass over {of} calls; its work is that of torch's FLOP counter."
