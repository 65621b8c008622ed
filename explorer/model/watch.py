"""One pass through any module's twin, and what was called in it: modules, functions, and the work of each."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.module_tracker import ModuleTracker

from explorer.architecture.operations import Shape
from explorer.architecture.plan import INPUT
from explorer.errors import ExplorerError
from explorer.model.refusals import check_measurable, refusal
from explorer.model.twin import blank, twin_of

if TYPE_CHECKING:
    from explorer.model.given import Given

ROOT = "forward"
"""The row of what the whole module does itself."""
_FLOPS_PER_MAC = 2
_NO_PLAIN_SIGN = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(eq=False, kw_only=True)
class Call:
    """One call of one module.

    Attributes:
        name: of the module, dotted; empty for the whole.
        number: how many times the module had been called, this time included.
        row: the name that a row of it has.
        module: on the ``meta`` device.
        inputs: the rows that what arrives was made from.
        input_shape: of the first tensor that arrives, without the batch.
        output_shape: of the first tensor that is put out, without the batch; None where there is none.
        macs: multiply-accumulates of the call, those of its parts not included.
        has_parts: whether another module was called in it.
        functions: how often it called which function of torch itself.
    """

    name: str
    number: int
    row: str
    module: nn.Module
    inputs: tuple[str, ...]
    input_shape: Shape
    output_shape: Shape | None = None
    macs: int = 0
    has_parts: bool = False
    functions: Counter[str] = field(default_factory=Counter)

    @property
    def has_row(self) -> bool:
        """Whether it is a leaf, or does counted work beside that of its parts."""
        return self.output_shape is not None and (not self.has_parts or self.macs > 0)


@dataclass(frozen=True, eq=False)
class Watched:
    """What one pass showed.

    Attributes:
        twin: the module that was run, on the ``meta`` device.
        started: all calls in the order in which they began.
        ended: all calls in the order in which they ended.
        macs: of the whole pass.
    """

    twin: nn.Module
    started: tuple[Call, ...]
    ended: tuple[Call, ...]
    macs: int


def watch(model: nn.Module, input_size: tuple[int, int], *, in_channels: int, given: "Given | None" = None) -> Watched:
    """Run a twin of a module on one picture and note every call; the module itself is not touched.

    Args:
        model: any module.
        input_size: height and width in pixels.
        in_channels: channels of the picture.
        given: what it takes, where that is not one tensor of pictures, ``(N, C, H, W)``.

    Raises:
        InputSizeError: when the module cannot take such a picture.
        ExplorerError: when it cannot be measured, with the sentence why.
    """
    check_measurable(model)
    twin = twin_of(model)
    args, kwargs = given_on_meta(twin, input_size, in_channels, given)
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = _NoTracker()
    # torch.device("meta"): what a forward creates lies where the twin is
    with torch.no_grad(), torch.device("meta"), counter:
        watcher = _Watcher(twin, [args, kwargs], lambda: counter.get_total_flops() // _FLOPS_PER_MAC)
        try:
            with watcher:
                output = twin(*args, **kwargs)
        except Exception as error:  # other people's modules raise anything
            raise refusal(model, input_size, in_channels, error, given=given) from error
    if next(tensors_in(output), None) is None:
        raise ExplorerError(
            f"{type(model).__name__} outputs no tensor that can be found, but {type(output).__name__}: wrap it in a "
            "module that outputs a tensor."
        )
    return Watched(twin, tuple(watcher.started), tuple(watcher.ended), counter.get_total_flops() // _FLOPS_PER_MAC)


def given_on_meta(
    twin: nn.Module, input_size: tuple[int, int], in_channels: int, given: "Given | None"
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a twin is called with: one picture, or one example of what the module was given.

    Args:
        twin: on the ``meta`` device.
        input_size: height and width of the picture in pixels.
        in_channels: channels of the picture.
        given: what the module takes, where that is not one tensor of pictures.

    Returns:
        Arguments by place and by name.
    """
    if given is None:
        return (blank(twin, input_size, in_channels),), {}
    return given.call(blank(twin, input_size, in_channels) if given.is_picture else given.first[:1].to("meta"))


def row_name(module_name: str, number: int = 1) -> str:
    """The row's name of a module's call: ``relu``, ``relu-2`` for the second, plain signs only."""
    plain = _NO_PLAIN_SIGN.sub("_", module_name) or ROOT
    return plain if number == 1 else f"{plain}-{number}"


def tensors_in(value: Any) -> Iterator[Tensor]:
    """All tensors in what a module takes or outputs: alone, in tuples, lists, dictionaries and dataclasses."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from tensors_in([getattr(value, one.name) for one in fields(value)])
    elif isinstance(value, tuple | list) and not isinstance(value, torch.Size):
        for part in value:
            yield from tensors_in(part)


def per_picture(output: Tensor, pictures: int) -> Tensor:
    """An output with the pictures first, ``(N, …)``.

    What several windows of a picture were folded into the batch for is unfolded to ``(N, windows, …)``; what is the
    same for every picture (a table of positions) is repeated.
    """
    if output.dim() and output.shape[0] == pictures:
        return output
    if output.dim() and output.shape[0] > 1 and output.shape[0] % pictures == 0:
        return output.unflatten(0, (pictures, -1))
    shared = output[0] if output.dim() and output.shape[0] == 1 else output
    return shared.expand(pictures, *shared.shape)


class _Watcher(TorchFunctionMode):
    """Notes module calls by hooks on the twin, and sees every function of torch that is called in between."""

    def __init__(self, twin: nn.Module, arguments: Any, macs_so_far: Callable[[], int]) -> None:
        super().__init__()
        self.macs_so_far = macs_so_far
        self.started: list[Call] = []
        self.ended: list[Call] = []
        self.open: list[tuple[Call, int]] = []
        self.parts_macs: list[int] = []
        self.numbers: Counter[str] = Counter()
        self.rows: set[str] = set()
        # the rows that a tensor was made from, by its id; `alive` keeps the ids from being used twice
        self.alive: list[Tensor] = list(tensors_in(arguments))
        self.sources: dict[int, tuple[str, ...]] = {id(tensor): (INPUT,) for tensor in self.alive}
        for name, parameter in twin.named_parameters():
            self.sources[id(parameter)] = (row_name(name),)
        for name, module in twin.named_modules():
            module.register_forward_pre_hook(self._starts(name), with_kwargs=True)
            module.register_forward_hook(self._ends, with_kwargs=True)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        made = list(tensors_in(output))
        if made:
            if self.open:
                self.open[-1][0].functions[resolve_name(func) or func.__name__] += 1
            found = self._sources(tensors_in([args, kwargs]))
            for tensor in made:
                self._came_from(tensor, found)
        return output

    def _sources(self, tensors: Iterable[Tensor]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row for tensor in tensors for row in self.sources.get(id(tensor), ())))

    def _came_from(self, tensor: Tensor, rows: tuple[str, ...]) -> None:
        self.sources[id(tensor)] = rows
        self.alive.append(tensor)

    def _starts(self, name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, args: Any, kwargs: Any) -> None:
            self.numbers[name] += 1
            arriving = list(tensors_in([args, kwargs]))
            call = Call(
                name=name,
                number=self.numbers[name],
                row=self._free(row_name(name, self.numbers[name])),
                module=module,
                inputs=self._sources(arriving),
                input_shape=_shape(arriving[0]) if arriving else (),
            )
            if self.open:
                self.open[-1][0].has_parts = True
            self.started.append(call)
            self.open.append((call, self.macs_so_far()))
            self.parts_macs.append(0)

        return hook

    def _ends(self, _module: nn.Module, _args: Any, _kwargs: Any, output: Any) -> None:
        call, macs_before = self.open.pop()
        macs = self.macs_so_far() - macs_before
        call.macs = macs - self.parts_macs.pop()
        if self.parts_macs:
            self.parts_macs[-1] += macs
        made = list(tensors_in(output))
        if made:
            call.output_shape = _shape(made[0])
        if call.has_row:
            for tensor in made:
                self._came_from(tensor, (call.row,))
        self.ended.append(call)

    def _free(self, row: str) -> str:
        while row in self.rows:
            row += "_"
        self.rows.add(row)
        return row


class _NoTracker(ModuleTracker):
    """Hooks nothing: the watcher knows itself which module is running.

    torch's own hooks every module of the process, and so what other threads run.
    """

    def __enter__(self) -> "_NoTracker":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _shape(tensor: Tensor) -> Shape:
    """The shape without the batch."""
    return tuple(per_picture(tensor, 1).shape[1:])
