"""Ten networks leave as source, weights, ONNX and PDF, and come back: how far they are then from what they were.

``python -m tests.model.export.ten`` prints it for the networks in their own size, a row as each is done.
"""

from __future__ import annotations

import runpy
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime
import pypdfium2
import torch
from torch import Tensor

import explorer
from explorer import StarGANSpec, preset, source
from explorer.architecture.families import DescribedSpec, network_of, title_of, usual_size
from explorer.architecture.trace import trace
from explorer.architecture.weights import WeightsChoice
from explorer.model.build import ObservableModule
from explorer.model.export.onnx_file import onnx_file
from explorer.model.export.samples import pictures_to_check
from explorer.model.export.weights import weights_file
from explorer.model.weights import Loaded, load
from explorer.views.diagram import layout
from explorer.views.export.drawings import to_pdf

TEN: dict[str, DescribedSpec] = {
    **{name: preset(name) for name in ("plain20", "plain34", "preact18", "preact50", "resnext50_32x4d")},
    **{name: preset(name) for name in ("wide_resnet50_2", "seresnet50", "resnet50d", "d2l_resnet18")},
    "stargan": StarGANSpec(),
}


@dataclass
class Returned:
    """What came back of one network.

    Attributes:
        sizes: bytes of each file, by its kind.
        differences: the largest one between outputs, or between tensors of the weights, by the kind of file.
        seconds: that it took to make and to read each.
        pages_say: whether the PDF has the network's stages in words.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    differences: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    pages_say: bool = False


def there_and_back(spec: DescribedSpec, folder: Path, size: tuple[int, int], *, onnx: bool) -> Returned:
    """Take a network home in every form, and open each again by what others would use."""
    model, loaded = load(spec, WeightsChoice(), device="cpu")
    pictures = pictures_to_check(spec, size, loaded.preprocess)
    with torch.no_grad():
        before = model(pictures)
    returned = Returned()

    def taken(kind: str, make: Callable[[], bytes], back: Callable[[Path], Tensor]) -> None:
        began, file = time.monotonic(), folder / f"network.{kind}"
        file.write_bytes(make())
        returned.differences[kind] = float((back(file) - before).abs().max())
        returned.sizes[kind] = file.stat().st_size
        returned.seconds[kind] = time.monotonic() - began

    with torch.no_grad():
        taken(
            "safetensors",
            lambda: weights_file(model, spec, loaded),
            lambda file: _by_checkpoint(file, spec, model, pictures),
        )
        taken("py", lambda: source(spec).encode(), lambda file: _by_source(file, model, pictures))
        if onnx:
            made: Callable[[], bytes] = lambda: _onnx(model, spec, loaded, pictures, size)  # noqa: E731 - one of a kind
            taken("onnx", made, lambda file: _by_runtime(file, pictures))
    plan = trace(network_of(spec), size)
    document = pypdfium2.PdfDocument(to_pdf(layout(plan)))
    words = document[0].get_textpage().get_text_bounded()
    returned.pages_say = all(section.name.split(".")[0] in words for section in plan.network.sections[1:-1])
    return returned


def _by_checkpoint(file: Path, spec: DescribedSpec, model: ObservableModule, pictures: Tensor) -> Tensor:
    """As the page Checkpoint opens it; every tensor has to be the same, bit for bit."""
    opened = explorer.load(file, device="cpu")
    assert opened.match.spec == spec
    own, back = model.state_dict(), opened.model.state_dict()
    assert own.keys() == back.keys()
    assert all(torch.equal(own[name], back[name]) for name in own)
    return opened.model(pictures)


def _by_source(file: Path, model: ObservableModule, pictures: Tensor) -> Tensor:
    network = runpy.run_path(str(file))["build"]()
    network.load_state_dict(model.state_dict())
    return network.eval()(pictures)


def _onnx(
    model: ObservableModule, spec: DescribedSpec, loaded: Loaded, pictures: Tensor, size: tuple[int, int]
) -> bytes:
    return onnx_file(model, spec, loaded, pictures, plan=trace(network_of(spec), size)).data


def _by_runtime(file: Path, pictures: Tensor) -> Tensor:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(None, {"input": pictures.numpy()})[0])


def _print() -> None:
    sys.stdout.write("| network | source | safetensors | ONNX | kB, MB, MB | seconds |\n|---|---|---|---|---|---|\n")
    for spec in TEN.values():
        with TemporaryDirectory() as folder:
            one = there_and_back(spec, Path(folder), usual_size(spec), onnx=True)
        kinds = ("py", "safetensors", "onnx")
        far = " | ".join(f"{one.differences[kind]:.1e}" for kind in kinds)
        large = ", ".join(f"{one.sizes[kind] / (1e3 if kind == 'py' else 1e6):.1f}" for kind in kinds)
        took = ", ".join(f"{one.seconds[kind]:.1f}" for kind in kinds)
        sys.stdout.write(f"| {title_of(spec)} | {far} | {large} | {took} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _print()
