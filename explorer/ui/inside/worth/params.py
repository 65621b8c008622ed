"""The parameters of "What a layer is worth"."""

from __future__ import annotations

from explorer.ui.params.kinds import flag, matching, one_of, whole
from explorer.ui.params.shared import NAME

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

# what a block knows
PER_CLASS = one_of(
    "worth_pictures",
    {"50": "50 of each class", "100": "100 of each class", "300": "300 of each class"},
    "Learned from",
    "So many pictures of each class, at most, fit the classifiers; as many others, 500 at least, test them.",
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

# layers alike, and silent and equal channels
COUNT = whole("worth_count", 64, 512, None, "How many", "How many pictures go through the network.", step=16)

# layers alike
AGAINST = one_of(
    "worth_against",
    {"itself": "Layers of one network", "beside": "Two networks"},
    "Compared",
    "The layers of the chosen network with each other, or with those of a second one on the same pictures.",
)
FEATURES = one_of(
    "worth_features",
    {"pooled": "Mean over positions", "flattened": "Every position"},
    "Features",
    "What is compared: the mean of each channel over the positions, or every value of the maps.",
)
ONE = matching("worth_one", NAME, "the name of a block")
OTHER = matching("worth_other", NAME, "the name of a block")

# silent and equal channels
PAIR = matching("worth_pair", r"[0-9]{1,6}-[0-9]{1,6}", "two channels, such as 3-17")
