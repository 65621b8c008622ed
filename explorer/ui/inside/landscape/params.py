"""The parameters of "Landscape"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.architecture.weights import RUN_ID
from explorer.ui.params.kinds import matching, one_of, whole
from explorer.ui.params.shared import MOST

if TYPE_CHECKING:  # torch comes with it
    from explorer.labs.landscape.loss import Statistics

MOST_RUNS = 4
VIEW = one_of(
    "land_view",
    {
        "above": "From above",
        "surface": "A surface that turns",
        "path": "Path of training",
    },
    "View",
    "The loss around trained weights, or in the plane that lies closest to a training.",
)
OF = one_of(
    "land_of",
    {"runs": "kept runs", "network": "one network"},
    "Around",
    "The weights in the middle: those that runs ended with, side by side, or those of the network that is chosen on "
    "the other pages.",
)
RUNS = matching(
    "land_runs",
    rf"{RUN_ID}(,{RUN_ID}){{0,{MOST_RUNS - 1}}}",
    "up to four ids of runs with commas between, such as plain_56,residual_56",
    "Runs",
    "Up to four; type to search. Your own come first, the newest first.",
    default="plain_56,residual_56",
)
_NORMS: dict[Statistics, str] = {"estimated": "estimated at every point", "kept": "kept with the weights"}
NORMS = one_of(
    "land_norms",
    _NORMS,
    "Statistics of the norms",
    "What batch norms divide by away from the middle. Those that are kept fit the middle alone.",
)
SEED = whole("land_seed", 0, MOST, 0, "Directions", "The two random directions are drawn from this seed.")
ASKED = matching("land_asked", r"[0-9a-f]{8}", "what the button has put there")
