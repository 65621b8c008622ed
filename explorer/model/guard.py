"""The one guard for a model's state: who holds it, and that it is given back as it was."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

Mode = Literal["eval", "train"]

_locks: weakref.WeakKeyDictionary[nn.Module, threading.RLock] = weakref.WeakKeyDictionary()
_locks_guard = threading.Lock()


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
        yield


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
