"""Why this answer."""


def show() -> None:
    """Draw the part."""
