"""A copy of a model on the ``meta`` device, for everything that counts a network without running it."""

import copy

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.module_tracker import ModuleTracker

from explorer.errors import InputSizeError
from explorer.model.guard import exclusive

# What torch, and what models themselves, raise for an input of a shape that they cannot take.
REFUSALS = (RuntimeError, ValueError, AssertionError, IndexError, TypeError)


def twin_of(model: nn.Module) -> nn.Module:
    """A copy of a model on the ``meta`` device in eval mode; no weight is copied, and the model is not touched."""
    with exclusive(model):
        # deepcopy takes from the memo what it finds there; tensors that are plain attributes among them
        held = [value for module in model.modules() for value in vars(module).values() if isinstance(value, Tensor)]
        memo: dict[int, Tensor] = {id(tensor): tensor.detach().to("meta") for tensor in (*model.buffers(), *held)}
        for parameter in model.parameters():
            memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), requires_grad=parameter.requires_grad)
        twin = copy.deepcopy(model, memo)
    return twin.eval()


def blank(input_size: tuple[int, int], in_channels: int) -> Tensor:
    """A picture on the ``meta`` device, ``(1, C, H, W)``."""
    return torch.empty(1, in_channels, *input_size, device="meta")


def refused(input_size: tuple[int, int]) -> InputSizeError:
    """The sentence for an input that a network cannot take, where nothing more is known."""
    return InputSizeError(f"The network cannot take an input of {input_size[0]}×{input_size[1]}; try a larger one.")


def flop_counter(tracker: ModuleTracker) -> FlopCounterMode:
    """The flop counter of torch with a tracker of ours: its own hooks every module of the process."""
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = tracker
    return counter
