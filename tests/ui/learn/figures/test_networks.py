"""Learn: figures of whole networks, against torchvision, the paper and the reference."""

from __future__ import annotations

import pytest
import torch
import torchvision
from torch import nn
from torchvision import models

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.labs.transfer.ways import transfer
from explorer.ui.learn.figures import networks
from explorer.views.differences import CIFAR_ERRORS
from tests.architecture.plans import REFERENCE
from tests.ui.learn.opened import FILLED, read


def module_of(name: str) -> nn.Module:
    """A network of torchvision without weights."""
    with torch.device("meta"):
        return models.get_model(name)


RESNETS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")


def test_the_table_of_five_networks_has_the_papers_blocks_and_torchvisions_parameters():
    page = read("network")
    # Table 1 of arXiv 1512.03385
    assert "[3×3, 64\n3×3, 64] × 2|[3×3, 64\n3×3, 64] × 3|[1×1, 64\n3×3, 64\n1×1, 256] × 3" in page
    assert "1×1, 1024] × 6|[1×1, 256\n3×3, 256\n1×1, 1024] × 23|[1×1, 256\n3×3, 256\n1×1, 1024] × 36" in page
    params = [sum(p.numel() for p in module_of(name).parameters()) for name in RESNETS]
    assert "|".join(f"{count:,}" for count in params) in page


def test_identity_shortcuts_are_the_usual_case_in_resnet50():
    blocks = [block for block in module_of("resnet50").modules() if hasattr(block, "downsample")]
    dashed = sum(block.downsample is not None for block in blocks)
    so = FILLED["block"].traps[0].so
    assert f"{len(blocks) - dashed} of the {len(blocks)} blocks of ResNet-50 have it, {dashed} have" in so


def test_errors_are_those_that_torchvision_publishes_and_fall_with_depth():
    page = read("reading")
    weights = [models.get_model_weights(name)["IMAGENET1K_V1"].meta for name in RESNETS]
    errors = [100 - meta["_metrics"]["ImageNet-1K"]["acc@5"] for meta in weights]
    assert errors == sorted(errors, reverse=True)
    for name, meta, error in zip(RESNETS, weights, errors, strict=True):
        top1 = 100 - meta["_metrics"]["ImageNet-1K"]["acc@1"]
        row = next(line for line in page.split("<tr>") if f">ResNet-{name[6:]}|" in line)
        assert f"|{top1:.2f} %|{error:.2f} %" in row
        assert f"{meta['num_params']:,}|" in row


def test_152_layers_cost_less_work_than_the_two_deep_vggs_and_more_than_the_shallow_ones():
    names = ("vgg11", "vgg13", "resnet152", "vgg16", "vgg19")
    work = [models.get_model_weights(name)["IMAGENET1K_V1"].meta["_ops"] for name in names]
    assert work == sorted(work)
    assert f"less work ({work[2]:.1f} G MACs) than VGG-16 and VGG-19 of the year before" in FILLED["reading"].text
    assert f"VGG-16 has {work[3]:.1f} G MACs, VGG-19 {work[4]:.1f} G: measured by this app." in read("reading")


def test_wasted_biases_and_parameters_of_the_textbook_are_counted_by_stage():
    page = read("counting")
    total = f"{REFERENCE['d2l_resnet18']['params_total']:,}"
    assert f"It has {total} parameters" in FILLED["counting"].text
    # a bias for every output channel: torchvision's network has the same convolutions
    before, beside = 0, 0
    for name, module in module_of("resnet18").named_modules():
        if isinstance(module, nn.Conv2d):
            before += 0 if "downsample" in name else module.out_channels
            beside += module.out_channels if "downsample" in name else 0
    assert f"all||{total}|{before:,}|{beside:,}" in page
    wasted = f"{before + beside:,} parameters are wasted: {before:,} in front of a normalisation layer, and {beside:,}"
    assert wasted in FILLED["counting"].traps[0].so


def test_what_counts_in_18_is_counted_in_torchvisions_network():
    found = {"main": [0, 0], "beside": [0, 0], "norm": [0, 0], "linear": [0, 0]}
    for name, module in module_of("resnet18").named_modules():
        kind = {nn.Conv2d: "main", nn.BatchNorm2d: "norm", nn.Linear: "linear"}.get(type(module))
        if kind == "main" and "downsample" in name:
            kind = "beside"
        if kind:
            found[kind][0] += 1
            found[kind][1] += sum(p.numel() for p in module.parameters())
    page = read("network")
    for words, kind, sign in (
        ("convolutions on the main path", "main", "✓ yes"),
        ("fully connected layer", "linear", "✓ yes"),
        ("projections on shortcuts", "beside", "✕ no"),
        ("normalisation layers", "norm", "✕ no"),
    ):
        assert f"{words}|{sign}|{found[kind][0]}|{found[kind][1]:,}" in page
    assert found["main"][0] + found["linear"][0] == 18
    everything = sum(p.numel() for p in module_of("resnet18").parameters())
    assert f"{found['norm'][1]:,} of the network's {everything:,}" in FILLED["network"].text
    with torch.device("meta"):
        google = models.googlenet(init_weights=False)
    first = google.conv1.conv
    assert (first.kernel_size, first.stride, first.out_channels) == ((7, 7), (2, 2), 64)
    assert (google.maxpool1.kernel_size, google.maxpool1.stride) == (3, 2)


def test_parameters_of_whole_networks_are_torchvisions():
    for name in ("resnet34", "resnet50"):
        params = REFERENCE["torchvision_models"]["models"][name]["params_total"]
        assert f"{params / 1e6:.1f}" in FILLED["bottleneck"].text


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_dashed_are_the_blocks_that_torchvision_gives_a_projection(depth):
    model = getattr(torchvision.models, f"resnet{depth}")
    with torch.device("meta"):
        made = model()
    plan = trace(describe(preset(f"resnet{depth}")), (224, 224))
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        dashed = made.get_submodule(f"{stage}.0").downsample is not None
        assert networks.first_block(plan, stage).startswith("dashed" if dashed else "solid")
    shapes = REFERENCE["torchvision_models"]["models"][f"resnet{depth}"]["shapes"]["224x224"]
    assert networks.first_block(plan, "layer2").endswith("×".join(map(str, shapes["layer2"][1:])))


def test_errors_by_depth_are_those_of_table_6():
    said = REFERENCE["paper"]["table6_cifar10_test_error"]
    assert {depth: said[f"ResNet-{depth}"][2] for depth in CIFAR_ERRORS} == CIFAR_ERRORS
    for error in (CIFAR_ERRORS[1202], CIFAR_ERRORS[110]):
        assert f"{error} %" in FILLED["thousand-layers"].text


def test_the_three_ways_have_the_numbers_of_the_reference():
    case = REFERENCE["transfer_learning"]["cases"][f"resnet18_{networks.CLASSES}classes"]
    modes = {
        "all": "mode1_finetune_all",
        "layer4": "mode2_train_layer4_and_fc",
        "head": "mode2_train_fc_only",
        "added": "mode3_keep_1000_fc_add_Linear(1000,n)",
    }
    assert modes.keys() == networks.WAYS.keys()
    for way, mode in modes.items():
        trained = f"{case[mode]['trainable']:,}"
        assert networks.way_in_numbers(way)[2:4] == (trained, f"{case[mode].get('frozen', 0):,}")
    assert networks.way_in_numbers("head")[1] == str(case["loadable_state_dict_tensors_if_fc_is_replaced"])
    assert transfer(preset("resnet18"), "added", classes=5).total == case[modes["added"]]["total"]
