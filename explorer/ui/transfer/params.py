"""The parameters of the page Transfer learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from explorer.architecture.weights import RUN_ID
from explorer.labs.data.sets import Preprocessing
from explorer.labs.training.config import MAX_EPOCHS, MAX_RATE, FrozenNorms
from explorer.labs.transfer import ways
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
NORM_MODES: dict[FrozenNorms, str] = {"eval": "Keep their statistics", "train": "Keep updating them"}
_PREPROCESSINGS: tuple[Preprocessing | Literal["right"], ...] = ("right", "own", "imagenet", "half")
_WAY = r"(?:scratch|all|layer[1-6]|head|added)"
_RUN = rf"(source|{_WAY})-{RUN_ID}"

_CURVES: tuple[Measure, ...] = ("test_error", "train_error", "loss", "gradient_norm")

PART = one_of(
    "x_part",
    {"results": "Results", "ways": "What each way does", "preprocess": "Preprocessing"},
    "Show",
    "How well the ways do, what each of them does, or what the wrong preprocessing costs.",
)
SOURCE = one_of("x_source", SOURCES, "Source", "The trained network.")
RUN = matching("x_run", RUN_ID, "the id of a run", "Run", "Its last weights are carried over.")
DATA = matching(
    "x_data",
    r"digits|digits-0-4|digits-5-9|zip|zip:[0-9a-f]{64}",
    "digits-5-9, digits-0-4, digits or zip",
    "Target",
    "The pictures with the new classes; a quarter of every class is held out for testing.",
    default="digits-5-9",
)
EACH = whole(
    "x_each",
    0,
    1000,
    5,
    "Pictures per class",
    "Of the target, for training; 0 for all. The test pictures stay the same.",
)
SIDE = whole(
    "x_side",
    8,
    224,
    None,
    "Their size",
    "The size that your pictures are resized to; smaller is faster.",
)
SEED = whole(
    "x_seed",
    0,
    MOST,
    0,
    "Seed",
    "Of all that is random: the source's starting weights, the new layers, the order of the pictures.",
)
WAY = matching(
    "x_way",
    _WAY,
    "a way such as head, all or layer3",
    "Way",
    "Everything below is about this way.",
    default="head",
)
WAYS = matching(
    "x_ways",
    rf"{_WAY}(,{_WAY}){{0,9}}",
    "ways with commas between",
    "Ways to run, side by side",
    "Each is a run of its own on the same few pictures, tested on the same held-out ones.",
    default=",".join(ways.USUAL_WAYS),
)
NORMS = one_of(
    "x_norms", NORM_MODES, "Frozen norms", "What the norms of the frozen part do with their running mean and variance."
)
PREPROCESS = one_of(
    "x_preprocess",
    _PREPROCESSINGS,
    "Preprocessing",
    "How the target's pixels are scaled. Weights expect what they were trained with.",
)
EPOCHS = whole("x_epochs", 1, MAX_EPOCHS, None, "Epochs", "How often every picture is seen.")
RATE = real("x_rate", 1e-6, MAX_RATE, None, "Learning rate", "At the start.")
RUNS = matching(
    "x_runs",
    rf"{_RUN}(,{_RUN}){{0,31}}",
    "ways and ids of runs with commas between",
    default=",".join(f"{way}-digits_{way}" for way in (ways.SOURCE, *ways.USUAL_WAYS)),
)
"""By default the runs that come with the app."""
ONE = matching("x_one", RUN_ID, "the id of a run", "One run", "The links and buttons beside it are for this run.")
CURVE = one_of("x_curve", {measure: CURVES[measure] for measure in _CURVES}, "Curve", "What is drawn by epoch.")
