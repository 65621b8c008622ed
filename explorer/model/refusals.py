"""Why a module could not be measured, in one sentence: its twin is asked again, with other sizes and channels."""

import inspect
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from explorer.errors import ExplorerError, InputSizeError
from explorer.model.twin import blank, twin_of

if TYPE_CHECKING:
    from explorer.model.given import Given

_SIDES = (64, 96, 128, 224, 256, 299, 384, 512, 48, 32, 28, 16, 8)
"""Sides in pixels that a module may have been made for."""
_LONGEST = 160


def check_measurable(model: nn.Module) -> None:
    """Refuse what hides its parts, or has not made them yet.

    Raises:
        ExplorerError: naming the part.
    """
    for name, module in model.named_modules():
        part = f"{name} ({type(module).__name__})" if name else type(module).__name__
        if isinstance(module, torch.jit.ScriptModule):
            raise ExplorerError(
                f"{part} is compiled by torch.jit.script or torch.jit.trace and tells of none of its parts: give the "
                "module that it was made from."
            )
        if any(is_lazy(parameter) for parameter in module.parameters(recurse=False)):
            raise ExplorerError(f"{part} makes its weights at its first call: call the network once with pictures.")


def refusal(
    model: nn.Module,
    input_size: tuple[int, int],
    in_channels: int,
    error: Exception,
    *,
    given: "Given | None" = None,
) -> ExplorerError:
    """The sentence for a module whose twin did not get through.

    Args:
        model: the module, on any device.
        input_size: height and width in pixels of the picture that it was given.
        in_channels: channels of the picture.
        error: what it raised.
        given: what it was given, where that is not one tensor of pictures.
    """
    name = type(model).__name__
    if type(model).forward is nn.Module.forward:
        return ExplorerError(f"{name} holds modules and calls none: give the module that calls them.")
    if given is not None and not given.is_one_picture:
        return ExplorerError(_by_what_it_raised(model, name, error, what=f"the input {given.in_words()}"))
    taken = _parameters(model)
    if taken is not None:
        return ExplorerError(
            f"{name} takes ({', '.join(taken)}) and gets one tensor of pictures: wrap it in a module that takes these "
            "alone."
        )
    sides = list(islice(_sides_taken(model, input_size, in_channels), 2))
    if sides:
        height, width = input_size
        other = "try a larger one" if max(input_size) < sides[0] else "try a smaller one"
        other = other if len(sides) > 1 else f"it takes {sides[0]}×{sides[0]}"
        return InputSizeError(f"The network cannot take an input of {height}×{width}; {other}.")
    for channels in _channels(model):
        if channels != in_channels and takes(model, input_size, channels):
            plural = "channel" if channels == 1 else "channels"
            return InputSizeError(f"The network takes pictures of {channels:,} {plural}; these have {in_channels:,}.")
    return ExplorerError(_by_what_it_raised(model, name, error))


def takes(model: nn.Module, input_size: tuple[int, int], in_channels: int) -> bool:
    """Whether a module gets through with one picture of a size; it is neither run nor touched."""
    twin = twin_of(model)
    try:
        with torch.no_grad(), torch.device("meta"):
            twin(blank(twin, input_size, in_channels))
    except Exception:  # noqa: BLE001 - other people's modules raise anything
        return False
    return True


def _parameters(model: nn.Module) -> list[str] | None:
    """What a module's forward asks for, where that is not one tensor."""
    try:
        signature = inspect.signature(model.forward)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(Tensor())
    except TypeError:
        return [name for name, one in signature.parameters.items() if one.default is one.empty]
    return None


def _sides_taken(model: nn.Module, input_size: tuple[int, int], in_channels: int) -> Iterator[int]:
    return (side for side in _SIDES if (side, side) != input_size and takes(model, (side, side), in_channels))


def _channels(model: nn.Module) -> list[int]:
    """Channels of a picture that a module may take."""
    first = [module.in_channels for module in model.modules() if isinstance(module, nn.Conv2d)][:1]
    return [*first, 1, 3, 4]


def _by_what_it_raised(model: nn.Module, name: str, error: Exception, *, what: str = "pictures") -> str:
    text = " ".join(str(error).split()) or "no word"
    first = next(iter(inspect.signature(model.forward).parameters.values()), None)
    if what == "pictures" and first is not None and "list[" in str(first.annotation).lower():
        return (
            f"{name} takes a list of pictures, as detectors do, and gets one tensor of them: record the network within "
            "it that takes a tensor, such as its backbone."
        )
    if "expected device meta" in text or "same device" in text:
        return f"{name} makes tensors on a device of its own while it runs: make them where its input is."
    if "fake impl" in text:
        return f"{name} uses {text.split(': ')[0]}, an operation that cannot be followed by shapes alone."
    if "copy out of meta tensor" in text:
        return (
            f"{name} moves its tensors to another device while it runs, where its plan cannot follow: leave them there."
        )
    if "meta" in text:
        return (
            f"{name} goes by the values of its tensors while it runs (an if, item(), nonzero(), NumPy), and its plan "
            "is read off shapes alone: it cannot be recorded so."
        )
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{name} cannot be carried through with {what}; it raises {type(error).__name__}: {shown.rstrip('.')}."
