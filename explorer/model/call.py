"""One call of one layer: what arrived there with a picture, and what it put out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import ExplorerError
from explorer.model.build import ObservableModule, calls
from explorer.model.forward import run
from explorer.model.guard import Mode
from explorer.model.probe import known_names


@dataclass(frozen=True, eq=False, kw_only=True)
class Call:
    """One call of one layer with one picture, on the CPU.

    Attributes:
        layer: the row's name.
        mode: how the norms worked.
        arriving: what arrived, ``(C, H, W)`` or ``(features,)`` each; two for an addition.
        output: what was put out, likewise.
        batch: mean and variance per channel ``(C,)`` and the number of values that a batch norm took them over; None
            where it took the running ones, and for every other layer.
    """

    layer: str
    mode: Mode
    arriving: tuple[np.ndarray, ...]
    output: np.ndarray
    batch: tuple[np.ndarray, np.ndarray, int] | None

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return self.output.nbytes + sum(one.nbytes for one in self.arriving)


def call_of(model: ObservableModule, images: Tensor, layer: str, *, picture: int = 0, mode: Mode = "eval") -> Call:
    """What arrives at a layer and what it outputs, for one picture of a batch; the model is not changed by it.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.
        layer: name of a row.
        picture: which of the N is kept.
        mode: ``eval``, or ``train`` for norms that work with the batch's own statistics.

    Raises:
        ExplorerError: when there is no row of that name or no such picture.
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
    """
    known_names([layer], [name for name, _ in calls(model.network)], "layer")
    if not 0 <= picture < len(images):
        raise ExplorerError(f"The batch has pictures 0 to {len(images) - 1}, not {picture}.")
    found: list[Call] = []

    def keep(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name == layer and not arriving:
            raise ExplorerError(f"{layer} is a parameter of the network: it has no input.")
        if name == layer:
            found.append(
                Call(
                    layer=layer,
                    mode=mode,
                    arriving=tuple(array(one[picture]) for one in arriving),
                    output=array(output[picture]),
                    batch=_batch(model.get_submodule(layer), arriving[0], mode),
                )
            )

    run(model, images, keep, mode=mode)
    if not found:
        raise ExplorerError(f"{layer} takes no part in {mode} mode: it gets no input.")
    return found[0]


def array(values: Tensor) -> np.ndarray:
    """A copy on the CPU."""
    return values.detach().to("cpu", copy=True).numpy()


def _batch(module: nn.Module, x: Tensor, mode: Mode) -> tuple[np.ndarray, np.ndarray, int] | None:
    """Mean and variance of each channel over a batch, where it is a batch norm that takes them."""
    if not isinstance(module, nn.BatchNorm2d) or (mode == "eval" and module.running_mean is not None):
        return None
    var, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
    return array(mean), array(var), x.numel() // x.shape[1]
