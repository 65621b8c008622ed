"""A norm folded into the convolution before it: in eval mode both together are one convolution."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.errors import ExplorerError
from explorer.model.batchnorm import TrackingNorm, norm_modules
from explorer.model.build import ObservableModule
from explorer.model.forward import run


@dataclass(frozen=True, eq=False)
class Folded:
    """A convolution with the norm behind it folded in, beside the two of them, in eval mode and on the CPU.

    Attributes:
        conv: the convolution's row.
        norm: the norm's row.
        weight: the convolution's new weight, ``(C, C_in / groups, k, k)``.
        bias: its new bias, ``(C,)``.
        output: what the norm put out, ``(N, C, H, W)``.
        folded_output: what the new convolution outputs alone, of the same shape.
    """

    conv: str
    norm: str
    weight: Tensor
    bias: Tensor
    output: Tensor
    folded_output: Tensor

    @property
    def largest_difference(self) -> float:
        """The largest distance between the two outputs: rounding, and nothing else."""
        return float((self.output - self.folded_output).abs().max())


def fold(conv: nn.Conv2d, norm: TrackingNorm) -> tuple[Tensor, Tensor]:
    """Weight and bias of the one convolution that does what both do in eval mode.

    weight · γ/√(variance + ε), and (bias − mean) · γ/√(variance + ε) + β, with the running mean and variance.

    Args:
        conv: with or without a bias.
        norm: with running statistics, with or without γ and β.

    Returns:
        Weight ``(C, C_in / groups, k, k)`` and bias ``(C,)``, on the device of the convolution.
    """
    assert norm.running_mean is not None
    assert norm.running_var is not None
    with torch.no_grad():
        gamma = torch.ones_like(norm.running_var) if norm.weight is None else norm.weight
        beta = torch.zeros_like(norm.running_mean) if norm.bias is None else norm.bias
        bias = torch.zeros_like(norm.running_mean) if conv.bias is None else conv.bias
        scale = gamma / torch.sqrt(norm.running_var + norm.eps)
        return conv.weight * scale[:, None, None, None], (bias - norm.running_mean) * scale + beta


def folded(model: ObservableModule, images: Tensor, layer: str) -> Folded:
    """Fold a norm into the convolution before it and run both ways on pictures.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.
        layer: name of a norm.

    Raises:
        ExplorerError: when there is no such norm, it has no running statistics, or no convolution stands right before.
        InputSizeError: when a norm cannot take such pictures.
    """
    norm = norm_modules(model, [layer])[layer]
    if not isinstance(norm, TrackingNorm) or norm.running_mean is None:
        raise ExplorerError(f"{layer} has no running statistics: it cannot be folded into a convolution.")
    _, _, height, width = images.shape
    rows = model.plan_at((height, width)).rows
    conv_name = rows[layer].inputs[0] if rows[layer].inputs else ""
    conv = model.get_submodule(conv_name) if conv_name in rows else None
    if isinstance(conv, nn.ConvTranspose2d):
        raise ExplorerError(f"{layer} follows a transposed convolution: it is not folded into one here.")
    if not isinstance(conv, nn.Conv2d):
        raise _nothing_before(layer)
    kept: dict[str, Tensor] = {}
    between: list[bool] = []

    def keep(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name == conv_name:
            weight, bias = fold(conv, norm)
            again = nn.functional.conv2d(
                arriving[0], weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups
            )
            kept.update(weight=weight.cpu(), bias=bias.cpu(), folded_output=again.cpu(), before=output.clone())
        if name == layer:
            between.append(not torch.equal(arriving[0], kept.pop("before")))
            kept["output"] = output.detach().to("cpu", copy=True)

    run(model, images, keep)
    if between[0]:
        raise _nothing_before(layer)
    return Folded(conv_name, layer, **kept)


def _nothing_before(layer: str) -> ExplorerError:
    return ExplorerError(f"{layer} does not follow a convolution: there is nothing to fold it into.")
