"""The maps of the stages, against torchvision's own ways of taking them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torchvision.models._utils import IntermediateLayerGetter

from explorer import ResNetSpec, StarGANSpec, describe, describe_stargan, preset, trace
from explorer.architecture.backbone import by_output_stride, headless, levels
from explorer.views.backbone import COLUMNS, level_table
from explorer.views.export.source.elsewhere import backbone
from tests.model.flops import flop_counter_macs
from tests.model.networks import lively, pictures

SIZE = (224, 160)
DILATED = {32: (False, False, False), 16: (False, False, True), 8: (False, True, True)}
CASES = [("resnet18", 32), ("resnet50", 32), ("resnet50", 16), ("resnet50", 8), ("resnext50_32x4d", 8)]


def torchvisions(name: str, output_stride: int) -> nn.Module:
    more = {} if output_stride == 32 else {"replace_stride_with_dilation": DILATED[output_stride]}
    with torch.device("meta"):
        return getattr(torchvision.models, name)(**more).eval()


def field(model: nn.Module, until: str) -> int:
    """The field along main paths, from torchvision's modules: r + d·(k − 1)·j."""
    size, jump = 1, 1
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.MaxPool2d) and "downsample" not in name:
            kernel, stride, dilation = (
                value if isinstance(value, int) else value[0]
                for value in (module.kernel_size, module.stride, module.dilation)
            )
            size += dilation * (kernel - 1) * jump
            jump *= stride
        if name == until:
            # a stage is met before what is in it
            break
    return size


@pytest.mark.parametrize(("name", "output_stride"), CASES)
def test_the_levels_are_what_torchvision_takes_from_its_layers(name: str, output_stride: int) -> None:
    theirs = torchvisions(name, output_stride)
    found = levels(trace(describe(preset(name).replace(output_stride=output_stride)), SIZE))
    assert [one.name for one in found] == ["C2", "C3", "C4", "C5"]
    parts = OrderedDict(theirs.named_children())
    stages = {stage: stage for stage in ("layer1", "layer2", "layer3", "layer4")}
    with torch.no_grad():
        maps = IntermediateLayerGetter(theirs, stages)(torch.empty(1, 3, *SIZE, device="meta"))
    for one, stage in zip(found, stages, strict=True):
        assert (one.channels, *one.size) == tuple(maps[stage].shape[1:])
        assert one.stride == SIZE[0] // maps[stage].shape[2]
        until = list(parts)[: list(parts).index(stage) + 1]
        assert one.params == sum(p.numel() for part in until for p in parts[part].parameters())
        cut = IntermediateLayerGetter(theirs, {stage: stage})
        assert one.macs == flop_counter_macs(_Alone(cut), SIZE)[""]
        last = [name for name, _ in theirs.named_modules() if name.startswith(stage)][-1]
        assert one.longest == field(theirs, last)


class _Alone(nn.Module):
    def __init__(self, getter: nn.Module) -> None:
        super().__init__()
        self.getter = getter

    def forward(self, x: Tensor) -> Tensor:
        return next(iter(self.getter(x).values()))


def test_strides_fields_and_names_are_the_published_ones() -> None:
    """Section 3 of arXiv 1612.03144: strides 4, 8, 16 and 32; the fields are those of analyses of ResNet-50 v1.5."""
    found = levels(trace(describe("resnet50"), 224))
    assert [(one.name, one.stride) for one in found] == [("C2", 4), ("C3", 8), ("C4", 16), ("C5", 32)]
    assert (found[-1].longest, found[-1].shortest) == (427, 11)


@pytest.mark.parametrize("output_stride", [16, 8])
def test_the_maps_of_a_dilated_network_are_torchvisions_by_the_call_that_is_given(output_stride: int) -> None:
    spec = preset("resnet50").replace(output_stride=output_stride)
    made: dict[str, Any] = {}
    exec(backbone(spec)["torchvision"], made)
    theirs = made["backbone"]
    ours = lively(spec).eval()
    weights = ours.state_dict()
    theirs.load_state_dict({name: weights[name] for name in theirs.state_dict()}, strict=True)
    x, found = pictures(spec, 1, (48, 64)), {}
    with torch.no_grad():
        ours(x, observe=lambda name, _x, output: found.update({name: output}))
        maps = theirs.eval()(x)
    for one in levels(trace(describe(spec), (48, 64))):
        assert torch.equal(maps[one.name], found[one.layer])


def test_the_call_of_timm_asks_for_the_same_maps() -> None:
    # feature_info of timm 1.0.31 for it: strides 4, 8, 8, 8 and channels 64, 128, 256, 512
    spec = preset("resnet18").replace(output_stride=8, num_classes=7)
    call = 'timm.create_model("resnet18", output_stride=8, zero_init_last=False, features_only=True, '
    assert backbone(spec) == {"timm": f"import timm\n\nbackbone = {call}out_indices=(1, 2, 3, 4))"}
    found = levels(trace(describe(spec), 64))
    assert [(one.stride, one.channels) for one in found] == [(4, 64), (8, 128), (8, 256), (8, 512)]
    assert backbone(preset("resnet20")) == {}


def test_without_its_classifier_it_has_the_parameters_of_the_stages() -> None:
    spec = preset("resnet50")
    bare = trace(describe(headless(spec)), 224)
    last = levels(trace(describe(spec), 224))[-1]
    assert (bare.params, bare.macs) == (last.params, last.macs) == (23_508_032, last.macs)
    theirs = torchvisions("resnet50", 32)
    theirs.fc = nn.Identity()
    assert bare.params == sum(p.numel() for p in theirs.parameters())
    kept = sum(t.numel() * t.element_size() for t in theirs.state_dict().values())
    assert bare.weights_bytes == kept


def test_any_number_of_stages_has_its_levels_and_its_output_strides() -> None:
    one = ResNetSpec(depths=(1,), widths=(8,), block="basic", stem="cifar", num_classes=3)
    assert [(level.name, level.stride, level.size) for level in levels(trace(describe(one), 32))] == [
        ("C2", 1, (32, 32))
    ]
    assert list(by_output_stride(one)) == [1]
    six = one.replace(depths=(1,) * 6, widths=(8, 16, 16, 24, 24, 32), stem="imagenet", output_stride=16)
    found = levels(trace(describe(six), 256))
    assert [level.stride for level in found] == [4, 8, 16, 16, 16, 16]
    assert [level.dilation for level in found] == [1, 1, 1, 2, 4, 8]
    assert {stride: spec.stride for stride, spec in by_output_stride(six).items()} == {128: 128, 16: 16, 8: 8}


def test_a_network_without_stages_has_no_levels() -> None:
    assert levels(trace(describe_stargan(StarGANSpec()), 128)) == ()
    assert tuple(level_table(trace(describe("resnet20"), 32)).columns) == COLUMNS
