"""Convolutions that cannot add context: first rows worked out by hand, fields as ``seen`` has them.

What ``seen`` has is held against gradients.
"""

from __future__ import annotations

import pytest

from explorer import ResNetSpec, StarGANSpec, describe, describe_stargan, preset, trace
from explorer.architecture.context import changes, reaches, without_context
from explorer.architecture.plan import Plan
from explorer.architecture.presets import presets
from explorer.architecture.seen import Way, seen
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.model.families import model_family


def first(plan: Plan, *, certain: bool = False) -> str | None:
    rows = [one.row for one in without_context(plan) if (one.is_certain if certain else one.adds_nothing)]
    return rows[0] if rows else None


BY_HAND = [
    # The stem sees -5 to 5 from position 0, each next position 4 pixels further; every 3x3 of layer1 adds 4 on both
    # sides, of layer2 8, of layer3 16. On 32 pixels layer1 has 8 positions, the middle one is 16 pixels further.
    ("resnet18", 32, "layer1.1.conv2", "layer3.1.conv2"),  # 3 of 3x3: -17+16 = -1 to 17+16 = 33
    ("resnet18", 64, "layer2.1.conv1", "layer4.1.conv2"),  # layer2.0 ends at -33..33, 4 positions of 8 further: -1
    ("resnet18", 224, "layer4.1.conv1", None),  # layer4.0 ends at -145..145, and 3 of 32 further: -49 to 241
    # of a bottleneck one convolution in three is 3x3
    ("resnet50", 32, "layer2.0.conv2", None),  # three of them in layer1: -17..17
    ("resnet50", 64, "layer2.3.conv2", None),  # -17 - 4 - 8 - 8 = -37, and 4 of 8 further: -5 to 69; one less: 3
    ("resnet50", 224, "layer3.5.conv2", None),  # -17-4-3*8 = -45, -8-4*16 = -117, and 7 of 16 further: -5 to 229
    # without shortcuts both ways are one
    ("plain34", 32, "layer1.1.conv2", "layer1.1.conv2"),
    ("plain34", 64, "layer2.0.conv2", "layer2.0.conv2"),  # six of layer1 -29, layer2.0.conv1 -33, and 4 of 8: -1 to 65
    ("plain34", 224, "layer3.1.conv1", "layer3.1.conv1"),  # -29-4-7*8 = -89, -8-16 = -113, 7 of 16 further: -1 to 225
    # VGG-16 pools without padding; position 0 sees -14..17 behind conv3_2, -18..21 behind conv3_3, 4 pixels apart
    ("vgg16", 32, "features.17", "features.17"),  # behind pool3 -18..25, and 2 of 8 further: -2 to 41
    ("vgg16", 64, "features.21", "features.21"),  # conv4_2 is -34..41, and 4 of 8 further: -2 to 73
    ("vgg16", 224, None, None),  # conv5_2 is -74..97 and has 14 positions: 7 of 16 further it begins at 38
]


@pytest.mark.parametrize(("name", "side", "longest", "shortest"), BY_HAND, ids=str)
def test_the_first_row_that_adds_no_context(name: str, side: int, longest: str | None, shortest: str | None) -> None:
    if name == "vgg16":
        plan = model_family(TorchvisionSpec(name=name)).plan((side, side))
    else:
        plan = trace(describe(preset(name)), (side, side))
    assert (first(plan), first(plan, certain=True)) == (longest, shortest)


def test_by_the_longest_way_the_last_maps_of_resnet50_see_427_pixels_and_by_the_shortest_11() -> None:
    plan = trace(describe(preset("resnet50")), (224, 224))
    assert [reaches(plan, way)["layer4.2.relu3"].sizes for way in ("longest", "shortest")] == [(427,), (11,)]


@pytest.mark.parametrize(("way", "side"), [("longest", 96), ("shortest", 1024)])
def test_every_preset_has_the_fields_of_seen_where_no_border_and_no_whole_map_meddles(way: Way, side: int) -> None:
    for known in presets():
        plan = trace(describe(known.spec), (side, side))
        found = reaches(plan, way)
        for row in plan.layers[:: max(1, len(plan.layers) // 40)]:
            if row.whole_map_at or len(row.output_shape) < 3:
                continue
            place = row.output_shape[1] // 2
            start, end = found[row.layer].at(place)
            assert seen(plan, row, place, axis=0, way=way) == range(max(start, 0), min(end, side)), (
                known.name,
                row.layer,
            )


def test_a_generator_has_fields_by_position() -> None:
    plan = trace(describe_stargan(StarGANSpec()), (128, 128))
    assert reaches(plan, "longest")["main.18"] == plan.rows["main.18"].reach
    assert without_context(plan) == ()


def test_each_axis_is_told_apart() -> None:
    plan = trace(describe(preset("resnet18")), (32, 224))
    found = {one.row: one for one in without_context(plan)}
    assert found["layer1.1.conv2"].longest == (True, False)
    assert not found["layer1.1.conv2"].adds_nothing
    assert found["layer4.1.conv2"].adds_nothing


def test_gates_bring_no_places() -> None:
    rows = [
        [one.row for one in without_context(trace(describe(preset(name)), (64, 64)))]
        for name in ("resnet50", "seresnet50")
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(("name", "known"), [("vgg16", "features.30"), ("densenet121", "features.pool0")])
def test_of_a_measured_network_the_rows_are_known_that_follow_each_other(name: str, known: str) -> None:
    plan = model_family(TorchvisionSpec(name=name)).plan((224, 224))
    found = reaches(plan, "longest")
    assert known in found
    assert len(found) < len(plan.layers)
    assert not [name for name in found if "denselayer2" in name or "classifier" in name]


def test_what_can_be_changed_leaves_fewer_of_them() -> None:
    spec = preset("resnet50")
    found = {one.of: one for one in changes(spec, (32, 32))}
    assert set(found) == {"stem", "stages", "pictures"}
    assert found["stem"].spec == spec.replace(stem="cifar")
    assert found["stages"].spec == spec.replace(depths=(3, 4, 6), widths=(64, 128, 256))
    assert found["pictures"].input_size == (224, 224)
    for one in found.values():
        assert isinstance(one.spec, ResNetSpec)
        plan = trace(describe(one.spec), one.input_size)
        assert one.left == sum(covered.adds_nothing for covered in without_context(plan)) < 13
    assert changes(preset("resnet20"), (256, 256)) == ()


@pytest.mark.parametrize("output_stride", [16, 8])
def test_what_can_be_changed_in_a_dilated_network_can_be_built(output_stride: int) -> None:
    spec = preset("resnet50").replace(output_stride=output_stride)
    stem = next(one for one in changes(spec, (64, 64)) if one.of == "stem")
    assert isinstance(stem.spec, ResNetSpec)
    assert (stem.spec.stem, stem.spec.stride) == ("cifar", 8)
