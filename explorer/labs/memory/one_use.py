"""One use of a network in a process of its own: ``python -m explorer.labs.memory.one_use`` says what it took at most.

The request comes as JSON on standard input. Lines of JSON go out on standard output: what is being done, and at the end
the peak. On CUDA it is what torch's allocator gave out; elsewhere what the process had resident, less what it had
before the network was built.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.architecture.codec import from_json
from explorer.architecture.memory import Optimiser, Use
from explorer.errors import ExplorerError
from explorer.model.families import model_family

TIMES = 2
"""Steps or passes: the first makes the optimiser's state and what the libraries keep, which the second has."""
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_HIGHEST = "VmHWM"
_RATE = 1e-3
_OPTIMISERS: dict[Optimiser, Callable[[Any], torch.optim.Optimizer]] = {
    "sgd": lambda of: torch.optim.SGD(of, _RATE),
    "momentum": lambda of: torch.optim.SGD(of, _RATE, momentum=0.9),
    "adam": lambda of: torch.optim.Adam(of, _RATE),
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is measured.

    Attributes:
        spec: the network, as ``codec.to_json`` writes it.
        height: of the pictures, in pixels.
        width: likewise.
        batch: pictures at once.
        device: ``cpu``, or ``cuda:0`` and so on.
        threads: of torch.
        use: training, optimiser and precision.
    """

    spec: str
    height: int
    width: int
    batch: int
    device: str
    threads: int
    use: Use

    def to_json(self) -> str:
        """For the process's standard input."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Request:
        """From the process's standard input."""
        given = json.loads(text)
        return cls(**{**given, "use": Use(**given["use"])})


def main() -> None:
    """Read what is asked, do it, and say what it took."""
    try:
        _tell(peak=_peak(Request.from_json(sys.stdin.read())))
    except ExplorerError as error:
        _tell(refused=str(error))
    except (MemoryError, RuntimeError) as error:
        # torch's own error on a GPU, and a RuntimeError in words on a CPU
        if not isinstance(error, MemoryError | torch.OutOfMemoryError) and "memory" not in str(error):
            raise
        _tell(full=True)


def _peak(request: Request) -> int:
    """The most bytes that are taken while the request is carried out."""
    torch.set_num_threads(request.threads)
    device = torch.device(request.device)
    _tell(done=0, doing="Getting torch ready")
    _warm_up(device)
    memory: _Resident | _Allocated = _Allocated(device) if device.type == "cuda" else _Resident()
    _tell(done=0, doing="Building the network")
    spec = from_json(request.spec)
    model = model_family(spec).build(device=device, side=request.height).torch_module.train(request.use.training)
    images = torch.randn(request.batch, spec.in_channels, request.height, request.width, device=device)
    memory.reset()
    run = _step(model, images, request.use) if request.use.training else lambda: _evaluate(model, images)
    for time in range(TIMES):
        _tell(done=time + 1, doing="A step of training" if request.use.training else "A pass")
        with torch.autocast(device.type, torch.bfloat16, enabled=request.use.precision == "bfloat16"):
            run()
    return memory.peak()


def _step(model: nn.Module, images: Tensor, use: Use) -> Callable[[], None]:
    optimiser = _OPTIMISERS[use.optimiser](model.parameters())

    def step() -> None:
        # the gradients of the step before are there meanwhile, as the estimate counts them
        optimiser.zero_grad(set_to_none=False)
        _loss(model(images)).backward()
        optimiser.step()

    return step


def _loss(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    """Of classes the cross-entropy with the first of them, of pictures their mean."""
    made = output if isinstance(output, Tensor) else output[0]
    if made.dim() != 2:
        return made.float().mean()
    return F.cross_entropy(made, torch.zeros(len(made), dtype=torch.long, device=made.device))


def _evaluate(model: nn.Module, images: Tensor) -> None:
    with torch.no_grad():
        model(images)


def _warm_up(device: torch.device) -> None:
    """One small step, so that what the libraries load by themselves is there before anything is measured."""
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 4)).to(
        device
    )
    run = _step(model, torch.zeros(2, 3, 8, 8, device=device), Use())
    for _ in range(TIMES):
        run()


class _Allocated:
    """What torch's allocator gives out on a GPU."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        gc.collect()
        self.before = torch.cuda.memory_allocated(device)

    def reset(self) -> None:
        """Forget what building took."""
        torch.cuda.reset_peak_memory_stats(self.device)

    def peak(self) -> int:
        """The most bytes since then, beyond what was there at first."""
        return torch.cuda.max_memory_allocated(self.device) - self.before


class _Resident:
    """What this process has resident."""

    def __init__(self) -> None:
        gc.collect()
        self.before = psutil.Process().memory_info().rss

    def reset(self) -> None:
        """Forget what building took, where the system can; elsewhere building takes less than what follows."""
        if _CLEAR.exists():
            _CLEAR.write_text("5", encoding="ascii")  # proc(5): the highest resident size starts anew

    def peak(self) -> int:
        """The most bytes since then, beyond what was there at first."""
        return max(0, _highest_resident() - self.before)


def _highest_resident() -> int:
    """The most bytes that this process had resident."""
    if _STATUS.exists():
        fields = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="ascii").splitlines() if ":" in line)
        return int(fields[_HIGHEST].split()[0]) * 1024
    peak = getattr(psutil.Process().memory_info(), "peak_wset", None)
    if peak is not None:
        return int(peak)
    import resource  # Windows, which the line above serves, has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _tell(**said: object) -> None:
    print(json.dumps(said), file=_answers, flush=True)


# what libraries print goes where errors go
_answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") if __name__ == "__main__" else sys.stdout

if __name__ == "__main__":
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    main()
