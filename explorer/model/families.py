"""A network of any family, really built, and what its family needs to take weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from explorer.architecture.families import Spec, network_of
from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.architecture.trace import trace
from explorer.model.build import ObservableModule, build
from explorer.model.checkpoint.recognise import Shapes, is_of_a_described_network
from explorer.model.images import HALF, IMAGENET, Preprocess
from explorer.model.own import own
from explorer.model.torchvision_models import bare_module, build_torchvision, torchvision_plan

_OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|relu|conv))\.([12]\.)")
HEADS_FOR_TRAINING = ("aux1.", "aux2.", "AuxLogits.")


@dataclass(frozen=True)
class ModelFamily:
    """A network, and what is done with it: as with one that has a tree, where its family does not do it in its own way.

    Attributes:
        spec: the network.
        usual_preprocess: what pictures go through before a network that nobody trained: what its source trains it with.
        trained_here: whether a training run can be of such a network.
    """

    spec: Spec
    usual_preprocess: ClassVar[Preprocess] = IMAGENET
    trained_here: ClassVar[bool] = True

    def build(
        self, *, device: str | torch.device | None = None, seed: int = 0, side: int | None = None
    ) -> ObservableModule:
        """Make the module with random weights.

        Args:
            device: where it shall live; None chooses. On ``meta`` nothing is allocated.
            seed: of the random weights.
            side: height and width in pixels of its pictures, where a network is built for them.

        Returns:
            The module, in training mode as torch makes it.

        Raises:
            DeviceError: when the device is not there.
        """
        return build(network_of(self.spec), device=device, seed=seed)

    def plan(self, input_size: tuple[int, int]) -> Plan:
        """Its plan at a height and width in pixels, without a weight of it.

        Raises:
            InputSizeError: when it cannot take such pictures.
        """
        return trace(network_of(self.spec), input_size)

    def shapes(self, side: int | None = None) -> Shapes:
        """Shape of every parameter and buffer by its name, for pictures of a side."""
        return _shapes(self.build(device="meta"))

    def is_of_another(self, name: str, network: Shapes) -> bool:
        """Whether a tensor that the network does not have must be another network's; what else is in a file is let be.

        Args:
            name: of the tensor.
            network: from ``shapes``.
        """
        return is_of_a_described_network(name)

    def named_as_now(self, tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The tensors of a file under the names of today."""
        return tensors

    def published_side(self, *, smallest: int, crop: int) -> int | None:
        """The side that published weights are built for, from the smallest that they take and their usual one."""
        return None

    def take_published_colours(self, model: ObservableModule) -> None:
        """Make a filled model expect colours as published weights do, where that is a switch of its own."""


class _StarGAN(ModelFamily):
    usual_preprocess = HALF


@dataclass(frozen=True)
class _Classifier(ModelFamily):
    spec: TorchvisionSpec
    trained_here = False

    def build(
        self, *, device: str | torch.device | None = None, seed: int = 0, side: int | None = None
    ) -> ObservableModule:
        return build_torchvision(self.spec, device=device, seed=seed, side=side)

    def plan(self, input_size: tuple[int, int]) -> Plan:
        return torchvision_plan(self.spec, input_size)

    def shapes(self, side: int | None = None) -> Shapes:
        return _shapes(bare_module(self.spec, side or self.spec.classifier.side, seed=0, device="meta"))

    def is_of_another(self, name: str, network: Shapes) -> bool:
        parts = {known.split(".", 1)[0] for known in network}
        return name.split(".", 1)[0] in parts and not name.startswith(HEADS_FOR_TRAINING)

    def named_as_now(self, tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        return {_OLD_DENSENET.sub(r"\1\2", name): tensor for name, tensor in tensors.items()}

    def published_side(self, *, smallest: int, crop: int) -> int | None:
        return smallest if self.spec.classifier.family == "ViT" else crop

    def take_published_colours(self, model: ObservableModule) -> None:
        # the older weights are for colours that the network itself scales
        if hasattr(model.torch_module, "transform_input"):
            setattr(model.torch_module, "transform_input", True)  # noqa: B010 - GoogLeNet's and Inception's alone


@dataclass(frozen=True)
class _Own(ModelFamily):
    spec: OwnSpec
    trained_here = False

    def build(
        self, *, device: str | torch.device | None = None, seed: int = 0, side: int | None = None
    ) -> ObservableModule:
        """The copy that was taken in, where it is."""
        return own(self.spec).module

    def plan(self, input_size: tuple[int, int]) -> Plan:
        return own(self.spec).module.plan_at(input_size)

    def shapes(self, side: int | None = None) -> Shapes:
        return _shapes(own(self.spec).module.torch_module)


_FAMILIES: dict[type, Callable[[Any], ModelFamily]] = {
    ResNetSpec: ModelFamily,
    StarGANSpec: _StarGAN,
    TorchvisionSpec: _Classifier,
    OwnSpec: _Own,
}


def model_family(spec: Spec) -> ModelFamily:
    """A network, and what is done with it."""
    return _FAMILIES[type(spec)](spec)


def _shapes(module: torch.nn.Module) -> Shapes:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
