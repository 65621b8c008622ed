"""Look inside: a row of questions, and below it the answer to the chosen one."""

from importlib import import_module

from explorer.ui import state, widgets
from explorer.ui.inputs import check_takes_pictures
from explorer.ui.inside.params import PART


def show() -> None:
    """Draw the page."""
    check_takes_pictures(state.spec())
    part = widgets.parts(PART)
    import_module(f"explorer.ui.inside.{part}.show").show()
