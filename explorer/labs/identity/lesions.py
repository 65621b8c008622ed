"""Parts of a network taken out, and what is left of its answers: residual networks shrug, plain ones break.

For residual networks this is Veit et al. 2016, arXiv 1605.06431: of a block only the shortcut is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch import Tensor, nn

from explorer.architecture.operations import Op
from explorer.architecture.tree import Residual
from explorer.errors import LabError
from explorer.model.build import ObservableModule
from explorer.model.guard import exclusive
from explorer.model.precision import in_double
from explorer.model.probe import known_names

_NO_ANSWER = -1


@dataclass(frozen=True, kw_only=True)
class Lesion:
    """A block, a stage, or some blocks taken out.

    Attributes:
        name: of the block, ``layer1.0``, or of the stage, ``layer1``; of some blocks all their names.
        removed: the blocks that were taken out.
        kept: the blocks of it that could not be, since they change the shape and have no shortcut.
        accuracy: share of the pictures that are classified correctly without it, 0 to 1; NaN without labels.
        stays: share of the pictures whose first answer is the same without it, 0 to 1.
        moved: mean size of the change of a logit, over the standard deviation of all logits of the whole network; NaN
            where these are all equal or what is left outputs NaN or infinity.
    """

    name: str
    removed: tuple[str, ...]
    kept: tuple[str, ...] = ()
    accuracy: float
    stays: float
    moved: float


@dataclass(frozen=True, eq=False, kw_only=True)
class OnPictures:
    """A network that parts are taken out of, and what it answers with all of them.

    Attributes:
        model: from ``build``.
        answers: runs the model over some pictures in eval mode, and gives the logits, ``(N, classes)``.
        labels: classes of the pictures, ``(N,)``; None where they are not known.
    """

    model: ObservableModule
    answers: Callable[[], Tensor]
    labels: Tensor | None = None

    @cached_property
    def logits(self) -> Tensor:
        """With nothing taken out, ``(N, classes)``.

        Raises:
            LabError: the network outputs NaN or infinity.
        """
        logits = in_double(self.answers())
        if not logits.isfinite().all():
            raise LabError("The network outputs NaN or infinity for these pictures, so nothing can be compared.")
        return logits

    @property
    def accuracy(self) -> float:
        """Share of the pictures that the whole network classifies correctly, 0 to 1; NaN without labels."""
        return self._right(_first(self.logits))

    def taken_out(self, name: str, removed: Sequence[str], kept: Sequence[str] = ()) -> Lesion:
        """What is left without some blocks.

        Args:
            name: of the lesion.
            removed: blocks from ``removable``.
            kept: blocks that belong to it and stay.
        """
        whole = self.logits
        with without(self.model, removed):
            left = in_double(self.answers())
        named = _first(left)
        spread = float(whole.std())
        moved = float((left - whole).abs().mean()) / spread if spread > 0 else float("nan")
        return Lesion(
            name=name,
            removed=tuple(removed),
            kept=tuple(kept),
            accuracy=self._right(named),
            stays=float(in_double(named == _first(whole)).mean()),
            moved=moved if left.isfinite().all() else float("nan"),
        )

    def _right(self, named: Tensor) -> float:
        return float("nan") if self.labels is None else float(in_double(named == self.labels).mean())


@contextmanager
def without(model: ObservableModule, blocks: Iterable[str]) -> Iterator[None]:
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
def main_path_alone(model: ObservableModule, blocks: Iterable[str]) -> Iterator[None]:
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


def removable(model: ObservableModule) -> tuple[str, ...]:
    """The blocks that can be taken out: all with an addition, and plain ones that keep the shape."""
    return tuple(node.name for node in model.network.blocks() if _is_removable(node))


def removable_stages(model: ObservableModule) -> dict[str, tuple[str, ...]]:
    """The stages of which blocks can be taken out, with all of their blocks."""
    can_go = set(removable(model))
    stages = {
        section.name: tuple(node.name for node in section.nodes if isinstance(node, Residual))
        for section in model.network.sections
    }
    return {stage: blocks for stage, blocks in stages.items() if can_go.intersection(blocks)}


def keeping_shape(model: ObservableModule) -> tuple[str, ...]:
    """The blocks that put out the shape that arrives: those that plain networks can lose too."""
    return tuple(node.name for node in model.network.blocks() if _keeps_shape(node))


def block_lesions(tested: OnPictures, *, blocks: Sequence[str] | None = None) -> Iterator[Lesion]:
    """Every block taken out alone, in the order of the network; those that cannot be are left out.

    Args:
        tested: the network.
        blocks: some of ``removable``; None for all.

    Yields:
        What is left without a block.
    """
    for name in removable(tested.model) if blocks is None else blocks:
        yield tested.taken_out(name, (name,))


def stage_lesions(tested: OnPictures) -> Iterator[Lesion]:
    """Every stage taken out alone, as far as its blocks can be.

    Args:
        tested: the network.

    Yields:
        What is left without a stage.
    """
    can_go = removable(tested.model)
    for stage, blocks in removable_stages(tested.model).items():
        removed = [name for name in blocks if name in can_go]
        yield tested.taken_out(stage, removed, [name for name in blocks if name not in can_go])


def _first(logits: Tensor) -> Tensor:
    """The first answer to each picture; none where a logit is NaN or infinite."""
    return logits.argmax(1).where(logits.isfinite().all(1), _NO_ANSWER)


def _is_removable(node: Residual) -> bool:
    if node.add is not None:
        return node.add.kind == "add"
    return _keeps_shape(node)


def _keeps_shape(node: Residual) -> bool:
    ops = [op for op in node.main if isinstance(op, Op)]
    return ops[0].channels_in == ops[-1].channels_out and all(op.stride == 1 for op in ops)


def _bypass(model: ObservableModule, node: Residual) -> Any:
    """A hook that outputs what arrives on the shortcut, or at a plain block."""
    if node.add is None:
        return model.get_submodule(node.name).register_forward_hook(_first_argument)
    return model.get_submodule(f"{node.name}.{node.add.name}").register_forward_hook(_second_argument)


def _first_argument(_module: nn.Module, arriving: tuple[Any, ...], _output: Tensor) -> Tensor:
    return arriving[0]


def _second_argument(_module: nn.Module, arriving: tuple[Any, ...], _output: Tensor) -> Tensor:
    return arriving[1]
