"""The plan of any network at any size holds together, and an impossible size is refused in a sentence."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from explorer import ResNetSpec, describe, preset, trace
from explorer.architecture.plan import Plan, learns, paper_name
from explorer.architecture.trace import LARGEST_SIDE
from explorer.errors import InputSizeError
from tests.architecture.plans import PRESETS, REFERENCE, check_invariants, plan_of, planned
from tests.model.networks import block_kinds, random_specs, short_name

LIMITS: dict[str, Any] = REFERENCE["input_limits"]["smallest_square"]
BUILT = [*random_specs(), *block_kinds()]


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("size", [None, (1, 1), (1, 64), (33, 97), (320, 192)])
def test_the_plan_of_every_preset_holds_together(name: str, size: tuple[int, int] | None) -> None:
    if (
        size is not None and min(size) == 1 and PRESETS[name].spec.antialias
    ):  # a border of one pixel has no mirror image
        with pytest.raises(InputSizeError, match="mirrors the border"):
            plan_of(name, size)
    else:
        check_invariants(plan_of(name, size))


@pytest.mark.parametrize("spec", BUILT, ids=short_name)
@pytest.mark.parametrize("size", [(64, 64), (75, 41)])
def test_the_plan_of_random_networks_holds_together(spec: ResNetSpec, size: tuple[int, int]) -> None:
    check_invariants(trace(describe(spec), size))


@pytest.mark.parametrize("name", PRESETS)
def test_receptive_fields_and_jumps_never_shrink_along_the_main_path(name: str) -> None:
    main = [row for row in plan_of(name).layers if row.path in ("main", "")]
    for earlier, later in pairwise(main):
        assert later.receptive_field >= earlier.receptive_field
        assert later.jump >= earlier.jump
        assert later.receptive_start <= earlier.receptive_start


@pytest.mark.parametrize("name", PRESETS)
def test_from_the_global_pooling_on_every_value_sees_the_whole_input(name: str) -> None:
    plan = plan_of(name)
    flags = [bool(row.whole_map_at) for row in plan.layers if row.path in ("main", "")]
    assert flags == sorted(flags)
    ends = [row.layer for row in plan.layers if row.whole_map_at][-3:]
    assert ends == ["avgpool", "flatten", "fc"]
    assert plan.rows["fc"].receptive_field >= max(plan.input_size)


@pytest.mark.parametrize(
    ("changes", "first"),
    [({}, "avgpool"), ({"squeeze_excite": True}, "layer1.0.se.avgpool"), ({"norm": "group"}, "bn1")],
)
def test_the_first_row_that_looks_at_its_whole_map_is_named(changes: dict[str, Any], first: str) -> None:
    plan = planned(preset("resnet18").replace(**changes))
    assert {row.whole_map_at for row in plan.layers} == {"", first}


def test_rows_stand_in_the_order_of_the_calls() -> None:
    names = [row.layer for row in plan_of("resnet18").layers]
    assert names[:8] == [
        "conv1",
        "bn1",
        "relu",
        "maxpool",
        "layer1.0.conv1",
        "layer1.0.bn1",
        "layer1.0.relu1",
        "layer1.0.conv2",
    ]
    block = [name.removeprefix("layer2.0.") for name in names if name.startswith("layer2.0.")]
    expected = "conv1 bn1 relu1 conv2 bn2 downsample.0 downsample.1 add relu2"
    assert block == expected.split()
    assert names[-3:] == ["avgpool", "flatten", "fc"]


def test_paths_name_main_shortcut_and_gate_and_are_empty_for_the_rest() -> None:
    plan = plan_of("seresnet50")
    paths = {row.layer.removeprefix("layer1.0."): row.path for row in plan.blocks["layer1.0"]}
    assert {name for name, path in paths.items() if path == "gate"} == {
        "se.avgpool",
        "se.fc1",
        "se.relu",
        "se.fc2",
        "se.sigmoid",
    }
    assert {name for name, path in paths.items() if path == "shortcut"} == {"downsample.0", "downsample.1"}
    assert {name for name, path in paths.items() if not path} == {"add", "relu3"}
    assert {row.path for row in plan.layers if not row.block} == {""}


def test_a_preactivated_projection_takes_what_norm_and_relu_put_out_and_an_identity_the_raw_input() -> None:
    plan = plan_of("preact50")
    assert plan.rows["layer1.0.downsample.0"].inputs == ("layer1.0.relu1",)
    assert plan.rows["layer1.0.add"].inputs == ("layer1.0.conv3", "layer1.0.downsample.0")
    assert plan.rows["layer1.1.add"].inputs == ("layer1.1.conv3", "layer1.0.add")
    padded = planned(preset("preact18").replace(shortcut="A"), 32)
    assert padded.rows["layer2.0.downsample"].inputs == ("layer1.1.add",)


@pytest.mark.parametrize(
    ("stage", "name"),
    [("layer1", "conv2_x · layer1"), ("layer4", "conv5_x · layer4"), ("stem", "stem"), ("head", "head")],
)
def test_the_papers_name_stands_beside_ours(stage: str, name: str) -> None:
    assert paper_name(stage) == name


@pytest.mark.parametrize("size", [(64, 96), [64, 96], (np.int64(64), np.uint16(96))])
def test_height_and_width_may_be_whole_numbers_of_any_library(size: Any) -> None:
    plan = trace(describe(preset("resnet18")), size)
    assert plan.input_size == (64, 96)
    assert type(plan.input_size) is tuple
    assert {type(side) for side in plan.input_size} == {int}


@pytest.mark.parametrize(
    "size",
    [
        (0, 224),
        (-1, -1),
        (224,),
        (224, 224, 3),
        224.0,
        "224",
        "ab",
        (224.0, 224.0),
        (True, True),
        (None, 5),
        ("1", "2"),
        (float("nan"), 1),
        None,
        (10**5000, 1),
        (LARGEST_SIDE + 1, 1),
        {224, 225},
        np.array([224, 224]),
    ],
)
def test_what_is_no_input_size_is_refused_in_a_short_sentence(size: Any) -> None:
    with pytest.raises(InputSizeError) as caught:
        trace(describe(preset("resnet18")), size)
    assert len(str(caught.value)) < 200
    assert str(caught.value).endswith("each.")


@pytest.mark.parametrize("norm", ["instance", "group"])
@pytest.mark.parametrize(("stem", "side"), [("imagenet", 33), ("cifar", 9), ("deep", 33)])
def test_a_norm_that_would_see_one_value_names_the_smallest_input(norm: Any, stem: Any, side: int) -> None:
    # 32 channels in the first stage: one per group
    spec = ResNetSpec(block="basic", depths=(1, 1, 1, 1), widths=(32, 32, 32, 32), norm=norm, stem=stem)
    with pytest.raises(InputSizeError, match=rf"at least {side}×{side}\.") as caught:
        planned(spec, side - 1)
    assert "layer4.0.bn1" in str(caught.value)
    assert planned(spec, side).layers
    assert trace(describe(spec), (1, side)).layers


@pytest.mark.parametrize("norm", ["batch", "none"])
def test_with_other_norms_one_pixel_is_enough(norm: Any) -> None:
    plan = planned(preset("resnet50").replace(norm=norm), 1)
    assert plan.layers[-1].output_shape == (1000,)


@pytest.mark.parametrize(
    ("network", "spec"),
    [
        ("torchvision_resnet18", preset("resnet18")),
        ("torchvision_resnet50", preset("resnet50")),
        ("cifar_resnet20", preset("resnet20")),
        ("cifar_resnet20_optionB", preset("resnet20").replace(shortcut="B")),
        (
            "d2l_resnet18",
            preset("resnet18").replace(conv_bias=True, shortcut_norm=False, in_channels=1, num_classes=10),
        ),
        ("torchvision_resnet18_cifar_stem", preset("resnet18").replace(stem="cifar", num_classes=10)),
    ],
)
def test_the_smallest_input_is_the_one_that_torch_takes_in_eval_mode(network: str, spec: ResNetSpec) -> None:
    assert planned(spec, LIMITS[network]["eval_batch1"]).layers
    assert planned(spec).params == LIMITS[network].get("params", planned(spec).params)


@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_smallest_inputs_in_train_mode_agree_with_where_a_norm_sees_one_value(norm: Any) -> None:
    """An instance norm is refused at exactly the sizes at which torch refuses a batch norm in train mode, batch 1."""
    for network, name in (("resnet18", "resnet18"), ("cifar_resnet20_optionA", "resnet20")):
        described = describe(preset(name).replace(norm=norm))
        for text, modes in REFERENCE["input_limits"][network].items():
            height, width = map(int, text.split("x"))
            if modes["train_batch1"]["ok"] or norm == "batch":
                assert trace(described, (height, width)).layers
            else:
                with pytest.raises(InputSizeError):
                    trace(described, (height, width))


def test_bytes_of_the_weights_file_are_parameters_and_buffers() -> None:
    assert planned(preset("resnet18").replace(norm="none")).weights_bytes == 4 * (11_689_512 - 9_600)
    group = planned(preset("resnet18").replace(norm="group"))
    assert group.weights_bytes == 4 * group.params


def test_a_plan_is_a_value() -> None:
    first, second = (
        Plan(p.network, p.input_size, p.layers) for p in (plan_of("resnet18"), planned(preset("resnet18")))
    )
    assert first == second
    assert hash(first) == hash(second)


def test_the_architecture_needs_no_torch_no_pandas_and_no_streamlit() -> None:
    code = (
        "import sys; from explorer import *; trace(describe(preset('resnet1202')), (32, 32));"
        "print([name for name in ('torch', 'pandas', 'numpy', 'streamlit', 'torchinfo') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_learns_are_modules_and_what_lies_in_them_and_no_names_that_begin_alike() -> None:
    layers = ("layer1.0.conv1", "layer10.0.conv1", "fc", "fc2")
    assert [layer for layer in layers if learns(layer, ("layer1", "fc"))] == ["layer1.0.conv1", "fc"]
    assert all(learns(layer, None) for layer in layers)
    assert not any(learns(layer, ()) for layer in layers)
