"""A network is called by what distinguishes it."""

from typing import Any

import pytest

from explorer.architecture.presets import preset, presets
from explorer.architecture.spec import CHOICES, FLAGS, ResNetSpec
from explorer.architecture.title import title
from explorer.errors import SpecError

R50, R18, R20 = preset("resnet50"), preset("resnet18"), preset("resnet20")


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (R50.replace(squeeze_excite=True, groups=32, base_width=4), "SE-ResNeXt-50 32×4d"),
        (R50.replace(norm="group"), "ResNet-50 with group norm"),
        (R18.replace(stem="cifar"), "ResNet-18, CIFAR stem, 1,000 classes"),
        (R18.replace(stem="cifar", num_classes=10), "ResNet-18, CIFAR stem"),
        (R50.replace(stem="deep", shortcut="D", num_classes=10), "ResNet-50-D, 10 classes"),
        (R50.replace(stem="deep", num_classes=0), "ResNet-50-C, no classifier"),
        (R50.replace(antialias=True, squeeze_excite=True), "SE-ResNetBlur-50"),
        (R50.replace(base_width=192), "Wide ResNet-50-3"),
        (R50.replace(stride_on="1x1", in_channels=1), "ResNet-50 v1, 1 input channel"),
        (R50.replace(depths=(2, 2, 2, 2)), "ResNet-26: bottleneck, 2-2-2-2"),
        (R20.replace(widths=(8, 16, 32), in_channels=1), "ResNet-20 (CIFAR), widths 8-16-32, 1 input channel"),
        (R20.replace(shortcut="B", num_classes=100), "ResNet-20 (CIFAR), option B shortcuts, 100 classes"),
        (R50.replace(added_classes=1), "ResNet-50, 1 class after fc"),
    ],
)
def test_a_network_without_a_name_is_called_by_what_distinguishes_it(spec: ResNetSpec, name: str) -> None:
    assert title(spec) == name


def test_networks_that_differ_have_names_that_do() -> None:
    """Every preset, with each field in turn at each of its values, and each pair of a preset's fields."""
    changes: list[dict[str, Any]] = [{name: value} for name, values in CHOICES.items() for value in values]
    changes += [{name: value} for name in FLAGS for value in (False, True)]
    changes += [{name: value} for name in ("num_classes", "added_classes", "in_channels") for value in (1, 2)]
    changes += [{"base_width": 4}, {"groups": 4}, {"widths": (16, 32, 64)}, {"depths": (1, 2, 1)}, {"num_classes": 0}]
    named: dict[str, ResNetSpec] = {}
    for known in presets():
        for one in changes:
            for other in changes:
                try:
                    spec = known.spec.replace(**one | other)
                except SpecError:
                    continue
                assert named.setdefault(title(spec), spec) == spec
    assert len(named) > 5_000
