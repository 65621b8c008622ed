"""What a file was found to hold, as text for a terminal and as fields for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from explorer.architecture.codec import to_json
from explorer.architecture.families import Spec
from explorer.model.checkpoint.finding import Finding, Match


def fields(finding: Finding) -> dict[str, Any]:
    """Everything by name; ``network`` and ``spec`` are None where there is no network, or a choice."""
    one = finding.match
    shown = one or finding.nearest
    return {
        "network": finding.network,
        "spec": None if one is None else _fields_of(one.spec),
        "tensors": finding.tensors,
        "loaded": one.loaded if one else 0,
        "candidates": [_candidate(match) for match in finding.candidates],
        "missing": list(shown.report.missing) if shown else [],
        "unexpected": list(shown.unexpected) if shown else [],
        "notes": list(finding.notes),
        "findings": list(finding.findings),
        "refused": finding.refused,
    }


def text(finding: Finding) -> str:
    """The same in lines."""
    return "\n".join(_lines(finding))


def _lines(finding: Finding) -> Iterator[str]:
    one = finding.match
    if one is not None:
        yield f"{finding.name}: {one.title}; {one.loaded:,} of {one.tensors:,} tensors loaded."
    elif finding.candidates:
        yield f"{finding.name}: {len(finding.candidates)} networks, choose one of them."
        yield from (f"- {match.title}, under {match.where or 'no key'}" for match in finding.candidates)
    yield from (f"- {sentence}" for sentence in (*finding.notes, *finding.findings))
    shown = one or finding.nearest
    if shown is not None:
        for heading, names in (("Missing", shown.report.missing), ("Not in the network", shown.unexpected)):
            if names:
                yield f"{heading}, {len(names):,}: {', '.join(names)}"
    if finding.refused:
        yield finding.refused


def _candidate(match: Match) -> dict[str, Any]:
    return {
        "network": match.title,
        "where": match.where,
        "spec": _fields_of(match.spec),
        "loaded": match.loaded,
        "notes": list(match.notes),
    }


def _fields_of(spec: Spec) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(to_json(spec))
    return made
