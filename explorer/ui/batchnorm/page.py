"""BatchNorm: one norm in full, then all norms at a glance and what was found; and experiments with norms."""

from explorer.ui import state
from explorer.ui.batchnorm import params
from explorer.ui.norm_lab import params as lab
from explorer.ui.page import Page, Top
from explorer.ui.params.kinds import defined_in


def _shows_weights() -> bool:
    return state.get(params.PART) == "norms"


def _top() -> Top:
    """The experiments are on networks of their own."""
    return "totals" if state.get(params.PART) == "norms" else "none"


PAGE = Page(
    title="BatchNorm",
    path="batchnorm",
    group="Explore",
    place=4,
    parameters=defined_in(params, lab),
    of_a_network=(params.GAMMA, params.BETA),
    takes_given=True,
    shows_weights=_shows_weights,
    top=_top,
)
