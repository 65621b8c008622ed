"""The parameters of "What a layer is worth"."""

from __future__ import annotations

from explorer.ui.params.kinds import one_of

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
