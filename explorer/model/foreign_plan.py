"""The plan of any module, read off one pass through its twin, for networks that have no spec.

A row is a call of a leaf, a module in whose call no other was called. What is left outside the leaves is not lost: a
container that multiplies and accumulates beside its parts has a row of its own, at its end; a parameter of a container
is a row that takes nothing and puts itself out; a module that is never called keeps its parameters in a row without a
shape. So the rows always add up to the module's own totals.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import prod

from torch import Tensor, nn

from explorer.architecture.operations import FLOAT_BYTES, Op
from explorer.architecture.plan import INPUT, Layer, Plan
from explorer.architecture.reach import UNKNOWN
from explorer.architecture.trace import checked_size
from explorer.architecture.tree import Network, Section
from explorer.errors import InputSizeError
from explorer.model.function_words import functions_in_words
from explorer.model.given import Given
from explorer.model.module_op import op_of, puts_channels_last, square
from explorer.model.refusals import takes
from explorer.model.watch import Call, Watched, row_name, watch


@dataclass(frozen=True)
class Measured:
    """A plan and what its rows are in the module.

    Attributes:
        plan: the plan.
        calls: the rows of calls, by the module's dotted name and the number of the call.
        parameters: the rows of parameters that belong to no leaf, by their dotted names.
        uncalled: the rows of modules that are never called.
    """

    plan: Plan
    calls: dict[tuple[str, int], str]
    parameters: dict[str, str]
    uncalled: tuple[str, ...]


def measure(
    model: nn.Module,
    input_size: tuple[int, int],
    *,
    in_channels: int = 3,
    title: str = "",
    made_for: tuple[int, int] | None = None,
    given: Given | None = None,
) -> Measured:
    """The plan of any module; the module is neither run nor touched.

    Args:
        model: on any device, ``meta`` included.
        input_size: height and width in pixels.
        in_channels: channels of the pictures.
        title: for people; the module's class where it is empty.
        made_for: height and width that the module was made for, to be named when it takes no other.
        given: what it takes, where that is not one tensor of pictures.

    Returns:
        The plan of the module in evaluation, one row per call, and what each row is in the module. Its parameters are
        the module's, its MACs those of ``torch.utils.flop_counter``. Receptive fields and jumps are not known: 0.

    Raises:
        InputSizeError: when the module cannot take such pictures.
    """
    title = title or type(model).__name__
    input_size = checked_size(input_size)
    try:
        watched = watch(model, input_size, in_channels=in_channels, given=given)
    except InputSizeError as error:
        if made_for is None or input_size == made_for:
            raise
        # where it takes twice that too, it does not take that alone
        if takes(model, (2 * made_for[0], 2 * made_for[1]), in_channels):
            raise
        (height, width), (given_height, given_width) = made_for, input_size
        raise InputSizeError(f"{title} takes {height}×{width} only, not {given_height}×{given_width}.") from error
    return _Rows(watched, of_pictures=given is None or given.is_picture).measured(input_size, in_channels, title)


class _Rows:
    """Makes the rows of one watched pass; every parameter and buffer is counted once."""

    def __init__(self, watched: Watched, *, of_pictures: bool) -> None:
        self.watched = watched
        self.of_pictures = of_pictures
        self.modules = dict(watched.twin.named_modules())
        self.called = {call.name for call in watched.started}
        self.entered = iter(watched.started)
        self.counted: set[int] = set()
        self.channels_last: set[str] = set()
        self.layers: list[Layer] = []
        self.parameters: dict[str, str] = {}
        self.uncalled: list[str] = []

    def measured(self, input_size: tuple[int, int], in_channels: int, title: str) -> Measured:
        # a leaf counts what lies in it before anything that merely holds it
        for call in self.watched.ended:
            if call.has_row:
                if not call.has_parts:
                    self._add_parameters_until(call)
                self._add_call(call)
        self._add_parameters_until(None)
        put_out = self.layers.pop()  # the last row of a plan is what the network outputs
        self._add_uncalled()
        self.layers.append(put_out)
        rows = {row.layer for row in self.layers} | {INPUT}
        layers = tuple(row._replace(inputs=tuple(name for name in row.inputs if name in rows)) for row in self.layers)
        network = Network(title, in_channels, _sections(layers), measured=True)
        plan = Plan(network, input_size, layers, self._not_counted())
        assert plan.params == sum(parameter.numel() for parameter in self.watched.twin.parameters())
        assert plan.macs == self.watched.macs
        calls = {(call.name, call.number): call.row for call in self.watched.ended if call.has_row}
        return Measured(plan, calls, self.parameters, tuple(self.uncalled))

    def _add_parameters_until(self, call: Call | None) -> None:
        """Rows for the parameters of their own that containers hold which were entered before a call."""
        for container in self.entered:
            if container is call:
                return
            if container.has_parts or not container.has_row:
                for name, parameter in container.module.named_parameters(recurse=False):
                    if self._count_once([parameter]):
                        self._add_parameter(f"{container.name}.{name}".lstrip("."), parameter)

    def _add_parameter(self, name: str, parameter: Tensor) -> None:
        row = row_name(name)
        self.parameters[name] = row
        shape = tuple(parameter.shape[1:] if parameter.dim() > 1 and parameter.shape[0] == 1 else parameter.shape)
        last = len(shape) == 2  # tokens and their channels
        op = Op(
            kind="other",
            name=row,
            channels_in=0,
            channels_out=shape[-last] if shape else 1,
            channels_last=last,
            in_sequence=not self.of_pictures,
        )
        self._add(name, op, nn.Module(), (), (), shape, parameter.numel(), 0, 0)

    def _add_call(self, call: Call) -> None:
        assert call.output_shape is not None
        op = op_of(call.module, call.row, arriving=call.input_shape, leaving=call.output_shape)
        stays = call.input_shape == call.output_shape
        arriving_last = bool(call.inputs) and stays and call.inputs[-1] in self.channels_last
        if puts_channels_last(call.module, arriving_last) and len(call.output_shape) > 1:
            self.channels_last.add(call.row)
            last = call.output_shape[-1]
            op = replace(op, channels_out=last, channels_last=True, in_sequence=not self.of_pictures)
        params, buffer_bytes = self._held(call.name, call)
        self._add(
            call.name,
            op,
            call.module,
            call.inputs,
            call.input_shape,
            call.output_shape,
            params,
            call.macs,
            buffer_bytes,
        )

    def _add_uncalled(self) -> None:
        """Rows for what is never called and in no row yet, each as large as it can be."""
        for name in self.modules:
            if name in self.called or any(name.startswith(f"{above}.") for above in self.uncalled):
                continue
            if any(called.startswith(f"{name}.") for called in self.called):
                continue  # a list of modules that are called
            params, buffer_bytes = self._held(name, None)
            if params or buffer_bytes:
                self.uncalled.append(name)
                op = Op(kind="other", name=row_name(name), channels_in=0, channels_out=0)
                self._add(name, op, nn.Module(), (), (), None, params, 0, buffer_bytes)

    def _held(self, name: str, call: Call | None) -> tuple[int, int]:
        """Parameters and buffer bytes of a module and of what in it is never called itself."""
        params = buffer_bytes = 0
        for part_name, part in self.modules[name].named_modules(prefix=name):
            if part_name != name and part_name in self.called and (call is None or call.has_parts):
                continue
            params += self._count_once(part.parameters(recurse=False))
            kept = (
                buffer
                for key, buffer in part.named_buffers(recurse=False)
                if key not in part._non_persistent_buffers_set
            )
            buffer_bytes += sum(buffer.numel() * buffer.element_size() for buffer in kept if self._is_new(buffer))
        return params, buffer_bytes

    def _count_once(self, parameters: Iterable[Tensor]) -> int:
        return sum(parameter.numel() for parameter in parameters if self._is_new(parameter))

    def _is_new(self, tensor: Tensor) -> bool:
        if id(tensor) in self.counted:
            return False
        self.counted.add(id(tensor))
        return True

    def _add(
        self,
        name: str,
        op: Op,
        module: nn.Module,
        inputs: tuple[str, ...],
        input_shape: tuple[int, ...],
        output_shape: tuple[int, ...] | None,
        params: int,
        macs: int,
        buffer_bytes: int,
    ) -> None:
        windowed = op.kind in ("conv", "convtranspose", "maxpool", "avgpool")
        grouped = op.kind in ("conv", "convtranspose") or op.norm == "group"
        self.layers.append(
            Layer(
                layer=op.name,
                kind=op.kind,
                stage=row_name(name.split(".", 1)[0]),
                block=row_name(block) if (block := self._block(name)) else "",
                path="",
                input_shape=input_shape,
                output_shape=output_shape or (),
                params=params,
                macs=macs,
                activation_bytes=0 if output_shape is None else prod(output_shape) * FLOAT_BYTES,
                receptive_field=0,
                jump=0,
                kernel=square(module, "kernel_size") if windowed else None,
                stride=square(module, "stride") if windowed else None,
                padding=square(module, "padding") if windowed else None,
                dilation=op.dilation if windowed else None,
                groups=op.groups if grouped else None,
                inputs=inputs,
                reach=UNKNOWN,
                whole_map_at="",
                buffer_bytes=buffer_bytes,
                op=op,
            )
        )

    def _block(self, name: str) -> str:
        """The part below the stage that a row belongs to: the first that is more than a list of others."""
        above = name.split(".")
        inside = [".".join(above[:end]) for end in range(2, len(above))]
        blocks = [part for part in inside if type(self.modules.get(part)) not in (nn.Sequential, nn.ModuleList)]
        if blocks:
            return blocks[0]
        # a block that is called as a leaf itself stands beside those that are not
        return inside[-1] if inside else ""

    def _not_counted(self) -> tuple[str, ...]:
        done: Counter[str] = Counter()
        for call in self.watched.ended:
            if not call.has_row:
                done.update(call.functions)
        return (*functions_in_words(done), *self._uncalled_in_words())

    def _uncalled_in_words(self) -> Iterator[str]:
        for name in self.uncalled:
            params = sum(parameter.numel() for parameter in self.modules[name].parameters())
            yield f"{name} is not called in evaluation: its {params:,} parameters are counted, and it does no work."


def _sections(layers: tuple[Layer, ...]) -> tuple[Section, ...]:
    stages: dict[str, list[Op]] = {}
    for row in layers:
        stages.setdefault(row.stage, []).append(row.op)
    return tuple(Section(name, tuple(ops)) for name, ops in stages.items())
