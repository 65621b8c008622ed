"""Landscape."""


def show() -> None:
    """Draw the part."""
