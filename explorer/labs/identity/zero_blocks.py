"""Blocks whose main path is set to 0, run on real numbers: whether they pass their input on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from explorer.architecture.one_block import NAME
from explorer.architecture.tree import ops_of
from explorer.architecture.zero_blocks import BETA, VARIANTS, ZeroVariant
from explorer.labs.identity.identity import BlockIdentity, block_identities
from explorer.model.build import NetworkModule
from explorer.model.guard import Mode
from explorer.model.one_block import BlockRun, build_block, make_input, run_block

Sign = Literal["signed", "positive"]
SHAPE = (4, 3, 6, 6)
"""Of the input, (N, C, H, W): that of d2l's checks."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ZeroRun:
    """What such a block makes of an input.

    Attributes:
        run: every part of it.
        identity: whether it passed its input on, and what stood in the way.
    """

    run: BlockRun
    identity: BlockIdentity


def run_zeroed(name: str, sign: Sign, *, seed: int = 0, mode: Mode = "eval") -> ZeroRun:
    """Run a variant.

    Args:
        name: of ``VARIANTS``.
        sign: an input of both signs, or of its magnitudes ("positive").
        seed: of input and weights.
        mode: of the norms; nothing depends on it.
    """
    model = zeroed_block(VARIANTS[name], seed=seed)
    x = block_input(sign, seed=seed)
    return ZeroRun(run=run_block(model, x, mode=mode), identity=block_identities(model, x, mode=mode)[0])


def block_input(sign: Sign, *, seed: int = 0) -> Tensor:
    """The input, of shape ``SHAPE``: normal numbers, or their magnitudes."""
    x = make_input(SHAPE, seed=seed)
    return x.abs() if sign == "positive" else x


def zeroed_block(variant: ZeroVariant, *, seed: int = 0) -> NetworkModule:
    """The block of a variant with its parameters set to 0.

    Args:
        variant: which.
        seed: of the weights that stay.
    """
    model = build_block(variant.spec, seed=seed)
    main = [op for node in model.network.blocks() for part in node.main for op in ops_of(part)]
    if variant.zeroed == "none":
        return model
    with torch.no_grad():
        for op in main:
            for parameter in model.get_submodule(f"{NAME}.{op.name}").parameters():
                parameter.zero_()
        if variant.zeroed == "all but β":
            last_norm = [op.name for op in main if op.kind == "norm"][-1]
            model.get_parameter(f"{NAME}.{last_norm}.bias").fill_(BETA)
    return model
