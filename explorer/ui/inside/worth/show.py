"""What a layer is worth."""


def show() -> None:
    """Draw the part."""
