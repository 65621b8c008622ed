"""Layers alike."""


def show() -> None:
    """Draw the view."""
