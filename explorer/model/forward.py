"""One forward pass that somebody watches, and the sentence for pictures that a network cannot take."""

from collections.abc import Iterable
from math import prod

import numpy as np
import torch
from torch import Tensor

from explorer.errors import InputSizeError
from explorer.model.build import ObservableModule, Observer
from explorer.model.guard import Mode, borrowed
from explorer.model.out_of_memory import enough_memory


def run(model: ObservableModule, images: Tensor, observe: Observer, *, mode: Mode = "eval") -> None:
    """Show an observer every call of one forward pass, and give the model back as it was.

    Every probe goes through here.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``, on any device.
        observe: told of every call, without gradients; it must not change what it is shown.
        mode: ``eval``, or ``train`` in which norms work with the batch's own statistics.

    Raises:
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    with borrowed(model, mode):
        passed(model, images, observe)


def passed(model: ObservableModule, images: Tensor, observe: Observer | None = None) -> Tensor:
    """One forward pass in the mode that the model is in; the sentences that it can end in are those of ``run``.

    Args:
        model: from ``build``, held by the caller.
        images: ``(N, C, H, W)``, on any device and of any type of number.
        observe: told of every call.

    Returns:
        Logits, ``(N, classes)``.
    """
    _check_pictures(model, images)
    first = next(model.parameters(), images)
    # what is no picture may be the numbers of words, which stay whole
    stays = not (model.takes_pictures or images.is_floating_point())
    try:
        with enough_memory(model.device, f"{_sized(images)} in this network", "take fewer or smaller pictures"):
            return model(images.to(first.device) if stays else images.to(first), observe)
    except ValueError as error:
        # torch's norms refuse a single value with a ValueError; said again with the layer's name
        raise _norm_error(model, images) or error from None


def logits_of(model: ObservableModule, batches: Iterable[Tensor]) -> Tensor:
    """What a classifier outputs for many pictures in eval mode, on the CPU.

    Args:
        model: from ``build``, or wrapped; it is given back as it was.
        batches: pictures, ``(n, C, H, W)`` each.

    Returns:
        ``(N, classes)``.
    """
    with borrowed(model, "eval"):
        return torch.from_numpy(np.concatenate([kept(passed(model, batch).flatten(1)) for batch in batches]))


def kept(values: Tensor) -> np.ndarray:
    """Values on the CPU as a copy, for those that stay while other batches pass.

    A small tensor that is kept between large ones holds on to the memory that these give back: as measured on a CPU,
    2 MB for each picture of 224×224 through ResNet-18.
    """
    return values.cpu().numpy().copy()


def _check_pictures(model: ObservableModule, images: Tensor) -> None:
    if not model.takes_pictures:
        return
    channels = model.network.in_channels
    if images.dim() != 4 or images.shape[0] == 0 or images.shape[1] != channels:
        raise InputSizeError(
            f"The network takes pictures as (pictures, {channels} channels, height, width); these have the shape "
            f"{tuple(images.shape)}."
        )
    if model.network.measured:
        model.plan_at((images.shape[2], images.shape[3]))  # refuses with a sentence what the module cannot take


def _norm_error(model: ObservableModule, images: Tensor) -> InputSizeError | None:
    """The sentence for a norm that would see a single value, if that is what is wrong."""
    if images.dim() != 4:
        return None
    pictures, _, height, width = images.shape
    try:
        rows = model.plan_at((height, width)).layers
    except InputSizeError as error:
        return error
    for row in rows:
        if row.op.norm == "batch" and pictures * prod(row.input_shape[1:]) == 1:
            return InputSizeError(
                f"In train mode {row.layer} would take mean and variance over a single value per channel: of "
                f"{_sized(images)} one value is left there; take more pictures or larger ones."
            )
    return None


def _sized(images: Tensor) -> str:
    if images.dim() != 4:
        return f"an input of {'×'.join(map(str, images.shape))}"
    pictures, _, height, width = images.shape
    return f"{pictures} picture{'s' if pictures > 1 else ''} of {height}×{width}"
