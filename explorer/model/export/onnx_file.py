"""A network as an ONNX file that onnxruntime has run on pictures and found to answer alike.

It is made in a process of its own: following a network keeps Python busy for many seconds, in which nobody else would
be served.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.families import Spec, title_of
from explorer.architecture.plan import Plan
from explorer.errors import WeightsError
from explorer.model.build import ObservableModule
from explorer.model.device import admit
from explorer.model.export.onnx_worker import DONE, METADATA, MODULE, NETWORK, PICTURES
from explorer.model.export.weights import metadata
from explorer.model.guard import exclusive
from explorer.model.weights import Loaded
from explorer.views.numbers import in_bytes

Progress = Callable[[float, str], None]
TOLERANCE = 1e-4
"""How far onnxruntime may be from torch, of the largest output; of 1 where all are smaller."""
MOST_BYTES = 1_900_000_000
"""Weights in one file: what it is written with ends at two gigabytes."""
_ALONE_BYTES = 800_000_000
"""What a process with torch and onnxruntime takes before there is a network in it."""
_COPIES = 4
"""How often the weights are in memory at once while the graph is simplified, written and read again, at most."""
_LOOKED_AT_SECONDS = 0.2
_STEPS = {
    "": (0.0, "Starting a process for it"),
    "load": (0.05, "Reading the network"),
    "follow": (0.15, "Following the network"),
    "check": (0.8, "Checking it with onnxruntime"),
}
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class OnnxFile:
    """A file that was checked.

    Attributes:
        data: its bytes.
        opset: of ONNX's operations.
        nodes: how many operations it has.
        difference: largest one between onnxruntime's outputs and torch's.
        largest: output, so that the difference can be judged.
        pictures: how many it was checked on.
        input_size: height and width in pixels that it takes.
    """

    data: bytes
    opset: int
    nodes: int
    difference: float
    largest: float
    pictures: int
    input_size: tuple[int, int]


def onnx_file(
    model: ObservableModule,
    spec: Spec,
    loaded: Loaded,
    pictures: Tensor,
    *,
    plan: Plan,
    progress: Progress | None = None,
) -> OnnxFile:
    """A network as ONNX: any number of pictures at a time, a node for each row, called as the row is.

    Args:
        model: the network; it is only read.
        spec: which network it is.
        loaded: what it was filled with.
        pictures: as the network gets them, ``(N, C, H, W)``, two at least; height and width are then fixed.
        plan: of the network at that size, for the memory that it takes.
        progress: told about five times a second the share that is done and a sentence; what it raises ends the work.

    Raises:
        DeviceError: when there is too little memory.
        WeightsError: when the weights are too large for one file, the network cannot be followed, or onnxruntime does
            not answer as torch does.
    """
    title, size = title_of(spec), plan.weights_bytes
    if size > MOST_BYTES:
        raise WeightsError(
            f"An ONNX file has room for {in_bytes(MOST_BYTES)} of weights and {title} has {in_bytes(size)}: take the "
            "weights as safetensors."
        )
    needed = _ALONE_BYTES + _COPIES * size + len(pictures) * plan.activation_bytes
    admit(needed, "cpu", what=f"To write {title} as ONNX", would_fit="choose a smaller network or a smaller input")
    tell = progress or _silent
    with _turn(tell), TemporaryDirectory() as name:
        folder = Path(name)
        _lay_out(folder, model, pictures, metadata(spec, loaded))
        faults = _work(folder, tell)
        if not (folder / DONE).is_file():
            raise WeightsError(f"{title} could not be written as ONNX{faults}.")
        said = json.loads((folder / DONE).read_text(encoding="utf-8"))
        made = OnnxFile(
            data=(folder / NETWORK).read_bytes(),
            opset=said["opset"],
            nodes=said["nodes"],
            difference=said["difference"],
            largest=said["largest"],
            pictures=len(pictures),
            input_size=plan.input_size,
        )
    _accept(made, title)
    return made


def _lay_out(folder: Path, model: ObservableModule, pictures: Tensor, said: dict[str, str]) -> None:
    """What the process works from."""
    with exclusive(model):
        torch.save(model.torch_module, folder / MODULE)
    np.save(folder / PICTURES, pictures.detach().to("cpu").numpy())
    (folder / METADATA).write_text(json.dumps(said), encoding="utf-8")


def _work(folder: Path, tell: Progress) -> str:
    """Run the process to its end, and say what it died of; whatever ends this ends it."""
    command = [sys.executable, "-m", "explorer.model.export.onnx_worker", str(folder)]
    root = str(Path(__file__).parents[3])
    with (
        (folder / "steps").open("w+", encoding="utf-8") as steps,
        (folder / "faults").open("w+", encoding="utf-8") as faults,
        subprocess.Popen(command, stdout=steps, stderr=faults, cwd=root) as process,
    ):
        try:
            began = time.monotonic()
            while process.poll() is None:
                lines = (folder / "steps").read_text(encoding="utf-8").split()
                share, words = _STEPS[next((line for line in reversed(lines) if line in _STEPS), "")]
                tell(share, f"{words}, {time.monotonic() - began:.0f} s")
                time.sleep(_LOOKED_AT_SECONDS)
        finally:
            process.kill()
        said = (folder / "faults").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f": {said[-1].rstrip('.')}" if process.returncode and said else ""


@contextmanager
def _turn(tell: Progress) -> Iterator[None]:
    """One file at a time: whoever comes second waits, and can stop waiting."""
    while not _ONE_AT_A_TIME.acquire(timeout=_LOOKED_AT_SECONDS):
        tell(0.0, "Waiting: another network is being written")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


def _accept(made: OnnxFile, title: str) -> None:
    if not (math.isfinite(made.difference) and math.isfinite(made.largest)):
        raise WeightsError(f"{title} puts out values that are not finite, so no ONNX file of it can be checked.")
    if made.difference > TOLERANCE * max(1.0, made.largest):
        raise WeightsError(
            f"onnxruntime answers otherwise than PyTorch on the sample pictures, by {made.difference:.1e} where the "
            f"largest output is {made.largest:.3g}: the ONNX file of {title} is not given out."
        )


def _silent(share: float, words: str) -> None:
    """Nobody listens."""
