"""A file of weights: what it says, and whether it fits a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from torch import Tensor

from explorer.architecture.families import DescribedSpec, Spec, title_of
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.values import shortened
from explorer.errors import WeightsError
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.recognise import Shapes, is_of_a_described_network, recognise
from explorer.model.checkpoint.tensors import non_finite
from explorer.model.families import HEADS_FOR_TRAINING, model_family

# torch counts batches since 0.4.1; older files do not have it, and no output depends on it.
_COUNTER = "num_batches_tracked"
_LONGEST = 60


@dataclass(frozen=True)
class Misshapen:
    """A tensor whose shape is not the network's.

    Attributes:
        name: of the parameter or buffer.
        file_shape: in the file.
        network_shape: in the network.
    """

    name: str
    file_shape: tuple[int, ...]
    network_shape: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What became, or would become, of the tensors of a file.

    Attributes:
        network: title of the network.
        loaded: how many tensors fit.
        missing: names that the network has and the file has not.
        unexpected: names that the file has and the network has not.
        of_another: those of them that must be another network's.
        misshapen: tensors of another shape.
        non_finite: tensors with NaN or infinite values in them.
        notes: one sentence for each thing that was found or converted on the way.
    """

    network: str
    loaded: int
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    of_another: tuple[str, ...] = ()
    misshapen: tuple[Misshapen, ...] = ()
    non_finite: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the weights can be loaded: all are there, in their shape, and none is of another network."""
        return not (self.missing or self.misshapen or self.of_another)


@dataclass(frozen=True, eq=False, kw_only=True)
class Checkpoint:
    """A file's weights, without the file.

    Attributes:
        name: of the file, in one line; any text at all.
        sha256: of its bytes, in hexadecimal.
        tensors: float32 on the CPU by their names in the network (prefixes stripped); counters are int64.
        class_names: what the outputs mean, where the file says it.
        non_finite: names of the tensors with NaN or infinite values.
        notes: one sentence for each thing that was found or converted on the way.
    """

    name: str
    sha256: str
    tensors: Mapping[str, Tensor]
    class_names: tuple[str, ...] | None = None
    non_finite: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shapes(self) -> Shapes:
        """Shape of every tensor by its name."""
        return shapes_of(self.tensors)

    def as_named(self, spec: Spec) -> Spec:
        """A network, with blur pools where the file's name speaks of them: weights do not show them."""
        if isinstance(spec, ResNetSpec) and "blur" in self.name.casefold():
            return spec.replace(antialias=True)
        return spec

    def fits(self, spec: Spec, *, side: int | None = None) -> LoadReport:
        """Compare the file with a network, without building it.

        Args:
            spec: the network.
            side: of its pictures in pixels; None for those that it was made for.
        """
        family = model_family(spec)
        whole, file = expected_shapes(spec, side), shapes_of(family.named_as_now(self.tensors))
        idle = {name for name in whole if name.startswith(HEADS_FOR_TRAINING) and file.get(name) != whole[name]}
        network = {name: shape for name, shape in whole.items() if name not in idle}
        missing = tuple(name for name in network if name not in file)
        unexpected = tuple(name for name in file if name not in network)
        misshapen = tuple(
            Misshapen(name, file[name], network[name])
            for name in network
            if name in file and file[name] != network[name]
        )
        uncounted = [name for name in missing if name.endswith(_COUNTER)]
        notes = ["The file does not say how many batches its running statistics have seen."] if uncounted else []
        if idle:
            notes.append("The head for training is not in the file as it is in the network: no answer goes through it.")
        return LoadReport(
            network=title_of(spec),
            loaded=len(network) - len(missing) - len(misshapen),
            missing=tuple(name for name in missing if not name.endswith(_COUNTER)),
            unexpected=unexpected,
            of_another=tuple(name for name in unexpected if family.is_of_another(name, network)),
            misshapen=misshapen,
            non_finite=self.non_finite,
            notes=(*self.notes, *notes),
        )

    def recognised(self, like: Spec) -> DescribedSpec | None:
        """The network that these are weights of, when names and shapes agree with one exactly.

        Args:
            like: decides what weights do not show: the stride's place and whether it blurs, which the file's name may
                say; padding or no shortcut, batch or instance norm.
        """
        own = {name: shape for name, shape in self.shapes.items() if is_of_a_described_network(name)}
        return recognise(countless(own), self.as_named(like), lambda spec: countless(expected_shapes(spec)))

    def check(self, spec: Spec, *, side: int | None = None) -> LoadReport:
        """The report of a file that fits; see ``fits``.

        Raises:
            WeightsError: when it does not, with counts, first names and the network that it is of.
        """
        report = self.fits(spec, side=side)
        if report.fits:
            return report
        known = self.recognised(spec)
        advice = (
            f"it holds the weights of {title_of(known)}, choose that network"
            if known is not None and known != spec
            else "choose the network that it was made for, or another file"
        )
        raise WeightsError(f"{self.name} does not fit {report.network}: {'; '.join(misfits(report))}; {advice}.")


def read_checkpoint(data: bytes, name: str) -> Checkpoint:
    """Read a file of weights under their network's own names, such as published ones; nothing that it holds is run.

    For any other file ``identify`` finds the network.

    Args:
        data: all bytes of a file that torch.save or safetensors wrote.
        name: of the file, for the sentences.

    Returns:
        The weights and what they say.

    Raises:
        WeightsError: when it is no checkpoint, damaged, holds code, or holds no weights.
    """
    contents = read_contents(data, name)
    group = contents.groups[0]
    tensors = group.tensors
    last = next((name for name in ("added.weight", "fc.weight") if name in tensors), None)
    return Checkpoint(
        name=contents.name,
        sha256=contents.sha256,
        tensors=tensors,
        class_names=contents.class_names(tensors[last].shape[0]) if last else None,
        non_finite=non_finite(tensors),
        notes=(*group.notes, *contents.notes),
    )


@lru_cache(maxsize=16)
def expected_shapes(spec: Spec, side: int | None = None) -> Shapes:
    """Shape of every parameter and buffer of a network by its name, from the module on the meta device."""
    return model_family(spec).shapes(side)


def shapes_of(tensors: Mapping[str, Tensor]) -> Shapes:
    """Shape of every tensor by its name."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def countless(shapes: Shapes) -> Shapes:
    """Without the counters of batches, which older files do not have."""
    return {name: shape for name, shape in shapes.items() if not name.endswith(_COUNTER)}


def misfits(report: LoadReport) -> list[str]:
    """What is wrong with a file, in parts of a sentence: counts and first names."""
    parts = []
    if report.missing:
        parts.append(f"it lacks {len(report.missing):,} of the network's tensors ({_first(report.missing)})")
    if report.unexpected:
        parts.append(f"it has {len(report.unexpected):,} that the network has not ({_first(report.unexpected)})")
    if report.misshapen:
        shapes = (
            f"{entry.name} {_shape(entry.file_shape)} instead of {_shape(entry.network_shape)}"
            for entry in report.misshapen[:1]
        )
        more = ", …" if len(report.misshapen) > 1 else ""
        have = "1 has" if len(report.misshapen) == 1 else f"{len(report.misshapen):,} have"
        parts.append(f"{have} another shape ({', '.join(shapes)}{more})")
    return parts


def _first(names: tuple[str, ...]) -> str:
    return ", ".join(shortened(name, _LONGEST, tail=16) for name in names[:2]) + (", …" if len(names) > 2 else "")


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(f"{side:,}" for side in shape) if shape else "a single number"
