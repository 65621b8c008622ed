"""The parameters of the experiments with norms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.params.kinds import Param, flag, matching, one_of, real, whole
from explorer.ui.params.shared import MOST, NAME

if TYPE_CHECKING:
    from explorer.labs.norm_lab.running import Kind

VALUES, LARGEST = 16, 1e6  # of the small example of a norm: how many numbers, and the largest
VALUES_EXPECTED = "sixteen numbers up to a million with commas between"
EXAMPLE_VALUES = (1.0, 2.0, 3.0, 4.0, 2.0, 4.0, 4.0, 4.0, 5.0, 6.0, 7.0, 8.0, 5.0, 5.0, 7.0, 9.0)


def parse_values(text: str) -> tuple[float, ...]:
    """The sixteen numbers of the norm's small example, with commas or spaces between.

    Raises:
        ValueError: when they are not sixteen, or one of them is beyond a million.
    """
    values = tuple(float(part) for part in text.replace(",", " ").split())
    if len(values) != VALUES or not all(abs(value) <= LARGEST for value in values):
        raise ValueError(text)
    return values


def write_values(values: tuple[float, ...]) -> str:
    """Numbers as they stand in the URL."""
    return ",".join(f"{value:.12g}" for value in values)


_KINDS: dict[Kind, str] = {"batch": "Batch norm", "instance": "Instance norm"}
EXPERIMENT = one_of(
    "experiment",
    {
        "batches": "Batch size",
        "running": "Running statistics",
        "bias": "A bias before the norm",
        "kinds": "Kinds of norm",
        "places": "Before or after ReLU",
        "eval": "Forgetting eval()",
        "shift": "Covariate shift",
    },
    "Experiment",
    "Each runs on a small network of its own.",
)
NORM = matching(
    "lab_norm", NAME, "the name of a norm", "Norm", "Its mean and variance are measured.", default="layer2.0.bn1"
)
KIND = one_of("lab_kind", _KINDS, "Norm", "Normalise a channel over all pictures, or over each picture.")
MOMENTUM = real("lab_momentum", 0, 1, 0.1, "Momentum", "Weight of a new batch; torch's default is 0.1.")
AVERAGE = flag("lab_average", "Average of all", "momentum=None: the k-th batch has weight 1/k, so all count equally.")
UPDATES = whole("lab_updates", 0, 100, 1, "Updates", "Batches seen in train mode.")
BATCHES = one_of(
    "lab_batches", {"same": "X, X, X, …", "double": "X, 2·X, X, 2·X, …"}, "Batches", "The inputs, one after the other."
)
CHANNEL = one_of("lab_channel", ("0", "1"), "Channel", "The channel of the formulas.")
X: Param[tuple[float, ...]] = Param(
    name="lab_x",
    default=EXAMPLE_VALUES,
    parse=parse_values,
    expected=VALUES_EXPECTED,
    write=write_values,
    label="X: picture by picture, channel by channel, row by row",
    help=f"{VALUES_EXPECTED.capitalize()}. The default: {write_values(EXAMPLE_VALUES)}",
)
BIAS_0 = real("bias_0", -100, 100, 3.0, "Bias of channel 0", "Of the convolution, −100 to 100.", step=1.0)
BIAS_1 = real("bias_1", -100, 100, -7.0, "Bias of channel 1", "Of the convolution, −100 to 100.", step=1.0)
BIAS_UPDATES = whole("bias_updates", 1, 400, 60, "Batches", "All the same, in train mode.")
PICTURES = whole("lab_pictures", 2, 64, 32, "Pictures in the batch", "Handwritten digits.")
SEED = whole("lab_seed", 0, MOST, 0, "Seed", "Of the weights.")
LAYERS = 20  # of the networks with norms before the activation, after it and nowhere
LAYER = whole("lab_layer", 1, LAYERS, 8, "Layer", "Whose values are shown.")
DIGIT = whole("lab_digit", 1, 450, 1, "Digit")
AT = one_of(
    "lab_at",
    ("layer1.0.relu1", "layer2.0.relu1", "layer3.0.relu1"),
    "Input of",
    "The first activation of each stage.",
)
