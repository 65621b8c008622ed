"""Compare: two to six networks side by side, and every named one in a table."""

from collections.abc import Mapping
from typing import Any

from explorer.architecture.families import Spec
from explorer.ui import state
from explorer.ui.compare import params
from explorer.ui.page import Page, Top
from explorer.ui.params.kinds import defined_in
from explorer.ui.params.shared import THIS


def _top() -> Top:
    """The network in the row can be one of those that are compared; there are several, so no totals."""
    compares = state.get(params.PART) != "all" and THIS in state.get(params.NETS).split(",")
    return "row" if compares else "none"


def _sized_for(values: Mapping[str, Any], this: Spec) -> Spec:
    """The network of the row on top where it is compared, else the first of those that are."""
    from explorer.ui.compare.nets import choose  # it knows tables, which are slow to import

    chosen, _ = choose(values.get(params.NETS.name) or params.NETS.default, this)
    return this if any(one.token == THIS for one in chosen) else chosen[0].spec


PAGE = Page(
    title="Compare",
    path="compare",
    group="Explore",
    place=6,
    parameters=defined_in(params),
    sized_for=_sized_for,
    top=_top,
)
