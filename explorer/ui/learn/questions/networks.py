"""Questions on whole networks: depth, blocks, shapes, shortcuts, and the price of a block."""

from __future__ import annotations

from random import Random

from explorer.architecture.presets import DEPTHS, preset
from explorer.ui.cached import plan_of
from explorer.ui.learn.questions.question import Question, apart
from explorer.views.numbers import shape_text
from explorer.views.tables import shortcut_counts

_IN_A_BLOCK = {"basic": 2, "bottleneck": 3}
_SIZE = (224, 224)


def depth_of(random: Random) -> Question:
    """The number in the name of a network, from its blocks."""
    kind = random.choice(sorted(_IN_A_BLOCK))
    stages = [random.randint(2, 3), random.randint(2, 8), random.randint(2, 36), random.randint(2, 3)]
    blocks, of_each = sum(stages), _IN_A_BLOCK[kind]
    dashed = 4 if kind == "bottleneck" else 3
    right = of_each * blocks + 2
    wrong = apart(str(right), str(of_each * blocks), str(right + dashed), str((5 - of_each) * blocks + 2))
    values = {"stages": ", ".join(map(str, stages)), "blocks": blocks, "of_each": of_each, "kind": kind}
    return Question(values, str(right), wrong, case=kind)


def blocks_of(random: Random) -> Question:
    """How many blocks a network of the paper has, from the number in its name."""
    depth = random.choice(list(DEPTHS))
    spec = preset(f"resnet{depth}")
    kind, right = spec.block, len(plan_of(spec, _SIZE).blocks)
    of_each = _IN_A_BLOCK[kind]
    wrong = apart(str(right), *map(str, (depth - 2, (depth - 2) // (5 - of_each), 2 * right, right + 2)))
    return Question({"depth": depth, "weighted": depth - 2, "of_each": of_each}, str(right), wrong[:3], case=kind)


def shape_of(random: Random) -> Question:
    """What leaves the first block of a stage for a picture of some size."""
    depth, stage = random.choice(list(DEPTHS)), random.randint(2, 4)
    side = 32 * random.choice([3, 5, 6, 8, 10])
    plan = plan_of(preset(f"resnet{depth}"), (side, side))
    channels, height, width = plan.blocks[f"layer{stage}.0"][-1].output_shape
    shapes = [(channels, height, width), (channels, 2 * height, 2 * width), (channels // 2, height, width)]
    right, *wrong = map(shape_text, [*shapes, (channels // 2, 2 * height, 2 * width)])
    values = {
        "network": f"ResNet-{depth}",
        "block": f"layer{stage}.0",
        "side": side,
        "stride": side // height,
        "stage": stage,
    }
    return Question(values | {"height": height, "channels": channels}, right, tuple(wrong))


def dashed(random: Random) -> Question:
    """How many shortcuts of a network are dashed."""
    depth = random.choice(list(DEPTHS))
    spec = preset(f"resnet{depth}")
    plan = plan_of(spec, _SIZE)
    right, blocks = shortcut_counts(plan)["projection"], len(plan.blocks)
    wrong = apart(str(right), "3", "4", "1", str(blocks))
    return Question({"depth": depth, "blocks": blocks}, str(right), wrong[:3], case=spec.block)


def projection_weights(random: Random) -> Question:
    """The weights of the projection on a shortcut."""
    given = random.choice([64, 96, 128, 256])
    made = given * random.choice([2, 4])
    right = f"{given * made:,}"
    wrong = apart(right, f"{9 * given * made:,}", f"{given + made:,}", f"{made * made:,}")
    return Question({"given": given, "made": f"{made:,}"}, right, wrong)


def joined(random: Random) -> Question:
    """The channels after some blocks that concatenate instead of adding."""
    channels, blocks = random.choice([16, 32, 64]), random.randint(3, 8)
    right = channels * (blocks + 1)
    others = (channels, channels * blocks, channels * 2**blocks)
    wrong = apart(f"{right:,}", *(f"{count:,}" for count in others))
    return Question({"channels": channels, "blocks": blocks, "times": blocks + 1}, f"{right:,}", wrong)


def cheaper(random: Random) -> Question:
    """Which has more weights: a basic block, or a bottleneck on more channels."""
    inner = random.choice([32, 64, 128])
    ratio = random.choice([2, 4, 8])
    wide = ratio * inner
    basic, bottleneck = 2 * 9 * inner**2, 2 * wide * inner + 9 * inner**2
    counts = {"inner": inner, "wide": f"{wide:,}", "basic": f"{basic:,}", "bottleneck": f"{bottleneck:,}"}
    right = "basic" if basic > bottleneck else "bottleneck"
    return Question(counts, right, tuple({"basic", "bottleneck"} - {right}))


def bottleneck_weights(random: Random) -> Question:
    """The weights of a bottleneck's three convolutions."""
    channels, ratio = random.choice([128, 256, 512]), random.choice([2, 4, 8])
    inner = channels // ratio
    outside, inside = channels * inner, 9 * inner**2
    right = f"{2 * outside + inside:,}"
    others = (18 * channels**2, outside + inside, 9 * (2 * outside + inside), 2 * outside + inner**2)
    values = {"channels": channels, "inner": inner, "outside": f"{outside:,}", "inside": f"{inside:,}"}
    return Question(values, right, apart(right, *(f"{count:,}" for count in others))[:3])
