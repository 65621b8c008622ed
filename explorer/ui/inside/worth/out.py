"""Blocks taken out."""


def show() -> None:
    """Draw the view."""
