"""The parameters of the page Compare."""

from explorer.ui.params.kinds import flag, matching, one_of
from explorer.ui.params.shared import NAME
from explorer.views.numbers import QUANTITY_WORDS

NETS = matching(
    "nets",
    r"[A-Za-z0-9_.,~-]{1,2000}",
    "two to six networks with commas between, such as resnet18,resnet50",
    "Networks to compare",
    "Two to six; type to search. “This network” is the one that the other pages show.",
    default="resnet18,resnet50",
)
PART = one_of(
    "part",
    {
        "networks": "Totals and stages",
        "table": "Structure",
        "picture": "One picture through all",
        "all": "All networks",
    },
    "View",
    "What is compared.",
)
MEASURE = one_of(
    "measure",
    QUANTITY_WORDS,
    "Bars show",
    "What is counted.",
)
BY = one_of("by", {"stage": "By stage", "kind": "By kind"}, "Counted", "Stage by stage, or by kind of operation.")
AT = matching(
    "at",
    NAME,
    "a stage such as layer1",
    "Stage side by side",
    "Whose channels are shown for every network.",
    default="layer1",
)
THROUGH = flag("through")
TRAINED = one_of(
    "trained",
    {"random": "Random, calibrated", "published": "Published where there are any"},
    "Weights",
    "Which weights the networks have.",
)
