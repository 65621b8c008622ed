"""Copies of a model: on the ``meta`` device for everything that counts it without running it, or with its weights."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from explorer.errors import ExplorerError
from explorer.model.guard import exclusive


def twin_of(model: nn.Module) -> nn.Module:
    """A copy of a model on the ``meta`` device in eval mode; no weight is copied, and the model is not touched.

    Raises:
        ExplorerError: when it holds something that cannot be copied.
    """
    return _copied(model, lambda tensor: tensor.to("meta")).eval()


def snapshot(model: nn.Module) -> nn.Module:
    """A copy of a model with its weights as they are, in eval mode, without gradients and hooks of other people.

    Hooks that torch has put there stay, as pruning and the older norms of weights work by them. The model is not
    touched, and what becomes of it later does not reach the copy.

    Raises:
        ExplorerError: when it holds something that cannot be copied.
    """
    copied = _copied(model, torch.clone)
    for module in copied.modules():
        for hooks in (getattr(module, name) for name in _HOOKS):
            for key in [key for key, hook in hooks.items() if not _is_of_torch(hook)]:
                del hooks[key]
    return copied.eval()


_HOOKS = ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks")


def _is_of_torch(hook: object) -> bool:
    return str(getattr(hook, "__module__", None) or type(hook).__module__).partition(".")[0] == "torch"


def _copied(model: nn.Module, place: Callable[[Tensor], Tensor]) -> nn.Module:
    with exclusive(model):
        # deepcopy takes from the memo what it finds there; tensors that are plain attributes among them
        held = [value for module in model.modules() for value in vars(module).values() if isinstance(value, Tensor)]
        memo: dict[int, Tensor] = {id(tensor): place(tensor.detach()) for tensor in (*model.buffers(), *held)}
        for parameter in model.parameters():
            memo[id(parameter)] = nn.Parameter(place(parameter.detach()), requires_grad=parameter.requires_grad)
        try:
            return copy.deepcopy(model, memo)
        except Exception as error:
            raise ExplorerError(f"{type(model).__name__} cannot be copied, as measuring it needs: {error}.") from error


def blank(twin: nn.Module, input_size: tuple[int, int], in_channels: int) -> Tensor:
    """A picture on the ``meta`` device, ``(1, C, H, W)``, of the type of number that a twin's weights have."""
    weights = (parameter.dtype for parameter in twin.parameters() if parameter.is_floating_point())
    return torch.empty(1, in_channels, *input_size, device="meta", dtype=next(weights, torch.float32))
