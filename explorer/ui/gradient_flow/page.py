"""Gradient flow: one pass forward and back through several networks, and what each layer leaves of the signal."""

from explorer.ui import state
from explorer.ui.gradient_flow import params
from explorer.ui.page import Page, Top
from explorer.ui.params.kinds import defined_in
from explorer.ui.params.shared import THIS


def _top() -> Top:
    """The network in the row can be one of those that are measured; there are several, so no totals."""
    of_runs = state.get(params.BY) in ("epoch", "run")
    return "none" if of_runs or THIS not in state.get(params.NETS).split(",") else "row"


PAGE = Page(
    title="Gradient flow", path="gradient-flow", group="Experiment", place=2, parameters=defined_in(params), top=_top
)
