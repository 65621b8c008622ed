"""The parameters of the page Block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorer.architecture.block_spec import (
    BLOCK_COUNTS,
    BLOCK_DEFAULTS,
    BlockShortcut,
    BlockType,
    Join,
    Norm,
    Order,
    StrideOn,
)
from explorer.architecture.weights import RUN_ID
from explorer.architecture.wrong_blocks import CASES
from explorer.architecture.zero_blocks import VARIANTS
from explorer.labs.training.config import MAX_EPOCHS
from explorer.ui.params.kinds import Choice, Number, Option, Param, flag, matching, one_of, whole
from explorer.ui.params.shared import MOST, NAME

if TYPE_CHECKING:
    from explorer.labs.identity.decay import DecayOn
    from explorer.model.guard import Mode
    from explorer.model.one_block import Numbers, Weights

MOST_SIDE, MOST_PICTURES = 256, 64  # that one block is given
CASE_CHANNELS, CASE_SIDE = 128, 64  # most that a block under "What breaks" is run with

TYPES: dict[BlockType, str] = {
    "single": "One 3×3",
    "basic": "Basic: two 3×3",
    "triple": "Three 3×3",
    "bottleneck": "Bottleneck: 1×1, 3×3, 1×1",
}
SHORTCUTS: dict[BlockShortcut, str] = {
    "identity": "Identity: x itself",
    "projection": "Projection: 1×1",
    "pooled": "Average pool, then 1×1",
    "padding": "Zero padding (option A)",
    "padding-both": "Zeros on both sides",
    "none": "None (plain)",
}
_NORMS: dict[Norm, str] = {"batch": "Batch", "instance": "Instance", "group": "Group", "none": "None"}
_ORDERS: dict[Order, str] = {"post": "Norm after", "pre": "Norm before"}
_STRIDES: dict[StrideOn, str] = {"3x3": "the 3×3", "1x1": "the first 1×1"}
_JOINS: dict[Join, str] = {"add": "Addition", "concat": "Concatenation"}
_NUMBERS: dict[Numbers, str] = {"normal": "Random, normal", "counting": "0, 1, 2, … counting up", "ones": "All 1"}
_WEIGHTS: dict[Weights, str] = {"random": "Random", "ones": "All 1", "zero": "Main path 0"}
_MODES: tuple[Mode, ...] = ("eval", "train")
_DECAY_ON: dict[DecayOn, str] = {"before": "W before a norm alone", "all": "every parameter"}


def _count(name: str, label: str, help: str) -> Number[int]:
    return whole(f"b_{name}", *BLOCK_COUNTS[name], BLOCK_DEFAULTS[name], label, help)


def _choice(name: str, words: dict[Option, str], label: str, help: str) -> Choice[Option]:
    return one_of(f"b_{name}", words, label, help, default=BLOCK_DEFAULTS[name])


def _flag(name: str, label: str, help: str) -> Param[bool]:
    return flag(f"b_{name}", label, help, default=BLOCK_DEFAULTS[name])


PART = one_of(
    "b_part",
    {"one": "One block", "side": "Side by side", "breaks": "What breaks", "value": "One value", "identity": "Identity"},
    "Look at",
    "One block, blocks beside each other, or wrong ones.",
)

# the block
TYPE = _choice("type", TYPES, "Layers of the main path", "Their number and kernel sizes.")
CHANNELS_IN = _count("channels_in", "Channels in", "Channels of x.")
CHANNELS_OUT = _count("channels_out", "Channels out", "Channels of F(x).")
STRIDE = _count("stride", "Stride", "Step of the first convolution, a bottleneck's 3×3, and the shortcut.")
PADDING = _count("padding", "Padding", "Pixels of zeros around the input of every 3×3; 1 keeps the size.")
SHORTCUT = _choice("shortcut", SHORTCUTS, "Shortcut", "How x reaches the addition.")
NORM = _choice("norm", _NORMS, "Norm", "After or before every convolution of the main path.")
ORDER = _choice("order", _ORDERS, "Order", "Norm after its convolution (v1), or norm and ReLU before it (v2).")
JOIN = _choice("join", _JOINS, "Join", "Whether F(x) and the shortcut are added or set side by side.")
CONV_BIAS = _flag("conv_bias", "Bias in the convolutions", "d2l's block has them; of no use before a norm.")
SHORTCUT_NORM = _flag("shortcut_norm", "Norm on the projection", "torchvision has it, d2l has none.")
LAST_RELU = _flag("last_relu", "ReLU at the end", "StarGAN's unit has none; nor has a block with the norm before.")
SQUEEZE_EXCITE = _flag("squeeze_excite", "Squeeze and excite", "A gate at the end of the main path.")
ZERO_INIT = _flag(
    "zero_init_residual", "Last norm starts at 0", "Its weight γ, as networks with zero_init_residual begin."
)
ANTIALIAS = flag(
    "b_antialias",
    "Blur where it strides",
    "A blur pool after the convolution has the main path's stride.",
    default=BLOCK_DEFAULTS["antialias"],
)
DILATION = _count("dilation", "Dilation", "Step between the pixels that a 3×3 takes; 1 leaves none out.")
DILATE = _flag(
    "dilate", "Dilate in place of the stride", "Nothing strides, and what comes after is dilated by as much more."
)
SHORTCUT_STRIDE = _count(
    "shortcut_stride", "Stride of the shortcut", "0: that of the main path; another one makes the sizes differ."
)
INNER = _count("inner", "Channels inside", "0: a quarter of those that leave.")
GROUPS = _count("groups", "Groups of the 3×3", "ResNeXt's cardinality.")
STRIDE_ON = _choice("stride_on", _STRIDES, "Stride on", "Which convolution of a bottleneck has the stride.")
FIELDS: dict[str, Param[Any]] = {
    "type": TYPE,
    "channels_in": CHANNELS_IN,
    "channels_out": CHANNELS_OUT,
    "stride": STRIDE,
    "padding": PADDING,
    "shortcut": SHORTCUT,
    "norm": NORM,
    "order": ORDER,
    "join": JOIN,
    "conv_bias": CONV_BIAS,
    "shortcut_norm": SHORTCUT_NORM,
    "last_relu": LAST_RELU,
    "squeeze_excite": SQUEEZE_EXCITE,
    "zero_init_residual": ZERO_INIT,
    "antialias": ANTIALIAS,
    "dilation": DILATION,
    "dilate": DILATE,
    "shortcut_stride": SHORTCUT_STRIDE,
    "inner": INNER,
    "groups": GROUPS,
    "stride_on": STRIDE_ON,
}
"""The parameters by the field of the block that they hold."""
PICTURES = whole("b_pictures", 1, MOST_PICTURES, 4, "Pictures", f"Of the input x, 1 to {MOST_PICTURES}.")
HEIGHT = whole("b_height", 1, MOST_SIDE, 6, "Height", f"Of the input x, 1 to {MOST_SIDE}.")
WIDTH = whole("b_width", 1, MOST_SIDE, 6, "Width", f"Of the input x, 1 to {MOST_SIDE}.")

# its run
NUMBERS = one_of("b_numbers", _NUMBERS, "Input", "What x is filled with.")
WEIGHTS = one_of("b_weights", _WEIGHTS, "Weights", "Of the convolutions; with a main path of 0, F(x) is 0.")
SEED = whole("b_seed", 0, MOST, 0, "Seed", "Of the random input and weights.")
MODE = one_of("b_mode", _MODES, "Mode", "In train, batch norms use the batch's own statistics.")
PICTURE = whole("b_picture", 1, MOST_PICTURES, 1, "Picture", "Which picture of the batch is shown.")
CHANNEL = whole("b_channel", 0, 100_000, 0, "Channel", "Which channel is shown, from 0.")
Y = whole("b_y", 0, MOST_SIDE, None, "y", "Row of the position, from the top.")
X = whole("b_x", 0, MOST_SIDE, None, "x", "Column of the position, from the left.")
STEP = matching(
    "b_step", NAME, "the name of a step of the block", "Step", "Whose value is taken apart, in the order of the calls."
)

# side by side
COMPARED = one_of(
    "b_compared",
    {
        "types": "Basic against bottleneck",
        "shortcuts": "Kinds of shortcut",
        "skips": "Length of the skip",
        "joins": "Addition against concatenation",
    },
    "Compared",
    "Which blocks stand beside each other.",
)
EQUAL = whole(
    "b_equal",
    4,
    2048,
    256,
    "Channels",
    "Equal for both blocks, in and out; the bottleneck works on a quarter of them.",
    step=4,
)

# identity
CLAIM = one_of(
    "b_claim",
    {
        "zeros": "Weights at 0",
        "append": "Blocks appended",
        "lesions": "Blocks taken out",
        "ratios": "F(x) by epoch",
        "scale": "Weights scaled",
        "decay": "Weight decay",
    },
    "Try",
    "Experiments on blocks that do nothing, or nearly.",
)
VARIANT = one_of(
    "b_variant",
    {name: variant.title for name, variant in VARIANTS.items()},
    "Block",
    "Which row of the table is shown in numbers below.",
)
SIGN = one_of("b_sign", {"signed": "Both signs", "positive": "x ≥ 0"}, "Input", "Normal numbers, or their magnitudes.")
STAGE = whole("b_stage", 1, 6, 3, "To stage", "They come after its last block.")
MORE = whole("b_more", 1, 50, 10, "Blocks appended", "All of one kind.")
RUN = matching(
    "b_run",
    rf"example|{RUN_ID}",
    "example or the id of a run",
    "Trained network",
    "The example that is always here, or a run that is kept, the newest first.",
    default="example",
)
BESIDE = matching(
    "b_beside",
    rf"(example|{RUN_ID})?",
    "example or the id of a run",
    "Beside it",
    "A second network, to compare: plain beside residual.",
)
EPOCH = whole("b_epoch", 0, MAX_EPOCHS, None, "After epoch", "Of those whose weights are kept; 0 is before training.")
DECAY_ON = one_of("b_decay_on", _DECAY_ON, "Decay of", "torch's optimisers take every parameter.")
FACTOR = one_of(
    "b_factor",
    ("0.0001", "0.001", "0.01", "0.1", "0.5", "2", "3", "10", "100", "1000"),
    "Factor on the weights",
    "Weight decay makes it smaller, step by step.",
    default="10",
)
NORMED = one_of(
    "b_normed",
    ("train", "no-epsilon", "eval", "no-norm"),
    "In numbers",
    "Which row of the table is shown in numbers below.",
)

# what breaks
CASE = one_of(
    "case",
    {name: f"{number} · {case.title}" for number, (name, case) in enumerate(CASES.items(), 1)},
    "Case",
    "Blocks that torch refuses, blocks that run and are wrong, and blocks that are right.",
)
CASE_IN = whole("case_in", 1, CASE_CHANNELS, None, "Channels in")
CASE_OUT = whole("case_out", 1, CASE_CHANNELS, None, "Channels out")
CASE_SIZE = whole("case_side", 1, CASE_SIDE, None, "Side of the map")
