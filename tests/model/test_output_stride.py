"""Dilation in place of strides, against torchvision and timm that were built with it."""

from __future__ import annotations

import pytest
import torch
import torchvision
from torch import nn
from torchvision.models import resnet as torchvision_resnet

from explorer import ResNetSpec, describe, preset, trace
from explorer.architecture.published import PUBLISHED
from explorer.errors import SpecError
from explorer.model import build
from explorer.model.call import call_of
from explorer.model.one_value import one_value
from explorer.views.export.source.elsewhere import elsewhere
from explorer.views.one_value.parts import Window
from tests.model.flops import flop_counter_macs
from tests.model.functional import every_output
from tests.model.networks import dilated_kinds, lively, pictures, short_name
from tests.model.test_blur import fill, picture

DILATED = {16: (False, False, True), 8: (False, True, True)}
"""torchvision's argument, by output stride."""
# Logits 0 to 3 of timm 1.0.31's networks built with ``output_stride``, with the weights of ``fill``, for ``picture``,
# on a CPU. With the same weights its outputs and ours were equal bit for bit for these, and for resnet34, resnet50c,
# resnetblur50, resnetblur50d and seresnet50 at both strides.
TIMM_LOGITS: dict[tuple[str, int], list[float]] = {
    ("resnet18", 16): [484585.40625, 460419.84375, 405673.375, 323982.625],
    ("resnet18", 8): [417884.875, 406298.59375, 367726.09375, 304729.78125],
    ("resnet18d", 16): [3041902.0, 2881739.0, 2530175.0, 2010557.25],
    ("resnet18d", 8): [2638802.0, 2538249.5, 2269111.0, 1849259.75],
    ("resnetblur18", 16): [375950.65625, 363599.21875, 327097.8125, 268870.90625],
    ("resnetblur18", 8): [380554.75, 371151.21875, 337096.1875, 280651.4375],
    ("resnet50d", 16): [0.1525234, 0.1331240, 0.0339153, -0.0642107],
    ("resnet50d", 8): [0.1562720, 0.1346542, 0.0317324, -0.0679745],
}
BOTTLENECKS = [name for name in PUBLISHED if preset(name).block == "bottleneck"]


def windows(model: nn.Module) -> dict[str, tuple[object, ...]]:
    """What its convolutions do, by name."""
    return {
        name: (module.weight.shape, module.stride, module.padding, module.dilation, module.groups)
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d)
    }


def outputs(spec: ResNetSpec, size: tuple[int, int]) -> dict[str, torch.Tensor]:
    """What every row puts out, in evaluation."""
    found: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        lively(spec).eval()(pictures(spec, size=size), observe=lambda name, _x, output: found.update({name: output}))
    return found


@pytest.mark.parametrize("output_stride", DILATED)
@pytest.mark.parametrize("name", BOTTLENECKS)
def test_every_bottleneck_network_has_torchvisions_windows_and_keys(name: str, output_stride: int) -> None:
    ours = build(preset(name).replace(output_stride=output_stride), device="meta")
    with torch.device("meta"):
        theirs = getattr(torchvision.models, name)(replace_stride_with_dilation=DILATED[output_stride])
    assert windows(ours) == windows(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())


@pytest.mark.parametrize("output_stride", DILATED)
@pytest.mark.parametrize(("groups", "base_width"), [(1, 64), (4, 8), (1, 128)], ids=["ResNet", "ResNeXt", "Wide"])
def test_outputs_are_torchvisions_bit_for_bit(groups: int, base_width: int, output_stride: int) -> None:
    spec = ResNetSpec(depths=(1, 2, 2, 3), groups=groups, base_width=base_width, output_stride=output_stride)
    ours = build(spec, device="meta").to_empty(device="cpu").eval()
    with torch.device("meta"):
        theirs = torchvision_resnet.ResNet(
            torchvision_resnet.Bottleneck,
            [1, 2, 2, 3],
            groups=groups,
            width_per_group=base_width,
            replace_stride_with_dilation=list(DILATED[output_stride]),
        )
    theirs.to_empty(device="cpu").eval()
    fill(ours)
    theirs.load_state_dict(ours.state_dict(), strict=True)
    with torch.no_grad():
        assert torch.equal(ours(picture()), theirs(picture()))


@pytest.mark.parametrize(("name", "output_stride"), TIMM_LOGITS)
def test_outputs_are_timms(name: str, output_stride: int) -> None:
    model = build(preset(name).replace(output_stride=output_stride), device="cpu").eval()
    fill(model)
    with torch.no_grad():
        found = model(picture()[:1])[0, :4]
    assert found.tolist() == pytest.approx(TIMM_LOGITS[name, output_stride], rel=1e-5)


@pytest.mark.parametrize("spec", dilated_kinds(), ids=short_name)
def test_every_layer_puts_out_what_a_second_writing_of_the_network_does(spec: ResNetSpec) -> None:
    found = outputs(spec, (33, 41))
    with torch.no_grad():
        expected = every_output(spec, lively(spec).state_dict(), pictures(spec, size=(33, 41)))
    plan = trace(describe(spec), (33, 41))
    assert [row.layer for row in plan.layers] == list(found)
    for row in plan.layers:
        assert tuple(found[row.layer].shape[1:]) == row.output_shape, row.layer
        if row.layer in expected:
            assert torch.allclose(found[row.layer], expected[row.layer], rtol=1e-3, atol=1e-3), row.layer
    assert plan.macs == flop_counter_macs(build(spec, device="meta"), (33, 41))[""]


@pytest.mark.parametrize("output_stride", DILATED)
@pytest.mark.parametrize("stride_on", ["3x3", "1x1"])
@pytest.mark.parametrize("block", ["basic", "bottleneck"])
@pytest.mark.parametrize("order", ["post", "pre"])
@pytest.mark.parametrize("shortcut", ["A", "B", "C", "none"])
def test_the_same_weights_compute_the_same_at_the_positions_that_the_strided_network_has(
    shortcut: str, order: str, block: str, stride_on: str, output_stride: int
) -> None:
    """What dilation in place of a stride is for: Chen et al. 2016, arXiv 1606.00915, section 3.1."""
    spec = ResNetSpec().replace(
        block=block, order=order, shortcut=shortcut, stride_on=stride_on, depths=(1, 1, 2, 2), widths=(4, 4, 8, 16)
    )
    strided, dilated = (outputs(one, (64, 96)) for one in (spec, spec.replace(output_stride=output_stride)))
    last = [row.layer for row in trace(describe(spec), (64, 96)).stages["layer4"]][-1]
    every = 32 // output_stride
    assert torch.allclose(strided[last], dilated[last][:, :, ::every, ::every], rtol=1e-4, atol=1e-4)
    assert dilated[last].shape[2:] == (64 // output_stride, 96 // output_stride)


def test_a_pool_that_dilation_keeps_is_taken_apart_with_its_zeros() -> None:
    spec = preset("resnet18d").replace(widths=(4, 4, 4, 8), output_stride=16)
    model = lively(spec).eval()
    call = call_of(model, pictures(spec, 1, (64, 64)), "layer4.0.downsample.0")
    corner, inside = (one_value(model, call, 2, y=y, x=x) for y, x in ((3, 3), (1, 2)))
    assert isinstance(corner.parts, Window)
    assert isinstance(inside.parts, Window)
    assert (corner.parts.zeros, inside.parts.zeros) == (3, 0)
    assert corner.parts.value == pytest.approx(corner.put_out, rel=1e-5)
    assert inside.parts.value == pytest.approx(inside.put_out, rel=1e-5)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"output_stride": 4}, "output_stride is 4; it must be one of 32, 16, 8."),
        ({"output_stride": True}, "output_stride is True; it must be one of 32, 16, 8."),
        ({"output_stride": "16"}, "output_stride is '16'; it must be one of 32, 16, 8."),
        ({"output_stride": 16, "stem": "cifar"}, "output_stride is 16, and this network strides by 8 in all"),
        ({"output_stride": 8, "depths": (2,), "widths": (64,)}, "this network strides by 4 in all; choose 32"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(SpecError) as refused:
        ResNetSpec().replace(**fields)
    assert said in str(refused.value)
    assert len(refused.value.problems) == 1


def test_an_output_stride_that_the_network_has_is_the_network() -> None:
    three = ResNetSpec(depths=(1, 1, 1), widths=(8, 8, 8))
    assert three.stride == three.own_stride == 16
    assert three.replace(output_stride=16) == three
    assert three.replace(output_stride=8).stride == 8
    six = ResNetSpec(depths=(1,) * 6, widths=(8,) * 6, output_stride=16)
    assert (six.own_stride, six.stride, six.dilations()) == (128, 16, (1, 1, 1, 2, 4, 8))


def test_a_stage_that_keeps_its_channels_loses_its_projection_as_in_torchvision() -> None:
    spec = ResNetSpec(depths=(1, 1, 1, 1), widths=(8, 8, 8, 8), output_stride=16)
    blocks = spec.blocks()
    assert (blocks["layer3.0"].shortcut, blocks["layer4.0"].shortcut) == ("projection", "identity")


def test_the_call_elsewhere_makes_the_same_network() -> None:
    calls = elsewhere(preset("wide_resnet50_2").replace(output_stride=8, num_classes=21))
    theirs = eval(calls["torchvision"], {"torchvision": torchvision})
    ours = build(preset("wide_resnet50_2").replace(output_stride=8, num_classes=21), device="meta")
    assert windows(theirs) == windows(ours)
    assert calls["timm"].startswith('timm.create_model("wide_resnet50_2", num_classes=21, output_stride=8')
    # its basic block refuses dilation
    with pytest.raises((ValueError, NotImplementedError)):
        torchvision.models.resnet18(replace_stride_with_dilation=[False, False, True])
    assert list(elsewhere(preset("resnet18").replace(output_stride=16))) == ["timm"]
    assert elsewhere(preset("plain34").replace(output_stride=16)) == {}


def test_published_weights_are_those_of_the_strided_network() -> None:
    from explorer.ui.known_weights import published_for

    assert published_for(preset("resnet50").replace(output_stride=8)) == published_for(preset("resnet50"))
