"""Which devices there are, how much memory they have free, and whether a network may be built there.

Bytes are known from the plan before anything is built. Of what is free, a fifth is left to other sessions and to what
the plan does not count: the library's own buffers while a convolution runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

import psutil
import torch

from explorer.architecture.plan import Plan
from explorer.architecture.trace import smallest_side, trace
from explorer.errors import DeviceError
from explorer.model.out_of_memory import is_out_of_memory
from explorer.views.numbers import in_bytes

DeviceKind = Literal["cpu", "cuda", "mps"]

SHARE = 0.8
FLOAT_BYTES = 4
_NINE = 9.0
_LONGEST_FAULT = 120


class NeedsMemory(Protocol):
    """What is asked of a ``Plan``."""

    @property
    def weights_bytes(self) -> int:
        """Bytes of parameters and buffers."""

    @property
    def activation_bytes(self) -> int:
        """Bytes of every row's output, for one picture."""


@dataclass(frozen=True, kw_only=True)
class DeviceInfo:
    """A device that is here.

    Attributes:
        name: "cpu", "cuda:0", "mps"; it stands in links.
        kind: "cpu", "cuda" or "mps".
        title: what it is, such as "NVIDIA H200" or "2 threads".
    """

    name: str
    kind: DeviceKind
    title: str

    @property
    def label(self) -> str:
        """Name and title, for people: "cuda:0 (NVIDIA H200)"."""
        return f"{self.name} ({self.title})"


def devices() -> tuple[DeviceInfo, ...]:
    """All devices that are here and work, the one that ``choose`` takes by itself first."""
    found = [device for device in _gpus() if fault_of(device.name) is None]
    threads = torch.get_num_threads()
    found.append(DeviceInfo(name="cpu", kind="cpu", title=f"{threads} thread{'s' if threads > 1 else ''}"))
    return tuple(found)


def faults() -> tuple[str, ...]:
    """A sentence for each GPU that is here and does not work."""
    return tuple(
        f"{device.label} is not used: it does not work with this torch ({fault})."
        for device in _gpus()
        if (fault := fault_of(device.name)) is not None
    )


@cache
def fault_of(name: str) -> str | None:
    """Why a GPU does not work, None where it does: one tiny convolution decides, once in this process.

    A card may be there and of no use: too old or too new for the kernels in this torch, or another process's alone.

    Args:
        name: of the device, "cuda:0".
    """
    try:
        picture = torch.ones(1, 1, 3, 3, device=name)
        value = float(torch.nn.functional.conv2d(picture, picture))
    except RuntimeError as error:
        if is_out_of_memory(error):
            return None  # others fill it now, and ``admit`` says so when it is asked
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:_LONGEST_FAULT].rstrip(".")
    return None if value == _NINE else f"1 × 1 added up nine times gives {value:.4g}"


def _gpus() -> tuple[DeviceInfo, ...]:
    found: list[DeviceInfo] = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            name = torch.cuda.get_device_name(index)
            found.append(DeviceInfo(name=f"cuda:{index}", kind="cuda", title=name))
    if torch.backends.mps.is_available():
        found.append(DeviceInfo(name="mps", kind="mps", title="Apple GPU"))
    return tuple(found)


def choose(preferred: str | None = None) -> torch.device:
    """Choose a device.

    Args:
        preferred: name of a device; "cuda" means the first. None or "auto" takes CUDA, else MPS, else the CPU.

    Returns:
        The device.

    Raises:
        DeviceError: there is no such device here.
    """
    here = [device.name for device in devices()]
    if preferred is None or preferred == "auto":
        return torch.device(here[0])
    wanted = "cuda:0" if preferred == "cuda" else preferred
    if wanted not in here:
        broken = next((said for said in faults() if said.startswith(f"{wanted} (")), "")
        missing = broken.rstrip(".") or f"There is no device {preferred[:40]!r} here"
        raise DeviceError(f"{missing}: choose {_either(here)}.")
    return torch.device(wanted)


def describe_device(device: str | torch.device) -> DeviceInfo:
    """Name and title of a device.

    Args:
        device: one that is here.

    Returns:
        Its description.

    Raises:
        DeviceError: there is no such device here.
    """
    name = str(choose(str(device)))
    return next(info for info in devices() if info.name == name)


def free_bytes(device: str | torch.device) -> int:
    """How many bytes of memory a device has free for this process.

    CPU: what the system calls available, or what the container's limit leaves, whichever is less. CUDA: what the driver
    calls free and what torch holds without using it. MPS: what Metal recommends at most, less what torch holds.

    Args:
        device: one that is here.

    Returns:
        Bytes, never negative.
    """
    device = torch.device(device)
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        idle = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return max(0, free + idle)
    available = psutil.virtual_memory().available
    if device.type == "mps":
        # An Apple GPU takes its memory from the system's.
        return max(0, min(available, torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()))
    return max(0, min([available, *_container_free_bytes()]))


def needed_bytes(plan: NeedsMemory, *, batch: int = 1) -> int:
    """How many bytes a network takes in float32 while every row's output is recorded.

    A pass that records nothing takes less, and a step of training something else: ``architecture/memory.py`` has both.

    Args:
        plan: the network at its input size.
        batch: pictures in one pass.

    Returns:
        Weights and every row's output.
    """
    return plan.weights_bytes + batch * plan.activation_bytes


def admit(
    needed: int,
    device: str | torch.device,
    *,
    what: str,
    would_fit: str | Callable[[int], str | None] | None = None,
) -> None:
    """Refuse what does not fit into a device's memory, before anything is built.

    Args:
        needed: bytes, such as ``needed_bytes`` says.
        device: where it shall be built.
        what: what needs them, the subject of the sentence: "ResNet-152 with 64 pictures of 512×512".
        would_fit: what would fit instead, or a function from the usable bytes to it, called only for a refusal; None
            suggests a smaller network or input.

    Raises:
        DeviceError: it does not fit.
    """
    free = free_bytes(device)
    usable = int(free * SHARE)
    if needed <= usable:
        return
    instead = would_fit(usable) if callable(would_fit) else would_fit
    raise DeviceError(
        f"{what} needs {in_bytes(needed)} and {device} has {in_bytes(free)} free, of which "
        f"{in_bytes(usable)} may be used so that others have room: "
        f"{instead or 'choose a smaller network, a smaller input or fewer pictures'}."
    )


def admit_plan(plan: Plan, device: str | torch.device) -> None:
    """Refuse a network that does not fit with one picture, and say at which input size it would.

    Args:
        plan: the network at its input size.
        device: where it shall be built.

    Raises:
        DeviceError: needed, free, and what would fit.
    """

    def bytes_at(side: int) -> int:
        return needed_bytes(trace(plan.network, (side, side)))

    def would_fit(usable: int) -> str | None:
        if plan.network.measured:
            return None  # another size would have to be measured, and may not be taken at all
        least = smallest_side(plan.network)
        side = largest_side(bytes_at, usable, smallest=least, largest=max(least, *plan.input_size))
        return f"an input of {side}×{side} would fit" if side else None

    height, width = plan.input_size
    what = f"{plan.network.title} with one picture of {height}×{width}"
    admit(needed_bytes(plan), device, what=what, would_fit=would_fit)


def largest_side(bytes_at: Callable[[int], int], usable: int, *, smallest: int = 32, largest: int = 2048) -> int | None:
    """The largest square input that fits.

    Args:
        bytes_at: bytes that an input of this height and width needs; must not fall as the side grows.
        usable: bytes, from ``usable_bytes``.
        smallest: pixels.
        largest: pixels.

    Returns:
        Height and width in pixels; None where not even the smallest fits.
    """
    if bytes_at(smallest) > usable:
        return None
    fits, too_large = smallest, largest + 1
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        if bytes_at(middle) <= usable:
            fits = middle
        else:
            too_large = middle
    return fits


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _container_free_bytes(
    mount: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")
) -> Iterator[int]:
    """What each memory limit around this process leaves, in bytes (control groups of Linux, version 1 and 2)."""
    try:
        lines = membership.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if number == "0":
            root, limit, usage, idle = mount, "memory.max", "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            root, limit, usage = mount / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
            idle = "total_inactive_file"
        else:
            continue
        # Inside a container the group's own path may not be visible: then its files lie at the mount's root.
        own = root / path.lstrip("/")
        for folder in (own, *own.parents):
            left = _limit_leaves(folder, limit=limit, usage=usage, idle=idle)
            if left is not None:
                yield left
            if folder == root:
                break


def _limit_leaves(folder: Path, *, limit: str, usage: str, idle: str) -> int | None:
    """What a control group may still take, None without a limit; file cache that the system can drop is not counted."""
    try:
        most, used = (folder / limit).read_text(encoding="ascii").strip(), int((folder / usage).read_text("ascii"))
        statistics = (folder / "memory.stat").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    if not most.isdecimal():
        return None
    droppable = dict(zip(statistics[::2], statistics[1::2], strict=False)).get(idle, "0")
    return max(0, int(most) - used + int(droppable))
