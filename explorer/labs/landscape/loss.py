"""The loss of a network on fixed pictures as a function of its weights."""

from __future__ import annotations

import copy
from typing import Literal

from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils import vector_to_parameters

from explorer.errors import LabError
from explorer.model.build import ObservableModule
from explorer.model.forward import run
from explorer.model.guard import Mode, borrowed, exclusive
from explorer.model.out_of_memory import enough_memory

Statistics = Literal["estimated", "kept"]
_MODES: dict[Statistics, Mode] = {"kept": "eval", "estimated": "train"}


class WeightsLoss:
    """The mean cross-entropy on fixed pictures in eval mode, of any weights of a network.

    It works on a copy: the network that is given stays as it is.

    Args:
        model: from ``build``, or wrapped; a classifier.
        images: ``(N, C, H, W)``, what the network takes.
        labels: ``(N,)``, int64, places among its outputs.
        statistics: what batch norms normalise with: the running statistics that are kept in the network, or those of
            these pictures with the very weights that are asked for (variance divided by the number of values).

    Raises:
        InputSizeError: when the network cannot take such pictures.
    """

    def __init__(
        self, model: ObservableModule, images: Tensor, labels: Tensor, *, statistics: Statistics = "kept"
    ) -> None:
        run(model, images[:1], lambda name, arriving, output: None)  # refuses pictures that it cannot take
        with exclusive(model):
            self._module = copy.deepcopy(model.torch_module)
        self._images, self._labels = images.to(model.device), labels.to(model.device)
        self._mode = _MODES[statistics]

    def __call__(self, weights: Tensor) -> float:
        """The loss of weights, ``(P,)`` in the order of the parameters; infinite or NaN where the outputs overflow.

        Raises:
            LabError: the network has no outputs of the labels.
            DeviceError: when the device's memory is not enough.
        """
        vector_to_parameters(weights, self._module.parameters())
        what = f"{len(self._images)} pictures at once"
        with (
            enough_memory(self._images.device, what, "choose a smaller network or smaller pictures"),
            borrowed(self._module, self._mode),
        ):
            logits = self._module(self._images)
        if logits.dim() != 2 or logits.shape[1] <= int(self._labels.max()):
            raise LabError("The loss takes a classifier with an output for every class of the pictures.")
        return float(F.cross_entropy(logits.cpu().double(), self._labels.cpu()))
