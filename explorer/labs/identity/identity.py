"""When a block passes its input on unchanged: a main path of zeros, blocks appended, and what a weight's scale does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.describe import describe
from explorer.architecture.operations import Op
from explorer.architecture.spec import MAX_BLOCKS, ResNetSpec
from explorer.architecture.tree import Gate, Residual, ops_of
from explorer.errors import LabError
from explorer.labs.training.state import fill, weights_of
from explorer.model.build import NetworkModule, build
from explorer.model.forward import passed, run
from explorer.model.guard import Mode, borrowed, exclusive
from explorer.model.precision import in_double

Reason = Literal["identity", "plain", "projection", "padding", "last ReLU", "main path"]


@dataclass(frozen=True, kw_only=True)
class BlockIdentity:
    """Whether a block outputs what arrives at it.

    Attributes:
        block: its name, ``layer1.0``.
        exact: whether every value is the same to the last bit.
        reason: "identity" where it is exact; else what stands in the way: no shortcut at all, a projection, zero
            padding, the last ReLU that cuts off negative inputs, or a main path that does not put out 0.
        share: of the values that are unchanged, 0 to 1; NaN where the shape changes.
        largest: largest difference between a value and its input; NaN where the shape changes.
    """

    block: str
    exact: bool
    reason: Reason
    share: float
    largest: float


@dataclass(frozen=True, kw_only=True)
class ScaleEffect:
    """What a factor on the weights in front of every norm does to the outputs.

    Attributes:
        factor: of the weights.
        layers: the convolutions that were scaled.
        train: largest difference of the logits over their largest size, norms in train mode: nothing but ε's share.
        eval: likewise in eval mode, where the running statistics are still those of the weights before.
    """

    factor: float
    layers: tuple[str, ...]
    train: float
    eval: float


def zero_main_paths(model: NetworkModule, blocks: Iterable[str] | None = None) -> None:
    """Set every weight and bias of main paths to 0, those of their norms too.

    Args:
        model: from ``build``; it is changed.
        blocks: names of blocks; None for all.
    """
    wanted = None if blocks is None else set(blocks)
    with exclusive(model), torch.no_grad():
        for node in model.network.blocks():
            if wanted is None or node.name in wanted:
                for part in node.main:
                    for op in ops_of(part):
                        for parameter in model.get_submodule(f"{node.name}.{op.name}").parameters():
                            parameter.zero_()


def block_identities(model: NetworkModule, images: Tensor, *, mode: Mode = "eval") -> tuple[BlockIdentity, ...]:
    """Which blocks pass these pictures on as they arrive, and what keeps the others from it.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.
        mode: of the norms.
    """
    ends: dict[str, tuple[Tensor, Tensor]] = {}
    arrived: dict[str, Tensor] = {}
    residual_is_zero: dict[str, bool] = {}
    firsts, lasts, residuals = {}, {}, {}
    for node in model.network.blocks():
        rows = [f"{node.name}.{op.name}" for op in ops_of(node)]
        firsts[rows[0]], lasts[rows[-1]] = node.name, node.name
        residuals[f"{node.name}.{list(ops_of(node.main[-1]))[-1].name}"] = node.name

    def watch(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name in firsts:
            arrived[firsts[name]] = arriving[0]
        if name in residuals:
            residual_is_zero[residuals[name]] = not output.any()
        if name in lasts:
            block = lasts[name]
            ends[block] = (arrived.pop(block), output)

    found = []
    run(model, images, watch, mode=mode)
    for node in model.network.blocks():
        found.append(_identity(node, *ends[node.name], residual_is_zero[node.name]))
    return tuple(found)


def append_identity_blocks(
    spec: ResNetSpec, weights: Mapping[str, np.ndarray], *, stage: int, count: int = 1
) -> tuple[ResNetSpec, dict[str, np.ndarray]]:
    """A deeper network that computes the same: blocks at the end of a stage whose main path is 0.

    Args:
        spec: the network.
        weights: its parameters and buffers.
        stage: counted from 1.
        count: how many blocks.

    Returns:
        The deeper network and its weights.

    Raises:
        LabError: the network's blocks cannot be the identity in this way, or there is no room for more.
    """
    if spec.is_plain:
        raise LabError("A plain block whose weights are 0 outputs 0 and not its input: choose a residual network.")
    if spec.shortcut == "C":
        raise LabError("Every shortcut of option C is a projection, so no block is the identity: choose A, B or D.")
    if not 1 <= stage <= len(spec.depths):
        raise LabError(f"The network has the stages 1 to {len(spec.depths)}, not {stage}.")
    blocks = spec.depths[stage - 1]
    if count < 1 or blocks + count > MAX_BLOCKS:
        raise LabError(
            f"A stage has at most {MAX_BLOCKS} blocks and this one has {blocks}: append 1 or more, and fewer."
        )
    deeper = spec.replace(depths=(*spec.depths[: stage - 1], blocks + count, *spec.depths[stage:]))
    model = build(describe(deeper), device="cpu")
    fill(model, weights)
    zero_main_paths(model, [f"layer{stage}.{blocks + i}" for i in range(count)])
    return deeper, weights_of(model)


def scale_before_norms(model: NetworkModule, images: Tensor, factor: float) -> ScaleEffect:
    """Multiply the weights of all convolutions in front of a norm, and see what becomes of the outputs.

    Args:
        model: from ``build``; it is given back as it was.
        images: ``(N, C, H, W)``.
        factor: above 0.

    Raises:
        LabError: no convolution has a norm behind it, or the factor is not above 0.
    """
    layers = before_norms(model)
    if not layers:
        raise LabError("No convolution of this network is followed by a norm: choose a norm.")
    if not factor > 0:
        raise LabError(f"The factor is {factor:g}; it must be above 0.")
    before = {mode: _logits(model, images, mode) for mode in _MODES}
    with _scaled(model, layers, factor):
        after = {mode: _logits(model, images, mode) for mode in _MODES}
    train, evaluated = (_difference(before[mode], after[mode]) for mode in _MODES)
    return ScaleEffect(factor=factor, layers=layers, train=train, eval=evaluated)


def before_norms(model: NetworkModule) -> tuple[str, ...]:
    """The convolutions whose output goes straight into a norm."""
    found: list[str] = []
    for section in model.network.sections:
        loose = [node for node in section.nodes if isinstance(node, Op)]
        found += _pairs(loose, "")
        for node in section.nodes:
            if isinstance(node, Residual):
                for path in (node.before, node.main, node.shortcut):
                    found += _pairs(path, f"{node.name}.")
    return tuple(found)


_MODES: tuple[Mode, Mode] = ("train", "eval")


def _pairs(path: Iterable[Op | Gate], prefix: str) -> list[str]:
    return [
        f"{prefix}{op.name}"
        for op, behind in pairwise(path)
        if isinstance(op, Op) and isinstance(behind, Op) and op.kind == "conv" and behind.kind == "norm"
    ]


def _identity(node: Residual, x: Tensor, out: Tensor, residual_is_zero: bool) -> BlockIdentity:
    if x.shape != out.shape:
        nan = float("nan")
        return BlockIdentity(block=node.name, exact=False, reason=_reason(node, True), share=nan, largest=nan)
    same = x == out
    exact = bool(same.all())
    return BlockIdentity(
        block=node.name,
        exact=exact,
        reason="identity" if exact else _reason(node, residual_is_zero),
        share=float(in_double(same).mean()),
        largest=float((out - x).abs().max()),
    )


def _reason(node: Residual, residual_is_zero: bool) -> Reason:
    """What keeps a block from passing its input on."""
    match node.shortcut_kind:
        case "none":
            return "plain"
        case "projection" | "padding" as kind:
            return kind
    return "last ReLU" if residual_is_zero else "main path"


@contextmanager
def _scaled(model: NetworkModule, layers: Iterable[str], factor: float) -> Iterator[None]:
    with exclusive(model), torch.no_grad():
        parameters = [p for layer in layers for p in model.get_submodule(layer).parameters()]
        kept = [parameter.clone() for parameter in parameters]
        try:
            for parameter in parameters:
                parameter.mul_(factor)
            yield
        finally:
            for parameter, before in zip(parameters, kept, strict=True):
                parameter.copy_(before)


def _logits(model: NetworkModule, images: Tensor, mode: Mode) -> Tensor:
    with borrowed(model, mode):
        return passed(model, images)


def _difference(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max() / one.abs().max())
