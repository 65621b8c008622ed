"""Questions about whole networks: weights, layers, what is trained, what tables say."""

from __future__ import annotations

from random import Random

from explorer.architecture.presets import DEPTHS, preset
from explorer.architecture.published import PUBLISHED
from explorer.ui.cached import plan_of
from explorer.ui.learn.questions.question import Question
from explorer.views.numbers import in_short, percent, written

_SIZE = 224
_VALIDATION = 50_000
_IMAGENET = {"red": (0.485, 0.229), "green": (0.456, 0.224), "blue": (0.406, 0.225)}


def grouped_weights(random: Random) -> Question:
    """The weights of a 3×3 convolution in groups."""
    channels, groups = random.choice((64, 128, 256)), random.choice((4, 8, 32))
    full = 9 * channels**2
    return Question(
        values={"channels": channels, "groups": groups, "each": channels // groups},
        right=f"{full // groups:,}",
        wrong=(f"{full:,}", f"{full // groups**2:,}", f"{full * groups:,}"),
    )


def wider_weights(random: Random) -> Question:
    """By how much a convolution's weights grow when it gets wider on both sides."""
    times, channels = random.choice((2, 3, 4, 10)), random.choice((16, 32, 64))
    return Question(
        values={"times": times, "channels": channels, "wide": times * channels},
        right=f"{times**2}",
        wrong=(f"{times}", f"{times**3}", "1"),
    )


def layers_of_three_stages(random: Random) -> Question:
    """The depth of the paper's networks for CIFAR-10."""
    blocks = random.choice((3, 5, 7, 9, 12, 18, 27, 200))
    return Question(
        values={"blocks": blocks, "convolutions": f"{6 * blocks:,}"},
        right=f"{6 * blocks + 2:,}",
        # no stem and no last layer; one convolution a block; one stage
        wrong=(f"{6 * blocks:,}", f"{3 * blocks + 2:,}", f"{2 * blocks + 2:,}"),
    )


def which_fault(random: Random) -> Question:
    """Whether a deeper network fails to fit, overfits, or does better."""
    case = random.choice(("degradation", "overfitting", "better"))
    train, test = random.choice((0.04, 0.05, 0.06)), random.choice((0.09, 0.1, 0.11))
    more, less = random.choice((1.3, 1.4, 1.6)), random.choice((0.5, 0.6, 0.7))
    at_train, at_test = {"degradation": (more, more), "overfitting": (less, more), "better": (less, less)}[case]
    return Question(
        values={
            "train": percent(train),
            "test": percent(test),
            "deep_train": percent(train * at_train),
            "deep_test": percent(test * at_test),
        },
        right=case,
        wrong=tuple(other for other in ("degradation", "overfitting", "better") if other != case),
        case=case,
    )


def trained_in_head(random: Random) -> Question:
    """How many parameters are trained when only a new last layer is."""
    depth, classes = random.choice(tuple(DEPTHS)), random.choice((2, 3, 5, 10, 20))
    spec = preset(f"resnet{depth}").replace(num_classes=classes)
    plan = plan_of(spec, (_SIZE, _SIZE))
    head = next(row for row in plan.layers if row.kind == "linear")
    features = head.input_shape[0]
    return Question(
        values={"network": f"ResNet-{depth}", "classes": classes, "features": f"{features:,}"},
        right=f"{head.params:,}",
        # without the biases; the features once; all that is not trained
        wrong=(f"{features * classes:,}", f"{features + classes:,}", f"{plan.params - head.params:,}"),
    )


def pixel_prepared(random: Random) -> Question:
    """What a pixel becomes under ImageNet's preprocessing."""
    pixel, colour = random.choice((51, 102, 204, 255)), random.choice(tuple(_IMAGENET))
    mean, deviation = _IMAGENET[colour]
    share = pixel / 255
    right, bare, raw = (share - mean) / deviation, share - mean, (pixel - mean) / deviation
    return Question(
        values={"pixel": pixel, "share": f"{share:g}", "mean": mean, "deviation": deviation},
        right=written(right, 3),
        # not divided by the deviation; divided by nothing but 255; not divided by 255
        wrong=(written(bare, 3), f"{share:g}", written(raw, 3)),
        case=colour,
    )


def work_at_size(random: Random) -> Question:
    """The work of a network on a picture of another size."""
    depth, times = random.choice((18, 34, 50)), random.choice((2, 3))
    usual, larger = (plan_of(preset(f"resnet{depth}"), (side, side)).macs for side in (_SIZE, times * _SIZE))
    return Question(
        values={
            "network": f"ResNet-{depth}",
            "usual": in_short(usual),
            "side": _SIZE,
            "larger": times * _SIZE,
            "times": times,
            "square": times**2,
        },
        right=in_short(larger),
        wrong=(in_short(usual), in_short(times * usual), in_short(times**3 * usual)),
    )


def missed_pictures(random: Random) -> Question:
    """How many of ImageNet's validation pictures a network gets wrong."""
    depth = random.choice(tuple(DEPTHS))
    weights = random.choice(PUBLISHED[f"resnet{depth}"])
    missed, missed_by_five = (round(_VALIDATION * (1 - accuracy / 100)) for accuracy in (weights.acc1, weights.acc5))
    return Question(
        values={
            "network": f"ResNet-{depth}",
            "weights": weights.title,
            "acc1": f"{weights.acc1:g}",
            "acc5": f"{weights.acc5:g}",
        },
        right=f"{missed:,}",
        wrong=(f"{missed_by_five:,}", f"{_VALIDATION - missed:,}", f"{_VALIDATION - missed_by_five:,}"),
    )
