"""Files of weights, as people have them, made in the tests."""

import io
import zipfile
from collections import OrderedDict
from typing import Any

import safetensors.torch
import torch

from explorer.architecture.describe import describe
from explorer.architecture.spec import ResNetSpec
from explorer.model import build

SMALL = ResNetSpec(block="basic", depths=(1, 2), widths=(8, 16), stem="cifar", num_classes=10)


def saved(content: object, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


def weights(spec: ResNetSpec = SMALL, seed: int = 3) -> OrderedDict[str, torch.Tensor]:
    return OrderedDict(build(describe(spec), device="cpu", seed=seed).state_dict())


def repacked(data: bytes, change: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """The same archive with some members' bytes changed, named by how they end."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", compression) as target:
        for name in source.namelist():
            new = next((value for end, value in change.items() if name.endswith(end)), source.read(name))
            target.writestr(name, new)
    return out.getvalue()


FORMS = {
    "torch.save": lambda tensors: saved(tensors),
    "torch.save before 1.6": lambda tensors: saved(tensors, _use_new_zipfile_serialization=False),
    "safetensors": lambda tensors: safetensors.torch.save(dict(tensors)),
}
