"""What a file of weights was found to hold: one network, several to choose from, the nearest one, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.architecture.families import Spec, title_of
from explorer.model.checkpoint.checkpoint import Checkpoint, LoadReport, misfits

_QUANTISED = ".zero_point"
"""Behind the name of a layer that ``torch.ao.quantization`` has quantised."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Match:
    """A set of tensors held against one network.

    Attributes:
        spec: the network.
        where: in the file: the keys and the prefix that lead to it, ``student.backbone``; may be empty.
        checkpoint: the tensors under the network's own names, ready to be loaded; notes say what was done to them.
        report: what is missing, unexpected or of another shape, by the network's names.
        tensors: how many the file has in this place.
        put_in: how many of the network's tensors the file leaves out, as they are 0 or 1, and that were put in.
        prefix: that was taken away, ``module.backbone.``.
        naming: whose names they were, ``Hugging Face``; empty where they are the network's own.
        by_order: whether names said nothing, and order and shapes decided.
        left_out: names in the file of what is no part of the network.
        differences: in what the file's own modules are others than the network's.
        assumed: one sentence on what weights do not show of this network, and what was assumed.
    """

    spec: Spec
    where: str
    checkpoint: Checkpoint
    report: LoadReport
    tensors: int
    put_in: int = 0
    prefix: str = ""
    naming: str = ""
    by_order: bool = False
    left_out: tuple[str, ...] = ()
    assumed: str = ""
    differences: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The network's name, by what distinguishes it."""
        return title_of(self.spec)

    @property
    def fits(self) -> bool:
        """Whether this is the network: all its tensors are there, in their shape, and nothing speaks against it."""
        return self.report.fits and not self.differences

    @property
    def misfits(self) -> tuple[str, ...]:
        """What speaks against the network, in parts of a sentence."""
        return (*misfits(self.report), *self.differences[:2])

    @property
    def loaded(self) -> int:
        """How many of the file's tensors fit."""
        return self.report.loaded - self.put_in

    @property
    def unexpected(self) -> tuple[str, ...]:
        """Names of what is in this place of the file and not in the network."""
        return (*self.report.unexpected, *self.left_out)

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing that was done, left out or assumed on the way."""
        return tuple(dict.fromkeys(filter(None, (*self._names_in_words(), *self.report.notes, self.assumed))))

    def _names_in_words(self) -> tuple[str, ...]:
        said = []
        if self.prefix:
            said.append(f"The network's names began with {self.prefix} and were shortened.")
        if self.naming:
            said.append(f"The names are those of {self.naming}.")
        if self.by_order:
            said.append(
                "The names say nothing about the network: the tensors were matched by order and shapes, projections "
                "as strided 1×1 convolutions."
            )
        if self.left_out:
            first = ", ".join(self.left_out[:2]) + (", …" if len(self.left_out) > 2 else "")
            tensors = "1 tensor" if len(self.left_out) == 1 else f"{len(self.left_out):,} tensors"
            said.append(f"Left out as no part of the network: {tensors} ({first}).")
        for layer in (name.removesuffix(_QUANTISED) for name in self.left_out if name.endswith(_QUANTISED)):
            said.append(f"{layer} is quantised and was left out: save the float32 weights that it was made from.")
        return tuple(said)


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """What a file was found to hold.

    Attributes:
        name: of the file.
        tensors: how many it has; where there is one network, in its place.
        matches: the networks that it holds; more than one is a choice, and nothing is loaded before it is made.
        nearest: where there is none, the network that it comes nearest to, with every difference.
        findings: what is unusual about the weights of the one network, a sentence each, the worst first.
        refused: why nothing can be opened, in one sentence; None where something can.
    """

    name: str
    tensors: int
    matches: tuple[Match, ...] = ()
    nearest: Match | None = None
    findings: tuple[str, ...] = ()
    refused: str | None = None

    @property
    def match(self) -> Match | None:
        """The one network that it holds; None where there is none, or a choice."""
        return self.matches[0] if len(self.matches) == 1 else None

    @property
    def network(self) -> str | None:
        """Title of the one network."""
        return self.match.title if self.match else None

    @property
    def spec(self) -> Spec | None:
        """The one network."""
        return self.match.spec if self.match else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done, left out or assumed, a sentence each; of the nearest network where none fits."""
        shown = self.match or self.nearest
        return shown.notes if shown else ()

    @property
    def candidates(self) -> tuple[Match, ...]:
        """The networks to choose from, where there are several."""
        return self.matches if len(self.matches) > 1 else ()
