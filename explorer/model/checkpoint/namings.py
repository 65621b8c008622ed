"""How others name the parts of a residual network, and what they are called here.

A naming is found by its anchor, a tensor that every network of that naming has; whatever stands before it is the
prefix. Then its rules are applied to each name, one after the other, and behind them the rules that hold for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Rule = tuple[str, str | Callable[[re.Match[str]], str]]
Rules = tuple[Rule, ...]


@dataclass(frozen=True)
class Same:
    """A part of a name as others have it and as it is here, to be read both ways.

    What begins without a dot is the beginning of the name.

    Attributes:
        there: what others write; ``#`` stands for a number.
        here: what is written here; likewise.
        shift: how much larger the number is here.
    """

    there: str
    here: str
    shift: int = 0

    def read(self) -> Rule:
        """The rule that makes our name of theirs."""
        return _rule(self.there, self.here, self.shift)

    def written(self) -> Rule:
        """The rule that makes their name of ours."""
        return _rule(self.here, self.there, -self.shift)


def _rule(of: str, into: str, shift: int) -> Rule:
    pattern = ("" if of.startswith(".") else "^") + re.escape(of).replace(r"\#", r"(\d+)")
    return pattern, lambda match: into.replace("#", str(int(match[1]) + shift)) if "#" in into else into


@dataclass(frozen=True)
class Naming:
    """Whose names they are.

    Attributes:
        owner: for the sentence; empty where they are torchvision's, as here.
        anchor: ends the name of a tensor that is there in every such network, once in each network.
        rules: patterns and what stands in their place, from the names behind the prefix.
        merged: whether norms have their mean and variance within scale and shift.
        facts: fields that are so in every network of this naming, though weights do not show them.
        table: the rules as a table that is read both ways; none where names of this kind are only read.
        body: what stands before all names but the classifier's when they are written.
        head: what the classifier is called then.
    """

    owner: str
    anchor: str
    rules: Callable[[Collection[str]], Rules]
    facts: Mapping[str, Any] = field(default_factory=dict)
    merged: bool = False
    table: tuple[Same, ...] = ()
    body: str = ""
    head: str = "fc."

    def prefixes(self, names: Collection[str]) -> tuple[str, ...]:
        """What stands before the names of each network of this naming; nothing, ``module.`` or more."""
        found = (re.fullmatch(rf"(|.*?[./])(?:{self.anchor})", name) for name in names)
        return tuple(dict.fromkeys(match[1] for match in found if match))

    def renamed(self, names: Collection[str]) -> dict[str, str]:
        """The names of here by those of there; two never become one."""
        rules = [(re.compile(pattern), into) for pattern, into in (*self.rules(names), *_stem(names), *_EVERYWHERE)]
        new: dict[str, str] = {}
        taken: set[str] = set()
        for name in names:
            short = name
            for pattern, into in rules:
                short = pattern.sub(into, short)
            new[name] = name if short in taken else short
            taken.add(new[name])
        return new

    def written(self, names: Collection[str]) -> dict[str, str]:
        """The names of there by those of here, of a naming with a table."""
        rules = [(re.compile(pattern), into) for pattern, into in (same.written() for same in self.table)]
        new = {}
        for name in names:
            there = name
            for pattern, into in rules:
                there = pattern.sub(into, there)
            is_head = name.startswith("fc.")
            new[name] = f"{self.head}{name.removeprefix('fc.')}" if is_head else f"{self.body}{there}"
        return new


def _always(*rules: tuple[str, str | Callable[[re.Match[str]], str]]) -> Callable[[Collection[str]], Rules]:
    return lambda names: rules


def _stage(shift: int) -> Callable[[re.Match[str]], str]:
    """``layer1.`` for a stage that is numbered from elsewhere."""
    return lambda match: f"layer{int(match[1]) + shift}."


def _numbered(names: Collection[str]) -> Rules:
    """``nn.Sequential(*model.children())``: 0 and 1 are the stem, the first with blocks is layer1, the last may be fc.

    Layers without parameters have a number too, so that only the order counts.
    """
    stages = sorted({int(match[1]) for name in names if (match := re.match(r"(\d+)\.\d+\.(?:conv|bn)\d", name))})
    others = sorted({int(match[1]) for name in names if (match := re.match(r"(\d+)\.", name))} - set(stages))
    stem = [number for number in others if stages and number < stages[0]]
    head = [number for number in others if stages and number > stages[-1]]
    rules = [(rf"^{number}\.", f"layer{i}.") for i, number in enumerate(stages, start=1)]
    rules += [(rf"^{number}\.", name) for number, name in zip(stem, ("conv1.", "bn1."), strict=False)]
    norm = [number for number in head if f"{number}.running_mean" in names]
    rules += [(rf"^{number}\.", "norm.") for number in norm[:1]]
    rules += [(rf"^{number}\.", "fc.") for number in head if number not in norm][:1]
    return tuple(rules)


def _stem(names: Collection[str]) -> Rules:
    """Stems that are a module of their own."""
    if "stem.2.conv.weight" in names:  # mmpretrain's deep stem
        return (r"^stem\.([012])\.conv\.", _deep_conv), (r"^stem\.([012])\.(?:bn|gn)\.", _deep_norm)
    if "stem.6.weight" in names:  # mmdetection's and mmsegmentation's
        return ((r"^stem\.7\.", "bn1."), (r"^stem\.", "conv1."))
    if any(name.startswith(("layer0.0.", "layer0.1.", "stem.0.", "stem.1.")) for name in names):
        return ((r"^(?:layer0|stem)\.0\.(?!\d)", "conv1."), (r"^(?:layer0|stem)\.1\.(?!\d)", "bn1."))
    return ((r"^(?:layer0|stem)\.(conv1|bn1)\.", r"\1."),)


def _deep_conv(match: re.Match[str]) -> str:
    return f"conv1.{3 * int(match[1])}."


def _deep_norm(match: re.Match[str]) -> str:
    return "bn1." if match[1] == "2" else f"conv1.{3 * int(match[1]) + 1}."


_EVERYWHERE: Rules = (
    (r"\.shortcut\.(\d)\.", r".downsample.\1."),  # kuangliu/pytorch-cifar
    (r"(^|\.)(?:gn|in|norm)(\d)\.", r"\1bn\2."),  # mmcv calls a norm after its kind
    (r"\.se_layer\.conv([12])\.conv\.", r".se.fc\1."),  # mmpretrain
    (r"\.se\.fc\.0\.", ".se.fc1."),  # moskomule/senet.pytorch
    (r"\.se\.fc\.2\.", ".se.fc2."),
    (r"^(layer\d+\.\d+)\.fc([12])\.", r"\1.se.fc\2."),  # kuangliu/pytorch-cifar, senet.py
)

_TABLE = (
    Same("embedder.embedder.convolution.", "conv1."),
    Same("embedder.embedder.normalization.", "bn1."),
    Same("encoder.stages.#.layers.", "layer#.", shift=1),
    Same(".shortcut.convolution.", ".downsample.0."),
    Same(".shortcut.normalization.", ".downsample.1."),
    Same(".layer.#.convolution.", ".conv#.", shift=1),
    Same(".layer.#.normalization.", ".bn#.", shift=1),
)
HUGGING_FACE = Naming(
    "Hugging Face",
    r"encoder\.stages\.0\.layers\.0\.layer\.0\.convolution\.weight",
    _always(*(same.read() for same in _TABLE)),
    table=_TABLE,
    body="resnet.",
    head="classifier.1.",
)
"""Of transformers/models/resnet/modeling_resnet.py, ``ResNetForImageClassification``."""

NAMINGS: tuple[Naming, ...] = (
    # torchvision, timm, mmpretrain, kuangliu, akamaster, bearpaw, chenyaofo
    Naming("", r"layer1\.0\.conv1\.weight", _always()),
    # yunjey/stargan, whose generator is described here too
    Naming("", r"main\.0\.weight", _always()),
    HUGGING_FACE,
    # detectron2/modeling/backbone/resnet.py
    Naming(
        "detectron2",
        r"res2\.0\.conv1\.weight",
        _always(
            (r"^stem\.fc\.|^linear\.", "fc."),
            (r"^stem\.conv1\.norm\.", "bn1."),
            (r"^stem\.conv1\.", "conv1."),
            (r"^res(\d+)\.", _stage(-1)),
            (r"\.shortcut\.norm\.", ".downsample.1."),
            (r"\.shortcut\.", ".downsample.0."),
            (r"\.conv(\d)\.norm\.", r".bn\1."),
        ),
    ),
    # detectron2/checkpoint/c2_model_loading.py: the names of Caffe2 and their stride on the first 1×1
    Naming(
        "Caffe2",
        r"res2_0_branch2a_w",
        _always(
            (r"^(?:fc1000|pred)_", "fc."),
            (r"^res_conv1_bn_", "bn1."),
            (r"^conv1_", "conv1."),
            (r"^res(\d)_(\d+)_", lambda match: f"layer{int(match[1]) - 1}.{match[2]}."),
            (r"branch1_bn_", "downsample.1."),
            (r"branch1_", "downsample.0."),
            (r"branch2([abc])_bn_", lambda match: f"bn{'abc'.index(match[1]) + 1}."),
            (r"branch2([abc])_", lambda match: f"conv{'abc'.index(match[1]) + 1}."),
            (r"\.(?:w|s)$", ".weight"),
            (r"\.(?:b|beta)$", ".bias"),
            (r"\.gamma$", ".weight"),
            (r"\.rm$", ".running_mean"),
            (r"\.riv$", ".running_var"),
        ),
        {"stride_on": "1x1"},
        merged=True,
    ),
    # weiaicunzai/pytorch-cifar100, models/resnet.py
    Naming(
        "weiaicunzai's pytorch-cifar100",
        r"conv2_x\.0\.residual_function\.0\.weight",
        _always(
            (r"^conv1\.0\.", "conv1."),
            (r"^conv1\.1\.", "bn1."),
            (r"^conv(\d+)_x\.", _stage(-1)),
            (r"\.residual_function\.([036])\.", lambda match: f".conv{int(match[1]) // 3 + 1}."),
            (r"\.residual_function\.([147])\.", lambda match: f".bn{int(match[1]) // 3 + 1}."),
        ),
    ),
    # a list of stages
    Naming(
        "a list of stages",
        r"(?:layers|stages|blocks)\.0\.0\.conv1\.weight",
        _always((r"^(?:layers|stages|blocks)\.(\d+)\.(?=\d)", _stage(1))),
    ),
    # nn.Sequential(*model.children()), and fastai, which has its body in 0 and its head in 1
    Naming("a Sequential of the network's parts", r"(?:[2-5])\.0\.conv1\.weight", _numbered),
)
