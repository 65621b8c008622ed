"""Parts of a trained network taken out, and what its accuracy loses: residual networks shrug, plain ones break.

For residual networks this is Veit et al. 2016, arXiv 1605.06431: of a block only the shortcut is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from explorer.architecture.operations import Op
from explorer.architecture.tree import Residual
from explorer.labs.data.data import DataSet
from explorer.labs.training.train import error_rate
from explorer.model.build import NetworkModule
from explorer.model.guard import exclusive
from explorer.model.probe import known_names


@dataclass(frozen=True, kw_only=True)
class Lesion:
    """A block or a stage taken out.

    Attributes:
        name: of the block, ``layer1.0``, or of the stage, ``layer1``.
        removed: the blocks that were taken out.
        kept: the blocks of it that could not be, since they change the shape and have no shortcut.
        error: share of the test pictures that are named wrongly without it, 0 to 1.
        whole_error: with nothing taken out.
    """

    name: str
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    error: float
    whole_error: float

    @property
    def loss(self) -> float:
        """By how much the error rises; below 0 where it falls."""
        return self.error - self.whole_error


@contextmanager
def without(model: NetworkModule, blocks: Iterable[str]) -> Iterator[None]:
    """Run a model without some blocks: of a residual block the shortcut is left, a plain one passes its input on.

    Args:
        model: from ``build``; held alone meanwhile, and given back as it was.
        blocks: names of blocks from ``removable``.

    Raises:
        ExplorerError: when there is no block of that name that could be taken out.
    """
    wanted = known_names(blocks, removable(model), "block to take out")
    nodes = {node.name: node for node in model.network.blocks()}
    with exclusive(model), ExitStack() as hooks:
        for name in wanted:
            handle = _bypass(model, nodes[name])
            hooks.callback(handle.remove)
        yield


@contextmanager
def main_path_alone(model: NetworkModule, blocks: Iterable[str]) -> Iterator[None]:
    """Run a model while some blocks lack their shortcut: F(x) goes on alone, as in a plain network.

    Args:
        model: from ``build``; held alone meanwhile, and given back as it was.
        blocks: names of blocks with an addition.

    Raises:
        ExplorerError: when there is no block of that name that has one.
    """
    adds = {node.name: f"{node.name}.{node.add.name}" for node in model.network.blocks() if node.add}
    wanted = known_names(blocks, list(adds), "block with a shortcut")
    with exclusive(model), ExitStack() as hooks:
        for name in wanted:
            handle = model.get_submodule(adds[name]).register_forward_hook(_first_argument)
            hooks.callback(handle.remove)
        yield


def removable(model: NetworkModule) -> tuple[str, ...]:
    """The blocks that can be taken out: all with an addition, and plain ones that keep the shape."""
    return tuple(node.name for node in model.network.blocks() if _is_removable(node))


def keeping_shape(model: NetworkModule) -> tuple[str, ...]:
    """The blocks that put out the shape that arrives: those that plain networks can lose too."""
    return tuple(node.name for node in model.network.blocks() if _keeps_shape(node))


def block_lesions(model: NetworkModule, data: DataSet, *, blocks: Sequence[str] | None = None) -> Iterator[Lesion]:
    """Every block taken out alone, in the order of the network; those that cannot be are left out.

    Args:
        model: from ``build``, trained.
        data: whose test pictures are named.
        blocks: some of ``removable``; None for all.

    Yields:
        What is left without a block.
    """
    whole = _error(model, data)
    for name in removable(model) if blocks is None else blocks:
        yield _lesion(model, data, name, (name,), (), whole)


def stage_lesions(model: NetworkModule, data: DataSet) -> tuple[Lesion, ...]:
    """Every stage taken out alone, as far as its blocks can be.

    Args:
        model: from ``build``, trained.
        data: whose test pictures are named.
    """
    whole, can_go = _error(model, data), set(removable(model))
    found = []
    for section in model.network.sections:
        blocks = [node.name for node in section.nodes if isinstance(node, Residual)]
        removed = tuple(name for name in blocks if name in can_go)
        if removed:
            kept = tuple(name for name in blocks if name not in can_go)
            found.append(_lesion(model, data, section.name, removed, kept, whole))
    return tuple(found)


def _lesion(
    model: NetworkModule, data: DataSet, name: str, removed: tuple[str, ...], kept: tuple[str, ...], whole: float
) -> Lesion:
    with without(model, removed):
        error = _error(model, data)
    return Lesion(name=name, removed=removed, kept=kept, error=error, whole_error=whole)


def _error(model: NetworkModule, data: DataSet) -> float:
    return error_rate(model, data, data.test_pixels, data.test_labels)


def _is_removable(node: Residual) -> bool:
    if node.add is not None:
        return node.add.kind == "add"
    return _keeps_shape(node)


def _keeps_shape(node: Residual) -> bool:
    ops = [op for op in node.main if isinstance(op, Op)]
    return ops[0].channels_in == ops[-1].channels_out and all(op.stride == 1 for op in ops)


def _bypass(model: NetworkModule, node: Residual) -> Any:
    """A hook that outputs what arrives on the shortcut, or at a plain block."""
    if node.add is None:
        return model.get_submodule(node.name).register_forward_hook(_first_argument)
    return model.get_submodule(f"{node.name}.{node.add.name}").register_forward_hook(_second_argument)


def _first_argument(_module: nn.Module, arriving: tuple[Any, ...], _output: Tensor) -> Tensor:
    return arriving[0]


def _second_argument(_module: nn.Module, arriving: tuple[Any, ...], _output: Tensor) -> Tensor:
    return arriving[1]
