"""Journey 6: what is wrong gets one sentence, nothing is lost, and the app goes on."""

from pathlib import Path

import torch

from explorer import describe, preset
from explorer.model import build
from tests.browser.app_page import AppPage


def test_a_weights_file_is_refused_then_a_good_one_is_used(page: AppPage, tmp_path: Path) -> None:
    notes, mine = tmp_path / "notes.pth", tmp_path / "mine.pth"
    notes.write_bytes(b"These are notes and no weights. " * 40)
    torch.save(build(describe(preset("resnet20").replace(num_classes=7)), device="cpu").state_dict(), mine)

    page.open("/?network=resnet20").select("Weights", "a file of yours")
    page.upload("Drop a file with weights", notes)
    page.expect_text("notes.pth")
    assert page.query == {"network": "resnet20"}

    page.upload("Drop a file with weights", mine)
    page.press("Open it on every page")
    assert page.query["weights"] == "file"
    assert page.query["num_classes"] == "7"
    page.go("Feature maps")
    page.expect_text("mine.pth")


def test_wrong_parameters_in_a_link_are_each_said_and_the_rest_is_shown(page: AppPage) -> None:
    page.open("/feature-maps?network=resnet18&size=5000&nonsense=1&row=layer9&channel=-4&weights=best")
    for words in ("'5000'", "nonsense", "layer9", "'-4'", "'best'"):
        page.expect_text(words)
    assert page.metric("Parameters") == "11,689,512"
    page.expect_text("Channels")


def test_a_network_too_large_for_the_device_says_needed_free_and_what_would_fit(page: AppPage) -> None:
    # few weights and much to keep: 780 GB at this size, 0.2 GB at the next
    page.open("/feature-maps?depths=32&widths=64&stem=cifar&size=2048")
    page.expect_text("free, of which")
    page.expect_text("would fit")
    page.select("Input size", "32×32")
    page.expect_text("input: 32×32")


def test_published_weights_without_a_network_are_told_in_one_sentence(page: AppPage) -> None:
    page.open("/feature-maps?network=resnet18&weights=IMAGENET1K_V1&size=64")
    page.expect_text("could not be fetched")
    page.expect_text("random, seed 0")


def test_a_norm_that_would_see_one_value_says_the_smallest_input(page: AppPage) -> None:
    page.open("/?norm=instance&size=32")
    page.expect_text("33×33")
    page.select("Input size", "64×64")
    assert page.metric("Weighted layers") == "50 = 49 + 1"
