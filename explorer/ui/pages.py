"""All pages, in the order of their links: whatever folder has a ``page.py`` is one."""

from importlib import import_module
from pathlib import Path
from typing import get_args

from explorer.ui.page import Group, Page

_FOLDERS = sorted(file.parent.name for file in Path(__file__).parent.glob("*/page.py"))
_FOUND: list[Page] = [import_module(f"explorer.ui.{folder}.page").PAGE for folder in _FOLDERS]
PAGES: dict[str, Page] = {
    page.path: page for page in sorted(_FOUND, key=lambda page: (get_args(Group).index(page.group), page.place))
}
"""The pages by their place in the address; the first is the one that the bare address shows."""
FIRST = next(iter(PAGES))
