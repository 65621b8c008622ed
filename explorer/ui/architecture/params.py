"""The parameters of the page Architecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.params.kinds import matching, one_of
from explorer.ui.walk.params import WALK as WALK

if TYPE_CHECKING:
    from explorer.views.profile import Quantity

_QUANTITIES: dict[Quantity, str] = {
    "macs": "MACs",
    "params": "Params",
    "size": "Size",
    "channels": "Channels",
    "activation_bytes": "Activations",
}
_FILTER = "Rows of these only; all when empty."

TAB = one_of(
    "tab",
    {"stages": "Stages", "blocks": "Blocks", "layers": "Layers", "torchinfo": "torchinfo", "code": "Code"},
    "Table",
    "The same network, counted by stage, block or layer, or written in PyTorch.",
)
PROFILE = one_of("profile", _QUANTITIES, "Along the layers", "What is drawn, one point for each layer.")
FIND = matching("find", r".{0,80}", "a text of at most 80 characters", "Search", "Words that must all occur in a row.")
KINDS = matching("kinds", r"[a-z,]{0,120}", "kinds of layers with commas between", "Kind", _FILTER)
STAGES = matching("stages", r"[a-z0-9,]{0,120}", "stages with commas between", "Stage", _FILTER)
