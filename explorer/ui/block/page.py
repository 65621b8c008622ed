"""Block: one residual block alone, drawn, counted and run on real numbers."""

from explorer.ui import state
from explorer.ui.block import params
from explorer.ui.page import Page, Top
from explorer.ui.params.kinds import defined_in


def _top() -> Top:
    """The network in the row is one to take a block from; the totals would be those of the network."""
    return "none" if state.get(params.PART) in ("breaks", "identity") else "row"


PAGE = Page(title="Block", path="block", group="Explore", place=4, parameters=defined_in(params), top=_top)
