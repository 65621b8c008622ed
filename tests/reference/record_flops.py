"""Writes ``flop_tools.json``: what tools that count work say of networks; needs torch, torchvision and the tools.

Run ``python -m tests.reference.record_flops`` where fvcore, thop, ptflops, calflops, deepspeed and torchprofile are
installed; the tests do not need them. torchvision's own modules are counted where it has the network, else those that
are built here.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import torch
import torchinfo
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.architecture.families import known_networks, network_of
from explorer.model.build import build

CASES: tuple[tuple[str, tuple[int, int]], ...] = (
    ("resnet18", (224, 224)),
    ("resnet34", (224, 224)),
    ("resnet50", (224, 224)),
    ("resnet50", (96, 160)),
    ("resnet101", (64, 64)),
    ("resnext50_32x4d", (224, 224)),
    ("wide_resnet50_2", (224, 224)),
    ("resnet50v1", (224, 224)),
    ("plain34", (224, 224)),
    ("preact50", (224, 224)),
    ("resnet50d", (224, 224)),
    ("seresnet50", (224, 224)),
    ("resnetblur50", (224, 224)),
    ("resnet20", (32, 32)),
    ("d2l_resnet18", (96, 96)),
    ("stargan", (128, 128)),
)
FILE = Path(__file__).parent / "flop_tools.json"


def _torch(module: nn.Module, x: torch.Tensor) -> int:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(x)
    return counter.get_total_flops()


def _torchinfo(module: nn.Module, x: torch.Tensor) -> int:
    return torchinfo.summary(module, input_data=x, verbose=0, device="cpu").total_mult_adds


def _fvcore(module: nn.Module, x: torch.Tensor) -> int:
    from fvcore.nn import FlopCountAnalysis

    return int(FlopCountAnalysis(module, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def _thop(module: nn.Module, x: torch.Tensor) -> int:
    from thop import profile

    return int(profile(module, inputs=(x,), verbose=False)[0])


def _ptflops(module: nn.Module, x: torch.Tensor) -> int:
    from ptflops import get_model_complexity_info

    found, _ = get_model_complexity_info(
        module, tuple(x.shape[1:]), as_strings=False, print_per_layer_stat=False, backend="pytorch"
    )
    return int(found)


def _calflops(module: nn.Module, x: torch.Tensor) -> int:
    from calflops import calculate_flops

    found, _, _ = calculate_flops(
        module, tuple(x.shape), output_as_string=False, print_results=False, print_detailed=False
    )
    return int(found)


def _deepspeed(module: nn.Module, x: torch.Tensor) -> int:
    from deepspeed.profiling.flops_profiler import get_model_profile

    found, _, _ = get_model_profile(module, args=[x], print_profile=False, as_string=False, warm_up=0)
    return int(found)


def _torchprofile(module: nn.Module, x: torch.Tensor) -> int:
    from torchprofile import profile_macs

    return int(profile_macs(module, x))


TOOLS: dict[str, Callable[[nn.Module, torch.Tensor], int]] = {
    "torch": _torch,
    "torchinfo": _torchinfo,
    "fvcore": _fvcore,
    "thop": _thop,
    "ptflops": _ptflops,
    "calflops": _calflops,
    "deepspeed": _deepspeed,
    "torchprofile": _torchprofile,
}


def _made(name: str) -> tuple[str, nn.Module, int]:
    """Where a network comes from, a fresh one, and the channels it takes."""
    network = network_of(next(known.spec for known in known_networks() if known.name == name))
    if name in torchvision.models.list_models():
        return "torchvision", torchvision.models.get_model(name, weights=None), 3
    return "built here", build(network), network.in_channels


def _counted(tool: str) -> list[int]:
    """What one tool says of every case."""
    counts = []
    for name, size in CASES:
        _, module, channels = _made(name)
        with contextlib.redirect_stdout(io.StringIO()):
            counts.append(TOOLS[tool](module.eval(), torch.zeros(1, channels, *size)))
    return counts


def main() -> None:
    """Count every case with every tool, each in a process of its own as they change torch's functions, and write."""
    logging.disable()
    warnings.simplefilter("ignore")
    counts = {}
    for tool in TOOLS:
        with get_context("spawn").Pool(1) as process:
            counts[tool] = process.apply(_counted, [tool])
    records = [
        {
            "network": name,
            "input_size": list(size),
            "module": _made(name)[0],
            **{tool: counts[tool][place] for tool in TOOLS},
        }
        for place, (name, size) in enumerate(CASES)
    ]
    found = {
        "_source": "tests/reference/record_flops.py",
        "_date": f"{datetime.now(UTC):%Y-%m-%d}",
        "_versions": {tool: version(tool) for tool in (*TOOLS, "torchvision")},
        "_mode": "evaluation, batch 1, on a CPU; ptflops with its backend 'pytorch'; flops of calflops and deepspeed",
        "networks": records,
    }
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
