"""The parameters of the page Compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.params.kinds import flag, matching, one_of
from explorer.ui.params.shared import NAME
from explorer.views.numbers import QUANTITY_WORDS

if TYPE_CHECKING:  # it draws, with what is slow to import
    from explorer.views.accuracy import Against, Among

_COSTS: dict[Against, str] = {
    "macs": "MACs",
    "params": "Parameters",
    "activation_bytes": "Activations",
    "seconds": "Measured time",
}
_AMONG: dict[Among, str] = {"residual": "Residual networks", "torchvision": "All of torchvision"}

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
COST = one_of(
    "cost",
    _COSTS,
    "Accuracy against",
    "What the networks take for one picture; time is measured on this machine when it is asked for.",
)
AMONG = one_of(
    "of",
    _AMONG,
    "Among",
    "torchvision's ten residual networks, or all of its classifiers with published weights.",
)
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
