"""One pass in which every row can be run again on what arrived at it, while that is still there."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor, nn

from explorer.model.build import ObservableModule
from explorer.model.foreign import ForeignModule, may_change
from explorer.model.forward import passed
from explorer.model.watch import tensors_in

Again = Callable[[], object]


class Called(NamedTuple):
    """One row, while what arrived at it is still there.

    Attributes:
        row: its name.
        module: of the row.
        again: runs it once more.
        arriving: the tensors that it took.
        made: those that it put out.
        within: the rows that are called within it, all told before.
    """

    row: str
    module: nn.Module
    again: Again
    arriving: tuple[Tensor, ...]
    made: tuple[Tensor, ...]
    within: tuple[str, ...] = ()


def run_again(model: ObservableModule, images: Tensor, told: Callable[[Called], None]) -> None:
    """One forward pass in the mode that the model is in; what arrives at a row is dropped when the pass goes on.

    Args:
        model: held by the caller.
        images: ``(N, C, H, W)``, on any device.
        told: told of every row that is one call of one module, in the order in which they end.

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
        return

    def observe(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        module = model.get_submodule(name)
        told(Called(name, module, partial(module, *arriving), arriving, (output,)))

    passed(model, images, observe)


class _Rows:
    """The hooks of one pass through a module that is not from ``build``."""

    def __init__(self, model: ForeignModule, images: Tensor, told: Callable[[Called], None]) -> None:
        self.modules = dict(model.wrapped.named_modules())
        self.calls = model.measured_at((images.shape[-2], images.shape[-1])).calls
        self.told = told
        self.thread = threading.get_ident()
        self.numbers: Counter[str] = Counter()
        self.open: list[_Open] = []
        self.handles: list[Any] = []
        self.is_telling = False

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
            if self._is_deaf():
                return
            self.numbers[name] += 1
            row = self.calls.get((name, self.numbers[name]), "")
            self.open.append(_Open(row, module, args, kwargs))

        return hook

    def _after(self, module: nn.Module, _args: Any, output: Any) -> None:
        if self._is_deaf():
            return
        call = self.open.pop()
        if not call.row:
            return
        arriving, made = tuple(tensors_in([call.args, call.kwargs])), tuple(tensors_in(output))
        self.is_telling = True
        again = partial(module, *call.args, **call.kwargs)
        self.told(Called(call.row, module, again, arriving, made, tuple(call.within)))
        self.is_telling = False
        for around in self.open:
            around.within.append(call.row)

    def _is_deaf(self) -> bool:
        """Whether a call is somebody else's, or one that is made again."""
        return self.is_telling or threading.get_ident() != self.thread


class _Open:
    """A call that has not ended, with what arrived at it."""

    def __init__(self, row: str, module: nn.Module, args: Any, kwargs: Any) -> None:
        changes = may_change(module)
        self.row = row
        self.args = _copied(args) if changes else args
        self.kwargs = _copied(kwargs) if changes else kwargs
        self.within: list[str] = []


def _copied(given: Any) -> Any:
    """What arrives, its tensors copied: a module that works in place would leave others behind."""
    if isinstance(given, Tensor):
        return given.clone()
    if isinstance(given, dict):
        return {name: _copied(one) for name, one in given.items()}
    return type(given)(map(_copied, given)) if type(given) in (list, tuple) else given
