"""What a module was given to look at: one picture, or whatever else it takes, in whatever places."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from explorer.architecture.values import shown
from explorer.errors import InputSizeError
from explorer.model.watch import tensors_in
from explorer.views.numbers import shape_text

_WHOLE = "int:"
_MOST_VALUES = 10**8


@dataclass(frozen=True, eq=False)
class Given:
    """The arguments of one call.

    The first tensor among them is what pages call the input: a picture ``(N, C, H, W)``, or anything else whose first
    axis counts the examples, ``(N, …)``. Other tensors with N on their first axis go along, example by example; all
    that is left stays as it is.

    Attributes:
        args: by place.
        kwargs: by name.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @classmethod
    def of(cls, x: Any) -> Given:
        """What ``explorer.show`` takes: a tensor, a tuple of arguments by place, or a dictionary of them by name.

        Raises:
            InputSizeError: when there is no tensor in it, or the first counts no examples.
        """
        given = cls((), dict(x)) if isinstance(x, Mapping) else cls(x if isinstance(x, tuple) else (x,), {})
        first = next(given.tensors(), None)
        if first is None:
            raise InputSizeError(
                f"The input is {type(x).__name__} without a tensor in it; give a tensor, a tuple of arguments or a "
                "dictionary of them by name."
            )
        if first.dim() < 2 or 0 in first.shape:
            raise InputSizeError(
                f"The input has the shape {tuple(first.shape)}; its first axis counts the examples, as in "
                "(1, 3, 224, 224)."
            )
        return given

    def tensors(self) -> Any:
        """All tensors in the arguments, in their order."""
        return tensors_in([self.args, self.kwargs])

    @property
    def first(self) -> Tensor:
        """The first tensor, ``(N, …)``."""
        return next(self.tensors())

    @property
    def is_picture(self) -> bool:
        """Whether the first tensor is a picture of any size, ``(N, C, H, W)``."""
        return self.first.dim() == 4 and self.first.is_floating_point()

    @property
    def is_one_picture(self) -> bool:
        """Whether that picture is all that it takes."""
        return self.is_picture and len(self.args) + len(self.kwargs) == 1

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width in pixels; of another input the last two sides, one of which may be 1."""
        shape = self.first.shape[1:]
        return (shape[-2] if len(shape) > 1 else 1, shape[-1])

    @property
    def channels(self) -> int:
        """Channels of the picture; 1 of another input."""
        return self.first.shape[1] if self.is_picture else 1

    def in_words(self) -> str:
        """The shapes without the examples' axis: ``3×32×32``, or ``2 tensors: 16, 16×8``."""
        shapes = [shape_text(tuple(tensor.shape[1:])) or "a number" for tensor in self.tensors()]
        return shapes[0] if len(shapes) == 1 else f"{len(shapes)} tensors: {', '.join(shapes)}"

    def call(self, images: Tensor) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with another input in the place of the first tensor.

        Args:
            images: ``(N, …)``, handed on as it is. Of the other tensors it gets copies on its device: as they are where
                there are as many examples, else the first example's, repeated.
        """
        first, count = self.first, len(images)

        def placed(tensor: Tensor) -> Tensor:
            if tensor is first:
                return images
            fits = count == len(first) or not self._goes_along(tensor)
            along = tensor if fits else tensor[:1].expand(count, *tensor.shape[1:])
            return along.detach().to(images.device, copy=True, memory_format=torch.contiguous_format)

        return _replaced(self.args, placed), _replaced(self.kwargs, placed)

    def copied(self, device: torch.device | str) -> Given:
        """The same on a device; true copies."""

        def copy(tensor: Tensor) -> Tensor:
            return tensor.detach().to(device, copy=True)

        return Given(_replaced(self.args, copy), _replaced(self.kwargs, copy))

    def _goes_along(self, tensor: Tensor) -> bool:
        return tensor.dim() > 0 and tensor.shape[0] == self.first.shape[0]


def example_of(text: str) -> Tensor:
    """One example of a shape that is written: ``3,224,224`` noise, ``int:16`` whole numbers, 0 and 1 in turn.

    Args:
        text: the shape without the examples' axis.

    Returns:
        ``(1, …)``, the same at every call.

    Raises:
        InputSizeError: when it is no shape.
    """
    try:
        shape = [int(side) for side in text.removeprefix(_WHOLE).replace("x", ",").split(",")]
        if min(shape) < 1 or math.prod(shape) > _MOST_VALUES:
            raise ValueError(text)
    except ValueError:
        raise InputSizeError(
            f"The shape {shown(text)} is none; write 3,224,224, or int:16 for whole numbers."
        ) from None
    if text.startswith(_WHOLE):
        return torch.arange(math.prod(shape)).remainder(2).reshape(1, *shape)
    return torch.randn(1, *shape, generator=torch.Generator().manual_seed(0))


def _replaced(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {name: _replaced(part, change) for name, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_replaced(part, change) for part in value))
    if isinstance(value, tuple | list):
        return type(value)(_replaced(part, change) for part in value)
    return value
