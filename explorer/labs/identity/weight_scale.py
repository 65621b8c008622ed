"""A convolution's weights times a factor: before a norm the output stays, but for ε; without one it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
from torch import Tensor, nn

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import NAME
from explorer.labs.identity.zero_blocks import SHAPE
from explorer.model.build import NetworkModule
from explorer.model.calibrate import calibrate
from explorer.model.forward import passed
from explorer.model.guard import Mode, borrowed, exclusive
from explorer.model.one_block import build_block, make_input

ScaleKind = Literal["train", "no-epsilon", "eval", "no-norm"]
SCALED = "conv1"
"""The convolution whose weights are scaled."""
TINY = 1e-30
"""ε that no variance notices; torch takes none that is 0."""
_BLOCK = BlockSpec(conv_bias=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scaled:
    """A block before and after its first convolution's weights were scaled.

    Attributes:
        kind: batch norm in train mode ("train"), the same with ε = ``TINY`` ("no-epsilon"), batch norm in eval mode
            with the running statistics of the weights before ("eval"), or no norm ("no-norm").
        before: what left the block, ``(N, C, H, W)``.
        after: what leaves it now.
    """

    kind: ScaleKind
    before: np.ndarray
    after: np.ndarray

    @property
    def relative(self) -> float:
        """Largest difference over the largest value before."""
        return float(np.abs(self.after - self.before).max() / np.abs(self.before).max())


def scale_block(factor: float, *, seed: int = 0) -> tuple[Scaled, ...]:
    """Scale the first convolution of a basic block, with and without norm.

    Args:
        factor: of its weights.
        seed: of weights and input.

    Returns:
        One of each kind; all start from the same weights and input.
    """
    x = make_input(SHAPE, seed=seed)
    normed = build_block(_BLOCK, seed=seed)
    calibrate(normed, x)
    bare = build_block(_BLOCK.replace(norm="none"), seed=seed, like=normed)
    found = [_scaled("train", normed, x, factor, "train")]
    with _without_epsilon(normed):
        found.append(_scaled("no-epsilon", normed, x, factor, "train"))
    return (*found, _scaled("eval", normed, x, factor, "eval"), _scaled("no-norm", bare, x, factor, "eval"))


def _scaled(kind: ScaleKind, model: NetworkModule, x: Tensor, factor: float, mode: Mode) -> Scaled:
    weight = model.get_parameter(f"{NAME}.{SCALED}.weight")
    kept = weight.detach().clone()
    with borrowed(model, mode):
        before = passed(model, x)
        try:
            weight.mul_(factor)
            after = passed(model, x)
        finally:
            weight.copy_(kept)
    return Scaled(kind=kind, before=before.numpy(), after=after.numpy())


@contextmanager
def _without_epsilon(model: NetworkModule) -> Iterator[None]:
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    with exclusive(model):
        kept = [norm.eps for norm in norms]
        try:
            for norm in norms:
                norm.eps = TINY
            yield
        finally:
            for norm, eps in zip(norms, kept, strict=True):
                norm.eps = eps
