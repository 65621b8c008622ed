"""Small networks that others have too, filled by a rule, and what those make of them.

``python -m tests.model.export.named`` writes ``tests/reference/names.json`` anew. It needs timm and transformers, which
the tests do not: each network is built by the lines that the page shows, filled from our file with ``strict=True``, and
run.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

from explorer import ResNetSpec
from explorer.architecture.weights import WeightsChoice
from explorer.model import build
from explorer.model.build import NetworkModule
from explorer.model.export.weights import weights_file
from explorer.model.images import IMAGENET
from explorer.model.weights import Loaded
from explorer.views.export.conventions import Names
from explorer.views.export.loading import load_weights

FILE = Path(__file__).parents[2] / "reference" / "names.json"
FOUR: dict[str, Any] = {"depths": (1, 1, 1, 1), "num_classes": 6}
CASES: dict[str, tuple[Names, ResNetSpec]] = {
    "hf basic": ("hf", ResNetSpec(block="basic", depths=(1, 2), widths=(8, 16), num_classes=5)),
    "hf bottleneck": ("hf", ResNetSpec(depths=(2, 1, 1), widths=(4, 8, 12), in_channels=1, num_classes=3)),
    "hf stride on the 1x1": ("hf", ResNetSpec(depths=(1, 2), widths=(4, 8), stride_on="1x1", num_classes=3)),
    "hf without a classifier": ("hf", ResNetSpec(block="basic", depths=(1, 1), widths=(8, 16), num_classes=0)),
    "timm basic": ("timm", ResNetSpec(block="basic", **FOUR)),
    "timm resnext": ("timm", ResNetSpec(groups=32, base_width=4, **FOUR)),
    "timm d, gates, blur": (
        "timm",
        ResNetSpec(stem="deep", shortcut="D", squeeze_excite=True, antialias=True, **FOUR),
    ),
}
RANDOM = Loaded(source=WeightsChoice().source, label="random, seed 0", trained=False, preprocess=IMAGENET)


def filled(spec: ResNetSpec) -> NetworkModule:
    """A network whose every number follows from its place, with no random generator."""
    model = build(spec, device="cpu")
    with torch.no_grad():
        for number, (name, tensor) in enumerate(model.state_dict().items()):
            if not tensor.is_floating_point():
                tensor.fill_(number)
                continue
            wave = torch.sin(torch.arange(tensor.numel(), dtype=torch.float64) * 0.7 + number).view(tensor.shape)
            fan_in = max(1, tensor[0].numel()) if tensor.dim() > 1 else 25
            values = 1 + wave / 4 if tensor.dim() == 1 and not name.endswith(("bias", "mean")) else wave * fan_in**-0.5
            tensor.copy_(values)
    return model.eval()


def pictures(spec: ResNetSpec) -> Tensor:
    """Two pictures ``(2, C, 64, 64)`` that follow from nothing but their size."""
    shape = (2, spec.in_channels, 64, 64)
    count = 2 * spec.in_channels * 64 * 64
    return torch.sin(torch.arange(count, dtype=torch.float64) * 0.01).view(shape).float()


def _by_others(names: Names, spec: ResNetSpec) -> dict[str, Any]:
    """What a library's own module is called inside, and what it puts out with the weights of our file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "weights.safetensors"
        file.write_bytes(weights_file(filled(spec), spec, RANDOM, names=names))
        made: dict[str, Any] = {}
        exec(load_weights(spec, names, str(file)), made)
        model = made["model"]
    with torch.no_grad():
        out = model(pictures(spec))
    if names == "hf":
        out = out.logits.flatten(1)
    return {
        "shapes": {name: list(tensor.shape) for name, tensor in model.state_dict().items()},
        "outputs": out.tolist(),
    }


def _record() -> None:
    said = {name: _by_others(*case) for name, case in CASES.items()}
    source = f"transformers {version('transformers')}, timm {version('timm')}, torch {version('torch')}"
    FILE.write_text(json.dumps({"_source": source, "_confidence": "computed", **said}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _record()
