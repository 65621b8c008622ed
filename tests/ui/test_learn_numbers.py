"""Learn: the numbers in chapters and their figures, against torchvision, torch and the reference."""

from __future__ import annotations

import base64
import json
import re
from html import unescape

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F
from torchvision import models

from explorer.architecture.presets import D2L
from explorer.labs.gradient_flow.gradient_flow import flow_of
from explorer.labs.norm_lab.batches import held_out_digits
from explorer.labs.training.sets import digit_net
from explorer.model.example import EXAMPLE_FILE
from explorer.ui.learn.chapters.batch_norm import CHANNEL, PICTURES
from explorer.ui.learn.chapters.degradation import training_errors
from explorer.ui.learn.contents import BY_NAME, CHAPTERS
from explorer.views.montage import thumbnail
from tests.architecture.plans import REFERENCE
from tests.ui.app import open_app

RESNETS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")


def read(name: str) -> str:
    """All that stands on the page of a chapter; tables as cells with bars between."""
    at = open_app("learn", **({"chapter": name} if name != CHAPTERS[0].name else {}))
    assert not at.exception
    html = "".join(element.proto.body for element in at.get("html"))
    cells = re.sub(r"</t[dh]><t[dh][^>]*>", "|", html)
    words = "\n".join(element.value for element in [*at.markdown, *at.caption])
    return f"{unescape(cells)}\n{words}".replace("\u00a0", " ").replace("\u2011", "-")


def module_of(name: str) -> nn.Module:
    """A network of torchvision without weights."""
    with torch.device("meta"):
        return models.get_model(name)


def test_the_table_of_five_networks_has_the_papers_blocks_and_torchvisions_parameters():
    page = read("stages")
    # Table 1 of arXiv 1512.03385
    assert "[3×3, 64\n3×3, 64] × 2|[3×3, 64\n3×3, 64] × 3|[1×1, 64\n3×3, 64\n1×1, 256] × 3" in page
    assert "1×1, 1024] × 6|[1×1, 256\n3×3, 256\n1×1, 1024] × 23|[1×1, 256\n3×3, 256\n1×1, 1024] × 36" in page
    params = [sum(p.numel() for p in module_of(name).parameters()) for name in RESNETS]
    assert "|".join(f"{count:,}" for count in params) in page


def test_identity_shortcuts_are_the_usual_case_in_resnet50():
    blocks = [block for block in module_of("resnet50").modules() if hasattr(block, "downsample")]
    dashed = sum(block.downsample is not None for block in blocks)
    so = BY_NAME["block"].traps[0].so
    assert f"{len(blocks) - dashed} of the {len(blocks)} blocks of ResNet-50 have it, {dashed} have" in so


def test_two_unpadded_convolutions_take_56_to_52_as_the_trap_says():
    sizes = [56]
    x = torch.zeros(1, 1, 56, 56)
    for _ in range(2):
        x = F.conv2d(x, torch.zeros(1, 1, 3, 3))
        sizes.append(x.shape[-1])
    so = BY_NAME["shapes"].traps[0].so
    assert "{} becomes {}, then {}".format(*sizes) in so
    assert F.conv2d(torch.zeros(1, 1, 56, 56), torch.zeros(1, 1, 3, 3), padding=1).shape[-1] == 56


def test_powers_of_a_factor_are_those_of_the_reference():
    powers = REFERENCE["normalisation"]["gradient_product_table"]
    text = BY_NAME["gradients"].text
    assert f"after 50 layers is {powers['0.9^50']:.3f};" in text
    assert f"1.1 after 50 layers is {powers['1.1^50']:.0f}." in text


def test_without_norms_the_gradient_vanishes_in_the_plain_network_and_explodes_in_the_residual_one():
    plain, residual = (flow_of(digit_net(56, kind, norm="none")).convolutions for kind in ("none", "B"))
    assert plain[0].gradient < plain[-1].gradient / 1000
    assert residual[0].gradient > residual[-1].gradient * 100


def test_the_deeper_plain_network_has_the_larger_training_error_and_the_residual_one_has_not():
    # another seed than the figure's
    last = {name: errors[-1] for name, errors in training_errors(seed=1).items()}
    assert last["plain-26"] > last["plain-8"] + 0.2
    assert last["residual-26"] < last["residual-8"] + 0.05
    assert last["residual-26"] < last["plain-8"]


def test_what_leaves_the_norm_has_mean_beta_and_deviation_gamma():
    state = load_file(EXAMPLE_FILE)
    gamma, beta = (float(state[f"bn1.{name}"][CHANNEL]) for name in ("weight", "bias"))
    arriving = F.conv2d(held_out_digits()[0][:PICTURES], state["conv1.weight"], padding=1)
    leaving = F.batch_norm(arriving, None, None, state["bn1.weight"], state["bn1.bias"], training=True)[:, CHANNEL]
    assert float(leaving.mean()) == pytest.approx(beta, abs=1e-4)
    assert float(leaving.std(correction=0)) == pytest.approx(abs(gamma), rel=1e-3)
    assert f"γ = {gamma:.2f} and β = {beta:.2f}".replace("-", "−") in read("batch-norm")
    drawn = json.loads(open_app("learn", chapter="batch-norm").get("plotly_chart")[0].proto.spec)
    title = next(one["text"] for one in drawn["layout"]["annotations"] if "after" in one["text"])
    mean, deviation = (float(n.replace("−", "-")) for n in re.findall(r"[−-]?\d[\d.]*", title)[:2])
    assert mean == pytest.approx(beta, abs=1e-3)
    assert deviation == pytest.approx(abs(gamma), rel=1e-2)


def test_momentum_and_epsilon_are_torchs_and_the_unbiased_variance_is_kept():
    norm = nn.BatchNorm2d(1)
    assert (norm.momentum, norm.eps) == (0.1, 1e-5)
    assert r"0.9\,\hat\mu + 0.1\,\mu" in BY_NAME["train-and-eval"].formula
    x = torch.randn(2, 1, 3, 3)
    norm(x)
    m = x.numel()
    assert norm.running_var is not None
    assert norm.running_var.item() == pytest.approx(0.9 + 0.1 * m / (m - 1) * float(x.var(correction=0)), rel=1e-5)


def test_the_same_digit_gets_two_answers_in_train_mode_and_one_in_eval_mode():
    label = int(held_out_digits()[1][0])
    page = read("train-and-eval")
    rows = dict(re.findall(r"(train|eval)\|(a \d\|a \d)", page))
    assert rows["eval"] == f"a {label}|a {label}"
    alone, among = rows["train"].split("|")
    assert alone != among


def test_maps_are_what_torch_makes_of_the_digit_with_these_kernels():
    kernels = load_file(EXAMPLE_FILE)["conv1.weight"]
    maps = F.conv2d(held_out_digits()[0][:1], kernels, padding=1)[0].numpy()
    page = read("feature-maps")
    assert f"its {len(maps)} kernels" in page
    for values in maps:
        assert base64.b64encode(thumbnail(values, smallest=80)).decode() in page


def test_errors_are_those_that_torchvision_publishes_and_fall_with_depth():
    page = read("results-2015")
    weights = [models.get_model_weights(name)["IMAGENET1K_V1"].meta for name in RESNETS]
    errors = [100 - meta["_metrics"]["ImageNet-1K"]["acc@5"] for meta in weights]
    assert errors == sorted(errors, reverse=True)
    for name, meta, error in zip(RESNETS, weights, errors, strict=True):
        top1 = 100 - meta["_metrics"]["ImageNet-1K"]["acc@1"]
        row = next(line for line in page.split("<tr>") if line.startswith(f"<th scope='row'>ResNet-{name[6:]}|"))
        assert f"|{top1:.2f} %|{error:.2f} %" in row
        assert f"{meta['num_params']:,}|" in row


def test_152_layers_cost_less_work_than_the_two_deep_vggs_and_more_than_the_shallow_ones():
    names = ("vgg11", "vgg13", "resnet152", "vgg16", "vgg19")
    work = [models.get_model_weights(name)["IMAGENET1K_V1"].meta["_ops"] for name in names]
    assert work == sorted(work)
    assert "less work than VGG-16 and VGG-19 of the year before" in " ".join(BY_NAME["results-2015"].text.split())


def test_a_constant_map_leaves_torchs_norms_as_beta_without_a_deviation():
    x = torch.full((1, 1, 4, 4), 7.0, dtype=torch.float64)
    for norm in (nn.BatchNorm2d(1), nn.InstanceNorm2d(1, affine=True)):
        nn.init.constant_(norm.weight, 2)
        nn.init.constant_(norm.bias, 3)
        leaving = norm.double()(x)
        assert float(leaving.mean()) == pytest.approx(3)
        assert float(leaving.std()) == pytest.approx(0)
    so = BY_NAME["stargan-trunk"].traps[0].so
    assert "β everywhere where no value differs: F is 0 only where β is 0 and either γ is 0 or nothing varies" in so
    assert "where all values of a channel are equal, the deviation is 0" in BY_NAME["batch-norm"].traps[0].so


def test_the_section_of_each_source_is_that_of_the_edition_and_paper_it_names():
    said = {
        name: " ".join([*chapter.sources, *(trap.source for trap in chapter.traps)])
        for name, chapter in BY_NAME.items()
    }
    of_the_textbook = [name for name, sources in said.items() if "Dive into Deep Learning" in sources]
    assert set(of_the_textbook) == {"eighteen", "residual-function", "d2l-block", "d2l-network"}
    assert all(said[name].count(D2L) == said[name].count("Dive into Deep Learning") for name in of_the_textbook)
    # its contents: 3, identity skip connections; 4, activation functions; 4.1, experiments with them
    assert "arXiv 1603.05027, section 4, puts the last ReLU elsewhere" in said["residual-function"]


def test_a_block_of_zeros_leaves_what_is_not_negative():
    x = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    share = float((x >= 0).double().mean())
    assert f"{100 * share:.0f} % of the values leave as they came" in read("residual-function")


def test_both_paths_of_the_second_check_end_at_three_by_three():
    x = torch.zeros(4, 3, 6, 6)
    main = nn.Conv2d(3, 6, 3, padding=1, stride=2)(x)
    shortcut = nn.Conv2d(3, 6, 1, stride=2)(x)
    assert main.shape == shortcut.shape == (4, 6, 3, 3)
    assert "(4, 6, 3, 3)" in BY_NAME["d2l-block"].text
    assert "4×3×6×6 →​ 4×6×3×3" in read("d2l-block")


def test_wasted_biases_and_parameters_of_the_textbook_are_counted_by_stage():
    page = read("d2l-network")
    total = f"{REFERENCE['d2l_resnet18']['params_total']:,}"
    assert f"It has {total} parameters" in BY_NAME["d2l-network"].text
    # a bias for every output channel: torchvision's network has the same convolutions
    before, beside = 0, 0
    for name, module in module_of("resnet18").named_modules():
        if isinstance(module, nn.Conv2d):
            before += 0 if "downsample" in name else module.out_channels
            beside += module.out_channels if "downsample" in name else 0
    assert f"all||{total}|{before:,}|{beside:,}" in page
    assert f"{before + beside:,} parameters are wasted" in BY_NAME["d2l-network"].traps[0].so


def test_what_counts_in_18_is_counted_in_torchvisions_network():
    found = {"main": [0, 0], "beside": [0, 0], "norm": [0, 0], "linear": [0, 0]}
    for name, module in module_of("resnet18").named_modules():
        kind = {nn.Conv2d: "main", nn.BatchNorm2d: "norm", nn.Linear: "linear"}.get(type(module))
        if kind == "main" and "downsample" in name:
            kind = "beside"
        if kind:
            found[kind][0] += 1
            found[kind][1] += sum(p.numel() for p in module.parameters())
    page = read("eighteen")
    for words, kind, sign in (
        ("convolutions on the main path", "main", "✓ yes"),
        ("fully connected layer", "linear", "✓ yes"),
        ("projections on shortcuts", "beside", "✕ no"),
        ("norms", "norm", "✕ no"),
    ):
        assert f"{words}|{sign}|{found[kind][0]}|{found[kind][1]:,}" in page
    assert found["main"][0] + found["linear"][0] == 18
    assert f"{found['norm'][1]:,} of them in {found['norm'][0]} norms" in BY_NAME["eighteen"].text
    with torch.device("meta"):
        google = models.googlenet(init_weights=False)
    first = google.conv1.conv
    assert (first.kernel_size, first.stride, first.out_channels) == ((7, 7), (2, 2), 64)
    assert (google.maxpool1.kernel_size, google.maxpool1.stride) == (3, 2)
