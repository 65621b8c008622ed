"""The one place with caches: what is shared between runs and sessions, and how much of it is kept."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from cachetools import LRUCache

from explorer.architecture.families import Spec, family_of, network_of
from explorer.architecture.plan import Plan
from explorer.architecture.trace import trace

if TYPE_CHECKING:  # torch is imported when the first model is asked for, after the page is painted
    import pandas as pd

    from explorer.model.build import ObservableModule
    from explorer.model.summary import Summary
    from explorer.model.weights import Loaded

T = TypeVar("T")

MODELS_BYTES = 1_000_000_000


@lru_cache(maxsize=32)
def plan_of(spec: Spec, input_size: tuple[int, int]) -> Plan:
    """The plan of a network at an input size; plans are immutable, so all sessions share them."""
    if family_of(spec).measured:  # its rows are known only when it is built, on the device without memory
        from explorer.model.families import model_family

        return model_family(spec).plan(input_size)
    return trace(network_of(spec), input_size)


@dataclass(frozen=True, eq=False)
class Ready:
    """A network that can be run, shared by all sessions: look, do not change.

    Attributes:
        model: the module in eval mode; probes hold it alone while they run.
        loaded: which weights it has.
        device: where it is.
        key: network, weights and device, by which results are cached.
        weights_bytes: parameters and buffers.
    """

    model: "ObservableModule"
    loaded: "Loaded"
    device: str
    key: tuple[Any, ...]
    weights_bytes: int


_models: LRUCache[Any, Ready] = LRUCache(MODELS_BYTES, getsizeof=lambda ready: ready.weights_bytes)
_models_lock = threading.Lock()


def model(key: tuple[Any, ...], make: Callable[[], Ready]) -> Ready:
    """The model of a key, made when it is not kept; the ones not used for longest go when all exceed a gigabyte."""
    with _models_lock:
        if key in _models:
            return _models[key]
    ready = make()
    with _models_lock:
        if ready.weights_bytes <= MODELS_BYTES:
            _models[key] = ready
    return ready


@lru_cache(maxsize=1)
def catalogue() -> "pd.DataFrame":
    """Every named network with totals and published accuracy; shared, so look and do not change."""
    from explorer.views.differences import catalogue as make

    return make()


RESULTS_BYTES = 400_000_000

_results: LRUCache[Any, tuple[Any, int]] = LRUCache(RESULTS_BYTES, getsizeof=lambda kept: kept[1])
_results_lock = threading.Lock()


def result(key: tuple[Any, ...], make: Callable[[], T], size_of: Callable[[T], int]) -> T:
    """What a model made of pictures, made when it is not kept; look, do not change.

    All sessions share 400 MB; what was not asked for longest goes first, and what is larger is made every time.

    Args:
        key: what, of which model, on which pictures: ``Ready.key`` and digests, never a picture.
        make: makes it.
        size_of: its bytes.
    """
    with _results_lock:
        if key in _results:
            return _results[key][0]
    made = make()
    size = max(1, size_of(made))
    with _results_lock:
        if size <= RESULTS_BYTES:
            _results[key] = (made, size)
    return made


def is_kept(key: tuple[Any, ...]) -> bool:
    """Whether a result is there already.

    Args:
        key: as for ``result``.
    """
    with _results_lock:
        return key in _results


@lru_cache(maxsize=16)
def summary_of(spec: Spec, input_size: tuple[int, int]) -> "Summary":
    """The summary that torchinfo gives of a network, made on the meta device, which allocates no weights."""
    from explorer.model.families import model_family
    from explorer.model.summary import torchinfo_summary

    return torchinfo_summary(model_family(spec).build(device="meta"), input_size)
