"""Training: degradation seen, live, on real pictures; and every run that was ever trained here."""

from collections.abc import Mapping
from typing import Any

from explorer.ui.page import Page
from explorer.ui.params.kinds import Param, defined_in
from explorer.ui.training import params


def _taken_up() -> Mapping[Param[Any], Any]:
    """Its runs, whichever page was looked at meanwhile."""
    from explorer.ui.runs.under_way import taken_up

    return taken_up("training", params.RUNS)


PAGE = Page(
    title="Training",
    path="training",
    group="Experiment",
    place=1,
    parameters=defined_in(params),
    taken_up=_taken_up,
    top="none",
)
