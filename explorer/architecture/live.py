"""What a pass in evaluation holds at every row, as the modules of ``build`` hold it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import prod
from typing import NamedTuple

from explorer.architecture.autograd import VALUE_BYTES, backward, lowered_weights
from explorer.architecture.kept import aside_bytes, lowering, output_precisions, storages
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.architecture.timed import Precision


class Held(NamedTuple):
    """What is held while one row is worked out.

    Attributes:
        row: its name.
        maps: names of the rows whose outputs are there, its own the last; ``input`` for the picture.
        picture_bytes: of those maps and of what the row needs while it works, for each picture.
        copied_bytes: of the weights that autocast has copied so far, whatever the batch.
    """

    row: str
    maps: tuple[str, ...]
    picture_bytes: int
    copied_bytes: int


def held(plan: Plan, *, precision: Precision = "float32", on_gpu: bool = False) -> tuple[Held, ...]:
    """What is held at every row of a pass in evaluation without gradients, besides parameters and buffers.

    The picture is held throughout, what a stage is given until the stage has ended, and what a block is given until
    the block has ended: its shortcut needs it for the addition. All else goes when nobody needs it any more.

    Args:
        plan: of a described network.
        precision: float32, or bfloat16 for autocast, which copies the weights of what is convolved and keeps the
            copies until the pass has ended.
        on_gpu: whether autocast is CUDA's.

    Raises:
        SpecError: the network is measured.
    """
    precisions = output_precisions(plan, precision=precision, on_gpu=on_gpu)
    size = {INPUT: prod((plan.network.in_channels, *plan.input_size)) * VALUE_BYTES["float32"]}
    size |= {row.layer: prod(row.output_shape) * VALUE_BYTES[precisions[row.layer]] for row in plan.layers}
    stored = storages(plan)
    let_go = _let_go(plan, stored)
    there: dict[str, None] = {INPUT: None}
    copied, found = 0, []
    for place, row in enumerate(plan.layers):
        there[stored[row.layer]] = None
        if precision == "bfloat16":
            copied += _copied(row)
        working = _working(row, precisions, precision=precision, on_gpu=on_gpu)
        found.append(Held(row.layer, tuple(there), sum(map(size.__getitem__, there)) + working, copied))
        for name in let_go[place]:
            del there[name]
    return tuple(found)


def _let_go(plan: Plan, stored: Mapping[str, str]) -> Mapping[int, list[str]]:
    """By the row's place, the storages that nobody needs any more behind it."""
    place = {row.layer: i for i, row in enumerate(plan.layers)}
    last: dict[str, int] = {stored[row.layer]: place[row.layer] for row in plan.layers}
    for row in plan.layers:
        for source in row.inputs:
            last[stored[source]] = max(last.get(stored[source], 0), place[row.layer])
    for first, end in _spans(plan):
        given = stored[plan.layers[first].inputs[0]]
        last[given] = max(last[given], end)
    for shared, joined in _forks(plan):
        last[stored[shared]] = max(last[stored[shared]], joined)
    last[INPUT] = len(plan.layers)
    found: dict[int, list[str]] = defaultdict(list)
    for name, end in last.items():
        found[end].append(name)
    return found


def _spans(plan: Plan) -> Iterator[tuple[int, int]]:
    """First and last place of every block, and of every stage that is a module of its own."""
    place = {row.layer: i for i, row in enumerate(plan.layers)}
    stages = [plan.stages[section.name] for section in plan.network.sections if section.is_stage]
    for rows in (*plan.blocks.values(), *stages):
        yield place[rows[0].layer], place[rows[-1].layer]


def _forks(plan: Plan) -> Iterator[tuple[str, int]]:
    """What two paths share in front of them, its last row, and the place where they meet."""
    place = {row.layer: i for i, row in enumerate(plan.layers)}
    for block in plan.network.blocks():
        if block.before and block.add is not None:
            yield f"{block.name}.{block.before[-1].name}", place[f"{block.name}.{block.add.name}"]


def _working(row: Layer, precisions: Mapping[str, Precision], *, precision: Precision, on_gpu: bool) -> int:
    """Bytes of what a row needs for each picture only while it works."""
    into = [lowering(row.op, precisions[source], precision=precision, on_gpu=on_gpu) for source in row.inputs]
    copies = sum(prod(row.input_shape) * VALUE_BYTES[taken] for taken in into if taken)
    asides = [
        aside_bytes(aside, precision).value
        for aside in backward(row.op).aside(row.op, row.input_shape, row.output_shape)
        if aside.made_in != "training"
    ]
    if row.kind == "blurpool" and precision == "bfloat16":
        return _blurring(row, sum(asides), copies, into[0] or precisions[row.inputs[0]])
    return copies + sum(asides)


def _blurring(row: Layer, bordered: int, copied: int, mirrored_in: Precision) -> int:
    """Of a blur under autocast: the border is mirrored, on a copy where there is one, and then it is a convolution."""
    mirrored = bordered * VALUE_BYTES[mirrored_in] // VALUE_BYTES["bfloat16"]
    output = prod(row.output_shape) * VALUE_BYTES["bfloat16"]
    return max(copied + mirrored - output, mirrored + (bordered if mirrored_in == "float32" else 0))


def _copied(row: Layer) -> int:
    """Bytes of the copies in bfloat16 that autocast makes of a row's parameters, where it takes any."""
    return row.params * VALUE_BYTES["bfloat16"] if lowered_weights(row.op) is not None else 0
