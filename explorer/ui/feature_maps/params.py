"""The parameters of the page Feature maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.params.kinds import one_of, whole
from explorer.ui.params.shared import MAX_SIDE
from explorer.ui.walk.params import WALK as WALK

if TYPE_CHECKING:
    from explorer.views.montage import ChannelOrder, ChannelScale

_ORDERS: dict[ChannelOrder, str] = {"index": "Index", "energy": "Energy", "variance": "Variance"}
_SCALES: dict[ChannelScale, str] = {"shared": "One for all", "each": "One each"}

VIEW = one_of(
    "view",
    {"channels": "Channels", "residual": "Residual: x + F(x)", "depth": "Along the depth"},
    "View",
    "The channels of a layer, the parts of a block, or all layers.",
)
# "order" is a field of the network
SORT = one_of("sort", _ORDERS, "Order", "By number, by the sum of squares, or by the variance over the positions.")
SCALE = one_of("scale", _SCALES, "Scale", "One scale compares channels, one each shows weak ones.")
PAGE = whole("page", 1, 10**6, 1)
PICTURE = whole("picture", 1, 1000, 1)
Y = whole("y", 0, MAX_SIDE, None, "y", "Row of the position, from the top.")
X = whole("x", 0, MAX_SIDE, None, "x", "Column of the position, from the left.")
ACROSS = one_of("across", ("8", "4"), "Tiles", "Tiles in a row; four are larger, for a phone.")
DRAWN = one_of(
    "drawn",
    {"channel": "One channel", "mean": "Mean of all"},
    "Drawn",
    "One channel adds up at every position; the mean is that of the magnitudes.",
)
KIND = one_of(
    "kind",
    {
        "all": "All",
        "conv": "Convolutions",
        "convtranspose": "Transposed convolutions",
        "norm": "Norms",
        "relu": "ReLUs",
        "add": "Sums",
    },
    "Layers",
    "Which layers are drawn; kinds differ more than depths.",
)
