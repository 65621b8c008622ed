"""The parameters of "What a channel likes"."""

from __future__ import annotations

from explorer.ui.params.kinds import one_of

VIEW = one_of(
    "like_view",
    {
        "channel": "One channel",
        "embedding": "All pictures by depth",
    },
    "View",
    "What excites one channel, or how a layer sorts the pictures.",
)
