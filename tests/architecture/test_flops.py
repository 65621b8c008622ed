"""The figures of the different sources are those that the sources give."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import torch
import torchinfo
import torchvision
from torch.utils.flop_counter import FlopCounterMode

from explorer import StarGANSpec, describe, describe_stargan, preset, trace
from explorer.architecture.families import DescribedSpec, known_networks, network_of, usual_size
from explorer.architecture.flop_conventions import CONVENTIONS
from explorer.architecture.flops import FlopFigure, flop_figures, steps_between
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.model.build import build
from explorer.model.torchvision_models import torchvision_plan
from tests.architecture.plans import REFERENCE, TORCHVISION

TOOLS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "flop_tools.json").read_text(encoding="utf-8")
)
COUNTED = [(record["network"], tuple(record["input_size"])) for record in TOOLS["networks"]]
KNOWN = {known.name: known.spec for known in known_networks()}


def figures(spec: ResNetSpec, size: tuple[int, int] = (224, 224)) -> dict[str, FlopFigure]:
    return {figure.source: figure for figure in flop_figures(trace(describe(spec), size), spec=spec)}


@pytest.mark.parametrize("name", TORCHVISION)
def test_figures_of_torchvision_torchinfo_and_the_flop_counter_are_exact(name: str) -> None:
    found, reference = figures(preset(name)), TORCHVISION[name]
    assert found["This app"].value == reference["macs_224"]["total"]
    assert found["torchinfo"].value == reference["torchinfo_1_8_0_at_1x3x224x224"]["total_mult_adds"]
    assert found["torch.utils.flop_counter"].value == reference["macs_224"]["flop_counter_total_flops"]
    operations = next(iter(reference["weights"].values()))["_ops_gflops"]
    assert found["torchvision"].printed == f"{operations:.3f} GFLOPS"


@pytest.mark.parametrize("size", [224, 96])
def test_torchinfo_figure_counts_biases_of_convolutions_by_pixel(size: int) -> None:
    spec = preset("resnet18").replace(conv_bias=True, shortcut_norm=False, in_channels=1, num_classes=10)
    printed = REFERENCE["d2l_resnet18"]["torchinfo"][f"d2l_torchinfo_{size}"]["total_mult_adds"]
    assert figures(spec, (size, size))["torchinfo"].value == printed


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_the_papers_figure_is_the_one_it_prints_for_its_own_network(depth: int) -> None:
    figure = figures(preset(f"resnet{depth}"))["The paper"]
    flops = REFERENCE["paper"]["table1"]["flops"][str(depth)]
    computed = REFERENCE["paper"]["table1"]["computed_comparison"][str(depth)]
    exact = computed.get("v1", computed.get("optionA", computed.get("optionA_or_plain")))
    assert figure.printed == f"{flops / 1e9:.1f} × 10⁹ FLOPs"
    assert figure.value == round(exact * 1e9)
    assert ("cut off" in figure.why) == (round(exact, 1) != flops / 1e9)


@pytest.mark.parametrize("name", ["resnet50v1", "plain34", "resnet18"])
def test_variants_in_shortcut_and_stride_are_set_beside_the_papers_figure(name: str) -> None:
    assert "The paper" in figures(preset(name))


@pytest.mark.parametrize("name", ["resnext50_32x4d", "wide_resnet50_2", "resnet50d", "preact50", "resnet20"])
def test_networks_that_the_paper_does_not_have_get_no_figure_of_the_paper(name: str) -> None:
    assert "The paper" not in figures(preset(name))


def test_another_input_size_or_an_unknown_spec_gets_no_figure_of_the_paper() -> None:
    spec = preset("resnet50")
    assert "The paper" not in figures(spec, (96, 96))
    sources = [figure.tool for figure in flop_figures(trace(describe(spec), (224, 224)))]
    assert sources == [tool for tool in CONVENTIONS if tool not in ("torchvision", "paper")]


@pytest.mark.parametrize(
    ("spec", "size"),
    [
        *((known.spec, known.input_size) for known in known_networks() if known.name in ("stargan", "resnet20")),
        *((known.spec, known.input_size) for known in known_networks() if known.group == "Pre-activation (v2)"),
        (preset("resnet50").replace(num_classes=10), (224, 224)),
        (preset("resnet50"), (96, 96)),
        (ResNetSpec(depths=(1, 1, 1, 1)), (224, 224)),
    ],
)
def test_networks_and_sizes_that_torchvision_does_not_publish_get_no_figure_of_torchvision(
    spec: DescribedSpec, size: tuple[int, int]
) -> None:
    sources = [figure.source for figure in flop_figures(trace(network_of(spec), size), spec=spec)]
    assert "torchvision" not in sources
    assert {"This app", "torchinfo", "torch.utils.flop_counter"} <= set(sources)


@pytest.mark.parametrize("name", ["vgg16", "inception_v3", "vit_b_16"])
def test_torchvisions_other_classifiers_get_the_figure_that_it_publishes(name: str) -> None:
    spec = TorchvisionSpec(name=name)
    found = {figure.source: figure for figure in flop_figures(torchvision_plan(spec, usual_size(spec)), spec=spec)}
    operations = torchvision.models.get_model_weights(name).DEFAULT.meta["_ops"]
    assert found["torchvision"].printed == f"{operations:.3f} GFLOPS"
    # what others take of the inside of a module is not known of a network that is measured
    assert set(found) == {"This app", "torchvision", "torch.utils.flop_counter"}


@pytest.mark.parametrize(("name", "size"), COUNTED)
def test_the_figure_of_every_tool_is_the_one_that_the_tool_gives(name: str, size: tuple[int, int]) -> None:
    record = next(one for one in TOOLS["networks"] if (one["network"], tuple(one["input_size"])) == (name, size))
    found = {figure.tool: figure.value for figure in flop_figures(trace(network_of(KNOWN[name]), size))}
    tools = set(found) - {"here"}
    assert tools == set(TOOLS["_versions"]) - {"torchvision"}, "each was recorded"
    assert {tool: found[tool] for tool in tools} == {tool: record[tool] for tool in tools}


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "seresnet50", "resnetblur50", "d2l_resnet18", "stargan"])
def test_the_way_from_any_figure_to_any_other_adds_up_row_by_row(name: str) -> None:
    spec = KNOWN[name]
    for first, second in permutations(flop_figures(trace(network_of(spec), usual_size(spec)), spec=spec), 2):
        steps = steps_between(first, second)
        assert first.value + sum(step.amount for step in steps) == second.value
        for step in steps:
            assert step.amount == sum(amount for _, amount in step.rows)
            assert all(amount for _, amount in step.rows)


def test_thop_is_above_torchvision_by_the_values_of_the_norms_and_the_last_pool() -> None:
    found = {figure.tool: figure for figure in flop_figures(trace(network_of("resnet50"), 224), spec=KNOWN["resnet50"])}
    norms, pool = steps_between(found["torchvision"], found["thop"])
    seen: list[int] = []
    module = torchvision.models.resnet50(weights=None).to("meta").eval()
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.register_forward_hook(lambda _, __, output: seen.append(output.numel()))
    module(torch.empty(1, 3, 224, 224, device="meta"))
    assert (norms.what, norms.amount, len(norms.rows)) == ("Norms", 4 * sum(seen), len(seen))
    assert (pool.what, pool.amount, pool.rows) == ("Average pools", 49 * 2048 + 2048, (("avgpool", 102_400),))


def test_the_papers_network_differs_in_the_rows_that_the_stride_moves() -> None:
    found = {figure.tool: figure for figure in flop_figures(trace(network_of("resnet50"), 224), spec=KNOWN["resnet50"])}
    (stride,) = steps_between(found["paper"], found["here"])
    # three first 1×1 of a stage on maps of four times the area
    assert stride.rows == tuple(
        (f"layer{stage}.0.conv1", 3 * (256 * 2**at) * (128 * 2**at) * (28 // 2**at) ** 2)
        for at, stage in enumerate((2, 3, 4))
    )
    found = {figure.tool: figure for figure in flop_figures(trace(network_of("resnet18"), 224), spec=KNOWN["resnet18"])}
    (shortcuts,) = steps_between(found["paper"], found["here"])
    assert [layer for layer, _ in shortcuts.rows] == [f"layer{stage}.0.downsample.0" for stage in (2, 3, 4)]


def test_a_network_without_norms_says_what_torchinfo_adds_all_the_same() -> None:
    spec = preset("resnet18").replace(norm="none")
    figure = figures(spec)["torchinfo"]
    assert figure.why == "The multiply-accumulates and 1,000 of biases (once for each output value)."


@pytest.mark.parametrize("norm", ["batch", "instance", "group", "none"])
@pytest.mark.parametrize("conv_bias", [False, True])
@pytest.mark.parametrize("squeeze_excite", [False, True])
def test_torchinfo_and_the_flop_counter_give_those_figures_for_the_built_module(
    norm: Any, conv_bias: bool, squeeze_excite: bool
) -> None:
    spec = ResNetSpec(
        depths=(1, 2), widths=(16, 32), norm=norm, conv_bias=conv_bias, squeeze_excite=squeeze_excite, num_classes=7
    )
    found = figures(spec, (40, 56))
    module = build(describe(spec), device="meta").eval()
    printed = torchinfo.summary(module, (1, 3, 40, 56), verbose=0, device="meta")
    torchinfo.torchinfo.clear_cached_forward_pass()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(torch.empty(1, 3, 40, 56, device="meta"))
    assert printed.total_mult_adds == found["torchinfo"].value
    assert counter.get_total_flops() == found["torch.utils.flop_counter"].value


def test_torchinfo_counts_transposed_convolutions_four_times_where_they_double_the_size() -> None:
    plan = trace(describe_stargan(StarGANSpec()), (128, 128))
    found = {figure.source: figure for figure in flop_figures(plan)}
    transposed = sum(row.macs for row in plan.layers if row.kind == "convtranspose")
    assert transposed == 1_073_741_824
    # the published generator's own norms, and three more times the two transposed convolutions
    assert found["torchinfo"].value == plan.macs + 7_424 + 3 * transposed
    assert "3,221,225,472 for transposed convolutions counted at every output pixel" in found["torchinfo"].why
    printed = torchinfo.summary(build(plan.network, device="meta").eval(), (1, 8, 128, 128), verbose=0, device="meta")
    torchinfo.torchinfo.clear_cached_forward_pass()
    assert printed.total_mult_adds == found["torchinfo"].value
