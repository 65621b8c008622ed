"""The numbers of the mover ``lesions``: measured once, for that takes minutes, and kept beside this file.

``python -m explorer.ui.learn.movers.lesions`` measures them anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")


def data() -> dict[str, Any]:
    """Blocks, tested pictures, and those that are classified wrongly with each choice of blocks.

    The n-th bit of a place in the two lists says whether the n-th block lacks its F, or its shortcut.
    """
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def measured(part: str, choices: list[int] | None = None) -> list[int]:
    """Pictures that the trained example classifies wrongly with parts of it taken out.

    Args:
        part: ``main`` or ``shortcut``, of the chosen blocks.
        choices: sets of blocks as in ``data``; None for all.
    """
    from explorer.labs.identity.lesions import main_path_alone, removable, without
    from explorer.labs.identity.trained import held_out_logits, trained_example

    cut: dict[str, Callable[..., AbstractContextManager[None]]] = {"main": without, "shortcut": main_path_alone}
    example = trained_example()
    model, labels = example.model(), example.data.test_labels
    blocks = removable(model)
    found = []
    for choice in range(2 ** len(blocks)) if choices is None else choices:
        with cut[part](model, [name for place, name in enumerate(blocks) if choice >> place & 1]):
            found.append(int((held_out_logits(model, example.data).argmax(1) != labels).sum()))
    return found


def _record() -> None:
    from explorer.labs.identity.lesions import removable
    from explorer.labs.identity.trained import trained_example

    example = trained_example()
    wrong = {part: measured(part) for part in ("main", "shortcut")}
    found = {"blocks": removable(example.model()), "pictures": len(example.data.test_labels), "wrong": wrong}
    FILE.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _record()
