"""The fast gradient sign method: the change of all pixels by ε at most that raises the loss most, if it were linear."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.errors import FlatLossError, LabError
from explorer.labs.shaken.changes import Given
from explorer.model.build import ObservableModule
from explorer.model.forward import passed
from explorer.model.gradients import differentiable


def fgsm_signs(model: ObservableModule, given: Given, *, label: int | None = None) -> Tensor:
    """The signs of the loss's gradient at the pixels, in eval mode; ``changed`` makes the picture of them.

    x + ε·sign(∂L/∂x), Goodfellow, Shlens and Szegedy 2015, arXiv 1412.6572, section 4. L is the cross-entropy; x
    are the pixels after resize and crop, before mean and standard deviation.

    Args:
        model: a classifier, from ``build`` or wrapped; it is given back as it was.
        given: the picture.
        label: the class that the loss is of; None for the first answer.

    Returns:
        −1, 0 or 1, ``(C, H, W)``, on the CPU; 0 where the gradient is 0.

    Raises:
        LabError: the network outputs no classes, there is no such class, or the gradient is not finite.
        FlatLossError: it is 0 at every pixel.
        InputSizeError: when the network cannot take such a picture.
        DeviceError: when the device's memory is not enough.
    """
    with differentiable(model):
        leaf = given.pixels.unsqueeze(0).clone().requires_grad_()
        outputs = passed(model, given.inputs(leaf))
        scores = _classes(outputs, model.network.title)
        if label is None:
            target = scores.argmax(dim=1)
        elif 0 <= label < scores.shape[1]:
            target = torch.tensor([label], device=scores.device)
        else:
            raise LabError(f"There is no class {label:,}: the classes are 0 to {scores.shape[1] - 1:,}.")
        (gradient,) = torch.autograd.grad(F.cross_entropy(scores, target), leaf)
    if not torch.isfinite(gradient).all():
        raise LabError("The loss has no finite gradient at this picture: NaN or infinity is on the way.")
    if not gradient.any():
        raise FlatLossError("The loss has no gradient at this picture: it is 0 at every pixel, which has no sign.")
    return gradient[0].sign()


def _classes(outputs: Tensor, title: str) -> Tensor:
    """What the network outputs as scores ``(1, classes)``; some classifiers end in maps of one value."""
    if outputs.dim() > 2 and outputs[0, 0].numel() > 1:
        raise LabError(f"{title} makes pictures and has no classes, so there is no loss that FGSM could raise.")
    scores = outputs.flatten(1)
    if scores.shape[1] < 2:
        raise LabError(f"{title} has one output and no classes, so there is no loss that FGSM could raise.")
    return scores
