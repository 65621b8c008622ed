"""The fields of a network as people choose them: their words and bounds; the codec has their names in the address."""

from typing import Any

from explorer.architecture.spec import DEFAULTS
from explorer.architecture.stargan import BOUNDS, StarGANSpec
from explorer.ui.params.kinds import Number, Param, flag, matching, one_of, whole

_ANY = 2**53 - 1  # as far as a browser counts; what is too much for a network is said when it is tried


def _count(name: str, label: str, help: str, low: int = 1) -> Number[int]:
    return whole(name, low, _ANY, DEFAULTS[name], label, help)


def _of_generator(name: str, label: str, help: str) -> Number[int]:
    return whole(name, *BOUNDS[name], getattr(StarGANSpec, name), label, help)


# in the row
BLOCK = one_of(
    "block",
    {"basic": "Basic", "bottleneck": "Bottleneck"},
    "Block",
    "Two 3×3 convolutions, or 1×1, 3×3, 1×1 with four times the channels outside. Keeps the stages.",
)
PLAIN = one_of(
    "plain",
    {"residual": "Residual", "plain": "Plain"},
    "Shortcuts",
    "With its shortcuts, or the same network without them.",
)
GENERATOR = (
    _of_generator("conv_dim", "Width", "Channels of the first convolution; two and four times as many further in."),
    _of_generator("c_dim", "Domains", "What the generator translates between; one input channel for each."),
    _of_generator("repeat_num", "Residual units", "Blocks of the trunk."),
)

# under "More options", to the left and to the right
SHORTCUT_HELP = "How x is carried on where a block changes its shape."
SHORTCUT = one_of(
    "shortcut",
    {
        "A": "A: zero padding",
        "A-both": "A: zeros on both sides",
        "B": "B: projection where shapes differ",
        "C": "C: projection everywhere",
        "D": "D: average pool, then 1×1",
    },
    "Shortcut",
    SHORTCUT_HELP,
)
NO_SHORTCUT = one_of("shortcut", {"none": "none (plain)"}, "Shortcut", SHORTCUT_HELP)
STRIDES = {"32": "as it strides", "16": "16, then dilates", "8": "8, then dilates"}
OUTPUT_STRIDE = one_of(
    "output_stride",
    STRIDES,
    "Output stride",
    "Stages that would make the last map smaller than a 16th or an 8th of the picture dilate in place of their stride.",
)
LEFT: tuple[Param[Any], ...] = (
    one_of(
        "stem",
        {"imagenet": "7×7/2, max pool", "cifar": "3×3/1 (CIFAR)", "deep": "three 3×3, max pool (C)"},
        "Stem",
        "What comes before the first stage.",
    ),
    SHORTCUT,
    one_of(
        "order",
        {"post": "after the convolution (v1)", "pre": "before it: pre-activation (v2)"},
        "Norm and ReLU",
        "Whether a block's norm and ReLU follow or precede a convolution.",
    ),
    one_of(
        "stride_on",
        {"3x3": "the 3×3 (v1.5, torchvision)", "1x1": "the first 1×1 (v1, the paper)"},
        "Stride of a bottleneck on",
        "Which convolution halves the size.",
    ),
    one_of(
        "norm",
        {"batch": "Batch norm", "instance": "Instance norm", "group": "Group norm", "none": "No norm"},
        "Normalisation",
        "Batch norm uses the batch, instance and group norm each picture alone.",
    ),
    OUTPUT_STRIDE,
    flag("squeeze_excite", "Squeeze and excite", "A gate at the end of each block's main path."),
    flag("antialias", "Blur where it strides", "A blur pool has the stride of the max pool and of each block."),
    flag("shortcut_norm", "Norm on projections", "Whether a 1×1 on a shortcut is followed by a norm."),
)
PER_STAGE = matching(
    "depths", ".*", "", "Blocks per stage", "One number per stage, one to six stages, such as 3, 4, 6, 3."
)
CHANNELS = matching(
    "widths", ".*", "", "Channels per stage", "Before a bottleneck's expansion of 4, such as 64, 128, 256, 512."
)
RIGHT: tuple[Param[Any], ...] = (
    PER_STAGE,
    CHANNELS,
    _count("groups", "Groups", "Groups of a bottleneck's 3×3: the cardinality of ResNeXt."),
    _count("base_width", "Base width", "Inner channels per group at width 64: 4 in ResNeXt, 128 in Wide ResNet."),
    _count("in_channels", "Input channels", "3 for RGB, 1 for grey."),
    _count("num_classes", "Classes", "Outputs of the classifier: 1,000 for ImageNet; 0 for none.", 0),
    _count("added_classes", "Classes after fc", "Outputs of a linear layer added after fc; 0 for none.", 0),
    flag("conv_bias", "Bias in convolutions", "Has no effect before a norm."),
    flag("zero_init_residual", "Start residuals at zero", "The weight γ of each block's last norm starts at 0."),
)
