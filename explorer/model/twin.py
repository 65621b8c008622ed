"""A copy of a model on the ``meta`` device, for everything that counts a network without running it."""

import copy

import torch
from torch import Tensor, nn

from explorer.errors import ExplorerError
from explorer.model.guard import exclusive


def twin_of(model: nn.Module) -> nn.Module:
    """A copy of a model on the ``meta`` device in eval mode; no weight is copied, and the model is not touched.

    Raises:
        ExplorerError: when it holds something that cannot be copied.
    """
    with exclusive(model):
        # deepcopy takes from the memo what it finds there; tensors that are plain attributes among them
        held = [value for module in model.modules() for value in vars(module).values() if isinstance(value, Tensor)]
        memo: dict[int, Tensor] = {id(tensor): tensor.detach().to("meta") for tensor in (*model.buffers(), *held)}
        for parameter in model.parameters():
            memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), requires_grad=parameter.requires_grad)
        try:
            twin = copy.deepcopy(model, memo)
        except Exception as error:
            raise ExplorerError(f"{type(model).__name__} cannot be copied, as measuring it needs: {error}.") from error
    return twin.eval()


def blank(twin: nn.Module, input_size: tuple[int, int], in_channels: int) -> Tensor:
    """A picture on the ``meta`` device, ``(1, C, H, W)``, of the type of number that a twin's weights have."""
    weights = (parameter.dtype for parameter in twin.parameters() if parameter.is_floating_point())
    return torch.empty(1, in_channels, *input_size, device="meta", dtype=next(weights, torch.float32))
