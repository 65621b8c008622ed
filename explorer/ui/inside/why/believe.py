"""Can it be believed."""


def show() -> None:
    """Draw the view."""
