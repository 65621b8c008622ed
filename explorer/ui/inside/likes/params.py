"""The parameters of "What a channel likes"."""

from __future__ import annotations

from explorer.ui.params.kinds import flag, matching, one_of, whole
from explorer.ui.params.shared import MOST, NAME

VIEW = one_of(
    "like_view",
    {
        "channel": "One channel",
        "embedding": "All pictures by depth",
    },
    "View",
    "What excites one channel, or how a layer sorts the pictures.",
)
COUNT = one_of(
    "like_count",
    {"few": "Few", "many": "Many"},
    "How many",
    "How many pictures go through the network: drawn by chance, those that nobody learns from first.",
)
GO = flag("like_go")
"""Whether what takes long was asked for."""
CHANNEL = whole("like_channel", 0, MOST, None, "Channel")
"""None takes the one whose nine pictures are purest, or without labels the one with the largest output."""
STRONGEST = whole("like_nth", 1, 9, 1)
"""Which of the nine pictures is shown whole."""
ORDER = one_of(
    "like_order",
    {"pure": "Purest", "strong": "Strongest", "index": "Number"},
    "Order",
    "By how many of the nine pictures share a class, by the largest output, or by number.",
)
PAGE = whole("like_page", 1, 10**6, 1)
DEPTH = matching("like_depth", NAME, "pixels, stem or the name of a block")
"""Where the pictures stand in the depth; empty for the last block."""
PICTURE = whole("like_picture", 0, 10**6, None)
"""The picture whose neighbours are shown."""
SHOWN = one_of("like_shown", ("chosen", "beside"))
"""Whose pictures by depth are drawn: those of the chosen network or of the one beside it."""
