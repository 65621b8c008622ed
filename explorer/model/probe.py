"""What happens inside a model when pictures go through it, found in one forward pass and without leaving a trace."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor, nn

from explorer.architecture.notebook import html_table
from explorer.architecture.operations import Kind
from explorer.architecture.tree import Residual, ops_of
from explorer.errors import ExplorerError
from explorer.model.build import ObservableModule, calls
from explorer.model.foreign import ForeignModule, observable
from explorer.model.forward import run
from explorer.model.guard import Mode
from explorer.model.layout import channels_first, maps_of
from explorer.model.precision import in_double


@dataclass(frozen=True, eq=False)
class BlockParts:
    """What a block makes of its input, on the CPU; every tensor ``(N, C, H, W)``.

    Attributes:
        block: its name, ``layer1.0``.
        x: what arrives.
        residual: F(x), the end of the main path.
        shortcut: what the shortcut carries on; None in a plain block.
        total: the sum of both; None in a plain block.
        out: what leaves the block.
    """

    block: str
    x: Tensor
    residual: Tensor
    shortcut: Tensor | None
    total: Tensor | None
    out: Tensor


@dataclass(frozen=True)
class ResidualRatio:
    """How much the main path of a block adds to what its shortcut carries on.

    Attributes:
        block: its name, ``layer1.0``.
        ratio: ‖F(x)‖ / ‖shortcut(x)‖, the Euclidean norms over all pictures.
        residual_norm: ‖F(x)‖.
        shortcut_norm: ‖shortcut(x)‖.
    """

    block: str
    ratio: float
    residual_norm: float
    shortcut_norm: float


@dataclass(frozen=True, eq=False)
class LayerStatistics:
    """What one row put out, in numbers.

    Attributes:
        layer: the row's name.
        kind: what it is.
        mean: over all values.
        std: standard deviation over all values, without Bessel's correction.
        zeros: share of the values that are exactly 0.
        minimum: smallest value.
        maximum: largest value.
        finite: whether no value is NaN or infinite.
        pictures: how many pictures there were.
        positions: values per channel and picture, height × width.
        zero_positions: how many of a channel's values over all pictures are exactly 0, ``(C,)``.
        silent_pictures: on how many pictures all values of a channel are exactly 0, ``(C,)``; after a ReLU that is
            on how many it is never above 0.
    """

    layer: str
    kind: Kind
    mean: float
    std: float
    zeros: float
    minimum: float
    maximum: float
    finite: bool
    pictures: int
    positions: int
    zero_positions: np.ndarray
    silent_pictures: np.ndarray

    @property
    def silent_channels(self) -> tuple[int, ...]:
        """Channels that are silent on every picture."""
        return tuple(int(channel) for channel in np.flatnonzero(self.silent_pictures == self.pictures))


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """The mean of the absolute activations over the channels, where a part of the network ends.

    Attributes:
        name: ``stem`` or a block, ``layer1.0``.
        layer: the row that it was taken from.
        maps: one per picture, ``(N, H, W)``, on the CPU.
    """

    name: str
    layer: str
    maps: Tensor


class Taps(dict[str, Tensor]):
    """What rows of the plan put out, by name; batch first, ``(N, C, H, W)`` or ``(N, features)``."""

    def __repr__(self) -> str:
        pictures = len(next(iter(self.values()))) if self else 0
        return f"<Taps: {len(self):,} layers, batch of {pictures:,}>"

    def _repr_html_(self) -> str:
        """Shape, mean and standard deviation of each, for a notebook."""
        rows = [(name, "×".join(map(str, output.shape)), *_moments(output)) for name, output in self.items()]
        return html_table(repr(self).strip("<>"), ("layer", "shape", "mean", "standard deviation"), rows)


def _moments(output: Tensor) -> tuple[str, str]:
    """Mean and standard deviation, as text; nothing for what has no values, on the ``meta`` device."""
    if output.is_meta:
        return "", ""
    values = in_double(output)
    return f"{values.mean():.4g}", f"{values.std(correction=0):.4g}"


def record(
    model: nn.Module,
    images: Tensor,
    layers: Iterable[str] | None = None,
    *,
    mode: Mode = "eval",
    to: str | torch.device | None = None,
) -> Taps:
    """What rows of the plan put out, in one forward pass.

    Args:
        model: from ``build``, or any other module that takes pictures.
        images: ``(N, C, H, W)``, on any device.
        layers: names of rows; None records every row.
        mode: ``eval``, or ``train`` for norms that work with the batch's own statistics.
        to: the device of the results; None leaves them on the model's.

    Returns:
        True copies by name, in the order of the plan; batch first, ``(N, C, H, W)`` or ``(N, features)``.

    Raises:
        ExplorerError: when there is no row of that name.
        InputSizeError: when the network, or one of its norms, cannot take such pictures.

    Examples:
        >>> taps = record(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), torch.zeros(1, 3, 9, 9))
        >>> {name: tuple(output.shape) for name, output in taps.items()}
        {'0': (1, 8, 7, 7), '1': (1, 8, 7, 7)}
    """
    model = observable(model, images)
    wanted = None if layers is None else known_names(layers, recordable(model), "layer")
    taps = Taps()

    def keep(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if wanted is None or name in wanted:
            # a copy always: flatten and option A may return views of what is put out before them
            taps[name] = output.detach().to(output.device if to is None else to, copy=True)

    run(model, images, keep, mode=mode)
    return taps


def recordable(model: ObservableModule) -> tuple[str, ...]:
    """Names of the rows that put something out: all but the modules that are never called in evaluation."""
    there = tuple(name for name, _ in calls(model.network))
    if not isinstance(model, ForeignModule):
        return there
    return tuple(name for name in there if model.plan.rows[name].activation_bytes)


def block_parts(model: ObservableModule, images: Tensor, block: str, *, mode: Mode = "eval") -> BlockParts:
    """x, F(x), the shortcut, their sum and what follows, of one block.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.
        block: its name, ``layer1.0``.
        mode: ``eval``, or ``train`` for norms that work with the batch's own statistics.

    Raises:
        ExplorerError: when there is no block of that name.
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
    """
    blocks = {node.name: node for node in model.network.blocks()}
    known_names([block], list(blocks), "block")
    node = blocks[block]
    rows = [f"{block}.{op.name}" for op in ops_of(node)]
    residual_row = f"{block}.{list(ops_of(node.main[-1]))[-1].name}"
    add_row = f"{block}.{node.add.name}" if node.add else None
    parts: dict[str, Tensor] = {}

    def keep(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name == rows[0]:
            parts["x"] = _copied(arriving[0])
        if name == residual_row:
            parts["residual"] = _copied(output)
        if name == add_row:
            parts["shortcut"], parts["total"] = _copied(arriving[1]), _copied(output)
        if name == rows[-1]:
            parts["out"] = _copied(output)

    run(model, images, keep, mode=mode)
    return BlockParts(block, parts["x"], parts["residual"], parts.get("shortcut"), parts.get("total"), parts["out"])


def residual_ratios(model: ObservableModule, images: Tensor) -> tuple[ResidualRatio, ...]:
    """‖F(x)‖ / ‖shortcut(x)‖ of every block that has a shortcut, in eval mode; only the numbers are kept.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.

    Raises:
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
    """
    adds = {f"{node.name}.{node.add.name}": node.name for node in model.network.blocks() if node.add}
    norms: dict[str, Tensor] = {}

    def measure(name: str, arriving: tuple[Tensor, ...], _output: Tensor) -> None:
        if name in adds:
            norms[adds[name]] = torch.stack([torch.linalg.vector_norm(path) for path in arriving])

    run(model, images, measure)
    pairs = {block: pair.cpu() for block, pair in norms.items()}
    return tuple(
        ResidualRatio(block, float(pair[0] / pair[1]), float(pair[0]), float(pair[1])) for block, pair in pairs.items()
    )


def layer_statistics(model: ObservableModule, images: Tensor) -> tuple[LayerStatistics, ...]:
    """Mean, spread, share of zeros and silent channels of every row in eval mode; no map is kept.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.

    Returns:
        One per row, in the order of the plan.

    Raises:
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
    """
    numbers: dict[str, tuple[Tensor, Tensor, Tensor, int]] = {}
    ops = dict(calls(model.network))

    def measure(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        output = channels_first(ops[name], output)
        values = output.flatten(2) if output.dim() > 2 else output.reshape(len(output), -1, 1)
        positions = values.shape[2]
        zeros = positions - torch.count_nonzero(values, dim=2)
        std, mean = torch.std_mean(values, correction=0)
        numbers[name] = (
            torch.stack([mean, std, *torch.aminmax(values)]),
            zeros.sum(0),
            (zeros == positions).sum(0),
            positions,
        )

    run(model, images, measure)
    return tuple(_statistics(name, ops[name].kind, len(images), *found) for name, found in numbers.items())


def _statistics(
    name: str, kind: Kind, pictures: int, numbers: Tensor, zeros: Tensor, silent: Tensor, positions: int
) -> LayerStatistics:
    mean, std, minimum, maximum = numbers.tolist()
    return LayerStatistics(
        name,
        kind,
        mean,
        std,
        int(zeros.sum()) / (pictures * positions * len(zeros)),
        minimum,
        maximum,
        bool(np.isfinite([minimum, maximum]).all()),
        pictures,
        positions,
        zeros.cpu().numpy(),
        silent.cpu().numpy(),
    )


def block_thumbnails(model: ObservableModule, images: Tensor) -> tuple[Thumbnail, ...]:
    """The whole depth at a glance: the end of every block and of every stage without blocks, in eval mode, in one pass.

    What the last stage outputs is left out: classes, or a picture.

    Of a module that is not from ``build``: the end of every block, of every stage without blocks, and where the size
    of the maps changes within one; only what outputs maps ``(N, C, H, W)``.

    Args:
        model: from ``build``, or a ``ForeignModule``.
        images: ``(N, C, H, W)``.

    Raises:
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
    """
    ends = part_ends(model)
    ops = dict(calls(model.network))
    found: dict[str, Tensor] = {}

    def average(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        maps = maps_of(ops[name], output) if name in ends else None
        if maps is not None:
            found[name] = maps.abs().mean(dim=1)

    run(model, images, average)
    return tuple(Thumbnail(ends[name], name, maps.cpu()) for name, maps in found.items())


def part_ends(model: ObservableModule) -> dict[str, str]:
    """The rows where the stem, a block or another part of the network ends, with the part's name."""
    if isinstance(model, ForeignModule):
        maps = [row for row in model.plan.layers if len(row.output_shape) > 1 and row.inputs]
        runs = groupby(maps, lambda row: (row.block or row.stage, () if row.block else row.output_shape[1:]))
        last = [(part, list(rows)[-1].layer) for (part, _), rows in runs]
        several = Counter(part for part, _ in last)
        return {row: part if several[part] == 1 else row for part, row in last}
    ends: dict[str, str] = {}
    for section in model.network.sections[:-1]:
        blocks = [node for node in section.nodes if isinstance(node, Residual)]
        ends |= {f"{node.name}.{list(ops_of(node))[-1].name}": node.name for node in blocks}
        if not blocks:
            ends[list(ops_of(section.nodes[-1]))[-1].name] = section.name
    return ends


def first_non_finite(model: ObservableModule, images: Tensor) -> str | None:
    """The first row that outputs NaN or infinity in eval mode, None when all is finite.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.

    Raises:
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
    """
    flags: dict[str, Tensor] = {}

    def check(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        flags[name] = torch.isfinite(output).all()

    run(model, images, check)
    return next((name for name, finite in flags.items() if not finite), None)


def _copied(output: Tensor) -> Tensor:
    return output.detach().to("cpu", copy=True)


def known_names(names: Iterable[str], known: Sequence[str], what: str) -> frozenset[str]:
    """The names as a set, when there are such things in the network.

    Args:
        names: what is asked for.
        known: what there is.
        what: what they are names of, for the sentence.

    Raises:
        ExplorerError: naming the first that is not there, and those close to it.
    """
    wanted = frozenset([names] if isinstance(names, str) else names)
    for name in sorted(wanted - frozenset(known)):
        if not known:
            raise ExplorerError(f"The network has no {what} at all.")
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        nearest = f"close to it: {', '.join(close)}" if close else f"its first is {known[0]}"
        raise ExplorerError(f"The network has no {what} named {name}; {nearest}.")
    return wanted
