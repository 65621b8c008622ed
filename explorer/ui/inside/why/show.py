"""Why this answer: a row of views, and below it the chosen one."""

from importlib import import_module

from explorer.ui import widgets
from explorer.ui.inside.why.params import VIEW


def show() -> None:
    """Draw the part."""
    view = widgets.parts(VIEW)
    import_module(f"explorer.ui.inside.why.{view}").show()
