"""What a pickled model says of its modules, held against the network that its weights fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from torch import nn

from explorer.architecture.spec import DEFAULTS, OUTPUT_STRIDE, OUTPUT_STRIDES, ResNetSpec
from explorer.model.families import model_family

Modules = Mapping[str, Mapping[str, Any]]

_COMPARED = ("kernel_size", "stride", "padding", "dilation", "groups", "num_groups", "eps", "padding_mode")
_NORMS = ("BatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm")


def settled(spec: ResNetSpec, modules: Modules) -> tuple[ResNetSpec, tuple[str, ...]]:
    """The network of the same weights whose modules are the file's, and in what they differ still.

    Args:
        spec: a network that the weights fit.
        modules: class and numbers of the file's modules by their names in the network.
    """
    dilates = any(_plain(module.get("dilation", 1)) != 1 for module in modules.values())
    strides = [DEFAULTS[OUTPUT_STRIDE], *(one for one in OUTPUT_STRIDES if dilates and one < spec.own_stride)]
    options = [
        spec.replace(stride_on=stride_on, antialias=antialias, norm=norm, output_stride=output_stride)
        for stride_on, antialias, norm, output_stride in product(
            dict.fromkeys((spec.stride_on, "3x3", "1x1")),
            (False, True),
            ("batch", "instance") if spec.norm == "batch" else (spec.norm,),
            dict.fromkeys(strides),
        )
    ]
    found = {option: tuple(_differences(option, modules)) for option in options}
    return min(found.items(), key=lambda one: len(one[1]))


def _differences(spec: ResNetSpec, modules: Modules) -> Iterator[str]:
    classes = [str(module.get("class", "")) for module in modules.values()]
    if any("blur" in name.casefold() for name in classes) != spec.antialias:
        yield "blur pools stand in one of them and not in the other"
    if any(name.endswith("MaxPool2d") for name in classes) != (spec.stem != "cifar"):
        yield "a max pool stands in one of them and not in the other"
    others = {name.rpartition(".")[2] for name in classes if ".activation." in name} - {"ReLU"}
    if others:
        yield f"the file has {' and '.join(sorted(others))} for ReLU"
    for name, module in model_family(spec).build(device="meta").named_modules():
        theirs = modules.get(name)
        if theirs is not None:
            yield from _of_module(name, module, theirs)


def _of_module(name: str, ours: nn.Module, theirs: Mapping[str, Any]) -> Iterator[str]:
    norm = next((kind for kind in _NORMS if kind in type(ours).__name__), "")
    other = next((kind for kind in _NORMS if kind in str(theirs.get("class", ""))), norm)
    if norm != other:
        yield f"{name} is of the kind {other} in the file and {norm} here"
        return
    for number in _COMPARED:
        if hasattr(ours, number) and number in theirs:
            here, there = _plain(getattr(ours, number)), _plain(theirs[number])
            if here != there:
                yield f"{name} has {number} {there} in the file and {here} here"


def _plain(value: Any) -> Any:
    """One number for a window that is the same in both directions."""
    if isinstance(value, tuple | list) and len(set(value)) == 1:
        return value[0]
    return value
