"""What it sees."""


def show() -> None:
    """Draw the part."""
