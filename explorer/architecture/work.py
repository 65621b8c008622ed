"""How the work of a network is counted where it is shown: the one place that knows the factor and the name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from explorer.architecture.expressions import Expression, product, said

Count = Literal["macs", "flops"]
Quantity = TypeVar("Quantity", bound=str)


@dataclass(frozen=True)
class Work:
    """A unit of work.

    Attributes:
        count: its short name, of columns too.
        title: what it is called.
        words: what is counted.
        each: how many one multiply-accumulate is.
    """

    count: Count
    title: str
    words: str
    each: int

    def of(self, macs: int) -> int:
        """So many multiply-accumulates in this unit."""
        return self.each * macs

    def named(self, words: Mapping[Quantity, str]) -> dict[Quantity, str]:
        """The names of quantities, that of ``macs`` in this unit."""
        return {quantity: self.title if quantity == "macs" else title for quantity, title in words.items()}

    def expression(self, macs: Expression) -> Expression:
        """How the multiply-accumulates of a row come about, in this unit."""
        if self.each == 1 or not macs.value:
            return macs
        return said(macs.words, self.of(macs.value)) if macs.words else product(self.each, macs)


MACS = Work("macs", "MACs", "multiply-accumulates", 1)
FLOPS = Work("flops", "FLOPs", "multiplications and additions, two for each multiply-accumulate,", 2)
"""A multiplication and its addition counted apart, as ``torch.utils.flop_counter`` does."""
WORKS: dict[Count, Work] = {work.count: work for work in (MACS, FLOPS)}
