"""Convolutions that cannot add context: what arrives at them sees the whole picture already.

Richter et al. 2021, arXiv 2106.12307. Fields are counted by the windows of the operations alone, as if the picture went
on beyond its border. A gate or a norm that looks at its whole map brings a few numbers per channel and no places, so it
does not count here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.architecture.families import Spec, network_of, usual_size
from explorer.architecture.operations import JOINS, operation
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.architecture.reach import PIXELS, Reach, through
from explorer.architecture.seen import Way
from explorer.architecture.spec import DEFAULTS, OUTPUT_STRIDE, ResNetSpec
from explorer.architecture.trace import trace
from explorer.errors import ExplorerError

MOST_PIXELS = 512
"""The largest side of a picture that is proposed."""
_WINDOWS = ("conv", "convtranspose", "maxpool", "avgpool")
_SINGLE_VALUES = ("relu", "activation", "dropout")


@dataclass(frozen=True, kw_only=True)
class Covered:
    """A convolution at which the picture arrives covered, along one axis or both.

    Attributes:
        row: its name.
        longest: whether the field by the longest way, along main paths, covers the picture: its height, its width.
        shortest: likewise by the shortest way, along shortcuts wherever there is one.
    """

    row: str
    longest: tuple[bool, bool]
    shortest: tuple[bool, bool]

    @property
    def adds_nothing(self) -> bool:
        """Whether it cannot add context along the main path."""
        return all(self.longest)

    @property
    def is_certain(self) -> bool:
        """Whether it cannot by any way."""
        return all(self.shortest)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A network or a size of pictures with fewer such convolutions.

    Attributes:
        of: what is changed.
        spec: the network.
        input_size: height and width of its pictures in pixels.
        left: convolutions that cannot add context along the main path then.
    """

    of: str
    spec: Spec
    input_size: tuple[int, int]
    left: int


def reaches(plan: Plan, way: Way) -> dict[str, Reach]:
    """The pixels that the positions of each row see by the windows on one way, unclipped.

    Args:
        plan: of any network. Of a measured one only the rows are known that follow each other from the picture on, up
            to the first that is no convolution, pool with a window, batch norm or function of single values.
        way: "longest" along main paths, "shortest" along shortcuts wherever there is one.

    Returns:
        By row, in the order of the calls.
    """
    found = {INPUT: PIXELS}
    for place, row in enumerate(plan.layers):
        if plan.network.measured and not _follows(row, plan.layers[place - 1] if place else None):
            break
        taken = 1 if way == "shortest" and row.kind in JOINS else 0
        found[row.layer] = through(row.op, found[row.inputs[taken]])
    del found[INPUT]
    return found


def without_context(plan: Plan) -> tuple[Covered, ...]:
    """The convolutions of a kernel above 1 at which the picture arrives covered, in the order of the calls.

    Covered means that the middle position of the arriving map sees the whole picture; of an even number of positions
    it is the one behind the middle.

    Args:
        plan: of any network; of a measured one those rows alone whose fields are known.
    """
    ways = reaches(plan, "longest"), reaches(plan, "shortest")
    found = []
    for row in gathering(plan):
        if row.layer in ways[0]:
            longest, shortest = (_covers(plan, row, way[row.inputs[0]]) for way in ways)
            if any(longest):
                found.append(Covered(row=row.layer, longest=longest, shortest=shortest))
    return tuple(found)


def gathering(plan: Plan) -> tuple[Layer, ...]:
    """The convolutions that gather from neighbours which see more than a pixel: all of a kernel above 1 but the first.

    A kernel that is not square, of a measured network, is among them.
    """
    return tuple(
        row
        for row in plan.layers
        if operation(row.op).convolves and row.op.kernel != 1 and row.inputs and row.inputs[0] != INPUT
    )


def changes(spec: Spec, input_size: tuple[int, int]) -> tuple[Change, ...]:
    """What can be changed so that fewer convolutions cannot add context: the stem, the stages, the pictures.

    Args:
        spec: a network that is described.
        input_size: height and width in pixels.
    """
    now = _left(spec, input_size)
    found = []
    for of, changed, size in _candidates(spec, input_size):
        try:
            left = _left(changed, size)
        except ExplorerError:  # such pictures are too small for it
            continue
        if left < now:
            found.append(Change(of=of, spec=changed, input_size=size, left=left))
    return tuple(found)


def _candidates(spec: Spec, input_size: tuple[int, int]) -> Iterator[tuple[str, Spec, tuple[int, int]]]:
    if isinstance(spec, ResNetSpec):
        if spec.stem != "cifar":
            yield "stem", _with_small_stem(spec), input_size
        if len(spec.depths) > 1:
            yield "stages", spec.replace(depths=spec.depths[:-1], widths=spec.widths[:-1]), input_size
    usual, larger = usual_size(spec), (2 * input_size[0], 2 * input_size[1])
    size = usual if min(usual) > max(input_size) else larger
    if max(size) <= MOST_PIXELS:
        yield "pictures", spec, size


def _with_small_stem(spec: ResNetSpec) -> ResNetSpec:
    """The network with a stem that strides not at all, and its output stride as far as it still reaches it."""
    small = spec.replace(stem="cifar", output_stride=DEFAULTS[OUTPUT_STRIDE])
    return small.replace(output_stride=spec.output_stride) if spec.output_stride < small.own_stride else small


def _left(spec: Spec, input_size: tuple[int, int]) -> int:
    return sum(one.adds_nothing for one in without_context(trace(network_of(spec), input_size)))


def _follows(row: Layer, before: Layer | None) -> bool:
    """Whether a row of a measured network takes what the one before it outputs, and its field can be worked out."""
    if before is not None and (row.inputs != (before.layer,) or row.input_shape != before.output_shape):
        return False
    if row.kind in _WINDOWS:
        return row.kernel is not None and row.op.kernel > 0
    return row.kind in _SINGLE_VALUES or row.op.norm == "batch"


def _covers(plan: Plan, row: Layer, reach: Reach) -> tuple[bool, bool]:
    """Whether what arrives at the middle of a row holds the picture's height, and its width."""
    ends = [reach.at(length // 2) for length in row.input_shape[1:]]
    height, width = (start <= 0 and end >= side for (start, end), side in zip(ends, plan.input_size, strict=True))
    return height, width
