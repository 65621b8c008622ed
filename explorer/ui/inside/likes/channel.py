"""One channel."""


def show() -> None:
    """Draw the view."""
