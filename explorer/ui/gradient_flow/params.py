"""The parameters of the page Gradient flow."""

from explorer.architecture.weights import RUN_ID
from explorer.labs.gradient_flow.shown import FLOW_PICTURES, SCALING_TITLES
from explorer.labs.training.config import INITIALISATION_TITLES
from explorer.ui.params.kinds import matching, one_of, whole

OF_RUN = "run"
"""The pictures that a run has learned from, and its pixels."""
LAST = "last"

NETS = matching(
    "g_nets",
    r"[A-Za-z0-9_.,~-]{1,2000}",
    "two to six networks with commas between, such as plain-56,residual-56-none",
    "Networks",
    "Two to six; type to search. Those of 6n + 2 layers have three stages of width 8, 16 and 32; any other depth and "
    "norm can be typed: plain-38, residual-200-none, plain-56-group.",
    default="plain-56-none,residual-56-none,plain-56,residual-56",
)
BY = one_of(
    "g_by",
    {
        "network": "Networks",
        "initialisation": "Initialisations",
        "input": "Inputs",
        "epoch": "Epochs of a kept run",
        "run": "Kept runs",
    },
    "A line for each of the",
    "What is compared; everything else is the same.",
)
NET = matching(
    "g_net", r"[A-Za-z0-9_.~-]{1,300}", "one of the chosen networks", "of", "The one network that all lines are of."
)
INITIALISATION = one_of(
    "g_init", INITIALISATION_TITLES, "Initialisation", "How the weights of the convolutions are drawn."
)
SCALING = one_of("g_input", SCALING_TITLES, "Pixels", "How the pixels are scaled.", default="unit")
PICTURES = one_of("g_pictures", FLOW_PICTURES, "Pictures", "The input of the networks.")
SIDE = whole(
    "g_side", 1, 128, None, "Size", "Digits have 8×8 pixels. Networks for ImageNet are shown 64×64 unless you choose."
)
ASKED = matching("g_run", r"[0-9a-f]{8}", "what the button has put there")

# of kept runs
FROM = matching(
    "g_from", RUN_ID, "the id of a run", "Run", "Its weights are measured. Your own runs come first, the newest first."
)
EPOCHS = matching("g_epochs", r"\d{1,4}(,\d{1,4}){0,5}", "up to six epochs, such as 0,1,5", "Epochs")
RUNS = matching(
    "g_runs",
    rf"{RUN_ID}(,{RUN_ID}){{0,5}}",
    "up to six ids of runs",
    "Runs",
    "Up to six; type to search. Your own come first, the newest first.",
)
EPOCH = matching(
    "g_epoch",
    rf"{LAST}|\d{{1,4}}",
    "last or the number of an epoch",
    "Each at",
    "The epoch whose weights are measured.",
    default=LAST,
)
RUN_PICTURES = one_of(
    "g_shown",
    {OF_RUN: "held out from the run", **FLOW_PICTURES},
    "Pictures",
    "The input, at the size that the run learns from.",
)
RUN_SCALING = one_of("g_pixels", {OF_RUN: "as in training", **SCALING_TITLES}, "Pixels", "How they are scaled.")
