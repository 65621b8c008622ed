"""The parameters of "What it sees"."""

from __future__ import annotations

from explorer.ui.params.kinds import flag, one_of, whole
from explorer.ui.params.shared import MAX_SIDE

ON = one_of(
    "see_on",
    {"noise": "Noise", "pictures": "Pictures"},
    "Measured on",
    "Standard normal noise, as in the paper, or pictures.",
)
CHANNELS = one_of(
    "see_channels",
    {"mean": "Mean of all", "one": "One"},
    "Channels",
    "Whose gradient is taken: the mean over the channels of the row, or one of them.",
)
Y = whole("see_y", 0, MAX_SIDE, None, "y", "Pixel of the picture at which one looks, from the top.")
X = whole("see_x", 0, MAX_SIDE, None, "x", "Likewise, from the left.")
DEPTH = flag("see_depth", "Along the depth", "Whether the effective field of every block is measured.")
