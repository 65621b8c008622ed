"""What a channel likes."""


def show() -> None:
    """Draw the part."""
