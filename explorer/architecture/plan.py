"""A network at one input size: one row per call, with shapes, parameters, work and receptive field."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from explorer.architecture.notebook import html_table
from explorer.architecture.operations import FLOAT_BYTES, OPERATIONS, Kind, Op, Shape
from explorer.architecture.reach import Reach
from explorer.architecture.tree import Network, Path

INPUT = "input"


class Layer(NamedTuple):
    """One call of one operation at one input size.

    Attributes:
        layer: dotted name, torchvision's where it has one.
        kind: what it is.
        stage: ``stem``, ``layer1`` …, ``head``.
        block: ``layer1.0``, empty outside blocks.
        path: main, shortcut or gate; empty outside blocks, for the addition and for what follows it.
        input_shape: ``(C, H, W)`` or ``(features,)``, without the batch.
        output_shape: likewise.
        params: learnable scalars.
        macs: multiply-accumulates at batch 1, of convolutions and linear layers.
        activation_bytes: size of the output in float32 at batch 1.
        receptive_field: side in input pixels of what one output value can see by the windows on its way, the largest
            of all positions; at least the picture's longer side where something looked at a whole map. 0 where it is
            not known: in a measured network.
        jump: input pixels between neighbouring output values; 0 where it is not known.
        kernel: side of the window in pixels, None where there is none.
        stride: step of the window in pixels, None where there is none.
        padding: pixels added on every side, None where there is none.
        dilation: step between the pixels that the window takes, None where there is none.
        groups: groups of a convolution or group norm, None elsewhere.
        inputs: names of the rows whose output it takes, ``input`` for the picture.
        reach: the pixels that each output position sees by the windows on its way.
        whole_map_at: name of the first row that looked at its whole map (a gate's pool, a group norm, the global
            pool), so that all values from there on see what any position of it sees; empty where none did.
        buffer_bytes: running statistics and counters.
        op: the operation itself.
    """

    layer: str
    kind: Kind
    stage: str
    block: str
    path: Path
    input_shape: Shape
    output_shape: Shape
    params: int
    macs: int
    activation_bytes: int
    receptive_field: int
    jump: int
    kernel: int | None
    stride: int | None
    padding: int | None
    dilation: int | None
    groups: int | None
    inputs: tuple[str, ...]
    reach: Reach
    whole_map_at: str
    buffer_bytes: int
    op: Op

    @property
    def receptive_start(self) -> int:
        """Where in the input the receptive field of output position 0 begins, in pixels; negative in the padding."""
        return min(self.reach.start, 0) if self.whole_map_at else self.reach.start

    @property
    def smallest_field(self) -> int:
        """Side in pixels of the smallest field of a position; only behind transposed convolutions not the largest."""
        return self.receptive_field if self.whole_map_at else min(self.reach.sizes)


@dataclass(frozen=True)
class Plan:
    """A network at one input size.

    Attributes:
        network: the tree it was made from.
        input_size: height and width in pixels.
        layers: one row per call, in the order of the calls.
        not_counted: one sentence for each thing that a measured network does and that has no row.
    """

    network: Network
    input_size: tuple[int, int]
    layers: tuple[Layer, ...]
    not_counted: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Plan of {self._title}: {len(self.layers):,} rows, {self.params:,} parameters, {self.macs:,} MACs>"

    def _repr_html_(self) -> str:
        """Stage by stage, for a notebook."""
        head = ("stage", "output", "rows", "parameters", "MACs", "activations in bytes")
        rows = [
            (
                name,
                "×".join(map(str, stage[-1].output_shape)),
                len(stage),
                sum(row.params for row in stage),
                sum(row.macs for row in stage),
                sum(row.activation_bytes for row in stage),
            )
            for name, stage in self.stages.items()
            if stage
        ]
        total = ("total", "", len(self.layers), self.params, self.macs, self.activation_bytes)
        return html_table(self._title, head, [*rows, total])

    @property
    def _title(self) -> str:
        return f"{self.network.title} at {self.input_size[0]}×{self.input_size[1]}"

    @cached_property
    def params(self) -> int:
        """Learnable scalars."""
        return sum(row.params for row in self.layers)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of convolutions and linear layers for one picture."""
        return sum(row.macs for row in self.layers)

    @cached_property
    def activation_bytes(self) -> int:
        """Bytes of every row's output in float32, for one picture."""
        return sum(row.activation_bytes for row in self.layers)

    @cached_property
    def weights_bytes(self) -> int:
        """Bytes of the weights file: parameters and buffers."""
        return self.params * FLOAT_BYTES + sum(row.buffer_bytes for row in self.layers)

    @cached_property
    def weighted_layers(self) -> int:
        """Convolutions on the main path and the linear layer: the number in "ResNet-50".

        Shortcuts, gates and norms are not counted.
        """
        return self.weighted_convolutions + sum(row.kind == "linear" for row in self.layers)

    @cached_property
    def weighted_convolutions(self) -> int:
        """Convolutions on the main path."""
        return sum(OPERATIONS[row.kind].convolves and row.path in ("main", "") for row in self.layers)

    @property
    def makes_pictures(self) -> bool:
        """Whether maps leave it, and no classes: a generator; what is measured here classifies."""
        return len(self.layers[-1].output_shape) == 3 and not self.network.measured

    @cached_property
    def rows(self) -> dict[str, Layer]:
        """The rows by name."""
        return {row.layer: row for row in self.layers}

    @cached_property
    def stages(self) -> dict[str, tuple[Layer, ...]]:
        """The rows of each section, in order."""
        return {
            section.name: tuple(row for row in self.layers if row.stage == section.name)
            for section in self.network.sections
        }

    @cached_property
    def blocks(self) -> dict[str, tuple[Layer, ...]]:
        """The rows of each residual block, in order."""
        blocks: dict[str, list[Layer]] = {}
        for row in self.layers:
            if row.block:
                blocks.setdefault(row.block, []).append(row)
        return {name: tuple(rows) for name, rows in blocks.items()}


def paper_name(stage: str) -> str:
    """The paper's name of a stage beside ours: ``conv2_x · layer1``; stem and head stay."""
    number = stage.removeprefix("layer")
    return f"conv{int(number) + 1}_x · {stage}" if stage == f"layer{number}" and number.isdecimal() else stage


def learns(layer: str, trainable: Collection[str] | None) -> bool:
    """Whether a layer is one of the modules that learn, or lies in one.

    Args:
        layer: its dotted name.
        trainable: names of modules; None for all.
    """
    return trainable is None or any(layer == name or layer.startswith(f"{name}.") for name in trainable)
