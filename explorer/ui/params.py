"""Every URL parameter of the app: what it may hold, and what it stands at when the link does not say."""

import re
from typing import Any

from explorer.architecture.block_spec import BLOCK_CHOICES, BLOCK_COUNTS, BLOCK_DEFAULTS
from explorer.architecture.published import TAGS
from explorer.architecture.stargan import BOUNDS
from explorer.architecture.weights import EXAMPLE, RUN, WeightsChoice
from explorer.architecture.wrong_blocks import CASES
from explorer.architecture.zero_blocks import VARIANTS
from explorer.errors import LinkError
from explorer.labs.training.config import RUN_CHOICES
from explorer.labs.training.sets import RUN_SETS
from explorer.ui.param_kinds import Param, flag, matching, one_of, real, refuse, some_of, whole

FILE = "file"
THIS = "this"
"""The network of the row on top, among several."""
MAX_SIDE = 2048
CASE_CHANNELS, CASE_SIDE = 128, 64  # most that a block under "What breaks" is run with
FACTORS = ("0.0001", "0.001", "0.01", "0.1", "0.5", "2", "3", "10", "100", "1000")
Size = tuple[int, int]


def parse_size(text: str) -> Size:
    """Height and width from ``224``, ``224x320`` or ``224×320``.

    Raises:
        ValueError: when it is no size, or a side is not 1 to 2,048 pixels.
    """
    sides = re.fullmatch(r"\s*(\d{1,5})\s*(?:[x×*]\s*(\d{1,5}))?\s*", text)
    if sides is None:
        raise ValueError(text)
    height = int(sides[1])
    size = (height, int(sides[2]) if sides[2] else height)
    if not all(1 <= side <= MAX_SIDE for side in size):
        raise ValueError(text)
    return size


def parse_weights(text: str) -> str:
    """A choice of weights as a link carries it, or ``file`` for an uploaded one.

    Raises:
        ValueError: when it is neither.
    """
    try:
        return text if text == FILE else WeightsChoice.from_text(text).to_text() or refuse(text)
    except LinkError as error:
        raise ValueError(text) from error


def write_size(size: Size) -> str:
    """A size as it stands in the URL."""
    return str(size[0]) if size[0] == size[1] else f"{size[0]}x{size[1]}"


def parse_domains(text: str) -> tuple[int, ...]:
    """Numbers of a generator's domains, counted from 1; ``none`` asks for no domain.

    Raises:
        ValueError: when it is neither.
    """
    if text == "none":
        return ()
    numbers = [int(part) for part in text.split(",")]
    if not all(1 <= number <= BOUNDS["c_dim"][1] for number in numbers):
        raise ValueError(text)
    return tuple(sorted(set(numbers)))


def write_domains(domains: tuple[int, ...]) -> str:
    """The numbers of domains as they stand in the URL."""
    return ",".join(map(str, domains)) or "none"


LAB_VALUES, LAB_MOST = 16, 1e6  # of the small example of a norm: how many numbers, and the largest


def parse_values(text: str) -> tuple[float, ...]:
    """The sixteen numbers of the norm's small example, with commas or spaces between.

    Raises:
        ValueError: when they are not sixteen, or one of them is beyond a million.
    """
    values = tuple(float(part) for part in text.replace(",", " ").split())
    if len(values) != LAB_VALUES or not all(abs(value) <= LAB_MOST for value in values):
        raise ValueError(text)
    return values


def write_values(values: tuple[float, ...]) -> str:
    """Numbers as they stand in the URL."""
    return ",".join(f"{value:.12g}" for value in values)


BLOCK_SIDE, BLOCK_PICTURES = 256, 64  # most that one block is given


def _block_field(name: str, default: Any) -> Param:
    """A field of the block on the page Block."""
    if name in BLOCK_CHOICES:
        return one_of(*BLOCK_CHOICES[name], page="block", default=default)
    if name in BLOCK_COUNTS:
        return whole(*BLOCK_COUNTS[name], default, page="block")
    return flag(default, page="block")


SIZE_EXPECTED = f"a side such as 224, or height×width such as 192×320, each from 1 to {MAX_SIDE:,} pixels"
VALUES_EXPECTED = "sixteen numbers up to a million with commas between"
LAB_EXAMPLE = (1.0, 2.0, 3.0, 4.0, 2.0, 4.0, 4.0, 4.0, 5.0, 6.0, 7.0, 8.0, 5.0, 5.0, 7.0, 9.0)
NAME = r"[A-Za-z0-9_.-]{1,80}"

MAX_MOMENTUM = 0.9999  # at 1 a step would never fade
WAY = r"(?:scratch|all|layer[1-6]|head|added)"
RUN_IDS = r"[0-9a-f]{12}(,[0-9a-f]{12}){0,63}"

PARAMS: dict[str, Param] = {
    "size": Param((224, 224), parse_size, SIZE_EXPECTED, "", write_size),
    "weights": Param(
        "random",
        parse_weights,
        f"random, random-7 for another seed, fresh, {', '.join(TAGS)}, {EXAMPLE}, or {RUN} and the id of a run",
    ),
    "device": matching(r"auto|cpu|mps|cuda(:\d{1,2})?", "auto, cpu, mps, cuda or cuda:n", "auto"),
    "row": matching(NAME, "the name of a layer or block"),
    "channel": whole(0, 10**6, 0),
    "source": whole(0, 10**6, None),
    "sample": matching(NAME, "the name of a sample picture", "china"),
    "shapes": one_of("CHW", "HWC"),
    "domains": Param((1,), parse_domains, "the numbers of domains, such as 1,3, or none", "", write_domains),
    # Architecture
    "tab": one_of("stages", "blocks", "layers", "torchinfo", page="architecture"),
    "profile": one_of("macs", "params", "size", "channels", "activation_bytes", page="architecture"),
    "find": matching(r".{0,80}", "a text of at most 80 characters", page="architecture"),
    "kinds": matching(r"[a-z,]{0,120}", "kinds of layers with commas between", page="architecture"),
    "stages": matching(r"[a-z0-9,]{0,120}", "stages with commas between", page="architecture"),
    # Feature maps
    "view": one_of("channels", "residual", "depth", page="feature-maps"),
    # "order" is a field of the network
    "sort": one_of("index", "energy", "variance", page="feature-maps"),
    "scale": one_of("shared", "each", page="feature-maps"),
    "page": whole(1, 10**6, 1, page="feature-maps"),
    "picture": whole(1, 1000, 1, page="feature-maps"),
    "y": whole(0, MAX_SIDE, None, page="feature-maps"),
    "x": whole(0, MAX_SIDE, None, page="feature-maps"),
    "across": one_of("8", "4", page="feature-maps"),
    "drawn": one_of("channel", "mean", page="feature-maps"),
    "kind": one_of("all", "conv", "convtranspose", "norm", "relu", "add", page="feature-maps"),
    # BatchNorm
    "batch": whole(1, 64, 8, page="batchnorm"),
    "mode": one_of("eval", "train", page="batchnorm"),
    "aspect": one_of("values", "batch", "modes", "steps", "line", "channels", page="batchnorm"),
    "untrained": flag(page="batchnorm"),
    "norm_row": matching(NAME, "the name of a norm", page="batchnorm"),
    "gamma": real(-1000, 1000, None, page="batchnorm"),
    "beta": real(-1000, 1000, None, page="batchnorm"),
    "tiny_variance": real(0, 10**6, 1e-5, page="batchnorm"),
    "near_zero_gamma": real(0, 10**6, 1e-3, page="batchnorm"),
    "far_mean": real(0, 10**6, 1.0, page="batchnorm"),
    "far_variance": real(1, 10**6, 4.0, page="batchnorm"),
    # BatchNorm, experiments
    "norm_part": one_of("norms", "lab", page="batchnorm"),
    "experiment": one_of("batches", "running", "bias", "kinds", "places", "eval", "shift", page="batchnorm"),
    "lab_norm": matching(NAME, "the name of a norm", "layer2.0.bn1", page="batchnorm"),
    "lab_kind": one_of("batch", "instance", page="batchnorm"),
    "lab_momentum": real(0, 1, 0.1, page="batchnorm"),
    "lab_average": flag(page="batchnorm"),
    "lab_updates": whole(0, 100, 1, page="batchnorm"),
    "lab_batches": one_of("same", "double", page="batchnorm"),
    "lab_channel": one_of("0", "1", page="batchnorm"),
    "lab_x": Param(LAB_EXAMPLE, parse_values, VALUES_EXPECTED, "batchnorm", write_values),
    "bias_0": real(-100, 100, 3.0, page="batchnorm"),
    "bias_1": real(-100, 100, -7.0, page="batchnorm"),
    "bias_updates": whole(1, 400, 60, page="batchnorm"),
    "lab_pictures": whole(2, 64, 32, page="batchnorm"),
    "lab_seed": whole(0, 10**6, 0, page="batchnorm"),
    "lab_layer": whole(1, 20, 8, page="batchnorm"),
    "lab_digit": whole(1, 450, 1, page="batchnorm"),
    "lab_at": one_of("layer1.0.relu1", "layer2.0.relu1", "layer3.0.relu1", page="batchnorm"),
    # Compare
    "nets": matching(
        r"[A-Za-z0-9_.,~-]{1,2000}",
        "two to six networks with commas between, such as resnet18,resnet50",
        "resnet18,resnet50",
        page="compare",
    ),
    "part": one_of("networks", "table", "picture", "all", page="compare"),
    "measure": one_of("params", "macs", "activation_bytes", page="compare"),
    "by": one_of("stage", "kind", page="compare"),
    "at": matching(NAME, "a stage such as layer1", "layer1", page="compare"),
    "through": flag(page="compare"),
    "trained": one_of("random", "published", page="compare"),
    # Block
    **{f"b_{name}": _block_field(name, default) for name, default in BLOCK_DEFAULTS.items()},
    "b_part": one_of("one", "side", "breaks", "value", "identity", page="block"),
    "b_pictures": whole(1, BLOCK_PICTURES, 4, page="block"),
    "b_height": whole(1, BLOCK_SIDE, 6, page="block"),
    "b_width": whole(1, BLOCK_SIDE, 6, page="block"),
    "b_numbers": one_of("normal", "counting", "ones", page="block"),
    "b_weights": one_of("random", "ones", "zero", page="block"),
    "b_seed": whole(0, 10**6, 0, page="block"),
    "b_mode": one_of("eval", "train", page="block"),
    "b_picture": whole(1, BLOCK_PICTURES, 1, page="block"),
    "b_channel": whole(0, 10**5, 0, page="block"),
    "b_y": whole(0, BLOCK_SIDE, None, page="block"),
    "b_x": whole(0, BLOCK_SIDE, None, page="block"),
    "b_step": matching(NAME, "the name of a step of the block", page="block"),
    "b_compared": one_of("types", "shortcuts", "skips", "joins", page="block"),
    "b_equal": whole(4, 2048, 256, page="block"),
    # Block, identity
    "b_claim": one_of("zeros", "append", "lesions", "ratios", "scale", "decay", page="block"),
    "b_variant": one_of(*VARIANTS, page="block"),
    "b_sign": one_of("signed", "positive", page="block"),
    "b_stage": whole(1, 6, 3, page="block"),
    "b_more": whole(1, 50, 10, page="block"),
    "b_run": matching(r"example|[0-9a-f]{12}", "example or the id of a run", "example", page="block"),
    "b_beside": matching(r"(example|[0-9a-f]{12})?", "example or the id of a run", page="block"),
    "b_epoch": whole(0, 1000, None, page="block"),
    "b_decay_on": one_of("before", "all", page="block"),
    "b_factor": one_of(*FACTORS, page="block", default="10"),
    "b_normed": one_of("train", "no-epsilon", "eval", "no-norm", page="block"),
    # Block, what breaks
    "case": one_of(*CASES, page="block"),
    "case_in": whole(1, CASE_CHANNELS, None, page="block"),
    "case_out": whole(1, CASE_CHANNELS, None, page="block"),
    "case_side": whole(1, CASE_SIDE, None, page="block"),
    # Training
    "t_set": one_of(*RUN_SETS, "own", page="training"),
    "t_seed": whole(0, 10**6, 0, page="training"),
    "t_runs": matching(RUN_IDS, "ids of runs with commas between", page="training"),
    "t_run": matching(r"[0-9a-f]{12}", "the id of a run", page="training"),
    "t_curve": one_of("loss", "train_error", "test_error", "gradient_norm", page="training"),
    "t_log": flag(page="training"),
    "t_kinds": some_of("plain", "residual", page="training", default=("plain", "residual")),
    "t_depths": matching(r"[0-9, ]{1,60}", "depths with commas between, such as 20, 56", "20, 56", page="training"),
    "t_norms": some_of("batch", "instance", "group", "none", page="training", default=("batch",)),
    "t_shortcuts": some_of("A", "B", "C", page="training", default=("B",)),
    "t_widths": matching(r"[0-9, ]{1,60}", "channels by stage, such as 8, 16, 32", "8, 16, 32", page="training"),
    "t_seeds": whole(1, 10, 1, page="training"),
    "t_data": matching(
        r"digits|digits-0-4|digits-5-9|cifar10|fashion-mnist|zip|zip:[0-9a-f]{64}",
        "digits, cifar10, fashion-mnist or zip",
        "digits",
        page="training",
    ),
    "t_optimiser": one_of(*RUN_CHOICES["optimiser"], page="training"),
    "t_rate": real(1e-6, 100, 0.05, page="training"),
    "t_schedule": one_of(*RUN_CHOICES["schedule"], page="training"),
    "t_momentum": real(0, MAX_MOMENTUM, 0.9, page="training"),
    "t_initialisation": one_of(*RUN_CHOICES["initialisation"], page="training"),
    "t_decay": real(0, 10, 1e-4, page="training"),
    "t_batch": whole(1, 4096, 128, page="training"),
    "t_epochs": whole(1, 1000, 5, page="training"),
    # Gradient flow
    "g_nets": matching(
        r"[A-Za-z0-9_.,~-]{1,2000}",
        "two to six networks with commas between, such as plain-56,residual-56-none",
        "plain-56-none,residual-56-none,plain-56,residual-56",
        page="gradient-flow",
    ),
    "g_by": one_of("network", "initialisation", "input", "epoch", "run", page="gradient-flow"),
    "g_net": matching(r"[A-Za-z0-9_.~-]{1,300}", "one of the chosen networks", page="gradient-flow"),
    "g_init": one_of("fan_out", "fan_in", "xavier", "default", "normal", page="gradient-flow"),
    "g_input": one_of("raw", "unit", "standardised", page="gradient-flow", default="unit"),
    "g_pictures": one_of("digits", "photographs", page="gradient-flow"),
    "g_side": whole(1, 128, None, page="gradient-flow"),
    "g_run": matching(r"[0-9a-f]{8}", "what the button has put there", page="gradient-flow"),
    "g_from": matching(r"[0-9a-f]{12}", "the id of a run", page="gradient-flow"),
    "g_epochs": matching(r"\d{1,4}(,\d{1,4}){0,5}", "up to six epochs, such as 0,1,5", page="gradient-flow"),
    "g_runs": matching(r"[0-9a-f]{12}(,[0-9a-f]{12}){0,5}", "up to six ids of runs", page="gradient-flow"),
    "g_epoch": matching(r"last|\d{1,4}", "last or the number of an epoch", "last", page="gradient-flow"),
    "g_shown": one_of("run", "digits", "photographs", page="gradient-flow"),
    "g_pixels": one_of("run", "raw", "unit", "standardised", page="gradient-flow"),
    # Transfer learning
    "x_source": one_of("digits", "network", "run", page="transfer"),
    "x_run": matching(r"[0-9a-f]{12}", "the id of a run", page="transfer"),
    "x_data": matching(
        r"digits|digits-0-4|digits-5-9|zip|zip:[0-9a-f]{64}",
        "digits-5-9, digits-0-4, digits or zip",
        "digits-5-9",
        page="transfer",
    ),
    "x_each": whole(0, 1000, 5, page="transfer"),
    "x_side": whole(8, 224, None, page="transfer"),
    "x_seed": whole(0, 10**6, 0, page="transfer"),
    "x_way": matching(WAY, "a way such as head, all or layer3", "head", page="transfer"),
    "x_ways": matching(
        rf"{WAY}(,{WAY}){{0,9}}", "ways with commas between", "scratch,all,layer3,head,added", page="transfer"
    ),
    "x_norms": one_of("eval", "train", page="transfer"),
    "x_preprocess": one_of("right", "own", "imagenet", "half", page="transfer"),
    "x_epochs": whole(1, 1000, None, page="transfer"),
    "x_rate": real(1e-6, 100, None, page="transfer"),
    "x_runs": matching(
        rf"(source|{WAY})-[0-9a-f]{{12}}(,(source|{WAY})-[0-9a-f]{{12}}){{0,31}}",
        "ways and ids of runs with commas between",
        page="transfer",
    ),
    "x_one": matching(r"[0-9a-f]{12}", "the id of a run", page="transfer"),
    "x_curve": one_of("test_error", "train_error", "loss", "gradient_norm", page="transfer"),
    # Learn
    "chapter": matching(r"[a-z0-9-]{1,60}", "the name of a chapter", "stages", page="learn"),
}
