"""A pass with gradients to what a network is shown and to what its rows output; its parameters get none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from explorer.model.build import ObservableModule
from explorer.model.guard import borrowed
from explorer.model.out_of_memory import enough_memory

_INSTEAD = "choose a smaller input, fewer pictures or the CPU"


@contextmanager
def differentiable(model: ObservableModule) -> Iterator[None]:
    """Hold a model alone in eval mode with gradients switched on, and give it back as it was.

    An input that requires a gradient, and all that is made from it, gets one; no parameter does. Nothing works in place
    meanwhile, so that the gradient at a row is that at its own output. Run the model with ``forward.passed``.

    Args:
        model: from ``build``, or wrapped.
    """
    module = model.torch_module
    with borrowed(model, "eval"):
        learned = [(parameter, parameter.requires_grad) for parameter in module.parameters()]
        in_place = [part for part in module.modules() if getattr(part, "inplace", False) is True]
        try:
            for parameter, _ in learned:
                parameter.requires_grad_(False)
            for part in in_place:
                part.inplace = False  # type: ignore[assignment]
            with torch.enable_grad(), enough_memory(model.device, "a pass back through this network", _INSTEAD):
                yield
        finally:
            for parameter, before in learned:
                parameter.requires_grad_(before)
            for part in in_place:
                part.inplace = True  # type: ignore[assignment]
