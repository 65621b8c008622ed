"""A file of weights as the network that it is of, built and filled."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.architecture.families import usual_size
from explorer.architecture.notebook import fields_table
from explorer.architecture.plan import Plan
from explorer.architecture.values import shown
from explorer.errors import WeightsError
from explorer.model.build import ObservableModule
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.finding import Finding, Match
from explorer.model.checkpoint.identify import identify
from explorer.model.families import model_family
from explorer.model.weights import filled


@dataclass(frozen=True, eq=False, kw_only=True)
class Opened:
    """A network with the weights of a file.

    Attributes:
        model: in evaluation mode, takes ``(N, C, H, W)``.
        plan: at the size that the network was made for.
        match: which tensors of the file these are, under the network's own names, and what was done to them.
        report: what the whole file was found to hold.
    """

    model: ObservableModule
    plan: Plan
    match: Match
    report: Finding

    def __repr__(self) -> str:
        match = self.match
        return f"<{match.title} from {self.report.name}: {match.loaded:,} of {match.tensors:,} tensors loaded>"

    def _repr_html_(self) -> str:
        """What was loaded, for a notebook."""
        match = self.match
        return fields_table(
            f"{match.title} from {self.report.name}",
            {
                "tensors loaded": f"{match.loaded:,} of {match.tensors:,}",
                "parameters": f"{self.plan.params:,}",
                **{f"note {i}": note for i, note in enumerate(match.notes, start=1)},
                **{f"finding {i}": found for i, found in enumerate(self.report.findings, start=1)},
            },
        )


def open_file(
    path: str | os.PathLike[str], *, where: str | None = None, device: str | torch.device | None = None
) -> Opened:
    """Read a file of weights, find the network that it is of, build it and fill it; nothing in the file is run.

    Args:
        path: of the file, whatever it ends with.
        where: which of several networks in the file, ``encoder_q``; None where there is one.
        device: where the network shall live; None chooses.

    Raises:
        WeightsError: when the file cannot be read, holds no network that is known here, or several.
        DeviceError: when the device is not there.
    """
    finding = find(path)
    match = _chosen(finding, where)
    model, _ = filled(match.spec, match.checkpoint, device, None)
    return Opened(model=model, plan=model_family(match.spec).plan(usual_size(match.spec)), match=match, report=finding)


def find(path: str | os.PathLike[str]) -> Finding:
    """What a file on this disk holds.

    Raises:
        WeightsError: when there is none, or it is no checkpoint.
    """
    try:
        return identify(read_contents(Path(path)))
    except (TypeError, ValueError):  # a ValueError here is of a name that no file can have
        raise WeightsError(f"There is no file {shown(path)} that can be read.") from None


def _chosen(finding: Finding, where: str | None) -> Match:
    if not finding.matches:
        raise WeightsError(finding.refused or f"{finding.name} holds no network that is known here.")
    wanted = [match for match in finding.matches if where in (None, match.where, match.title)]
    if len(wanted) == 1:
        return wanted[0]
    places = ", ".join(f'"{match.where}" ({match.title})' for match in finding.matches)
    raise WeightsError(f"{finding.name} holds these networks: {places}; say which with where=.")
