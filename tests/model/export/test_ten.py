"""Ten networks leave and come back as what they were; in their own size, and as ONNX, they do in ``ten.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import ResNetSpec, StarGANSpec
from explorer.architecture.families import DescribedSpec
from tests.model.export.ten import TEN, there_and_back


def small(spec: DescribedSpec) -> DescribedSpec:
    """The same kind of network, a block for each stage and an eighth as wide."""
    if isinstance(spec, StarGANSpec):
        return StarGANSpec(conv_dim=8, repeat_num=1)
    assert isinstance(spec, ResNetSpec)
    groups = min(spec.groups, 4)
    return spec.replace(
        depths=tuple(min(2, depth) for depth in spec.depths),
        widths=tuple(width // 4 for width in spec.widths),
        groups=groups,
        base_width=64 if spec.groups == 1 and spec.base_width == 64 else 4 * spec.base_width,
        num_classes=5,
    )


@pytest.mark.parametrize("name", TEN)
def test_it_comes_back_as_what_it_was(name: str, tmp_path: Path) -> None:
    returned = there_and_back(small(TEN[name]), tmp_path, (64, 64), onnx=False)
    assert returned.differences["safetensors"] == 0
    assert returned.differences["py"] <= 1e-5
    assert returned.pages_say
