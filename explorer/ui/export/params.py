"""The parameters of the page Take home."""

from __future__ import annotations

from explorer.ui.params.kinds import one_of
from explorer.views.export.conventions import CONVENTIONS

TABLE = one_of(
    "ex_table",
    {"stages": "Stages", "blocks": "Blocks", "layers": "Layers"},
    "Table",
    "The network by stage, block or layer.",
)
NAMES = one_of(
    "ex_names",
    CONVENTIONS,
    "Names",
    "Whose names the weights have in the file.",
)
