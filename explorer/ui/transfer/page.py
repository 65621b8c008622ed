"""Transfer learning: a trained network carried over to other classes, in numbers and live."""

from explorer.ui import state
from explorer.ui.page import Page, Top
from explorer.ui.params.kinds import defined_in
from explorer.ui.transfer import params


def _top() -> Top:
    """The network in the row can be the source."""
    return "row" if state.get(params.SOURCE) == "network" else "none"


PAGE = Page(
    title="Transfer learning", path="transfer", group="Experiment", place=3, parameters=defined_in(params), top=_top
)
