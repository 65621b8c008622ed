"""Any module where a network of ours could stand: with a tree, a plan, and an observer that is told of every call."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from explorer.architecture.plan import Plan
from explorer.errors import InputSizeError
from explorer.model.build import ObservableModule, Observer
from explorer.model.foreign_plan import Measured, measure
from explorer.model.given import Given
from explorer.model.guard import exclusive
from explorer.model.seeded import Seeded
from explorer.model.watch import per_picture, tensors_in

_OF_TORCH = "torch.nn."


class ForeignModule(ObservableModule):
    """A module that is not from ``build``, told of by hooks that are there only while an observer is.

    What it computes is not changed: modules that work in place still do, and the observer gets what arrived at them as
    a copy. What it is shown lasts until the next call, which may work in place: it copies what it keeps.

    Attributes:
        wrapped: the module.
        network: its calls as a tree.
        plan: at the size that it was wrapped for.
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        input_size: tuple[int, int] = (224, 224),
        in_channels: int = 3,
        title: str = "",
        made_for: tuple[int, int] | None = None,
        given: Given | None = None,
    ) -> None:
        """Wrap a module.

        Args:
            module: takes pictures ``(N, C, H, W)``, or what is given; it is shared, not copied.
            input_size: height and width in pixels of the plan.
            in_channels: channels of the pictures.
            title: for people; the module's class where it is empty.
            made_for: height and width that it was made for, to be named when it takes no other.
            given: what it takes, where that is not one tensor of pictures.

        Raises:
            InputSizeError: when the module cannot take such pictures.
            ExplorerError: when it cannot be measured, with the sentence why.
        """
        super().__init__()
        self.wrapped = module
        self.made_for = made_for
        self.given = given
        self.takes_pictures = given is None or given.is_picture
        self._measured = {
            tuple(input_size): measure(
                module, input_size, in_channels=in_channels, title=title, made_for=made_for, given=given
            )
        }
        self.plan = self._measured[tuple(input_size)].plan
        self.network = self.plan.network

    @property
    def torch_module(self) -> nn.Module:
        """The wrapped module."""
        return self.wrapped

    def plan_at(self, input_size: tuple[int, int]) -> Plan:
        """The plan, measured at another size.

        Raises:
            InputSizeError: when the module cannot take such pictures.
        """
        return self.measured_at(input_size).plan

    def get_submodule(self, target: str) -> nn.Module:
        """The part of the wrapped module that a row or a dotted name stands for."""
        for measured in self._measured.values():
            for (name, _), row in measured.calls.items():
                if row == target:
                    return self.wrapped.get_submodule(name)
        return self.wrapped.get_submodule(target)

    def forward(self, images: Tensor, observe: Observer | None = None) -> Tensor:
        """Carry images through the module.

        Args:
            images: ``(N, C, H, W)``, on the module's device.
            observe: told of every row of the plan in its order, but for modules that are never called: the row's name,
                the tensors that arrived, and the first tensor that was put out, ``(N, …)``. A row of a parameter puts
                out the parameter, once for each picture.

        Returns:
            The first tensor that the module outputs: the logits of a classifier.
        """
        if observe is None:
            return self._run(images)
        with exclusive(self):
            taps = _Taps(self.measured_at(self._size_of(images)), observe, len(images))
            try:
                taps.attach(self.wrapped)
                return self._run(images)
            finally:
                taps.remove()

    def _run(self, images: Tensor) -> Tensor:
        if self.given is None:
            return _first(self.wrapped(images))
        args, kwargs = self.given.call(images)
        with Seeded(0, images.device):  # noise that a module draws in evaluation is its own, and the same at each look
            return _first(self.wrapped(*args, **kwargs))

    def _size_of(self, images: Tensor) -> tuple[int, int]:
        if self.given is None or self.given.is_picture:
            return images.shape[-2], images.shape[-1]
        return self.given.input_size

    def measured_at(self, input_size: tuple[int, int]) -> Measured:
        """The plan at a height and width in pixels, and what its rows are in the wrapped module.

        Raises:
            InputSizeError: when the module cannot take such pictures.
        """
        if self.given is not None and not self.given.is_picture and input_size != self.given.input_size:
            raise InputSizeError(
                f"{self.network.title} takes no pictures, but what it was given: {self.given.in_words()}."
            )
        with exclusive(self):
            found = self._measured.get(input_size)
            if found is None:
                found = self._measured[input_size] = measure(
                    self.wrapped,
                    input_size,
                    in_channels=self.network.in_channels,
                    title=self.network.title,
                    made_for=self.made_for,
                    given=self.given,
                )
            return found


def observable(model: nn.Module, images: Tensor) -> ObservableModule:
    """A model that tells of its calls: itself, or any other module wrapped for pictures of this size.

    Raises:
        InputSizeError: when the module cannot take such pictures.
        ExplorerError: when the module cannot be measured, with the sentence why.
    """
    if not isinstance(images, Tensor):
        raise InputSizeError(f"Pictures are one tensor (N, C, H, W), not {type(images).__name__}.")
    if isinstance(model, ObservableModule):
        return model
    if images.dim() != 4:
        raise InputSizeError(f"Pictures are (N, C, H, W); these have the shape {tuple(images.shape)}.")
    return ForeignModule(model, input_size=(images.shape[2], images.shape[3]), in_channels=images.shape[1])


class _Taps:
    """The hooks of one observed pass."""

    def __init__(self, measured: Measured, observe: Observer, pictures: int) -> None:
        self.measured = measured
        self.observe = observe
        self.pictures = pictures
        self.thread = threading.get_ident()
        self.numbers: Counter[str] = Counter()
        self.arriving: list[tuple[str, tuple[Tensor, ...]]] = []
        self.handles: list[Any] = []
        self.told: set[str] = set()

    def attach(self, model: nn.Module) -> None:
        modules = dict(model.named_modules())
        for name in dict.fromkeys(name for name, _ in self.measured.calls):
            module = modules[name]
            self._hook(module.register_forward_pre_hook, self._before(name, changes=may_change(module)))
            self._hook(module.register_forward_hook, self._after)
        for path, row in self.measured.parameters.items():
            owner, _, _ = path.rpartition(".")
            self._hook(modules[owner].register_forward_pre_hook, self._parameter(row, model.get_parameter(path)))

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()

    def _hook(self, register: Callable[..., Any], told: Callable[..., Any]) -> None:
        def in_this_thread(*call: Any) -> Any:
            # others may run the module as well while it is hooked
            return told(*call) if threading.get_ident() == self.thread else None

        self.handles.append(register(in_this_thread, with_kwargs=True))

    def _before(self, name: str, *, changes: bool) -> Callable[..., None]:
        def hook(_module: nn.Module, args: Any, kwargs: Any) -> None:
            self.numbers[name] += 1
            row = self.measured.calls.get((name, self.numbers[name]), "")
            arriving = tensors_in([args, kwargs])
            self.arriving.append((row, tuple(tensor.clone() if changes else tensor for tensor in arriving)))

        return hook

    def _after(self, _module: nn.Module, _args: Any, _kwargs: Any, output: Any) -> Any:
        row, arriving = self.arriving.pop()
        if row:
            self.observe(row, arriving, per_picture(_first(output), self.pictures))
        # functions may work in place as well: on a copy, so that the gradient at the row stays that at its output
        return output.clone() if torch.is_grad_enabled() and isinstance(output, Tensor) else None

    def _parameter(self, row: str, parameter: Tensor) -> Callable[..., None]:
        shared = parameter.detach()
        shared = shared[0] if shared.dim() > 1 and shared.shape[0] == 1 else shared

        def hook(*_call: Any) -> None:
            if row not in self.told:
                self.told.add(row)
                self.observe(row, (), shared.expand(self.pictures, *shared.shape))

        return hook


def may_change(module: nn.Module) -> bool:
    """Whether a module may work on what arrives in place: those of torch say so, of others nobody knows."""
    return not type(module).__module__.startswith(_OF_TORCH) or bool(getattr(module, "inplace", False))


def _first(output: Any) -> Tensor:
    found = next(tensors_in(output), None)
    assert found is not None, "a network outputs a tensor"
    return found
