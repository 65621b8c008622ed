"""Where in a picture an answer comes from, at every block of one pass: Grad-CAM, LayerCAM, and x and F(x) apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.tree import ops_of
from explorer.labs.attribution.asked import Asked
from explorer.model.build import ObservableModule, calls
from explorer.model.forward import passed
from explorer.model.gradients import differentiable
from explorer.model.layout import maps_of
from explorer.model.precision import in_double
from explorer.model.probe import part_ends

POOLED = "input of the pool"
"""What is called so where the head works on the maps before they are averaged, as in pre-activation networks."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PartCams:
    """The maps of a part of the network at its output, each ``(H, W)`` in float64.

    Attributes:
        part: ``stem``, a block, or ``POOLED``.
        row: whose output it is.
        grad_cam: Σ_c mean(∂s/∂A_c)·A_c, before the ReLU that Grad-CAM ends with (Selvaraju et al., arXiv 1610.02391).
        layer_cam: ReLU(Σ_c ReLU(∂s/∂A_c)·A_c), the gradient of each position (Jiang et al., TIP 2021).
    """

    part: str
    row: str
    grad_cam: np.ndarray
    layer_cam: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class SumCams:
    """The Grad-CAM of an addition in two signed parts that add up to it, each ``(H, W)`` in float64.

    The weight of a channel is the mean over the positions of the gradient at the sum, before the last ReLU.

    Attributes:
        block: its name.
        shortcut: the part of what the shortcut carries, its projection included.
        residual: the part of F(x), behind its gate.
    """

    block: str
    shortcut: np.ndarray
    residual: np.ndarray

    @property
    def residual_share(self) -> float:
        """Σ|map of F| / (Σ|map of x| + Σ|map of F|); NaN where both are 0."""
        x, f = np.abs(self.shortcut).sum(), np.abs(self.residual).sum()
        return float(f / (x + f)) if x + f else float("nan")


@dataclass(frozen=True, eq=False, kw_only=True)
class Cams:
    """All maps of one picture.

    Attributes:
        score: what is explained, a logit or a difference of two.
        parts: in the order of the network; those that output no map of two positions or more, or that the score does
            not depend on, are left out.
        sums: by block, of each that adds.
    """

    score: float
    parts: tuple[PartCams, ...]
    sums: dict[str, SumCams]


def cams(model: ObservableModule, image: Tensor, asked: Asked) -> Cams:
    """All maps of one picture, in one pass forward and back in eval mode.

    Args:
        model: from ``build``, or wrapped.
        image: ``(1, C, H, W)``.
        asked: what is explained.

    Raises:
        LabError: there is no such class, or the logits are not finite.
        InputSizeError: when the network cannot take such a picture.
        DeviceError: when the device's memory is not enough.
    """
    ends = {**part_ends(model), **_pooled(model)}
    sums_of = [(node.name, node.add) for node in model.network.blocks()]
    adds = {f"{block}.{add.name}": block for block, add in sums_of if add is not None and add.kind == "add"}
    ops = dict(calls(model.network))
    outputs: dict[str, Tensor] = {}
    ways: dict[str, tuple[Tensor, Tensor]] = {}

    def keep(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if (name in ends or name in adds) and output.requires_grad:
            outputs[name] = output
        if name in adds:
            ways[name] = arriving[0].detach(), arriving[1].detach()

    with differentiable(model):
        score = asked.score(passed(model, image.clone().requires_grad_(), keep))[0]
        found = torch.autograd.grad(score, list(outputs.values()), allow_unused=True)
    gradients = {row: gradient for row, gradient in zip(outputs, found, strict=True) if gradient is not None}
    parts = []
    for row, gradient in gradients.items():
        weights, maps = maps_of(ops[row], gradient), maps_of(ops[row], outputs[row].detach())
        if row in ends and weights is not None and maps is not None and maps[0, 0].numel() > 1:
            parts.append(_part(ends[row], row, in_double(weights[0]), in_double(maps[0])))
    sums = {
        block: _sum(block, in_double(gradients[row][0]), *(in_double(way[0]) for way in ways[row]))
        for row, block in adds.items()
        if row in gradients
    }
    return Cams(score=float(score.detach()), parts=tuple(parts), sums=sums)


def half_on(values: np.ndarray) -> float:
    """The smallest share of a map's cells that holds half of all that is positive in it; NaN where nothing is."""
    strongest = np.sort(values[values > 0])[::-1]
    if not strongest.size:
        return float("nan")
    return float(np.searchsorted(np.cumsum(strongest), strongest.sum() / 2) + 1) / values.size


def logit_bias(model: ObservableModule, asked: Asked) -> float | None:
    """What the score has beside the sum over the positions of the last Grad-CAM, before its ReLU.

    Returns:
        The classifier's bias; None where the head is not a mean over the positions and one linear layer.
    """
    head = [op for node in model.network.sections[-1].nodes for op in ops_of(node)]
    if model.network.measured or [op.kind for op in head[-3:]] != ["avgpool", "flatten", "linear"]:
        return None
    bias = model.get_submodule(head[-1].name).bias
    if not isinstance(bias, Tensor):
        return 0.0
    return float(asked.score(bias.detach()[None])[0])


def _part(part: str, row: str, gradient: Tensor, maps: Tensor) -> PartCams:
    weighted = (gradient.clamp(min=0) * maps).sum(0)
    return PartCams(
        part=part,
        row=row,
        grad_cam=_weighed(gradient, maps),
        layer_cam=weighted.clamp(min=0).cpu().numpy(),
    )


def _sum(block: str, gradient: Tensor, residual: Tensor, shortcut: Tensor) -> SumCams:
    return SumCams(block=block, shortcut=_weighed(gradient, shortcut), residual=_weighed(gradient, residual))


def _weighed(gradient: Tensor, maps: Tensor) -> np.ndarray:
    """Σ_c mean(gradient_c)·map_c of ``(C, H, W)``, ``(H, W)``."""
    found: np.ndarray = (gradient.mean(dim=(1, 2), keepdim=True) * maps).sum(0).cpu().numpy()
    return found


def _pooled(model: ObservableModule) -> dict[str, str]:
    """The row whose maps the head averages, where it is the head's own."""
    head = [op for node in model.network.sections[-1].nodes for op in ops_of(node)]
    before = [op.name for op, after in pairwise(head) if after.kind == "avgpool"]
    return {before[-1]: POOLED} if before and not model.network.measured else {}
