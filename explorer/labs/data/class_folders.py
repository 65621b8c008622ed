"""Which folder of a zip is a class, and which is a part to learn from or to test with.

Below the folders that all pictures share the classes are as torchvision's ``ImageFolder`` has them: the first folders
that have siblings, with all that lies in them. Where these are called train and val or test they are the parts, and
the classes lie in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Folders = tuple[str, ...]
"""The folders that a file lies in, the outermost first."""
Part = Literal["learned", "tested"]

_PARTS: dict[Part, re.Pattern[str]] = {
    "learned": re.compile(r"train(ing)?([ _-]?set)?", re.IGNORECASE),
    "tested": re.compile(r"(val|valid|validation|test|testing)([ _-]?set)?", re.IGNORECASE),
}


@dataclass(frozen=True)
class ClassFolders:
    """Where the classes of a zip lie.

    Attributes:
        above: the folders above the classes or, where there are parts, above these.
        parts: which folder is which part; empty where the zip has none.
        within: the folders between a part and its classes.
        classes: names of the class folders that lie there, sorted.
    """

    above: Folders
    parts: dict[str, Part]
    within: Folders
    classes: tuple[str, ...]

    def class_of(self, folders: Folders) -> str | None:
        """The class folder that a file lies in, at whatever depth."""
        inner = _below(folders, self.above)
        if self.parts:
            inner = inner[1:] if inner and inner[0] in self.parts else ()
        inner = _below(inner, self.within)
        return inner[0] if inner else None

    def is_learned(self, folders: Folders) -> bool:
        """Whether a file lies in a class folder, and not in the part that is tested."""
        inner = _below(folders, self.above)
        return self.class_of(folders) is not None and self.parts.get(inner[0]) != "tested"


def class_folders(pictures: Iterable[Folders]) -> ClassFolders:
    """Find the class folders.

    Args:
        pictures: the folders of every picture.
    """
    folders = set(pictures)
    above, names = _fork(folders)
    parts = {name: part for name in sorted(names) for part, pattern in _PARTS.items() if pattern.fullmatch(name)}
    kinds = set(parts.values())
    if kinds != {"learned", "tested"} and not (kinds == {"tested"} and len(parts) == len(names)):
        return ClassFolders(above, {}, (), tuple(sorted(names)))
    inner = {below[1:] for one in folders if (below := _below(one, above)) and below[0] in parts}
    within, names = _fork(inner)
    return ClassFolders(above, parts, within, tuple(sorted(names)))


def _below(folders: Folders, outer: Folders) -> Folders:
    return folders[len(outer) :] if folders[: len(outer)] == outer else ()


def _fork(folders: set[Folders]) -> tuple[Folders, set[str]]:
    """The first folders that have siblings and what lies above them; a single folder where none has."""
    above: Folders = ()
    only: set[str] = set()
    while True:
        names = {below[0] for one in folders if (below := _below(one, above))}
        if len(names) != 1:
            return (above, names) if names or not above else (above[:-1], only)
        above, only = (*above, *names), names
