"""How many bytes a network takes, in evaluation and in training, by batch; and the largest batch that fits.

Counted are the tensors alone. What a device's library takes to work in, gradients of maps on their way back, what the
loss keeps, what an allocator rounds up and a GPU's own context are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from explorer.architecture.expressions import Expression, floor, plain, product, said
from explorer.architecture.kept import Kept, kept_for_backward
from explorer.architecture.live import held
from explorer.architecture.operations import FLOAT_BYTES
from explorer.architecture.plan import Plan
from explorer.architecture.timed import Precision

Optimiser = Literal["sgd", "momentum", "adam"]
STATES: dict[Optimiser, int] = {"sgd": 0, "momentum": 1, "adam": 2}
"""How many numbers an optimiser keeps for each parameter: none, the momentum, both moments."""
GIGABYTE = 2**30
"""Of a card's memory, which is sold in units of 1,024³ bytes."""
CARDS = (8, 16, 24, 48, 80)
"""Gigabytes of cards that are sold."""
SET_ASIDE = 10
"""Percent of a card's memory that an estimate leaves to what it does not count."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """What a network is used for.

    Attributes:
        training: whether it is trained; else a pass in evaluation without gradients.
        optimiser: SGD without or with momentum, or Adam; of training alone.
        precision: float32, or bfloat16 for autocast, whose weights, gradients and states stay in float32.
    """

    training: bool = True
    optimiser: Optimiser = "momentum"
    precision: Precision = "float32"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A share of the memory.

    Attributes:
        name: weights, buffers, gradients, optimiser or activations.
        size: in bytes, and how it comes about.
    """

    name: str
    size: Expression


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What activations need at one moment, by the batch.

    Attributes:
        row: which moment; empty where it is the end of the pass forward.
        picture_bytes: for each picture.
        other_bytes: whatever the batch.
    """

    row: str
    picture_bytes: int
    other_bytes: int

    def at(self, batch: int) -> int:
        """Bytes with so many pictures."""
        return self.picture_bytes * batch + self.other_bytes


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a network takes in evaluation or in training.

    Attributes:
        constant: what it takes whatever the batch.
        moments: what its activations take beside; the largest counts.
        kept: in training, the storages that are the activations.
    """

    constant: tuple[Part, ...]
    moments: tuple[Needs, ...]
    kept: tuple[Kept, ...] = ()

    def bytes_at(self, batch: int) -> int:
        """Bytes in all with so many pictures."""
        return self.constant_bytes + self.peak(batch).at(batch)

    def peak(self, batch: int) -> Needs:
        """The moment at which activations take most."""
        return max(self.moments, key=lambda moment: moment.at(batch))

    def parts(self, batch: int) -> tuple[Part, ...]:
        """What the bytes are made of, the activations the last."""
        peak = self.peak(batch)
        size = product(peak.picture_bytes, batch)
        activations = size + peak.other_bytes if peak.other_bytes else size
        return (*self.constant, Part(name="activations", size=activations))

    def largest_batch(self, usable: int) -> int:
        """The largest batch that fits into so many bytes; 0 where not even one picture does."""
        return max(0, self.fitting(usable).value)

    def fitting(self, usable: int) -> Expression:
        """How the largest batch comes about; not above 0 where no picture fits."""

        def at(moment: Needs) -> Expression:
            left = plain(usable) - self.constant_bytes
            return floor(left - moment.other_bytes if moment.other_bytes else left, moment.picture_bytes)

        return min(map(at, self.moments), key=lambda found: found.value)

    @cached_property
    def constant_bytes(self) -> int:
        """Bytes that the batch does not change."""
        return sum(part.size.value for part in self.constant)


def usable_bytes(card: int) -> int:
    """Bytes of a card of so many gigabytes that an estimate may fill."""
    return card * GIGABYTE * (100 - SET_ASIDE) // 100


def memory_of(plan: Plan, use: Use, *, on_gpu: bool = False) -> Memory:
    """What a network takes for a use; ``training_memory`` and ``inference_memory`` say how it is counted."""
    if use.training:
        return training_memory(plan, optimiser=use.optimiser, precision=use.precision, on_gpu=on_gpu)
    return inference_memory(plan, precision=use.precision, on_gpu=on_gpu)


def inference_memory(plan: Plan, *, precision: Precision = "float32", on_gpu: bool = False) -> Memory:
    """What a pass in evaluation takes at most: weights, buffers, and the largest set of maps that are there at once.

    Args:
        plan: of a described network.
        precision: float32, or bfloat16 for autocast, whose weights stay in float32.
        on_gpu: whether autocast is CUDA's.

    Raises:
        SpecError: the network is measured.
    """
    rows = held(plan, precision=precision, on_gpu=on_gpu)
    moments = [Needs(row=row.row, picture_bytes=row.picture_bytes, other_bytes=row.copied_bytes) for row in rows]
    return Memory(constant=_weights(plan), moments=_highest(moments))


def training_memory(
    plan: Plan, *, optimiser: Optimiser = "momentum", precision: Precision = "float32", on_gpu: bool = False
) -> Memory:
    """What a step of training takes: weights, buffers, gradients, the optimiser's state, and what autograd keeps.

    Gradients are counted in full, as they are there where they are set to zero and not let go.

    Args:
        plan: of a described network.
        optimiser: SGD without or with momentum, or Adam.
        precision: float32, or bfloat16 for autocast, whose weights, gradients and states stay in float32.
        on_gpu: whether autocast is CUDA's.

    Raises:
        SpecError: the network is measured.
    """
    kept = kept_for_backward(plan, precision=precision, on_gpu=on_gpu)
    each = sum(part.size.value for part in kept if part.each_picture)
    other = sum(part.size.value for part in kept if not part.each_picture)
    needs = Needs(row="", picture_bytes=each, other_bytes=other)
    return Memory(constant=_learned(plan, optimiser), moments=(needs,), kept=kept)


def training_memory_of_measured(plan: Plan, needs: Needs, *, optimiser: Optimiser = "momentum") -> Memory:
    """The same of a network that is measured, in float32.

    Args:
        plan: of any network.
        needs: what autograd keeps of it.
        optimiser: SGD without or with momentum, or Adam.
    """
    return Memory(constant=_learned(plan, optimiser), moments=(needs,))


def _learned(plan: Plan, optimiser: Optimiser) -> tuple[Part, ...]:
    """Weights, and what learning has beside them."""
    return (
        *_weights(plan),
        Part(name="gradients", size=product(plan.params, FLOAT_BYTES)),
        Part(name="optimiser", size=_states(plan.params, STATES[optimiser])),
    )


def _states(params: int, states: int) -> Expression:
    if not states:
        return said("keeps nothing", 0)
    one = product(params, FLOAT_BYTES)
    return one * states if states > 1 else one


def _weights(plan: Plan) -> tuple[Part, ...]:
    filters = sum(row.op.kernel**2 * row.op.channels_out for row in plan.layers if row.kind == "blurpool")
    buffers = sum(row.buffer_bytes for row in plan.layers)
    kept = said("running means and variances, counters", buffers) if buffers else said("none", 0)
    return (
        Part(name="weights", size=product(plan.params, FLOAT_BYTES)),
        # a blur's fixed filter is in no file of weights, but lies in memory
        Part(name="buffers", size=product(filters, FLOAT_BYTES) + buffers if filters else kept),
    )


def _highest(moments: Sequence[Needs]) -> tuple[Needs, ...]:
    """Only those that no other exceeds in both figures, so that a search goes through few."""
    found: list[Needs] = []
    for moment in sorted(moments, key=lambda one: (-one.picture_bytes, -one.other_bytes)):
        if not found or moment.other_bytes > found[-1].other_bytes:
            found.append(moment)
    return tuple(found)
