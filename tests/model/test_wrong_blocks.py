"""The blocks that go wrong are run for real: torch's words are the reference's, a silent sum is explained."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import NAME
from explorer.architecture.wrong_blocks import CASES, PROJECTION, Case, Shape, code
from explorer.model.wrong_blocks import attempt, bias_effect, wrong_module

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)
RECORDED: list[dict[str, Any]] = REFERENCE["seed003_and_shape_failures"]["cases"]
# the reference's cases in its order
SHOWN: list[Case] = [
    CASES["no-padding"],
    CASES["small-map"],
    CASES["as-printed"],
    CASES["conv3d-mended"],
    # the same mistake in ResNet's first stage, with two pictures
    replace(CASES["no-padding"].at(channels_in=64), shape=(2, 64, 56, 56)),
    CASES["padding-mended"],
    CASES["right"],
    CASES["right-stride-1"],
    CASES["no-projection"],
    CASES["no-stride-no-projection"],
    CASES["one-position"],
    CASES["one-channel"],
    CASES["right-odd"],
]
WRONG = {name: case for name, case in CASES.items() if case.mended is not None}


def executed(block: BlockSpec, shape: Shape, *, conv3d: bool) -> tuple[str, Shape | None]:
    """What the code that is shown does when it is run as it stands: error and result."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F}
    try:
        exec("\n".join(code(block, shape, conv3d=conv3d)), names)
    except RuntimeError as error:
        return f"RuntimeError: {error}", None
    return "", tuple(names["out"].shape)


@pytest.mark.parametrize(
    ("recorded", "case"), list(zip(RECORDED, SHOWN, strict=True)), ids=[c["case"] for c in RECORDED]
)
def test_torch_says_what_the_reference_recorded(recorded: dict[str, Any], case: Case) -> None:
    made, _ = attempt(case.block, case.shape, conv3d=case.conv3d)
    if "result" in recorded:
        assert made.error == ""
        assert made.result == tuple(recorded["result"])
    else:
        assert made.error == f"{recorded['error_type']}: {recorded['error']}"
        assert made.result is None


@pytest.mark.parametrize("name", CASES)
def test_the_code_that_is_shown_does_what_the_drawing_says(name: str) -> None:
    case = CASES[name]
    for block, conv3d in ((case.block, case.conv3d), (case.mended, False)):
        if block is not None:
            made, _ = attempt(block, case.shape, conv3d=conv3d)
            assert (made.error, made.result) == executed(block, case.shape, conv3d=conv3d)


@pytest.mark.parametrize("name", WRONG)
def test_a_mended_block_runs_with_all_sizes(name: str) -> None:
    for first, last, side in itertools.product((1, 2, 4), (1, 3), (1, 2, 5, 8)):
        case = WRONG[name].at(channels_in=first, channels_out=last, side=side)
        assert case.mended is not None
        made, _ = attempt(case.mended, case.shape, conv3d=False)
        smaller = -(-side // case.mended.stride)
        assert made.verdict == "right"
        assert made.result == (case.shape[0], case.mended.channels_out, smaller, smaller)


@pytest.mark.parametrize(
    ("name", "sizes", "verdict", "failed"),
    [
        ("no-padding", {"side": 2}, "refused", "conv1"),
        ("no-padding", {"side": 3}, "refused", "conv2"),
        ("no-padding", {"side": 5}, "stretched", None),
        ("small-map", {"side": 7}, "refused", "conv3"),
        ("conv3d-mended", {"side": 8}, "stretched", None),
        ("conv3d-mended", {"side": 9}, "refused", "add"),
        ("no-projection", {"channels_in": 6}, "right", None),
        ("no-projection", {"channels_out": 1}, "stretched", None),
        ("no-stride-no-projection", {"side": 1}, "right", None),
        ("no-stride-no-projection", {"side": 2}, "stretched", None),
        ("one-channel", {"channels_in": 2}, "refused", "add"),
        ("as-printed", {"channels_in": 2}, "refused", "add"),
        ("padding-mended", {"channels_in": 2, "channels_out": 1}, "misread", None),
        ("padding-mended", {"channels_in": 2, "channels_out": 2}, "misread", None),
    ],
)
def test_other_sizes_fail_elsewhere_or_not_at_all(
    name: str, sizes: dict[str, int], verdict: str, failed: str | None
) -> None:
    case = CASES[name].at(**sizes)
    made, _ = attempt(case.block, case.shape, conv3d=case.conv3d)
    assert made.verdict == verdict
    assert (made.failed.code_name if made.failed else None) == failed


def test_every_step_up_to_the_clash_has_its_shape() -> None:
    made, _ = attempt(CASES["conv3d-mended"].block, (2, 64, 56, 56), conv3d=False)
    assert {step.code_name: step.leaving for step in made.steps} == {
        "conv1": (2, 128, 27, 27),
        "bn1": (2, 128, 27, 27),
        "relu1": (2, 128, 27, 27),
        "conv2": (2, 128, 25, 25),
        "bn2": (2, 128, 25, 25),
        "conv3": (2, 128, 28, 28),
        "add": None,
        "relu2": None,
    }
    assert made.added == ((2, 128, 25, 25), (2, 128, 28, 28))


def children(block: BlockSpec, *, conv3d: bool = False) -> dict[str, Any]:
    """The modules of a block by their names in the tree."""
    prefix = f"{NAME}."
    modules = dict(wrong_module(block, conv3d=conv3d).named_modules())
    return {name.removeprefix(prefix): module for name, module in modules.items() if name.startswith(prefix)}


def main_path(block: BlockSpec, x: torch.Tensor) -> torch.Tensor:
    """The main path by hand, in train mode."""
    made, padding = children(block), block.padding
    for conv, norm in ((made["conv1"], made["bn1"]), (made["conv2"], made["bn2"])):
        x = F.conv2d(x, conv.weight, conv.bias, conv.stride, padding)
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), correction=0, keepdim=True)
        x = (x - mean) / (var + norm.eps).sqrt()
        x = F.relu(x) if conv is made["conv1"] else x
    return x.detach()


@pytest.mark.parametrize("name", ["one-position", "one-channel"])
def test_a_silent_sum_is_the_smaller_part_repeated(name: str) -> None:
    case = CASES[name]
    _, parts = attempt(case.block, case.shape, conv3d=case.conv3d)
    assert parts is not None
    x = torch.randn(case.shape, generator=torch.Generator().manual_seed(1))
    main = main_path(case.block, x)[0]
    whole = tuple(max(sizes) for sizes in zip(main.shape, x[0].shape, strict=True))
    by_hand = np.empty(whole)
    for c, h, w in itertools.product(*map(range, whole)):
        one = main[min(c, main.shape[0] - 1), min(h, main.shape[1] - 1), min(w, main.shape[2] - 1)]
        by_hand[c, h, w] = one + x[0, min(c, x.shape[1] - 1), min(h, x.shape[2] - 1), min(w, x.shape[3] - 1)]
    np.testing.assert_allclose(parts.total, by_hand, atol=1e-5)
    np.testing.assert_array_equal(parts.total, parts.main + parts.shortcut)


def test_a_conv3d_that_runs_adds_up_the_pictures_of_the_batch() -> None:
    case = CASES["padding-mended"].at(channels_in=2, channels_out=2, side=6)
    _, parts = attempt(case.block, case.shape, conv3d=case.conv3d)
    assert parts is not None
    conv = children(case.block, conv3d=True)[PROJECTION]
    assert isinstance(conv, nn.Conv3d)
    assert conv.bias is not None
    x = torch.randn(case.shape, generator=torch.Generator().manual_seed(1))[:, ::2, ::2, ::2]
    pictures = torch.einsum("on,nchw->ochw", conv.weight[:, :, 0, 0, 0], x) + conv.bias[:, None, None, None]
    np.testing.assert_allclose(parts.shortcut, pictures[0].detach(), atol=1e-6)


@pytest.mark.parametrize("check", REFERENCE["d2l_resnet18"]["residual_checks"])
def test_the_d2l_block_has_the_parameters_of_the_reference(check: dict[str, Any]) -> None:
    first, last = check["args"]
    case = CASES["right-odd" if check["kw"] else "bias"]
    block = case.at(channels_in=first, channels_out=last).block
    assert sum(p.numel() for p in wrong_module(block).parameters()) == check["params"]
    assert attempt(block, tuple(check["in"]), conv3d=False)[0].result == tuple(check["out"])


def test_a_bias_before_the_norm_does_nothing_in_training_and_fades_in_evaluation() -> None:
    effect = bias_effect(CASES["bias"].block, CASES["bias"].shape)
    assert effect.train < 1e-5 * effect.largest_output
    assert list(effect.evaluation) == [0, 1, 10, 100]
    assert effect.evaluation[0] > 0.1
    assert effect.evaluation[100] < 1e-4
    assert list(effect.evaluation.values()) == sorted(effect.evaluation.values(), reverse=True)


def test_the_effect_of_a_bias_is_that_of_ten_batches_one_after_the_other() -> None:
    case = CASES["bias"]
    assert case.mended is not None
    biased, plain = wrong_module(case.block), wrong_module(case.mended)
    plain.load_state_dict(biased.state_dict(), strict=False)
    x = torch.randn(case.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        for _ in range(10):
            biased(x), plain(x)
        far = float((biased.eval()(x) - plain.eval()(x)).abs().max())
    assert bias_effect(case.block, case.shape).evaluation[10] == pytest.approx(far, rel=1e-4)


def test_running_a_block_leaves_the_random_numbers_alone() -> None:
    before = torch.get_rng_state()
    for case in (CASES["as-printed"], CASES["no-projection"]):
        attempt(case.block, case.shape, conv3d=case.conv3d)
    assert torch.equal(before, torch.get_rng_state())
