"""One block run on real numbers: its weights, its input, and what every step outputs."""

from dataclasses import dataclass
from math import prod
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import NAME, block_network
from explorer.architecture.tree import ops_of
from explorer.model.build import NetworkModule, build
from explorer.model.guard import Mode
from explorer.model.probe import block_parts, record

Weights = Literal["random", "ones", "zero"]
Numbers = Literal["normal", "counting", "ones"]


@dataclass(frozen=True, eq=False)
class BlockRun:
    """What one block makes of its input; every array ``(N, C, H, W)``.

    Attributes:
        steps: what every row of the plan outputs, by the row's name.
        x: what arrives.
        residual: F(x), the end of the main path; in a plain block what arrives at its last ReLU.
        shortcut: what the shortcut carries on; None without one.
        total: where both meet; None without a shortcut.
        out: what leaves the block.
    """

    steps: dict[str, np.ndarray]
    x: np.ndarray
    residual: np.ndarray
    shortcut: np.ndarray | None
    total: np.ndarray | None
    out: np.ndarray


def build_block(
    spec: BlockSpec, *, weights: Weights = "random", seed: int = 0, like: NetworkModule | None = None
) -> NetworkModule:
    """Make the module of one block, on the CPU, so that its numbers are the same everywhere.

    Args:
        spec: the block.
        weights: drawn at random ("random"), all weights of the convolutions 1 and their biases 0 ("ones"), or random
            with a main path whose convolutions are 0 ("zero"), so that F(x) is 0.
        seed: of the random weights.
        like: a block whose parameters are taken over where name and shape are the same, so that two can be compared.
    """
    model = build(block_network(spec), device="cpu", seed=seed)
    if like is not None:
        own = model.state_dict()
        shared = {name: values for name, values in like.state_dict().items() if name in own}
        fitting = {name: values for name, values in shared.items() if values.shape == own[name].shape}
        model.load_state_dict(own | fitting)
    main = {f"{NAME}.{op.name}" for node in model.network.blocks() for part in node.main for op in ops_of(part)}
    for name, module in model.named_modules():
        if not isinstance(module, torch.nn.Conv2d) or weights == "random" or (weights == "zero" and name not in main):
            continue
        torch.nn.init.constant_(module.weight, 1.0 if weights == "ones" else 0.0)
        if module.bias is not None:
            torch.nn.init.zeros_(module.bias)
    return model


def make_input(shape: tuple[int, int, int, int], *, numbers: Numbers = "normal", seed: int = 0) -> Tensor:
    """An input of a block.

    Args:
        shape: ``(N, C, H, W)``.
        numbers: drawn from the normal distribution, whole numbers that count up from 0 along the rows, or ones.
        seed: of the random numbers.
    """
    match numbers:
        case "counting":
            return torch.arange(prod(shape), dtype=torch.float32).reshape(shape)
        case "ones":
            return torch.ones(shape)
        case _:
            return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def run_block(model: NetworkModule, x: Tensor, *, mode: Mode = "eval") -> BlockRun:
    """Run a block and keep every step.

    Args:
        model: from ``build_block``.
        x: ``(N, C, H, W)``.
        mode: ``eval``, or ``train`` in which batch norms work with the batch's own mean and variance.

    Raises:
        InputSizeError: when the block, or one of its norms, cannot take such an input.
    """
    steps = {name: values.numpy() for name, values in record(model, x, mode=mode, to="cpu").items()}
    node = next(model.network.blocks())
    parts = block_parts(model, x, node.name, mode=mode)
    shortcut = None if parts.shortcut is None else parts.shortcut.numpy()
    total = None if parts.total is None else parts.total.numpy()
    residual = parts.residual.numpy()
    if node.add is None and list(ops_of(node))[-1].kind == "relu":
        residual = list(steps.values())[-2]
    return BlockRun(steps, parts.x.numpy(), residual, shortcut, total, parts.out.numpy())
