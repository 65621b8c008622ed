"""Silent and equal channels."""


def show() -> None:
    """Draw the view."""
