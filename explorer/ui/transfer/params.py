"""The parameters of the page Transfer learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from explorer.architecture.weights import RUN_ID
from explorer.labs.data.sets import Preprocessing
from explorer.labs.training.config import MAX_EPOCHS, MAX_RATE, FrozenNorms
from explorer.labs.transfer.ways import USUAL_WAYS
from explorer.ui.params.kinds import matching, one_of, real, whole
from explorer.ui.params.shared import MOST
from explorer.ui.training.params import CURVES

if TYPE_CHECKING:
    from explorer.views.training import Measure

Source = Literal["digits", "network", "run"]

SOURCES: dict[Source, str] = {
    "digits": "Digits 0 to 4, trained here",
    "network": "A network with its weights",
    "run": "A kept run",
}
NORM_MODES: dict[FrozenNorms, str] = {"eval": "Keep their statistics", "train": "Go on updating them"}
_PREPROCESSINGS: tuple[Preprocessing | Literal["right"], ...] = ("right", "own", "imagenet", "half")
_WAY = r"(?:scratch|all|layer[1-6]|head|added)"
_RUN = rf"(source|{_WAY})-{RUN_ID}"

_CURVES: tuple[Measure, ...] = ("test_error", "train_error", "loss", "gradient_norm")

SOURCE = one_of("x_source", SOURCES, "Source", "The trained network.")
RUN = matching("x_run", RUN_ID, "the id of a run", "Run", "Its last weights are carried over.")
DATA = matching(
    "x_data",
    r"digits|digits-0-4|digits-5-9|zip|zip:[0-9a-f]{64}",
    "digits-5-9, digits-0-4, digits or zip",
    "Target",
    "The pictures with the new classes; a quarter of every class is held out and tested with.",
    default="digits-5-9",
)
EACH = whole(
    "x_each",
    0,
    1000,
    5,
    "Pictures per class",
    "Of the target, that are learned from; 0 for all. What it is tested with stays the same.",
)
SIDE = whole(
    "x_side",
    8,
    224,
    None,
    "Their size",
    "What your pictures are brought to; the source's own size where it is known, smaller is faster.",
)
SEED = whole(
    "x_seed",
    0,
    MOST,
    0,
    "Seed",
    "Of all that is drawn, the source's weights and the new layers, and of the order of the pictures.",
)
WAY = matching(
    "x_way",
    _WAY,
    "a way such as head, all or layer3",
    "What each way does",
    "All numbers below are of the way that is chosen here.",
    default="head",
)
WAYS = matching(
    "x_ways",
    rf"{_WAY}(,{_WAY}){{0,9}}",
    "ways with commas between",
    "Ways to run, side by side",
    "Each is a run of its own on the same few pictures, tested with the same held-out ones.",
    default=",".join(USUAL_WAYS),
)
NORMS = one_of(
    "x_norms", NORM_MODES, "Frozen norms", "What the norms of the frozen part do with their running mean and variance."
)
PREPROCESS = one_of(
    "x_preprocess",
    _PREPROCESSINGS,
    "Preprocessing",
    "What the target's pictures go through. Weights expect the numbers that they were trained with.",
)
EPOCHS = whole("x_epochs", 1, MAX_EPOCHS, None, "Epochs", "How often every picture is seen.")
RATE = real("x_rate", 1e-6, MAX_RATE, None, "Learning rate", "At the start.")
RUNS = matching("x_runs", rf"{_RUN}(,{_RUN}){{0,31}}", "ways and ids of runs with commas between")
ONE = matching("x_one", RUN_ID, "the id of a run", "One run", "What stands beside it is done with this one.")
CURVE = one_of("x_curve", {measure: CURVES[measure] for measure in _CURVES}, "Curve", "What is drawn by epoch.")
