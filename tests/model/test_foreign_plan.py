"""Any module as a plan: against torchvision's own figures, torchinfo and the module itself."""

import json
import re

import pytest
import torch
import torchvision
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from explorer import describe, preset, trace
from explorer.architecture.formulas import explain, explain_rows, explain_total
from explorer.architecture.torchvision_list import TorchvisionSpec, classifiers
from explorer.errors import DeviceError, InputSizeError
from explorer.model import build
from explorer.model.device import admit_plan
from explorer.model.foreign_plan import measure
from explorer.model.summary import torchinfo_summary
from explorer.model.torchvision_models import torchvision_plan
from explorer.views.export.tables import plan_json
from explorer.views.tables import block_table, child_table, compare, kind_table, layer_table, stage_table
from tests.model.foreign_nets import Attentive, Busy

EVERY_IDEA = (
    "vgg16 googlenet inception_v3 densenet121 mobilenet_v3_small vit_b_16 swin_t swin_v2_t convnext_tiny squeezenet1_0 "
    "shufflenet_v2_x0_5 efficientnet_b0 maxvit_t mnasnet0_5 regnet_y_400mf"
)
SPECS = [TorchvisionSpec(name=name) for name in EVERY_IDEA.split()]


def own_size(spec: TorchvisionSpec):
    return torchvision_plan(spec, (spec.classifier.side, spec.classifier.side))


@pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])
def test_parameters_and_macs_are_those_that_torchvision_publishes(spec: TorchvisionSpec):
    plan = own_size(spec)
    meta = torchvision.models.get_model_weights(spec.name).DEFAULT.meta
    assert plan.params == meta["num_params"]
    assert round(plan.macs / 1e9, 3) == meta["_ops"]


@pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])
def test_every_view_of_a_plan_works_and_adds_up(spec: TorchvisionSpec):
    plan = own_size(spec)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", row.layer) for row in plan.layers)
    assert len(plan.rows) == len(plan.layers)
    rows = layer_table(plan)
    assert rows["receptive_field"].isna().all()
    for table in (rows, stage_table(plan), child_table(plan), kind_table(plan)):
        assert (table["params"].sum(), table["macs"].sum()) == (plan.params, plan.macs)
    assert len(block_table(plan)) == len(plan.blocks)
    for row in plan.layers:
        values = {formula.name: formula.value for formula in explain(plan, row)}
        assert (values["Parameters"], values["MACs"]) == (row.params, row.macs)
    assert {formula.name.split(":")[0]: formula.value for formula in explain_total(plan)}["Parameters"] == plan.params
    assert explain_rows(plan.layers)[0].value == plan.params
    beside = compare([trace(describe(preset("resnet18")), (224, 224)), plan])
    assert beside[beside["network"] == plan.network.title].iloc[-1]["params"] == plan.params
    assert json.loads(plan_json(plan))["params"] == plan.params


@pytest.mark.parametrize("name", ["squeezenet1_0", "mnasnet0_5", "mobilenet_v3_small"])
def test_rows_are_the_leaves_of_torchinfo_with_their_shapes(name: str):
    with torch.device("meta"):
        model = torchvision.models.get_model(name)
    leaves = [row for row in torchinfo_summary(model, (64, 64)).rows if row.is_leaf]
    plan = measure(model, (64, 64)).plan
    assert [(r.layer, r.input_shape, r.output_shape, r.params) for r in plan.layers if "-" not in r.layer] == [
        (leaf.name, leaf.input_shape[1:], leaf.output_shape[1:], leaf.params) for leaf in leaves
    ]


def test_a_residual_network_of_ours_has_the_same_rows_when_it_is_measured():
    network = describe(preset("resnet50"))
    ours = trace(network, (64, 64))
    found = measure(build(network, device="meta"), (64, 64)).plan
    fields = "layer kind input_shape output_shape params macs activation_bytes kernel stride padding buffer_bytes"
    for row in ours.layers:
        other = found.rows[row.layer]
        for field in fields.split():
            if row.kind not in ("add",) or field != "kind":
                assert getattr(other, field) == getattr(row, field), (row.layer, field)
    assert len(found.layers) == len(ours.layers)
    assert found.weights_bytes == ours.weights_bytes


def test_what_stands_outside_the_leaves_has_rows_and_what_is_a_function_is_named():
    model = Busy()
    plan = measure(model, (16, 16)).plan
    assert [row.layer for row in plan.layers] == [
        *("scale", "first.0", "first.1", "first.2", "twice", "twice-2", "act", "drop", "unused", "fc")
    ]
    assert plan.params == sum(parameter.numel() for parameter in model.parameters())
    assert plan.weights_bytes == sum(t.numel() * t.element_size() for t in model.state_dict().values())
    assert (plan.rows["twice"].params, plan.rows["twice-2"].params) == (6 * 6 * 3, 0)
    assert plan.rows["twice"].macs == plan.rows["twice-2"].macs == 6 * 6 * 3 * 16 * 16
    assert (plan.rows["twice"].kernel, plan.rows["first.0"].kernel) == (None, 3)
    assert plan.rows["scale"].inputs == ()
    assert set(plan.rows["fc"].inputs) == {"drop"}
    assert set(plan.rows["drop"].inputs) == {"first.2", "scale", "act"}
    assert "1 concatenation (torch.cat) is no module and has no row." in plan.not_counted
    assert "1 addition (+) is no module and has no row." in plan.not_counted
    assert "unused is not called in evaluation: its 42 parameters are counted, and it does no work." in plan.not_counted


def test_the_work_of_functions_is_counted_in_the_row_of_what_holds_them():
    model = Attentive().eval()
    plan = measure(model, (16, 16)).plan
    # on real numbers, with a gradient and as products: torch's counter does not know the fused roads of the CPU
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        model(torch.randn(1, 3, 16, 16))
    assert plan.macs == counter.get_total_flops() // 2
    assert plan.rows["forward"].macs == 2 * 17 * 17 * 8
    assert plan.rows["attention"].params == sum(p.numel() for p in model.attention.parameters())
    assert {"layer.self_attn", "layer.linear1", "layer.norm2"} <= set(plan.rows)


def test_stages_are_the_children_and_blocks_the_parts_below_them():
    plan = own_size(TorchvisionSpec(name="densenet121"))
    assert [section.name for section in plan.network.sections] == ["features", "classifier"]
    assert list(plan.blocks)[:2] == ["features.denseblock1", "features.transition1"]
    assert "encoder.layers.encoder_layer_0" in own_size(TorchvisionSpec(name="vit_b_16")).blocks
    assert "features.1.0" in own_size(TorchvisionSpec(name="swin_t")).blocks
    assert not own_size(TorchvisionSpec(name="vgg16")).blocks


def test_heads_for_training_are_counted_and_named():
    plan = own_size(TorchvisionSpec(name="inception_v3"))
    assert plan.rows["AuxLogits"].activation_bytes == 0
    assert plan.layers[-1].layer == "fc"
    assert plan.layers[-1].output_shape == (1000,)
    assert any(sentence.startswith("AuxLogits is not called in evaluation") for sentence in plan.not_counted)


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("vit_b_16", (192, 192), "ViT-B/16 takes 224×224 only, not 192×192."),
        ("maxvit_t", (200, 224), "MaxViT-T takes 224×224 only, not 200×224."),
        ("alexnet", (8, 8), "The network cannot take an input of 8×8; try a larger one."),
        ("vgg16", (0, 8), "The input size is (0, 8)"),
    ],
)
def test_a_size_that_it_cannot_take_gets_one_sentence(name: str, size: tuple[int, int], sentence: str):
    with pytest.raises(InputSizeError) as caught:
        torchvision_plan(TorchvisionSpec(name=name), size)
    assert str(caught.value).startswith(sentence)


def test_admission_works_from_the_plan(monkeypatch: pytest.MonkeyPatch):
    plan = own_size(TorchvisionSpec(name="vgg16"))
    admit_plan(plan, "cpu")
    monkeypatch.setattr("explorer.model.device.free_bytes", lambda _device: 10**8)
    with pytest.raises(DeviceError, match="VGG-16 with one picture of 224×224 needs"):
        admit_plan(plan, "cpu")


def test_the_module_is_neither_run_nor_touched():
    model = Busy().train()
    before = {name: (tensor, tensor._version) for name, tensor in model.state_dict(keep_vars=True).items()}
    random = torch.get_rng_state()
    measure(model, (16, 16))
    assert all(model.state_dict(keep_vars=True)[name] is tensor for name, (tensor, _) in before.items())
    assert all(tensor._version == version for tensor, version in before.values())
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert torch.equal(random, torch.get_rng_state())


def test_signs_that_no_name_may_have_are_replaced():
    model = nn.Sequential()
    model.add_module("a b/ü", nn.Conv2d(3, 2, 1))
    model.add_module("a b?_", nn.ReLU())
    assert [row.layer for row in measure(model, (4, 4)).plan.layers] == ["a_b__", "a_b___"]


def test_the_list_has_every_classifier_that_is_no_resnet_with_the_crop_of_its_default_weights():
    residual = ("resnet", "resnext", "wide_resnet")
    names = [name for name in torchvision.models.list_models(torchvision.models) if not name.startswith(residual)]
    assert [c.name for c in classifiers()] == sorted(names)
    for c in classifiers():
        crop = torchvision.models.get_model_weights(c.name).DEFAULT.transforms().crop_size
        assert crop == [c.side], c.name


def test_measuring_hooks_no_module_of_the_process() -> None:
    hooked = []

    class Looking(nn.Conv2d):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hooked.append(len(nn.modules.module._global_forward_pre_hooks))
            return super().forward(x)

    measure(nn.Sequential(Looking(3, 4, 3)), (8, 8))
    assert set(hooked) == {0}
