"""Where it looks."""


def show() -> None:
    """Draw the view."""
