"""Paths."""


def show() -> None:
    """Draw the view."""
