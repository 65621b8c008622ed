"""Journey 12: files of weights of many kinds are dropped, named, and opened on every page with one click."""

from __future__ import annotations

import io
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from playwright.sync_api import expect
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, ResNet

from explorer import describe, preset
from explorer.architecture.spec import ResNetSpec
from explorer.model import build
from tests.browser.app_page import AppPage

UPLOADER = "Drop a file with weights"
OPEN = "Open it on every page"
SMALL = ResNetSpec(block="basic", depths=(1, 1), widths=(8, 16), stem="cifar", num_classes=7)


def weights(spec: ResNetSpec, seed: int = 3) -> dict[str, Tensor]:
    return build(describe(spec), device="cpu", seed=seed).state_dict()


def resnet20() -> dict[str, Tensor]:
    return weights(preset("resnet20"))


def saved(content: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer, **how)
    return buffer.getvalue()


def behind(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}{name}": tensor for name, tensor in tensors.items()}


def kuangliu() -> dict[str, Tensor]:
    tensors = weights(SMALL.replace(shortcut="B"))
    words = {"downsample": "shortcut", "fc.": "linear."}
    for ours, theirs in words.items():
        tensors = {name.replace(ours, theirs): tensor for name, tensor in tensors.items()}
    return tensors


def children() -> dict[str, Tensor]:
    torch.manual_seed(0)
    whole = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=7)
    return nn.Sequential(*whole.children()).state_dict()


def without_a_classifier() -> dict[str, Tensor]:
    return {name: tensor for name, tensor in resnet20().items() if not name.startswith("fc.")}


KINDS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "weights alone": ("plain.pth", lambda: saved(resnet20()), "ResNet-20"),
    "a training script's": (
        "run.pth.tar",
        lambda: saved(
            {"epoch": 9, "args": Namespace(lr=0.1, arch="resnet20"), "state_dict": behind("module.", resnet20())}
        ),
        "ResNet-20",
    ),
    "before torch 1.6": ("old.th", lambda: saved(resnet20(), _use_new_zipfile_serialization=False), "ResNet-20"),
    "safetensors": ("model.safetensors", lambda: safetensors.torch.save(resnet20()), "ResNet-20"),
    "Lightning's": (
        "last.ckpt",
        lambda: saved({"state_dict": behind("model.", resnet20()), "hyper_parameters": {"lr": 0.1}}),
        "ResNet-20",
    ),
    "half precision": ("half", lambda: saved({name: t.half() for name, t in resnet20().items()}), "ResNet-20"),
    "kuangliu's names": ("kuangliu.pth", lambda: saved({"net": kuangliu(), "acc": 93.1, "epoch": 9}), "7 classes"),
    "a Sequential of children": ("body.pth", lambda: saved(children()), "7 classes"),
    "another size of the head": (
        "seven.pt",
        lambda: saved(weights(preset("resnet20").replace(num_classes=7))),
        "7 classes",
    ),
    "no classifier": ("backbone.bin", lambda: saved(without_a_classifier()), "no classifier"),
    "a compiled one's": ("compiled.pt", lambda: saved(behind("_orig_mod.", resnet20())), "ResNet-20"),
    "a backbone in a larger model": (
        "detector.pth",
        lambda: saved({**behind("backbone.body.", resnet20()), "roi.weight": torch.zeros(3, 4)}),
        "ResNet-20",
    ),
    "two in one file, of which one is chosen": (
        "distilled.pth",
        lambda: saved({"student": resnet20(), "teacher": weights(SMALL)}),
        "choose one",
    ),
}


def given(folder: Path, name: str, data: bytes) -> Path:
    """A file, as bytes that are handed over would be spelled out on their way into the browser."""
    file = folder / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_named_and_one_click_opens_it(page: AppPage, kind: str, tmp_path: Path) -> None:
    name, made, said = KINDS[kind]
    page.open("/checkpoint").upload(UPLOADER, given(tmp_path, name, made()))
    page.expect_text(said)
    page.expect_text(name)
    if "choose" in said:
        expect(page.tab.get_by_role("button", name=OPEN, exact=True)).to_have_count(0)
        page.tab.get_by_role("radiogroup", name="Network").get_by_text("under student").click()
        page.idle()
    page.press(OPEN)
    page.expect_text("It is open.")
    assert page.query["weights"] == "file"
    page.go("Feature maps")
    page.expect_text(name)


def test_a_wrong_file_gets_one_sentence_and_the_next_one_takes_it_away(page: AppPage, tmp_path: Path) -> None:
    page.open("/checkpoint").upload(UPLOADER, given(tmp_path, "notes.txt", b"These are notes and no weights. " * 40))
    warned = page.tab.get_by_test_id("stAlert").filter(has_text="notes.txt")
    expect(warned).to_have_count(1)
    page.upload(UPLOADER, given(tmp_path, "mine.pth", saved(resnet20())))
    page.expect_text("mine.pth")
    expect(warned).to_have_count(0)


def test_a_name_in_the_file_is_no_markup_and_the_tree_folds(page: AppPage, tmp_path: Path) -> None:
    hostile = resnet20() | {"<img src=x onerror=alert(1)>": torch.zeros(2)}
    page.open("/checkpoint").upload(UPLOADER, given(tmp_path, "**bold**.pth", saved(hostile)))
    page.expect_text("**bold**.pth")
    page.expect_text("<img src=x onerror=alert(1)>")
    stage = page.tab.locator(".tree details").filter(has=page.tab.locator("summary", has_text="layer1")).first
    assert stage.get_attribute("open") is None
    stage.locator("summary").first.click()
    assert stage.get_attribute("open") is not None


def test_the_example_is_opened_as_a_file_and_a_layer_is_picked(page: AppPage) -> None:
    page.open("/checkpoint").press("Open the trained example: digits")
    page.expect_text("116 of 116 tensors loaded")
    page.select("Layer", "layer1.0.bn1")
    assert page.query == {"opened": "digits", "of_layer": "layer1.0.bn1"}
    page.back()
    assert page.query == {"opened": "digits"}
    assert page.selected("Layer") == "conv1"
