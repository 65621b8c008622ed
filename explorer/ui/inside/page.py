"""Look inside: what a trained network sees, why it answers, and what its layers and channels are worth."""

from explorer.ui import state
from explorer.ui.inside import params
from explorer.ui.inside.landscape import params as landscape
from explorer.ui.inside.likes import params as likes
from explorer.ui.inside.sees import params as sees
from explorer.ui.inside.why import params as why
from explorer.ui.inside.worth import params as worth
from explorer.ui.page import Page, Top
from explorer.ui.params.kinds import defined_in


def _is_of_runs() -> bool:
    """Whether it looks at kept runs, whatever network is chosen."""
    if state.get(params.PART) != "landscape":
        return False
    return state.get(landscape.OF) == "runs" or state.get(landscape.VIEW) == "path"


def _top() -> Top:
    return "none" if _is_of_runs() else "row"


PAGE = Page(
    title="Look inside",
    path="inside",
    group="Explore",
    place=3,
    parameters=tuple(param for module in (params, sees, why, worth, likes, landscape) for param in defined_in(module)),
    shows_weights=lambda: not _is_of_runs(),
    top=_top,
)
