"""The ways to carry a trained network over to other classes: what each loads, draws, freezes and trains, in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.architecture.describe import describe
from explorer.architecture.plan import Layer, Plan, learns, paper_name
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.trace import trace
from explorer.architecture.values import shown
from explorer.errors import LabError, SpecError

Way = str
"""``scratch``, ``all``, ``layer1`` … (this stage and all behind it), ``head`` (fc alone) or ``added``."""
SOURCE: Way = "source"
"""In the place of a way: the run that the others begin with."""
USUAL_WAYS: tuple[Way, ...] = ("scratch", "all", "layer3", "head", "added")
"""Those that are run when nobody has chosen others."""

# any size at which six stages and their norms can be walked: parameters do not depend on it
_SIZE = (256, 256)
_BUFFERS = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True, kw_only=True)
class Section:
    """What a way does with one part of the network.

    Attributes:
        name: ``stem``, ``layer1`` …, ``head``.
        params: learnable scalars.
        trained: those that are trained.
        frozen: those that are not.
        norms: how many norms there are.
        norms_frozen: those whose scale and shift are not trained.
    """

    name: str
    params: int
    trained: int
    frozen: int
    norms: int
    norms_frozen: int


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A way, applied to one network.

    Attributes:
        way: which.
        title: for people.
        spec: the new network.
        loaded: names of the tensors that are taken from the source, buffers among them.
        left_out: names of the source's tensors that are not: its classifier, which is for its own classes; all of
            them from scratch.
        drawn: names of the new network's tensors that start as they are drawn.
        trainable: names of the modules that learn, None for all; as ``explorer.labs.training.train.train`` takes them.
        total: learnable scalars of the new network.
        trained: those that are trained.
        frozen: those that are not.
        sections: the same for the stem, each stage and the head.
    """

    way: Way
    title: str
    spec: ResNetSpec
    loaded: tuple[str, ...]
    left_out: tuple[str, ...]
    drawn: tuple[str, ...]
    trainable: tuple[str, ...] | None
    total: int
    trained: int
    frozen: int
    sections: tuple[Section, ...]


def ways(spec: ResNetSpec) -> dict[Way, str]:
    """Every way for a network and its title, from what trains most to what trains least.

    "added" keeps the classifier with its old classes and trains a linear layer behind it; the others replace it.
    """
    stages = {stage: f"From {paper_name(stage)} on" for stage in _stages(spec)}
    return {"scratch": "From scratch", "all": "All of it", **stages, "head": "fc alone", "added": "A layer after fc"}


def transfer(source: ResNetSpec, way: Way, *, classes: int) -> Transfer:
    """What a way does with a network.

    Args:
        source: the trained network.
        way: one of ``ways(source)``.
        classes: how many the new network shall tell apart.

    Raises:
        LabError: when this is no way of the network.
        SpecError: when a network cannot tell so many classes apart.
    """
    if not classes:
        raise SpecError("classes is 0; there is nothing to tell apart: it must be 1 or more.")
    titles = ways(source)
    if way not in titles:
        raise LabError(f"{shown(way)} is no way to carry this network over; choose one of {', '.join(titles)}.")
    spec = source.replace(num_classes=classes, added_classes=0)
    if way == "added":
        spec = source.replace(added_classes=classes)
    old, new = (trace(describe(network), _SIZE) for network in (source, spec))
    replaced = {"added"} if way == "added" else {"fc", "added"}
    kept = [] if way == "scratch" else [row for row in new.layers if row.layer not in replaced]
    loaded = tuple(_tensors(kept))
    trainable = _trainable(new, way)
    sections = tuple(_section(name, rows, trainable) for name, rows in new.stages.items())
    trained = sum(section.trained for section in sections)
    return Transfer(
        way=way,
        title=titles[way],
        spec=spec,
        loaded=loaded,
        left_out=_without(_tensors(old.layers), loaded),
        drawn=_without(_tensors(new.layers), loaded),
        trainable=trainable,
        total=new.params,
        trained=trained,
        frozen=new.params - trained,
        sections=sections,
    )


def _stages(spec: ResNetSpec) -> list[str]:
    return [f"layer{number}" for number in range(1, len(spec.depths) + 1)]


def _trainable(plan: Plan, way: Way) -> tuple[str, ...] | None:
    if way in ("scratch", "all"):
        return None
    if way in ("head", "added"):
        return ("fc",) if way == "head" else ("added",)
    stages = [name for name in plan.stages if name.startswith("layer")]
    # with pre-activation the last stage's norm stands in the head
    behind = [row.layer for row in plan.stages["head"] if row.params]
    return (*stages[stages.index(way) :], *behind)


def _section(name: str, rows: tuple[Layer, ...], trainable: tuple[str, ...] | None) -> Section:
    learning = [row for row in rows if learns(row.layer, trainable)]
    params, trained = (sum(row.params for row in some) for some in (rows, learning))
    norms, norms_trained = (sum(row.kind == "norm" for row in some) for some in (rows, learning))
    return Section(
        name=name,
        params=params,
        trained=trained,
        frozen=params - trained,
        norms=norms,
        norms_frozen=norms - norms_trained,
    )


def _tensors(rows: Iterable[Layer]) -> list[str]:
    """Names of the rows' parameters and buffers, as in a ``state_dict``."""
    names = []
    for row in rows:
        own = ["weight", *(["bias"] if row.op.bias or row.kind == "norm" else [])] if row.params else []
        names += [f"{row.layer}.{name}" for name in (*own, *(_BUFFERS if row.buffer_bytes else ()))]
    return names


def _without(names: Iterable[str], taken: tuple[str, ...]) -> tuple[str, ...]:
    known = set(taken)
    return tuple(name for name in names if name not in known)
