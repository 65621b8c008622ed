"""Transfer learning: a trained network carried over to other classes, in numbers and live."""

from explorer.ui import state
from explorer.ui.page import Page, Top
from explorer.ui.params.kinds import defined_in
from explorer.ui.transfer import params


def _top() -> Top:
    """The network in the row can be the source."""
    return "row" if state.get(params.SOURCE) == "network" else "none"


def _taken_up() -> state.Changes:
    """Its ways, whichever page was looked at meanwhile."""
    from explorer.ui.runs.under_way import taken_up

    return taken_up("transfer", params.RUNS)


PAGE = Page(
    title="Transfer learning",
    path="transfer",
    group="Experiment",
    place=3,
    parameters=defined_in(params),
    taken_up=_taken_up,
    top=_top,
)
