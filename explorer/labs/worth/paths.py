"""The paths of a residual network: how many there are of each length, and which gradient comes along each length.

Veit et al. 2016, arXiv 1605.06431: at every addition a path takes the main path or the shortcut, so n blocks have 2ⁿ
paths, C(n, k) of them through k main paths. Forward the network runs as it is; backward the gradient is led along one
path, so the gradients of all paths add up to the ordinary gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.architecture.plan import Plan
from explorer.errors import LabError
from explorer.labs.cost import pass_seconds
from explorer.labs.worth.draws import Mean, drawn, mean_of, sets_of
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.forward import passed
from explorer.model.gradients import differentiable
from explorer.model.precision import in_double
from explorer.model.probe import known_names

DRAWS = 30
"""Paths of a length that are drawn, where there are more."""
_ROUNDING = 1e-12
Along = Callable[[Collection[str] | None], Tensor]


@dataclass(frozen=True, kw_only=True)
class PathsOfLength:
    """The paths through a number of main paths.

    Attributes:
        length: main paths on each of them.
        norm: norm of the gradient that comes along one of them, its mean over the pictures; the interval is over the
            paths that were drawn.
    """

    length: int
    norm: Mean


@dataclass(frozen=True, eq=False, kw_only=True)
class Paths:
    """What the paths of a network carry.

    Attributes:
        blocks: with an addition; the longest path leads through all of their main paths.
        measured: lengths in ascending order, the shortest and the longest among them.
        whole: norm of the ordinary gradient, its mean over the pictures.
        pictures: of how many.
    """

    blocks: int
    measured: tuple[PathsOfLength, ...]
    whole: float
    pictures: int

    @property
    def log_norms(self) -> np.ndarray:
        """Logarithm of the mean norm by length, ``(blocks + 1,)``; between measured lengths a straight line."""
        with np.errstate(divide="ignore"):
            logs = np.log([one.norm.mean for one in self.measured])
        return np.interp(range(self.blocks + 1), [one.length for one in self.measured], np.maximum(logs, -1e6))

    @property
    def log_carried(self) -> np.ndarray:
        """Logarithm of count times mean norm by length, ``(blocks + 1,)``."""
        return self.log_norms + log_counts(self.blocks)

    @property
    def shares(self) -> np.ndarray:
        """Count times mean norm by length as a share of its sum over all lengths, ``(blocks + 1,)``."""
        carried = np.exp(self.log_carried - self.log_carried.max())
        return carried / carried.sum()


def path_blocks(model: ObservableModule) -> tuple[str, ...]:
    """The blocks at which a path can take either way: those with an addition."""
    return tuple(node.name for node in model.network.blocks() if node.add is not None and node.add.kind == "add")


def log_counts(blocks: int) -> np.ndarray:
    """Natural logarithm of C(n, k), the number of paths of each length k from 0 to n blocks, ``(blocks + 1,)``."""
    factorials = np.array([math.lgamma(count + 1) for count in range(blocks + 1)])
    return factorials[-1] - factorials - factorials[::-1]


def count_shares(blocks: int) -> np.ndarray:
    """How the 2ⁿ paths are spread over the lengths 0 to n, ``(blocks + 1,)``; adds up to 1."""
    return np.exp(log_counts(blocks) - blocks * math.log(2))


def half(shares: np.ndarray) -> int:
    """The shortest length up to which shares add up to one half."""
    return int(np.searchsorted(shares.cumsum(), 0.5 - _ROUNDING))


def seconds(plan: Plan, blocks: int, lengths: Sequence[int], *, pictures: int, draws: int = DRAWS) -> float:
    """Roughly how long it takes to measure paths on one core.

    Args:
        plan: of the network.
        blocks: that paths lead through.
        lengths: that are measured.
        pictures: that go through it.
        draws: paths of a length.
    """
    # a way back without gradients to parameters costs what a way there does, and a path its part of that
    along = sum(sets_of(blocks, length, draws) * (length + 1) / (blocks + 1) for length in lengths)
    return pass_seconds(plan, pictures) * (2 + along)


@contextmanager
def along_paths(model: ObservableModule, images: Tensor) -> Iterator[Along]:
    """Run a network once, and lead gradients back along its paths as often as wanted.

    Args:
        model: from ``build``; held alone meanwhile in eval mode, and given back as it was.
        images: ``(N, C, H, W)``.

    Yields:
        A function of the blocks whose main paths are taken, the other blocks being passed through their shortcuts; of
        None it is the ordinary gradient, which takes both ways. It gives the gradient of each picture's highest logit
        with respect to that picture, ``(N, C, H, W)``.

    Raises:
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
        LabError: when the network outputs NaN or infinity.
    """
    adds = {node.name: node.add.name for node in model.network.blocks() if node.add is not None}
    way = _Way()
    with differentiable(model):
        pictures = images.to(next(model.parameters())).detach().requires_grad_()
        with ExitStack() as hooks:
            for block in path_blocks(model):
                add = model.get_submodule(f"{block}.{adds[block]}")
                hooks.callback(add.register_forward_hook(way.fork(block)).remove)
            logits = passed(model, pictures)
        if not logits.isfinite().all():
            raise LabError("The network outputs NaN or infinity for these pictures, so there is no gradient to follow.")
        score = logits.flatten(1).max(dim=1).values.sum()

        def along(blocks: Collection[str] | None) -> Tensor:
            way.taken = None if blocks is None else known_names(blocks, path_blocks(model), "block with a shortcut")
            (gradient,) = torch.autograd.grad(score, pictures, retain_graph=True, materialize_grads=True)
            return gradient

        yield along


def measure_paths(
    model: ObservableModule,
    images: Tensor,
    *,
    lengths: Sequence[int] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Paths:
    """The gradient by length of path: of each length some paths drawn at random, or all where these are fewer.

    Args:
        model: from ``build``; it is given back as it was.
        images: ``(N, C, H, W)``.
        lengths: that are measured, 0 and the number of blocks among them; None for all.
        draws: paths of a length, at least 2.
        seed: of the draws.
        progress: told the share that is done, and in words what is worked on; may raise to end the work.

    Raises:
        LabError: the network has no addition, or outputs NaN or infinity.
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    blocks = path_blocks(model)
    if not blocks:
        raise LabError(f"{model.network.title} has no shortcuts: there is one path, which leads through every block.")
    wanted = range(len(blocks) + 1) if lengths is None else lengths
    plans = [(length, drawn(blocks, length, draws=draws, seed=seed)) for length in wanted]
    work, done = sum((length + 1) * len(chosen) for length, chosen in plans), 0
    measured = []
    with along_paths(model, images) as along:
        whole = _norm(along(None))
        for length, chosen in plans:
            norms = []
            for path in chosen:
                if progress is not None:
                    progress(done / work, f"Paths through {length:,} of {len(blocks):,} blocks")
                norms.append(_norm(along(path)))
                done += length + 1
            all_of_them = len(chosen) == math.comb(len(blocks), length)
            measured.append(
                PathsOfLength(
                    length=length,
                    norm=mean_of(norms, complete=all_of_them),
                )
            )
    return Paths(blocks=len(blocks), measured=tuple(measured), whole=whole, pictures=len(images))


def _norm(gradient: Tensor) -> float:
    return float(in_double(gradient).flatten(1).norm(dim=1).mean())


class _Way:
    """Which way gradients take at the additions.

    Attributes:
        taken: the blocks whose main path is taken; None for both ways everywhere.
    """

    def __init__(self) -> None:
        self.taken: Collection[str] | None = None

    def fork(self, block: str) -> Callable[[nn.Module, tuple[Any, ...], Tensor], Tensor]:
        """A hook for the addition of a block."""

        def hook(_module: nn.Module, arriving: tuple[Any, ...], _output: Tensor) -> Tensor:
            return _Fork.apply(*arriving, self, block)

        return hook


class _Fork(torch.autograd.Function):
    """An addition whose gradient goes one way; on the other nothing is computed."""

    @staticmethod
    def forward(ctx: Any, main: Tensor, shortcut: Tensor, way: _Way, block: str) -> Tensor:
        ctx.way, ctx.block = way, block
        return main + shortcut

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        taken = ctx.way.taken
        main = gradient if taken is None or ctx.block in taken else None
        shortcut = gradient if taken is None or ctx.block not in taken else None
        return main, shortcut, None, None
