"""What the positions of a map can see of the input by the windows of the operations, in closed form.

Both axes have the same windows, so one ``Reach`` serves both. It counts as if the picture went on beyond its border;
``explorer.architecture.seen`` says what lies on the picture.
"""

from math import gcd, lcm
from typing import NamedTuple

from explorer.architecture.operations import Op, operation


class Reach(NamedTuple):
    """The pixels that each position along one axis of a map can see.

    Position q sees ``jump``·q pixels further on what position 0 sees. Behind transposed convolutions neighbours meet
    windows of different sizes: there it is so only for every n-th position, and ``period`` lists the first n.

    Attributes:
        start: first pixel that position 0 sees; negative in the padding.
        end: one behind the last.
        jump: pixels between neighbours, on average.
        period: start and end of the first positions, where they differ by more than ``jump``; else empty.
    """

    start: int
    end: int
    jump: int
    period: tuple[tuple[int, int], ...] = ()

    def at(self, position: int) -> tuple[int, int]:
        """The first pixel that a position sees, and one behind the last."""
        if not self.period:
            return self.start + position * self.jump, self.end + position * self.jump
        place = position % len(self.period)
        start, end = self.period[place]
        further = (position - place) * self.jump
        return start + further, end + further

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many pixels the positions see, of one period."""
        return tuple(end - start for start, end in self.period or ((self.start, self.end),))


PIXELS = Reach(0, 1, 1)
"""Every pixel of the input sees itself."""
UNKNOWN = Reach(0, 0, 0)
"""Where it is not known: in a measured network."""


def arriving(op: Op, first: int, last: int) -> tuple[int, int]:
    """The first and the last position of the arriving map that the positions ``first`` to ``last`` meet.

    Either may lie in the padding. A convolution or pool meets q·s − p to q·s − p + d·(k − 1), and with a
    dilation d above 1 only every d-th of them; a transposed convolution ⌈(q + p − k + 1)/s⌉ to ⌊(q + p)/s⌋.
    """
    others = op.extent - 1
    if operation(op).enlarges:
        return -((others - op.padding - first) // op.stride), (last + op.padding) // op.stride
    return first * op.stride - op.padding, last * op.stride - op.padding + others


def through(op: Op, reach: Reach) -> Reach:
    """The reach behind an operation's windows: r + d·(k − 1)·j, from start − p·j on, and j·s further each time."""
    if op.kernel <= 1 and op.stride == 1 and not op.padding:
        return reach
    start, end, jump, period = reach
    if operation(op).enlarges:
        assert jump % op.stride == 0, "what is enlarged was made smaller before"
        places, jump = max(1, len(period)) * op.stride, jump // op.stride
    elif period:
        places, jump = len(period) // gcd(len(period), op.stride), jump * op.stride
    else:
        before, behind = op.padding, op.extent - 1 - op.padding
        return Reach(start - before * jump, end + behind * jump, jump * op.stride)
    return _periodic([_span(reach, *arriving(op, place, place)) for place in range(places)], jump)


def united(one: Reach, other: Reach, positions: int) -> Reach:
    """The reach where two ways meet: of every position the union, from the earlier start to the later end.

    Args:
        one: of the first way.
        other: of the second way.
        positions: of the map along its longer side. Where the ways move on differently, each position is listed.
    """
    if one is other:
        return one
    alike = one.jump == other.jump
    if alike and not one.period and not other.period:
        return Reach(min(one.start, other.start), max(one.end, other.end), one.jump)
    places = lcm(max(1, len(one.period)), max(1, len(other.period))) if alike else positions
    longer = max((one, other), key=lambda way: max(way.sizes))
    spans = []
    for place in range(places):
        (start, end), (other_start, other_end) = one.at(place), other.at(place)
        spans.append((min(start, other_start), max(end, other_end)))
    return _periodic(spans, longer.jump)


def _span(reach: Reach, first: int, last: int) -> tuple[int, int]:
    """What the positions ``first`` to ``last`` see together."""
    return reach.at(first)[0], reach.at(last)[1]


def _periodic(spans: list[tuple[int, int]], jump: int) -> Reach:
    start, end = spans[0]
    return Reach(start, end, jump, tuple(spans) if len(spans) > 1 else ())
