"""What a block knows."""


def show() -> None:
    """Draw the view."""
