"""Cost: a row of questions, and below it the answer to the chosen one."""

from importlib import import_module

from explorer.ui import widgets
from explorer.ui.cost.params import PART


def show() -> None:
    """Draw the page."""
    part = widgets.parts(PART)
    import_module(f"explorer.ui.cost.{part}.show").show()
