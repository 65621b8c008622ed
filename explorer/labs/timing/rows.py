"""How long a network takes: every row alone on what arrives at it, beside the whole pass."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.architecture.memory import inference_memory
from explorer.architecture.plan import Plan
from explorer.architecture.timed import Precision, RowTime, Runs, Setting, Timed
from explorer.errors import LabError
from explorer.labs.cost import pass_seconds
from explorer.labs.timing.alone import Progress, alone
from explorer.labs.timing.clock import FEWEST, WARM_UPS, timed
from explorer.labs.timing.machine import TYPES, rates
from explorer.model.again import Called, run_again
from explorer.model.build import ObservableModule
from explorer.model.device import describe_device
from explorer.model.forward import passed
from explorer.model.guard import borrowed, exclusive

REPEATS = 20
"""Runs that are enough."""
ROW_SECONDS = 3.0
"""A row is run no longer, but for ``FEWEST`` runs."""
SECONDS = 6.0
"""What rows and whole passes take together, about, where ``FEWEST`` runs of each do not take longer."""
WHOLE_RUNS, WHOLE_SECONDS = REPEATS // 2, SECONDS / 4
"""Likewise of whole passes, before the rows and after them."""
_RATES_SECONDS = 1.5
_WORKING_MAPS = 4


def estimate(plan: Plan, setting: Setting) -> float:
    """Seconds that ``time_rows`` takes on one core of an idle machine, about.

    Args:
        plan: the network at the size of the pictures.
        setting: how it is run.
    """
    one = pass_seconds(plan, setting.batch)
    return _RATES_SECONDS + 2 * one * (WARM_UPS + _repeats(one))


def needed_bytes(plan: Plan, setting: Setting) -> int:
    """What has to be free beside the weights that are there: the maps of a pass, and one row's output once more.

    Channels last there is a second copy of the weights. What a measured network holds at once is not known: so many
    of its largest maps are taken for it.

    Args:
        plan: the network at the size of the pictures.
        setting: how it is run.
    """
    largest = setting.batch * max(row.activation_bytes for row in plan.layers)
    copied = plan.weights_bytes if setting.channels_last else 0
    if plan.network.measured:
        return copied + _WORKING_MAPS * largest
    return copied + largest + inference_memory(plan).peak(setting.batch).at(setting.batch)


def time_rows(
    model: ObservableModule,
    input_size: tuple[int, int],
    setting: Setting | None = None,
    *,
    progress: Progress | None = None,
) -> Timed:
    """Time every row of a network alone, and the whole pass, in eval mode and without gradients.

    The pictures are noise from a generator of its own. Every row's module is run on what arrives at it in one pass,
    which goes on when the row has been timed, so that no more is kept than in any pass. Under autocast the weights are
    converted once, before anything is timed. The model, the number of threads and everybody's random numbers stay.

    Args:
        model: from ``build``, or wrapped.
        input_size: height and width of the pictures in pixels.
        setting: batch, precision and layout; a single picture in float32, channels first, where nothing is said.
        progress: told the share that is done, 0 to 1, and a sentence; what it raises ends the measurement.

    Returns:
        Seconds by row, of the whole pass, and the rates of this machine from the same measurement.

    Raises:
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
        LabError: when the precision is not to be had on the device.
    """
    setting = Setting() if setting is None else setting
    tell = progress or (lambda share, words: None)
    plan, device = model.plan_at(input_size), model.device
    _check(setting, device)
    with alone(tell) as meanwhile, _ready(model, setting) as ready, _autocast(device, setting.precision):
        label, images = describe_device(device).label, noise(plan, setting, device)
        tell(0.0, "What this machine reaches: a matrix product and a copy")
        reached = rates(device, setting.precision)
        tell(0.1, "The whole pass")
        first = _whole(ready, images)
        measured = _Measured(plan, setting, device, _repeats(first.median), tell)
        run_again(ready, images, measured.told)
        tell(0.9, "The whole pass again")
        whole = Runs(seconds=first.seconds + _whole(ready, images).seconds)
        return Timed(
            title=plan.network.title,
            input_size=input_size,
            setting=setting,
            device=label,
            rows=tuple(measured.rows),
            holding=tuple(measured.holding),
            whole=whole,
            rates=reached,
            meanwhile=meanwhile(),
        )


def time_pass(
    model: ObservableModule,
    input_size: tuple[int, int],
    setting: Setting | None = None,
    *,
    progress: Progress | None = None,
) -> Runs:
    """Time the whole pass alone; all else is as in ``time_rows``."""
    setting = Setting() if setting is None else setting
    plan, device = model.plan_at(input_size), model.device
    _check(setting, device)
    with (
        alone(progress or (lambda share, words: None)),
        _ready(model, setting) as ready,
        _autocast(device, setting.precision),
    ):
        return _whole(ready, noise(plan, setting, device))


def noise(plan: Plan, setting: Setting, device: torch.device) -> Tensor:
    """Standard normal noise, ``(batch, C, H, W)``, the same every time, laid out in memory as the setting says."""
    shape = (setting.batch, plan.network.in_channels, *plan.input_size)
    images = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(device)
    return images.to(memory_format=torch.channels_last) if setting.channels_last else images


class _Measured:
    """What the rows of one pass took, as they go by."""

    def __init__(self, plan: Plan, setting: Setting, device: torch.device, repeats: int, tell: Progress) -> None:
        self.macs = {row.layer: setting.batch * row.macs for row in plan.layers}
        self.setting, self.device, self.repeats, self.tell = setting, device, repeats, tell
        self.rows: list[RowTime] = []
        self.holding: list[str] = []
        self.modules: dict[str, nn.Module] = {}

    def told(self, call: Called) -> None:
        self.tell(0.2 + 0.7 * len(self.rows) / len(self.macs), call.row)
        runs = timed(call.again, self.device, repeats=self.repeats, seconds=ROW_SECONDS)
        if call.within:
            self.holding.append(call.row)
            inside = sum(row.runs.median for row in self.rows if row.layer in call.within)
            runs = Runs(seconds=tuple(max(0.0, seconds - inside) for seconds in runs.seconds))
        moved = moved_bytes(call, self.setting.precision, without=[self.modules[row] for row in call.within])
        self.rows.append(RowTime(layer=call.row, runs=runs, macs=self.macs[call.row], moved_bytes=moved))
        self.modules[call.row] = call.module


def moved_bytes(call: Called, precision: Precision, *, without: Sequence[nn.Module] = ()) -> int:
    """Bytes that a row reads and writes: what arrives, its parameters and buffers in use, and what it puts out.

    Filters of convolutions and linear layers count in the type that they are computed in, all else in its own.

    Args:
        call: of the row.
        precision: that it is run in.
        without: modules of other rows, whose parameters are theirs.

    Returns:
        Bytes; 0 where what it puts out is a view of what arrives.
    """
    there = {tensor.untyped_storage().data_ptr() for tensor in call.arriving}
    if all(tensor.untyped_storage().data_ptr() in there for tensor in call.made):
        return 0
    size = TYPES[precision].itemsize
    converted = isinstance(call.module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)
    others = {id(tensor) for module in without for tensor in (*module.parameters(), *module.buffers())}
    held = [
        tensor
        for tensor in (*call.module.parameters(), *call.module.buffers())
        if tensor.is_floating_point() and id(tensor) not in others
    ]
    return sum(tensor.nbytes for tensor in (*call.arriving, *call.made)) + sum(
        tensor.numel() * (size if converted else tensor.element_size()) for tensor in held
    )


def _whole(model: ObservableModule, images: Tensor) -> Runs:
    return timed(lambda: passed(model, images), images.device, repeats=WHOLE_RUNS, seconds=WHOLE_SECONDS)


def _repeats(pass_seconds: float) -> int:
    """Runs of each row that fit into the time, with as many passes in the rows as in whole passes."""
    return max(FEWEST, min(REPEATS, int(SECONDS / 2 / max(pass_seconds, 1e-9))))


@contextmanager
def _ready(model: ObservableModule, setting: Setting) -> Iterator[ObservableModule]:
    """The model in eval mode; channels last, a copy of it whose filters lie so too."""
    if setting.channels_last:
        with exclusive(model):
            model = copy.deepcopy(model)
        model.to(memory_format=torch.channels_last)
    with borrowed(model, "eval"):
        yield model


def _autocast(device: torch.device, precision: Precision) -> torch.autocast:
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16")


def _check(setting: Setting, device: torch.device) -> None:
    if setting.precision == "bfloat16" and device.type == "mps":
        raise LabError("Time in bfloat16 is measured on the CPU and on CUDA; choose float32 or another device.")
