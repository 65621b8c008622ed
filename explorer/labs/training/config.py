"""The one configuration of a training run: frozen, checked, to and from a file."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from explorer.architecture import codec
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.values import is_whole, shown, whole
from explorer.errors import LabError, SpecError
from explorer.labs.data.sets import KNOWN_SETS, ZIP, ZIP_SIDES, Preprocessing, input_size, is_data

Optimiser = Literal["sgd", "adam", "adamw"]
Schedule = Literal["constant", "steps", "cosine"]
Initialisation = Literal["fan_out", "fan_in", "xavier", "default", "normal"]
FrozenNorms = Literal["eval", "train"]

RUN_CHOICES: dict[str, tuple[str, ...]] = {
    "optimiser": get_args(Optimiser),
    "schedule": get_args(Schedule),
    "initialisation": get_args(Initialisation),
    "frozen_norms": get_args(FrozenNorms),
    "preprocess": get_args(Preprocessing),
}
SMALL = 0.01
"""Standard deviation of "normal": what was usual before 2010 and in AlexNet (Krizhevsky et al. 2012, section 5)."""
INITIALISATION_TITLES: dict[Initialisation, str] = {
    "fan_out": "Kaiming, fan-out",
    "fan_in": "Kaiming, fan-in",
    "xavier": "Xavier",
    "default": "PyTorch's default",
    "normal": f"normal, standard deviation {SMALL}",
}

USUAL_WIDTHS = (8, 16, 32)
"""Channels of the stages of the networks for the digits: half of those in section 4.2 of He et al. 2015."""
MAX_BATCH = 4_096
MAX_EPOCHS = 1_000
MAX_SEED = 2**32 - 1
MAX_PER_CLASS = 100_000
MAX_RATE, MAX_DECAY = 100.0, 10.0
_WHOLE = {
    "batch": (1, MAX_BATCH),
    "epochs": (1, MAX_EPOCHS),
    "seed": (0, MAX_SEED),
    "per_class": (0, MAX_PER_CLASS),
}
# name -> (smallest, largest, whether these two are allowed themselves)
_REAL = {
    "learning_rate": (0.0, MAX_RATE, (False, True)),
    "momentum": (0.0, 1.0, (True, False)),
    "weight_decay": (0.0, MAX_DECAY, (True, True)),
}
_WRITTEN_RANGE = {
    "learning_rate": "above 0 and at most 100",
    "momentum": "from 0 and below 1",
    "weight_decay": "from 0 to 10",
}


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Everything that a training run depends on beside what it begins with: the same config gives the same curves.

    Attributes:
        spec: the network; its ``outputs`` are the classes of the data.
        data: "digits" (scikit-learn's, 8×8), "digits-0-4" and "digits-5-9" (its halves, five classes each), "cifar10",
            "fashion-mnist", or "zip:" and the SHA-256 of a zip with a folder per class.
        optimiser: stochastic gradient descent with momentum ("sgd"), "adam" or "adamw".
        learning_rate: at the start; above 0.
        momentum: of SGD; Adam and AdamW have their own (0.9 and 0.999) and take no notice.
        weight_decay: L2 penalty on every parameter, added to the gradient; with AdamW taken off the weights directly.
        schedule: "constant"; "steps", a tenth after half and again after three quarters of all steps (section 4.2 of
            He et al. 2015); "cosine", down to nothing at the end.
        batch: pictures in one step.
        epochs: how often every picture is seen.
        seed: of the weights and of the order of the pictures.
        initialisation: how the convolutions are drawn, see ``explorer.labs.training.initialise``.
        per_class: pictures of each class that are learned from, 0 for all; a larger number holds those of a smaller
            one, and the test pictures stay the same.
        frozen_norms: what norms do that do not learn: "eval", they use and keep their running statistics; "train",
            they use those of the batch and go on updating them, which ``requires_grad=False`` does not stop.
        preprocess: what pictures go through: the data's "own" (values from 0 to 1, of the known sets normalised), that
            of torchvision's weights ("imagenet", "imagenet-v2"), "half" (from −1 to 1) or "unit" (from 0 to 1); of a
            zip they set the resizing too.
        side: in pixels, that a zip's pictures are brought to; None for 32, and for sets that have their own.

    Raises:
        LabError: naming all that is wrong.
    """

    spec: ResNetSpec
    data: str = "digits"
    optimiser: Optimiser = "sgd"
    learning_rate: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 1e-4
    schedule: Schedule = "constant"
    batch: int = 128
    epochs: int = 5
    seed: int = 0
    initialisation: Initialisation = "fan_out"
    per_class: int = 0
    frozen_norms: FrozenNorms = "eval"
    preprocess: Preprocessing = "own"
    side: int | None = None

    def __post_init__(self) -> None:
        for name in (*_WHOLE, "side"):
            self._set(name, whole(getattr(self, name)))
        for name in _REAL:
            value = getattr(self, name)
            if isinstance(value, int) and not isinstance(value, bool):
                self._set(name, float(value))
        problems = [*_wrong_values(self), *_wrong_data(self)]
        if problems:
            raise LabError(*problems)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def replace(self, /, **changes: Any) -> Self:
        """A copy with some fields changed, checked anew.

        Raises:
            LabError: when a field is unknown or the new combination is wrong.
        """
        _refuse_unknown(changes)
        return replace(self, **changes)

    @property
    def network(self) -> str:
        """The network for people, short enough for a legend: ``plain-56``, ``residual-56, no norm``."""
        kind = "plain" if self.spec.is_plain else "residual"
        return ", ".join([f"{kind}-{self.spec.nominal_depth}", *_remarks(self.spec)])

    @property
    def name(self) -> str:
        """The run for people: its network and what departs from the default settings."""
        departs = [
            f"{field.name.replace('_', ' ')} {getattr(self, field.name)}"
            for field in fields(self)
            if field.name != "spec" and getattr(self, field.name) != field.default
        ]
        # a SHA-256 tells people nothing
        departs = ["own pictures" if words.startswith(f"data {ZIP}") else words for words in departs]
        return ", ".join([self.network, *departs])

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width in pixels of the pictures that are learned from."""
        return (self.side, self.side) if self.side else input_size(self.data)

    @property
    def digest(self) -> str:
        """SHA-256 of all fields: equal for equal runs."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """All fields as a JSON object, the network's as an object within it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return json.dumps(values | {"spec": self.spec.as_dict()}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The run that a JSON object stands for; fields that are left out stand at their defaults.

        Raises:
            LabError: when it is no JSON object of a run's fields, naming all that is wrong.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            raise LabError("The text is no JSON; download a run to see the form.") from None
        if not isinstance(values, dict) or "spec" not in values:
            raise LabError("The JSON is no object of a run's fields with its network as spec.")
        _refuse_unknown(values)
        try:
            spec = codec.from_json(json.dumps(values["spec"]))
        except SpecError as error:
            raise LabError(*error.problems) from None
        return cls(**{**values, "spec": spec})


RUN_FIELDS = tuple(field.name for field in fields(RunConfig))


def _refuse_unknown(names: Collection[str]) -> None:
    unknown = sorted(set(names) - set(RUN_FIELDS))
    if unknown:
        raise LabError(f"A run has no field {shown(unknown[0])}; its fields are {', '.join(RUN_FIELDS)}.")


def _is_spec(value: object) -> bool:
    """Whether it is what the type says; a run may come from a file, and StarGAN's generator has a codec too."""
    return isinstance(value, ResNetSpec)


def _wrong_values(config: RunConfig) -> list[str]:
    problems = []
    if not _is_spec(config.spec):
        problems.append("spec is no residual or plain network; only such networks are trained here.")
    for name, choices in RUN_CHOICES.items():
        value = getattr(config, name)
        if not isinstance(value, str) or value not in choices:
            problems.append(f"{name} is {shown(value)}; it must be one of {', '.join(choices)}.")
    for name, (low, high, (low_allowed, high_allowed)) in _REAL.items():
        value = getattr(config, name)
        fits = isinstance(value, float) and math.isfinite(value) and low <= value <= high
        if not fits or (value == low and not low_allowed) or (value == high and not high_allowed):
            problems.append(f"{name} is {shown(value)}; it must be a number {_WRITTEN_RANGE[name]}.")
    for name, (least, most) in _WHOLE.items():
        value = getattr(config, name)
        if not is_whole(value, least, most):
            problems.append(f"{name} is {shown(value)}; it must be a whole number from {least} to {most:,}.")
    if config.side is not None and not is_whole(config.side, *ZIP_SIDES):
        low, high = ZIP_SIDES
        problems.append(f"side is {shown(config.side)}; it must be a whole number from {low} to {high}, or none.")
    return problems


def _wrong_data(config: RunConfig) -> list[str]:
    """What is wrong with the data, and with a network that does not fit it."""
    problems = []
    known = is_data(config.data)
    if not known:
        problems.append(f"data is {shown(config.data)}; it must be one of {', '.join(KNOWN_SETS)}, or an uploaded zip.")
    if config.side is not None and known and not config.data.startswith(ZIP):
        problems.append(f"side is for a zip's pictures, and those of {config.data} have their own: leave it out.")
    if not _is_spec(config.spec):
        return problems
    if config.spec.in_channels not in (1, 3):
        problems.append(
            f"The network takes {config.spec.in_channels:,} input channels and a picture has 1 or 3: set them to one "
            "of these."
        )
    if known and config.data in KNOWN_SETS and config.spec.outputs != KNOWN_SETS[config.data].classes:
        problems.append(wrong_classes(config.spec, config.data, KNOWN_SETS[config.data].classes))
    return problems


def wrong_classes(spec: ResNetSpec, title: str, classes: int) -> str:
    """The sentence for a network with another number of classes than its data.

    Args:
        spec: the network.
        title: of the data.
        classes: that the data has.
    """
    field = "added_classes" if spec.added_classes else "num_classes"
    return f"The network has {spec.outputs:,} classes and {title} has {classes:,}: set {field} to {classes}."


def _remarks(spec: ResNetSpec) -> list[str]:
    """What departs from the sets' networks: basic blocks of width 8, 16, 32, projection B, batch norm behind each."""
    remarks = []
    if spec.shortcut not in ("B", "none"):
        remarks.append(f"shortcut {spec.shortcut}")
    if spec.norm != "batch":
        remarks.append(f"{'no' if spec.norm == 'none' else spec.norm} norm")
    if spec.block != "basic":
        remarks.append(spec.block)
    if spec.order == "pre":
        remarks.append("pre-activation")
    if spec.widths != USUAL_WIDTHS:
        remarks.append(f"widths {'-'.join(map(str, spec.widths))}")
    if spec.squeeze_excite:
        remarks.append("squeeze-excite")
    if spec.zero_init_residual:
        remarks.append("zero init")
    if spec.added_classes:
        remarks.append("a layer after fc")
    return remarks
