"""The blocks that go wrong, run for real: every step with its shape, torch's own message, and what a silent sum is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from explorer.architecture.wrong_blocks import MAIN, Attempt, CodeBlock, Shape, Step
from explorer.model.build import Add

BATCHES = (0, 1, 10, 100)
"""After how many batches in train mode the effect of a bias is measured."""
_KEPT = 0.9  # of the running statistics, by every batch


class WrongBlock(nn.Module):
    """The module of a ``CodeBlock``, every call a child of its own.

    Args:
        block: what is built.
        seed: of the weights, which are drawn as torch draws them, from a generator of their own.
    """

    def __init__(self, block: CodeBlock, *, seed: int = 0) -> None:
        super().__init__()
        given, made = block.channels_in, block.channels_out
        with torch.device("meta"):  # nobody else's random numbers change
            self.conv1 = nn.Conv2d(given, made, 3, stride=block.stride, padding=block.padding, bias=block.bias)
            self.bn1 = nn.BatchNorm2d(made)
            self.relu1 = nn.ReLU()
            self.conv2 = nn.Conv2d(made, made, 3, padding=block.padding, bias=block.bias)
            self.bn2 = nn.BatchNorm2d(made)
            if block.shortcut != "identity":
                conv = nn.Conv2d if block.shortcut == "Conv2d" else nn.Conv3d
                self.conv3 = conv(given, made, 1, stride=block.shortcut_stride)
            self.add = Add()
            self.relu2 = nn.ReLU()
        self.to_empty(device="cpu")
        _draw(self, torch.Generator().manual_seed(seed))

    def forward(self, x: Tensor) -> Tensor:
        """Carry x of shape ``(N, C, H, W)`` through the block, the main path before the shortcut."""
        main = x
        for name in MAIN:
            main = self.get_submodule(name)(main)
        shortcut = self.conv3(x) if hasattr(self, "conv3") else x
        return self.relu2(self.add(main, shortcut))


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


def attempt(block: CodeBlock, shape: Shape) -> tuple[Attempt, Sum | None]:
    """Run a block in train mode on the CPU and write down every step.

    Args:
        block: what is run.
        shape: of its input, random normal values, ``(N, C, H, W)`` with N of 2 or more.

    Returns:
        What came of it, and what was added; None when the addition was refused or never reached.
    """
    module = WrongBlock(block)
    steps = {name: Step(name=name) for name, _ in module.named_children()}
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

    for name, child in module.named_children():
        child.register_forward_pre_hook(before(name))
        child.register_forward_hook(after(name))
    error = ""
    with torch.no_grad():
        try:
            module(_input(shape))
        except RuntimeError as refusal:
            error = f"{type(refusal).__name__}: {refusal}"
    done = Attempt(block=block, shape=shape, steps=tuple(steps.values()), error=error)
    return done, Sum(**dict(zip(("main", "shortcut", "total"), map(_first, parts), strict=True))) if parts else None


def bias_effect(block: CodeBlock, shape: Shape) -> BiasEffect:
    """Run a block with its biases and without them, all other weights equal, and compare the outputs.

    The running mean takes in a tenth of the bias with every batch, so that after n batches 0.9ⁿ of it is left in eval
    mode. n batches that are all alike do to the running statistics what one does with a momentum of 1 − 0.9ⁿ.

    Args:
        block: one with biases in front of its norms that runs.
        shape: of the batch, ``(N, C, H, W)``.
    """
    biased, plain = WrongBlock(block), WrongBlock(replace(block, bias=False))
    plain.load_state_dict(biased.state_dict(), strict=False)
    x = _input(shape)
    evaluation = {}
    with torch.no_grad():
        in_train, without = biased(x), plain(x)
        for seen in BATCHES:
            outputs = [_after(module, x, seen) for module in (biased, plain)]
            evaluation[seen] = _largest(outputs[0] - outputs[1])
    return BiasEffect(train=_largest(in_train - without), evaluation=evaluation, largest_output=_largest(in_train))


def _after(module: WrongBlock, x: Tensor, batches: int) -> Tensor:
    """The output in eval mode after so many batches like this one in train mode."""
    for norm in (module.bn1, module.bn2):
        norm.reset_running_stats()
        norm.momentum = 1 - _KEPT**batches
    module.train()(x)
    return module.eval()(x)


def _draw(module: nn.Module, generator: torch.Generator) -> None:
    """Weights and biases evenly within ±1/√(inputs of an output), torch's default of a convolution."""
    for child in module.children():
        if isinstance(child, nn.Conv2d | nn.Conv3d):
            bound = child.weight[0].numel() ** -0.5
            for parameter in child.parameters():
                nn.init.uniform_(parameter, -bound, bound, generator=generator)
        elif isinstance(child, nn.BatchNorm2d):
            child.reset_parameters()


def _input(shape: Shape) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


def _first(x: Tensor) -> np.ndarray:
    return x[0].numpy()


def _largest(x: Tensor) -> float:
    return float(x.abs().max())
