"""Python that can be copied and saved."""

from explorer.ui.components.listing import MOST_PIXELS, listing
from explorer.ui.widgets import save


def python_code(text: str, stem: str, *, key: str) -> None:
    """Show a file of Python, with the button that copies it and one that saves it.

    Args:
        text: the file.
        stem: its name without the ending.
        key: of the button.
    """
    listing(text, language="python", most=MOST_PIXELS)
    save("Python", text, f"{stem}.py", key=key, help="Save as a file that needs torch alone.")
