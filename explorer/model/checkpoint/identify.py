"""From the sets of tensors in a file to the networks that they are the weights of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from explorer.architecture.codec import from_json
from explorer.architecture.families import DescribedSpec, Spec, family_of
from explorer.architecture.spec import ResNetSpec
from explorer.errors import SpecError
from explorer.model.checkpoint.checkpoint import Checkpoint, countless, expected_shapes, shapes_of
from explorer.model.checkpoint.classifiers import find_classifiers
from explorer.model.checkpoint.contents import Contents, TensorGroup
from explorer.model.checkpoint.finding import Finding, Match
from explorer.model.checkpoint.forms import find_classifier, mended, unit_statistics
from explorer.model.checkpoint.health import findings
from explorer.model.checkpoint.modules import Modules, settled
from explorer.model.checkpoint.namings import NAMINGS, Naming
from explorer.model.checkpoint.near import near_family
from explorer.model.checkpoint.order import in_order, matched_by_order
from explorer.model.checkpoint.recognise import Shapes, features_of, is_of_a_body, nearest_network, recognise
from explorer.model.checkpoint.tensors import non_finite
from explorer.model.checkpoint.unseen import assumed

_SAID = "The file says what weights do not show of this network, such as strides and activations."
_ENOUGH = 4
"""A network comes near to a file if one in so many of its tensors fits."""


def identify(contents: Contents) -> Finding:
    """Which networks a file holds the weights of; nothing in it is run.

    Args:
        contents: from ``read_contents``.

    Returns:
        One match where there is one network, several to choose from, or the nearest one with a sentence.
    """
    largest = max((group.tensors for group in contents.groups), key=len)
    family, most = near_family(largest), len(largest)
    tried = [match for group in contents.groups for match in _tried(contents, group, nearest=not family)]
    matches = _distinct(match for match in tried if match.fits)
    if len(matches) == 1:
        one = matches[0]
        unusual = findings(one.checkpoint.tensors, one.spec)
        return Finding(name=contents.name, tensors=one.tensors, matches=matches, findings=unusual)
    if matches:
        return Finding(name=contents.name, tensors=most, matches=matches)
    near = (match for match in tried if match.loaded * _ENOUGH >= match.tensors)
    nearest = max(near, key=lambda match: match.loaded, default=None)
    refused = f"{contents.name} {family}." if family and not nearest else _refusal(contents, nearest, most)
    return Finding(name=contents.name, tensors=most, nearest=nearest, refused=refused)


def _tried(contents: Contents, group: TensorGroup, *, nearest: bool) -> Iterator[Match]:
    """The networks that a set of tensors is of, or comes near to if ``nearest``."""
    found = False
    for naming in NAMINGS:
        for prefix in naming.prefixes(group.tensors):
            found = True
            yield from _held_against(contents, group, naming, prefix, nearest=nearest)
    others = list(_classifiers(contents, group))
    yield from others
    if nearest and not (found or others):
        yield from _by_order(contents, group)


def _held_against(
    contents: Contents, group: TensorGroup, naming: Naming, prefix: str, *, nearest: bool
) -> Iterator[Match]:
    """The tensors behind a prefix as the network with a tree that they fit, or come nearest to."""
    inside = {name.removeprefix(prefix): name for name in group.tensors if name.startswith(prefix)}
    new = naming.renamed(inside)
    used = {name for short, name in inside.items() if is_of_a_body(new[short])}
    within = {name: new[short] for short, name in inside.items() if name not in used}
    outside = {name: name for name in group.tensors if not name.startswith(prefix)}
    body = {new[short]: group.tensors[name] for short, name in inside.items() if name in used}
    features = features_of(shapes_of(body))
    head = _classifier(group, within, features) or _classifier(group, outside, features)
    if naming.merged:
        body |= unit_statistics(body)
    own, notes = mended(body | {ours: group.tensors[theirs] for theirs, ours in head.items()})
    shapes = countless(shapes_of(own))
    like = _like(contents, naming)
    if any(name.endswith("linear.weight") for name in head):
        # akamaster/pytorch_resnet_cifar10 has its zeros so; others who say linear have projections
        like = like.replace(shortcut="A-both")
    spec = recognise(shapes, like, _expected)
    differences: tuple[str, ...] = ()
    if spec is None and not nearest:
        return
    if spec is None:
        spec = nearest_network(shapes, like, _expected)
    elif group.modules and isinstance(spec, ResNetSpec):
        spec, differences = settled(spec, _modules(group, naming, prefix))
    yield _match(
        contents,
        group,
        spec,
        prefix,
        own,
        notes=notes,
        naming=naming.owner,
        put_in=len(own) - len(used) - len(head),
        differences=differences,
        left_out=tuple(name for name in group.tensors if name not in used and name not in head),
    )


def _like(contents: Contents, naming: Naming) -> ResNetSpec:
    """What is taken for so where weights do not show it: what the naming, the file's name or the file itself says."""
    stated = _stated(contents)
    if isinstance(stated, ResNetSpec):
        return stated
    said = " ".join((contents.name, *(value for value in contents.hints.values() if isinstance(value, str))))
    return ResNetSpec().replace(**naming.facts, antialias="blur" in said.casefold())


def _stated(contents: Contents) -> Spec | None:
    """The network that a file says it is of, as one that left from here does; its tensors decide whether that is so."""
    try:
        return from_json(contents.metadata["spec"])
    except (KeyError, SpecError):
        return None


def _modules(group: TensorGroup, naming: Naming, prefix: str) -> Modules:
    """A pickled model's modules by their names in the network."""
    inside = [name.removeprefix(prefix) for name in group.modules if name.startswith(prefix)]
    new = naming.renamed([f"{name}.weight" for name in inside])
    return {new[f"{name}.weight"].removesuffix(".weight"): group.modules[prefix + name] for name in inside}


def _classifiers(contents: Contents, group: TensorGroup) -> Iterator[Match]:
    """The classifiers of torchvision that a set of tensors is of."""
    for spec, prefix, inside in find_classifiers(group.tensors):
        outside = {name: tensor for name, tensor in group.tensors.items() if not name.startswith(prefix)}
        yield _match(contents, group, spec, prefix, {**outside, **inside})


def _by_order(contents: Contents, group: TensorGroup) -> Iterator[Match]:
    """The networks that a set of tensors fits by order and shapes, where the names say nothing."""
    for spec, given in matched_by_order(group.tensors, _expected):
        own, notes = mended({ours: group.tensors[theirs] for ours, theirs in given.items()})
        counters = [name for name in expected_shapes(spec) if name.endswith("num_batches_tracked")]
        scalars = [group.tensors[name] for name in in_order(group.tensors) if not group.tensors[name].dim()]
        if len(scalars) == len(counters):
            own |= dict(zip(counters, scalars, strict=True))
        yield _match(contents, group, spec, "", own, notes=notes, by_order=True)


def _match(
    contents: Contents,
    group: TensorGroup,
    spec: Spec,
    prefix: str,
    own: Mapping[str, Tensor],
    *,
    notes: tuple[str, ...] = (),
    **more: Any,
) -> Match:
    outputs = family_of(spec).outputs
    where = (f"The weights were found under {group.where} in the file.",) if group.where else ()
    checkpoint = Checkpoint(
        name=contents.name,
        sha256=hashlib.sha256(f"{contents.sha256} {group.where} {prefix}".encode()).hexdigest(),
        tensors=own,
        class_names=contents.class_names(outputs),
        non_finite=non_finite(own),
        notes=(*where, *contents.notes, *group.notes, *notes, *(contents.left_out(outputs) if outputs else ())),
    )
    return Match(
        spec=spec,
        where=".".join(filter(None, (group.where, prefix.rstrip("./")))),
        checkpoint=checkpoint,
        report=checkpoint.fits(spec),
        tensors=len(group.tensors),
        prefix=prefix,
        assumed=_SAID if spec == _stated(contents) else assumed(spec),
        **more,
    )


def _refusal(contents: Contents, nearest: Match | None, tensors: int) -> str:
    if nearest is not None:
        return f"{contents.name} comes nearest to {nearest.title} and does not fit it: {'; '.join(nearest.misfits)}."
    many = f"its {tensors:,} tensors fit" if tensors > 1 else "its one tensor fits"
    return f"{contents.name} holds no network that is known here: {many} none by name, nor by order and shapes."


def _expected(spec: DescribedSpec) -> Shapes:
    return countless(expected_shapes(spec))


def _classifier(group: TensorGroup, names: Mapping[str, str], features: int) -> dict[str, str]:
    """The classifier's tensors by their names in the file, and what they are called here."""
    theirs = {ours: name for name, ours in names.items()}
    found = find_classifier({ours: group.tensors[name] for ours, name in theirs.items()}, features)
    return {theirs[name]: ours for name, ours in found.items()}


def _distinct(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Matches without those that hold the same numbers once more."""
    kept: list[Match] = []
    for match in matches:
        if not any(_same(match, other) for other in kept):
            kept.append(match)
    return tuple(kept)


def _same(one: Match, other: Match) -> bool:
    ours, theirs = one.checkpoint.tensors, other.checkpoint.tensors
    return (
        one.spec == other.spec
        and ours.keys() == theirs.keys()
        and all(torch.equal(ours[name], theirs[name]) for name in ours)
    )
