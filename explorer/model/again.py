"""One pass in which every row can be run again on what arrived at it, while that is still there."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor, nn

from explorer.model.build import ObservableModule
from explorer.model.foreign import ForeignModule, may_change
from explorer.model.forward import passed
from explorer.model.watch import tensors_in

Again = Callable[[], object]
# Told of every row: its name, its module, what runs it again, the tensors that arrived, and those that it put out.
Told = Callable[[str, nn.Module, Again, tuple[Tensor, ...], tuple[Tensor, ...]], None]


def run_again(model: ObservableModule, images: Tensor, told: Told) -> tuple[str, ...]:
    """One forward pass in the mode that the model is in; what arrives at a row is dropped when the pass goes on.

    Args:
        model: held by the caller.
        images: ``(N, C, H, W)``, on any device.
        told: told of every row that is one call of one module, in the order of the calls.

    Returns:
        The rows within which other rows are called, so that they cannot be run alone.

    Raises:
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    if isinstance(model, ForeignModule):
        rows = _Rows(model, images, told)
        try:
            rows.attach()
            passed(model, images)
        finally:
            rows.remove()
        return tuple(rows.holding)

    def observe(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        module = model.get_submodule(name)
        told(name, module, partial(module, *arriving), arriving, (output,))

    passed(model, images, observe)
    return ()


class _Rows:
    """The hooks of one pass through a module that is not from ``build``."""

    def __init__(self, model: ForeignModule, images: Tensor, told: Told) -> None:
        self.modules = dict(model.wrapped.named_modules())
        self.calls = model.measured_at((images.shape[-2], images.shape[-1])).calls
        self.told = told
        self.thread = threading.get_ident()
        self.numbers: Counter[str] = Counter()
        self.open: list[_Open] = []
        self.holding: list[str] = []
        self.handles: list[Any] = []

    def attach(self) -> None:
        for name in dict.fromkeys(name for name, _ in self.calls):
            module = self.modules[name]
            self.handles.append(module.register_forward_pre_hook(self._before(name), with_kwargs=True))
            self.handles.append(module.register_forward_hook(self._after))

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()

    def _before(self, name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, args: Any, kwargs: Any) -> None:
            if threading.get_ident() != self.thread:
                return
            self.numbers[name] += 1
            for around in self.open:
                around.holds_others = True
            row = self.calls.get((name, self.numbers[name]), "")
            self.open.append(_Open(row, module, args, kwargs))

        return hook

    def _after(self, module: nn.Module, _args: Any, output: Any) -> None:
        if threading.get_ident() != self.thread:
            return
        call = self.open.pop()
        if call.row and call.holds_others:
            self.holding.append(call.row)
        elif call.row:
            # not the module itself, whose hooks would take it for another row
            again = partial(module.forward, *call.args, **call.kwargs)
            self.told(call.row, module, again, tuple(tensors_in([call.args, call.kwargs])), tuple(tensors_in(output)))


class _Open:
    """A call that has not ended, with what arrived at it."""

    def __init__(self, row: str, module: nn.Module, args: Any, kwargs: Any) -> None:
        changes = may_change(module)
        self.row = row
        self.args = _copied(args) if changes else args
        self.kwargs = _copied(kwargs) if changes else kwargs
        self.holds_others = False


def _copied(given: Any) -> Any:
    """What arrives, its tensors copied: a module that works in place would leave others behind."""
    if isinstance(given, Tensor):
        return given.clone()
    if isinstance(given, dict):
        return {name: _copied(one) for name, one in given.items()}
    return type(given)(map(_copied, given)) if type(given) in (list, tuple) else given
