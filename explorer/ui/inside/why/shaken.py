"""Shaken."""


def show() -> None:
    """Draw the view."""
