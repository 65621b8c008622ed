"""The parameters of "What a layer is worth"."""

from __future__ import annotations

from explorer.ui.params.kinds import flag, one_of

VIEW = one_of(
    "worth_view",
    {
        "probe": "What a block knows",
        "out": "Blocks taken out",
        "paths": "Paths",
        "alike": "Layers alike",
        "channels": "Silent and equal channels",
    },
    "View",
    "How the worth of a layer is measured.",
)

# blocks taken out
OUT = one_of(
    "worth_out",
    {"each": "Each alone", "random": "Several at random"},
    "Taken out",
    "Every block and every stage by itself, or more and more blocks that are drawn at random.",
)

# blocks taken out, and paths
FULL = flag(
    "worth_full",
    "Measure longer",
    "More pictures, more blocks or more lengths of paths: a minute or two for a large network.",
)
