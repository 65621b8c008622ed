"""All pictures by depth."""


def show() -> None:
    """Draw the view."""
