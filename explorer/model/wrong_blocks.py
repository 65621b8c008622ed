"""The blocks that go wrong, run for real: every step with its shape, torch's own message, and what a silent sum is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import NAME, block_network
from explorer.architecture.wrong_blocks import PROJECTION, Attempt, Shape, Step
from explorer.model.build import NetworkModule, build, calls

BATCHES = (0, 1, 10, 100)
"""After how many batches in train mode the effect of a bias is measured."""
_KEPT = 0.9  # of the running statistics, by every batch


def wrong_module(block: BlockSpec, *, conv3d: bool = False) -> NetworkModule:
    """The module of a block that goes wrong, every call a child of its own, on the CPU; torch draws its weights.

    Args:
        block: what is built.
        conv3d: whether the 1×1 of its shortcut is a ``Conv3d``, of the same weights.
    """
    module = build(replace(block_network(block), weights="default"), device="cpu", seed=0)
    if conv3d:
        flat = module.get_submodule(f"{NAME}.{PROJECTION}")
        assert isinstance(flat, nn.Conv2d)
        deep = nn.Conv3d(flat.in_channels, flat.out_channels, 1, stride=flat.stride[0], device="meta")
        deep.weight, deep.bias = nn.Parameter(flat.weight[..., None]), flat.bias
        module.get_submodule(f"{NAME}.downsample").add_module("0", deep)
    return module


@dataclass(frozen=True, eq=False, kw_only=True)
class Sum:
    """What was added, of the first picture.

    Attributes:
        main: the main path's part, ``(C, H, W)``.
        shortcut: the shortcut's part, ``(C, H, W)``.
        total: the sum as torch made it, ``(C, H, W)``.
    """

    main: np.ndarray
    shortcut: np.ndarray
    total: np.ndarray


@dataclass(frozen=True, kw_only=True)
class BiasEffect:
    """How far a block's output moves by the biases in front of its norms: the largest difference over one batch.

    Attributes:
        train: in train mode.
        evaluation: in eval mode, by the number of batches that the running statistics have seen.
        largest_output: the largest output in train mode, to hold the differences against.
    """

    train: float
    evaluation: dict[int, float]
    largest_output: float


def attempt(block: BlockSpec, shape: Shape, *, conv3d: bool) -> tuple[Attempt, Sum | None]:
    """Run a block in train mode on the CPU and write down every step.

    Args:
        block: what is run.
        shape: of its input, random normal values, ``(N, C, H, W)`` with N of 2 or more.
        conv3d: whether the layer of its shortcut is a ``Conv3d``.

    Returns:
        What came of it, and what was added; None when the addition was refused or never reached.
    """
    module = wrong_module(block, conv3d=conv3d)
    steps = {op.name: Step(name=op.name) for _, op in calls(module.network)}
    parts: list[Tensor] = []

    def before(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def write(_: nn.Module, arriving: tuple[Tensor, ...]) -> None:
            steps[name] = Step(name=name, arriving=tuple(tuple(x.shape) for x in arriving))

        return write

    def after(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def write(_: nn.Module, arriving: tuple[Tensor, ...], leaving: Tensor) -> None:
            steps[name] = replace(steps[name], leaving=tuple(leaving.shape))
            if name == "add":
                parts.extend((*arriving, leaving))

        return write

    for name in steps:
        child = module.get_submodule(f"{NAME}.{name}")
        child.register_forward_pre_hook(before(name))
        child.register_forward_hook(after(name))
    error = ""
    with torch.no_grad():
        try:
            module(_input(shape))
        except RuntimeError as refusal:
            error = f"{type(refusal).__name__}: {refusal}"
    done = Attempt(block=block, conv3d=conv3d, shape=shape, steps=tuple(steps.values()), error=error)
    return done, Sum(**dict(zip(("main", "shortcut", "total"), map(_first, parts), strict=True))) if parts else None


def bias_effect(block: BlockSpec, shape: Shape) -> BiasEffect:
    """Run a block with its biases and without them, all other weights equal, and compare the outputs.

    The running mean takes in a tenth of the bias with every batch, so that after n batches 0.9ⁿ of it is left in eval
    mode. n batches that are all alike do to the running statistics what one does with a momentum of 1 − 0.9ⁿ.

    Args:
        block: one with biases in front of its norms that runs.
        shape: of the batch, ``(N, C, H, W)``.
    """
    biased, plain = wrong_module(block), wrong_module(block.replace(conv_bias=False))
    plain.load_state_dict(biased.state_dict(), strict=False)
    x = _input(shape)
    evaluation = {}
    with torch.no_grad():
        in_train, without = biased(x), plain(x)
        for seen in BATCHES:
            outputs = [_after(module, x, seen) for module in (biased, plain)]
            evaluation[seen] = _largest(outputs[0] - outputs[1])
    return BiasEffect(train=_largest(in_train - without), evaluation=evaluation, largest_output=_largest(in_train))


def _after(module: NetworkModule, x: Tensor, batches: int) -> Tensor:
    """The output in eval mode after so many batches like this one in train mode."""
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.reset_running_stats()
            norm.momentum = 1 - _KEPT**batches
    module.train()(x)
    return module.eval()(x)


def _input(shape: Shape) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


def _first(x: Tensor) -> np.ndarray:
    return x[0].numpy()


def _largest(x: Tensor) -> float:
    return float(x.abs().max())
