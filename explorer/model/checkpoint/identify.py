"""From the sets of tensors in a file to the networks that they are the weights of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from explorer.architecture.spec import ResNetSpec
from explorer.model.checkpoint.checkpoint import Checkpoint, countless, expected_shapes, shapes_of
from explorer.model.checkpoint.contents import Contents, TensorGroup
from explorer.model.checkpoint.finding import Finding, Match
from explorer.model.checkpoint.head import find_classifier
from explorer.model.checkpoint.health import findings
from explorer.model.checkpoint.namings import NAMINGS, Naming
from explorer.model.checkpoint.recognise import features_of, is_of_a_body, recognise
from explorer.model.checkpoint.tensors import non_finite


def identify(contents: Contents) -> Finding:
    """Which networks a file holds the weights of; nothing is built and no number of a weight is used.

    Args:
        contents: from ``read_contents``.

    Returns:
        One match where there is one network, several to choose from, or the nearest one with a sentence.
    """
    matches = _distinct([match for group in contents.groups for match in _described(contents, group)])
    most = max(len(group.tensors) for group in contents.groups)
    if len(matches) == 1:
        one = matches[0]
        unusual = findings(one.checkpoint.tensors, one.spec)
        return Finding(name=contents.name, tensors=one.tensors, matches=matches, findings=unusual)
    if matches:
        return Finding(name=contents.name, tensors=most, matches=matches)
    refused = f"{contents.name} holds no network that is known here: its {most:,} tensors fit none by name or by order."
    return Finding(name=contents.name, tensors=most, refused=refused)


def _described(contents: Contents, group: TensorGroup) -> list[Match]:
    """The networks with a tree that a set of tensors is of."""
    found = []
    for naming in NAMINGS:
        for prefix in naming.prefixes(group.tensors):
            match = _fit(contents, group, naming, prefix)
            if match is not None:
                found.append(match)
    return found


def _fit(contents: Contents, group: TensorGroup, naming: Naming, prefix: str) -> Match | None:
    """A set of tensors behind a prefix as a network's, if they are exactly that."""
    inside = {name.removeprefix(prefix): name for name in group.tensors if name.startswith(prefix)}
    new = naming.renamed(inside)
    body = {new[short]: group.tensors[name] for short, name in inside.items() if is_of_a_body(new[short])}
    beside = {
        new.get(name.removeprefix(prefix), name): tensor
        for name, tensor in group.tensors.items()
        if not (name.startswith(prefix) and is_of_a_body(new[name.removeprefix(prefix)]))
    }
    features = features_of(shapes_of(body))
    head = find_classifier(beside, features)
    own, notes = _mended(body | {ours: beside[theirs] for theirs, ours in head.items()})
    spec = recognise(
        countless(shapes_of(own)),
        ResNetSpec().replace(**naming.facts),
        lambda spec: countless(expected_shapes(spec)),
    )
    if spec is None:
        return None
    checkpoint = Checkpoint(
        name=contents.name,
        sha256=hashlib.sha256(f"{contents.sha256} {group.where} {prefix}".encode()).hexdigest(),
        tensors=own,
        class_names=contents.class_names(spec.num_classes) if isinstance(spec, ResNetSpec) else None,
        non_finite=non_finite(own),
        notes=(*group.notes, *notes),
    )
    return Match(
        spec=spec,
        where=".".join(filter(None, (group.where, prefix.rstrip("./")))),
        checkpoint=checkpoint,
        report=checkpoint.fits(spec),
        tensors=len(group.tensors),
        prefix=prefix,
        naming=naming.owner,
        left_out=tuple(name for name in beside if name not in head),
    )


def _mended(own: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Tensors that say the same in another form: a matrix for a 1×1, no bias for one of zeros."""
    tensors = dict(own)
    notes = []
    classifier = tensors.get("fc.weight")
    if classifier is not None:
        tensors["fc.weight"] = classifier.flatten(1)
        if "fc.bias" not in tensors:
            tensors["fc.bias"] = torch.zeros(len(classifier))
            notes.append("The classifier has no bias: zeros stand in its place.")
    gates = [name for name in tensors if name.endswith((".se.fc1.weight", ".se.fc2.weight"))]
    for name in gates:
        weight = tensors[name]
        tensors[name] = weight if weight.dim() == 4 else weight[:, :, None, None]
        bias = f"{name.removesuffix('weight')}bias"
        if bias not in tensors:
            tensors[bias] = torch.zeros(len(weight))
            notes.append("The gates have no biases: zeros stand in their place.")
    return tensors, tuple(dict.fromkeys(notes))


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
