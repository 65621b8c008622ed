"""The parameters of the page Training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.architecture.block_spec import Norm
from explorer.architecture.spec import Shortcut
from explorer.architecture.weights import RUN_ID
from explorer.labs.training.config import (
    INITIALISATION_TITLES,
    MAX_BATCH,
    MAX_DECAY,
    MAX_EPOCHS,
    MAX_RATE,
    Optimiser,
    RunConfig,
    Schedule,
)
from explorer.labs.training.sets import RUN_SETS
from explorer.ui.params.kinds import flag, matching, one_of, real, some_of, whole
from explorer.ui.params.shared import MOST

if TYPE_CHECKING:
    from explorer.views.training import Measure

MAX_MOMENTUM = 0.9999  # at 1 a step would never fade
OWN = "own"
CURVES: dict[Measure, str] = {
    "loss": "Loss",
    "train_error": "Train error",
    "test_error": "Test error",
    "gradient_norm": "Gradient",
}
SCHEDULES: dict[Schedule, str] = {
    "constant": "constant",
    "steps": "steps: ÷10 at ½ and ¾",
    "cosine": "cosine, down to 0",
}
OPTIMISERS: dict[Optimiser, str] = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
_NORMS: tuple[Norm, ...] = ("batch", "instance", "group", "none")
_SHORTCUTS: tuple[Shortcut, ...] = ("A", "B", "C")

SET = one_of(
    "t_set",
    {run_set.name: run_set.title for run_set in RUN_SETS.values()} | {OWN: "Your own set"},
    "Set of runs",
    "Networks that are trained on the same pictures and looked at together.",
)
SEED = whole(
    "t_seed", 0, MOST, 0, "Seed", "For the weights and the order of the pictures: does another seed show the same?"
)
MOST_DRAWN = 64
"""Runs on one chart."""
RUNS = matching("t_runs", rf"{RUN_ID}(,{RUN_ID}){{0,{MOST_DRAWN - 1}}}", "ids of runs with commas between")
RUN = matching("t_run", RUN_ID, "the id of a run", "One run", "The links and buttons beside it are for this run.")
FOLLOW = matching("t_follow", "[0-9a-f]{6,12}", "the first digits of a run's id")
"""Runs that are followed on another screen: this one and those that were begun with it."""
CURVE = one_of("t_curve", CURVES, "Curve", "What is drawn by epoch.")
LOG = flag("t_log", "Logarithmic", "Equal distances are equal factors.")

# a set of one's own
KINDS = some_of(
    "t_kinds", ("plain", "residual"), "Kinds", "Plain networks have no shortcuts.", default=("plain", "residual")
)
DEPTHS = matching(
    "t_depths",
    r"[0-9, ]{1,60}",
    "depths with commas between, such as 20, 56",
    "Depths",
    "Layers of each network, with commas between: 20, 56. With three stages 6n + 2.",
    default="20, 56",
)
WIDTHS = matching(
    "t_widths",
    r"[0-9, ]{1,60}",
    "channels by stage, such as 8, 16, 32",
    "Widths",
    "Channels of each stage, with commas between; as many stages as numbers.",
    default="8, 16, 32",
)
NORMS = some_of("t_norms", _NORMS, "Norm", "After every convolution.", default=("batch",))
SHORTCUTS = some_of(
    "t_shortcuts",
    _SHORTCUTS,
    "Shortcut",
    "Where shapes change: A pads with zeros, B projects; C projects everywhere.",
    default=("B",),
)
SEEDS = whole("t_seeds", 1, 10, 1, "Seeds", "Every network is trained with so many, from 0 on.")
DATA = matching(
    "t_data",
    r"digits|digits-0-4|digits-5-9|cifar10|fashion-mnist|zip|zip:[0-9a-f]{64}",
    "digits, cifar10, fashion-mnist or zip",
    "Pictures",
    "A quarter of every class is held out for testing where the set has no test pictures of its own.",
    default="digits",
)
INITIALISATION = one_of(
    "t_initialisation",
    INITIALISATION_TITLES,
    "Initialisation",
    "How the weights of the convolutions are drawn before training.",
)
OPTIMISER = one_of("t_optimiser", OPTIMISERS, "Optimiser", "Adam and AdamW have their usual 0.9 and 0.999.")
RATE = real("t_rate", 1e-6, MAX_RATE, RunConfig.learning_rate, "Learning rate", "At the start.", step=0.01)
MOMENTUM = real(
    "t_momentum",
    0,
    MAX_MOMENTUM,
    RunConfig.momentum,
    "Momentum",
    "Share of the last step that goes on; 0: none.",
    step=0.1,
)
SCHEDULE = one_of("t_schedule", SCHEDULES, "Schedule", "Of the learning rate, over all steps.")
DECAY = real("t_decay", 0, MAX_DECAY, 1e-4, "Weight decay", "L2 penalty on every parameter.", step=1e-4)
BATCH = whole("t_batch", 1, MAX_BATCH, 128, "Batch", "Pictures in one step.")
EPOCHS = whole("t_epochs", 1, MAX_EPOCHS, 5, "Epochs", "How often every picture is seen.")
