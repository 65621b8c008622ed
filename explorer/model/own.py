"""Modules of one's own, taken into this process to be looked at: copied, measured, and run once to see that it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explorer.architecture.own import OwnFacts, OwnSpec, enter
from explorer.errors import ExplorerError
from explorer.model.foreign import ForeignModule
from explorer.model.forward import passed
from explorer.model.given import Given
from explorer.model.guard import borrowed
from explorer.model.images import IMAGENET, Preprocess
from explorer.model.refusals import check_measurable
from explorer.model.twin import snapshot

_LONGEST = 160


@dataclass(frozen=True, eq=False, kw_only=True)
class Own:
    """What was taken in.

    Attributes:
        module: the copy, wrapped.
        input: the first tensor of what it was given, with all its examples, ``(N, …)``, on the CPU.
        classes: what its outputs mean, where that was said.
        preprocess: what pictures go through that are added to look at.
    """

    module: ForeignModule
    input: Tensor
    classes: tuple[str, ...] | None
    preprocess: Preprocess


_own: dict[str, Own] = {}


def take_in(
    model: nn.Module,
    x: Any,
    *,
    name: str = "",
    classes: Sequence[str] | None = None,
    preprocess: Preprocess = IMAGENET,
) -> OwnSpec:
    """Copy a module and make it known to this process; it is neither changed nor kept.

    Args:
        model: any module.
        x: what it is called with: a tensor whose first axis counts the examples, a tuple of arguments by place, or a
            dictionary of them by name.
        name: for the address and for people; the module's class where it is empty.
        classes: what its outputs are called.
        preprocess: what pictures go through that are added to look at.

    Returns:
        Its spec, from which every page starts.

    Raises:
        ExplorerError: when what it does cannot be followed, with the sentence why.
    """
    if not isinstance(model, nn.Module):
        raise ExplorerError(f"A network is a torch.nn.Module, not {type(model).__name__}.")
    check_measurable(model)
    title = name or type(model).__name__
    copied = snapshot(model)
    device = next((tensor.device for tensor in (*copied.parameters(), *copied.buffers())), torch.device("cpu"))
    given = Given.of(x).copied(device)
    module = ForeignModule(
        copied, input_size=given.input_size, in_channels=given.channels, title=title, given=given
    ).eval()
    _check(module, given)
    names = _checked(classes, module)
    facts = OwnFacts(
        title=title,
        given=given.in_words(),
        input_size=given.input_size,
        channels=given.channels,
        takes_pictures=given.is_picture,
        outputs=len(names) if names else 0,
    )
    spec = enter(facts, title)
    _own[spec.name] = Own(module=module, input=given.first.cpu(), classes=names, preprocess=preprocess)
    return spec


def own(spec: OwnSpec) -> Own:
    """What was taken in under a name."""
    return _own[spec.name]


def _check(module: ForeignModule, given: Given) -> None:
    """Run the module once: its rows must be those of its plan, and torch's own random numbers must stay as they are."""
    title = module.network.title
    shapes: dict[str, tuple[int, ...]] = {}

    def note(row: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if output.is_complex():
            raise ExplorerError(f"{row} of {title} puts out complex numbers, which are not shown here.")
        shapes[row] = tuple(output.shape[1:])

    before = torch.get_rng_state()
    try:
        with borrowed(module, "eval"):
            first = passed(module, given.first[:1], note).clone()
            again = passed(module, given.first[:1])
    except ExplorerError:
        raise
    except Exception as error:  # other people's modules raise anything
        text = " ".join(str(error).split())[:_LONGEST].rstrip(".")
        raise ExplorerError(
            f"{title} does not run with {given.in_words()}; it raises {type(error).__name__}: {text}."
        ) from error
    draws = not torch.equal(before, torch.get_rng_state())
    torch.set_rng_state(before)
    if draws:
        raise ExplorerError(
            f"{title} draws from torch's random numbers in evaluation too, as dropout does that is always on, so every "
            "look would show something else and change what your program draws: switch it off and show it again."
        )
    if not torch.allclose(first, again, rtol=1e-3, equal_nan=True):
        raise ExplorerError(
            f"{title} puts out something else at a second run with the same input: what is shown would depend on how "
            "often it was looked at."
        )
    called = {row.layer: row.output_shape for row in module.plan.layers if row.activation_bytes}
    other = next((name for name in called | shapes if called.get(name) != shapes.get(name)), None)
    if other is not None:
        raise ExplorerError(
            f"{title} does not do the same at every call: {other} puts out {_shape(shapes.get(other))} in a run and "
            f"{_shape(called.get(other))} in the pass that its plan is read off, so its rows cannot be told."
        )


def _shape(shape: tuple[int, ...] | None) -> str:
    return "nothing" if shape is None else "×".join(map(str, shape)) or "one number"


def _checked(classes: Sequence[str] | None, module: ForeignModule) -> tuple[str, ...] | None:
    if classes is None:
        return None
    names, outputs = tuple(map(str, classes)), module.plan.layers[-1].output_shape
    if outputs != (len(names),):
        raise ExplorerError(f"There are {len(names):,} classes, and {module.network.title} puts out {_shape(outputs)}.")
    return names
