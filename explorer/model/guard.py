"""The one guard for a model's state: who holds it, and that it is given back as it was."""

import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

Mode = Literal["eval", "train"]

_locks: weakref.WeakKeyDictionary[nn.Module, threading.RLock] = weakref.WeakKeyDictionary()
_locks_guard = threading.Lock()
_begun: Counter[int] = Counter()
_held: Counter[int] = Counter()


class Uses(NamedTuple):
    """How often other threads than this one have taken a model.

    Attributes:
        begun: since the process began.
        held: that go on now.
    """

    begun: int
    held: int

    def since(self, before: "Uses") -> bool:
        """Whether any went on after an earlier look."""
        return before.held > 0 or self.begun > before.begun


def uses_by_others() -> Uses:
    """Whether other threads run models: how often they took one, and how many they hold."""
    this = threading.get_ident()
    with _locks_guard:
        begun, held = (sum(by.values()) - by[this] for by in (_begun, _held))
    return Uses(begun, held)


@contextmanager
def exclusive(model: nn.Module) -> Iterator[None]:
    """Hold a model alone: whoever else asks for it waits.

    Whatever reads or changes a model that others may have holds it: a probe, a training step, new weights. The holder
    may ask again. A module that only wraps another (its attribute ``wrapped``) is held as that one.
    """
    wrapped = getattr(model, "wrapped", None)
    with _locks_guard:
        lock = _locks.setdefault(wrapped if isinstance(wrapped, nn.Module) else model, threading.RLock())
    with lock:
        _count(1)
        try:
            yield
        finally:
            _count(-1)


def _count(change: int) -> None:
    this = threading.get_ident()
    with _locks_guard:
        _held[this] += change
        _begun[this] += max(0, change)


@contextmanager
def borrowed(model: nn.Module, mode: Mode) -> Iterator[None]:
    """Hold a model alone, in one mode and without gradients, and give it back as it was, whatever happens.

    Put back are the training flag of every submodule, all buffers, and the norms' momentum. In between the buffers are
    copies, so that the model's own are never written to.

    Args:
        model: the module.
        mode: ``eval``, or ``train`` in which norms work with the batch's statistics; all else stays as in ``eval``.
    """
    with exclusive(model), torch.no_grad():
        modes = [(module, module.training) for module in model.modules()]
        momenta = [(module, module.momentum) for module in model.modules() if hasattr(module, "momentum")]
        buffers = _own_buffers(model)
        try:
            # one by one: Module.train() of some libraries does more than set the flag. Norms alone: dropout would
            # draw random numbers, and heads for training alone would run
            for module, _ in modes:
                module.training = mode == "train" and isinstance(module, _NormBase)
            if mode == "train":
                for module, name, buffer in buffers:
                    setattr(module, name, buffer.clone())
            yield
        finally:
            for module, training in modes:
                module.training = training
            for module, momentum in momenta:
                module.momentum = momentum
            for module, name, buffer in buffers:
                setattr(module, name, buffer)


def _own_buffers(model: nn.Module) -> list[tuple[nn.Module, str, Tensor]]:
    return [
        (module, name, buffer)
        for module in model.modules()
        for name, buffer in module.named_buffers(recurse=False, remove_duplicate=False)
    ]
