"""Planes through the space of all parameters: of two random directions, or the one that a training ran closest to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils import parameters_to_vector

from explorer.errors import LabError
from explorer.model.precision import in_double

FEWEST_EPOCHS = 3
"""Points that a plane takes."""
_CHUNK = 2**20


@dataclass(frozen=True, eq=False, kw_only=True)
class Plane:
    """All weights ``centre + a·first + b·second``; each is ``(P,)``, in the order of the network's parameters."""

    centre: Tensor
    first: Tensor
    second: Tensor

    def at(self, a: float, b: float) -> Tensor:
        """The weights at a point; at (0, 0) they are those of the centre to the last bit."""
        return self.centre + a * self.first + b * self.second


@dataclass(frozen=True, eq=False, kw_only=True)
class Path:
    """A training and the plane that lies closest to it.

    Attributes:
        plane: through the last weights; its directions are of length 1 and at right angles.
        places: of every epoch in the plane, where it is projected to, ``(epochs, 2)``; the last one is (0, 0).
        explained: the share of the epochs' variance that lies along each of the two directions.
    """

    plane: Plane
    places: tuple[tuple[float, float], ...]
    explained: tuple[float, float]


def random_plane(model: nn.Module, *, seed: int = 0) -> Plane:
    """The plane of two random directions, normalised filter by filter (Li et al. 2018, section 4, arXiv 1712.09913).

    Args:
        model: trained; it is only read.
        seed: of the directions.
    """
    generator = torch.Generator().manual_seed(seed)
    first, second = (_direction(model, generator) for _ in range(2))
    return Plane(centre=vector_of(model), first=first, second=second)


def vector_of(model: nn.Module) -> Tensor:
    """All parameters as one vector ``(P,)``, a copy."""
    return parameters_to_vector(model.parameters()).detach().clone()


def path_plane(weights: Sequence[Tensor]) -> Path:
    """The plane through the last weights along the first two principal components of all of them.

    Args:
        weights: all parameters of each epoch in order, ``(P,)``, see ``vector_of``.

    Raises:
        LabError: when there are fewer than three, or they lie on a line.
    """
    if len(weights) < FEWEST_EPOCHS:
        raise LabError(
            f"A plane takes the weights of three epochs and {len(weights)} are kept: choose a run that kept more."
        )
    epochs = torch.stack(list(weights))
    centred = epochs - epochs.mean(dim=0)
    # as many rows as epochs: their products with each other give the same components as the products of all columns
    products = sum(in_double(part) @ in_double(part).T for part in centred.split(_CHUNK, dim=1))
    variances, vectors = torch.linalg.eigh(products)
    variances, vectors = variances.flip(0).clamp(min=0), vectors.flip(1)
    if not variances[1] > 1e-9 * variances.sum():
        raise LabError("The weights of these epochs lie on a line, so no plane is theirs: choose a run that moved on.")
    directions = (vectors[:, :2].T.float() @ centred) / variances[:2].sqrt().float()[:, None]
    # a component has no sign of its own: the training begins on the left, above its end
    began = directions @ (epochs[0] - epochs[-1])
    first, second = directions * torch.where(began * began.new_tensor([1.0, -1.0]) > 0, -1.0, 1.0)[:, None]
    places = (epochs - epochs[-1]) @ torch.stack((first, second)).T
    shares = (variances[:2] / variances.sum()).tolist()
    return Path(
        plane=Plane(centre=epochs[-1], first=first, second=second),
        places=tuple((float(x), float(y)) for x, y in places.tolist()),
        explained=(shares[0], shares[1]),
    )


def _direction(model: nn.Module, generator: torch.Generator) -> Tensor:
    """A random direction whose every filter has the norm of the trained one; norms and biases stay where they are."""
    normalised = {id(weight) for module in model.modules() for weight in _filters(module)}
    parts = []
    for parameter in model.parameters():
        if id(parameter) not in normalised:
            parts.append(torch.zeros(parameter.numel(), device=parameter.device))
            continue
        trained = parameter.detach().flatten(1)
        drawn = torch.randn(trained.shape, generator=generator).to(trained)
        parts.append((drawn * (trained.norm(dim=1) / drawn.norm(dim=1))[:, None]).flatten())
    return torch.cat(parts)


def _filters(module: nn.Module) -> list[Tensor]:
    """The weights of a layer whose every row along the first axis makes one output."""
    if isinstance(module, nn.Linear | _ConvNd):
        return [module.weight]
    if isinstance(module, nn.MultiheadAttention):
        return [weight for weight in (module.in_proj_weight,) if weight is not None]
    return []
