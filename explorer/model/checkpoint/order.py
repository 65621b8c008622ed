"""Tensors whose names say nothing, matched with a ResNet by their order and shapes, as far as that decides.

What may be opened so is a file in the order of a module's own ``state_dict()``: the main path of a block before its
shortcut, or behind it. Two tensors of one shape that changed places cannot be seen, and nothing is sorted to make it
fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby, product
from typing import Any

from torch import Tensor

from explorer.architecture.block_spec import EXPANSION, Order
from explorer.architecture.families import DescribedSpec
from explorer.architecture.spec import ResNetSpec, Stem
from explorer.errors import SpecError
from explorer.model.checkpoint.recognise import Shapes

_ORDERS: tuple[Order, ...] = ("post", "pre")
_NUMBERED = re.compile(r"(\D*)(\d+)((?:\.[a-z_]+)?)")
_LEAVES = ("weight", "bias", "running_mean", "running_var")
_OF_A_NORM = (_LEAVES, ("bias", "running_mean", "running_var", "weight"))
"""The order of a module's own tensors, and that of the alphabet."""


def matched_by_order(
    tensors: Mapping[str, Tensor], expected: Callable[[DescribedSpec], Shapes]
) -> tuple[tuple[ResNetSpec, dict[str, str]], ...]:
    """Every network that the tensors fit in their order, with the names in the file by those in the network.

    Args:
        tensors: in the file's order.
        expected: shapes of a network's tensors, without counters, in the order of its own ``state_dict()``.

    Returns:
        One where order and shapes decide; several where they do not; none where nothing fits.
    """
    names = [name for name in in_order(tensors) if tensors[name].dim()]
    shapes = [tuple(tensors[name].shape) for name in names]
    found: list[tuple[ResNetSpec, dict[str, str]]] = []
    for spec in dict.fromkeys(_specs(shapes)):
        network = expected(spec)
        for arranged in _arrangements(network):
            if [network[name] for name in arranged] == shapes:
                given = dict(zip(arranged, names, strict=True))
                if _agree(given, tensors) and (spec, given) not in found:
                    found.append((spec, given))
    return tuple(found)


def in_order(tensors: Mapping[str, Tensor]) -> list[str]:
    """By their number where the names are one word and a number, which a file may have sorted as text."""
    found = [_NUMBERED.fullmatch(name) for name in tensors]
    numbered = [match for match in found if match]
    if len(numbered) == len(found) and len({match[1] for match in numbered}) == 1:
        return [match[0] for match in sorted(numbered, key=lambda match: int(match[2]))]
    return list(tensors)


def _specs(shapes: Sequence[tuple[int, ...]]) -> Iterator[ResNetSpec]:
    """Networks that so many convolutions of such sides can be of."""
    convs = [shape for shape in shapes if len(shape) == 4]
    linear = [shape for shape in shapes if len(shape) == 2]
    if len(convs) < 3 or len(linear) > 1:
        return
    vectors = sum(len(shape) == 1 for shape in shapes) - len(linear)
    for deep in {False, convs[0][-1] == 3 and len(convs) > 4}:
        stem: Stem = "deep" if deep else "imagenet" if convs[0][-1] == 7 else "cifar"
        for fields in _stages(convs[3 if deep else 1 :]):
            shortcuts: Sequence[Any] = ("A",) if fields.pop("plain") else ("B", "C", "D") if deep else ("B", "C")
            choices = product(_norms(vectors / len(convs)), shortcuts, _ORDERS, (True, False))
            for norm, shortcut, order, normed in choices:
                with suppress(SpecError):
                    yield ResNetSpec(
                        **fields,
                        **norm,
                        stem=stem,
                        shortcut=shortcut,
                        order=order,
                        shortcut_norm=normed,
                        in_channels=convs[0][1],
                        num_classes=linear[0][0] if linear else 0,
                    )


def _norms(vectors_per_conv: float) -> list[dict[str, Any]]:
    """The norm and whether convolutions have a bias; a projection without a norm makes it less than the whole."""
    vectors = {"batch": 4, "group": 2, "none": 0}
    return [
        {"norm": norm, "conv_bias": biased}
        for norm, biased in product(vectors, (False, True))
        if abs(vectors[norm] + biased - vectors_per_conv) < 1
    ]


def _stages(convs: Sequence[tuple[int, ...]]) -> Iterator[dict[str, Any]]:
    """Blocks, widths and groups of the convolutions behind the stem, as basic and as bottleneck blocks."""
    windows = [i for i, shape in enumerate(convs) if shape[-1] == 3]
    points = len(convs) - len(windows)
    if len(windows) % 2 == 0 and points < len(windows):
        yield _counted("basic", [convs[i][0] for i in windows[1::2]], plain=points == 0)
    if windows and windows[-1] + 1 < len(convs) and points >= 2 * len(windows):
        outs = [convs[i + 1][0] for i in windows]
        if all(out % EXPANSION["bottleneck"] == 0 for out in outs):
            inner, per_group = convs[windows[0]][:2]
            width = outs[0] // EXPANSION["bottleneck"]
            groups = {"groups": inner // per_group, "base_width": round(per_group * 64 / width)}
            yield _counted("bottleneck", [out // EXPANSION["bottleneck"] for out in outs], plain=False) | groups


def _counted(block: str, widths: Sequence[int], *, plain: bool) -> dict[str, Any]:
    runs = [(width, len(list(run))) for width, run in groupby(widths)]
    return {
        "block": block,
        "widths": tuple(width for width, _ in runs),
        "depths": tuple(count for _, count in runs),
        "plain": plain,
    }


def _arrangements(network: Shapes) -> Iterator[list[str]]:
    """Orders in which a module may have a network's tensors: a shortcut behind or before its main path."""
    blocks = [list(run) for _, run in groupby(network, key=_block_of)]
    first = [name for run in blocks for name in sorted(run, key=lambda name: ".downsample." not in name)]
    for names, leaves in product((list(network), first), _OF_A_NORM):
        modules = groupby(names, key=lambda name: name.rpartition(".")[0])
        yield [
            name
            for _, run in modules
            for name in sorted(run, key=lambda name: leaves.index(name.rpartition(".")[2]) if len(network[name]) else 0)
        ]


def _block_of(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0].startswith("layer") else ""


def _agree(given: Mapping[str, str], tensors: Mapping[str, Tensor]) -> bool:
    """Whether values and what the names do say speak for it: modules stay together, variances are not negative."""
    modules: dict[str, str] = {}
    for ours, theirs in given.items():
        module, _, leaf = ours.rpartition(".")
        other, _, said = theirs.rpartition(".")
        if said in _LEAVES and (said != leaf or modules.setdefault(module, other) != other):
            return False
    variances = [tensors[name] for ours, name in given.items() if ours.endswith("running_var")]
    if any(bool((variance < 0).any()) or not bool(variance.any()) for variance in variances):
        return False
    weights = [tensors[name] for ours, name in given.items() if ours.endswith("weight") and tensors[name].dim() == 1]
    return all(float(weight.mean()) >= 0 for weight in weights) and (
        not weights or any(bool(weight.any()) for weight in weights)
    )
