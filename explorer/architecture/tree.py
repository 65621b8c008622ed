"""The small tree that every family of networks is described by: operations without sizes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from explorer.architecture.operations import Op

Path = Literal["main", "shortcut", "gate", ""]


@dataclass(frozen=True, slots=True)
class Gate:
    """x times a branch of x: squeeze-and-excite."""

    branch: tuple[Op, ...]
    mul: Op


@dataclass(frozen=True, slots=True)
class Residual:
    """A block: what both paths share, the main path, the shortcut, where they meet and what follows.

    Attributes:
        name: dotted name in the network, ``layer1.0``.
        before: operations in front of the fork (a pre-activation block whose projection takes the activated input).
        main: the main path, F(x).
        shortcut: operations of the shortcut, empty for the identity.
        add: where the paths meet, an addition or a concatenation; None in a plain block, which has no shortcut.
        after: operations behind it.
    """

    name: str
    before: tuple[Op, ...]
    main: tuple[Op | Gate, ...]
    shortcut: tuple[Op, ...]
    add: Op | None
    after: tuple[Op, ...]

    @property
    def shortcut_kind(self) -> Literal["identity", "projection", "padding", "none"]:
        """How the shortcut carries x on: solid, dashed, dotted, or not at all."""
        if self.add is None:
            return "none"
        if not self.shortcut:
            return "identity"
        return "padding" if self.shortcut[0].kind == "pad" else "projection"


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of the network.

    Attributes:
        name: ``stem``, ``layer1`` …, ``head``.
        nodes: its operations and blocks in order.
        paper: what its paper calls it, where that is not a ResNet's (``conv2_x``).
    """

    name: str
    nodes: tuple[Op | Residual, ...]
    paper: str = ""

    @property
    def is_stage(self) -> bool:
        """Whether it is a module of its own, which holds its blocks by their number."""
        return bool(self.nodes) and all(
            isinstance(node, Residual) and node.name == f"{self.name}.{i}" for i, node in enumerate(self.nodes)
        )


@dataclass(frozen=True, slots=True)
class Network:
    """A whole network without sizes.

    Attributes:
        title: its name for people.
        in_channels: channels of the input.
        sections: stem, stages and head in order.
        weights: how random weights are drawn: "fan_out" as torchvision's ResNets do (He et al. 2015, arXiv
            1502.01852), or "default", every layer's own.
        measured: whether it was read off a running module. Such a tree lists the calls and not how they are wired, so
            that sizes cannot be worked out from it: its plan is measured too.
    """

    title: str
    in_channels: int
    sections: tuple[Section, ...]
    weights: Literal["fan_out", "default"] = "fan_out"
    measured: bool = False

    def __repr__(self) -> str:
        names = ", ".join(section.name for section in self.sections)
        return f"<Network {self.title}: {names}; {sum(1 for _ in self.blocks()):,} blocks>"

    def blocks(self) -> Iterator[Residual]:
        """All residual blocks in order."""
        for section in self.sections:
            for node in section.nodes:
                if isinstance(node, Residual):
                    yield node


def ops_of(node: Op | Gate | Residual) -> Iterator[Op]:
    """The operations of a node in the order of their calls: the main path, then the shortcut, then the sum."""
    match node:
        case Op():
            yield node
        case Gate(branch, mul):
            yield from branch
            yield mul
        case Residual(_, before, main, shortcut, add, after):
            yield from before
            for part in main:
                yield from ops_of(part)
            yield from shortcut
            if add is not None:
                yield add
            yield from after
