"""Journey 6: what is wrong gets one sentence, nothing is lost, and the app goes on."""

import io

import torch

from explorer import describe, preset
from explorer.model import build
from tests.browser.app_page import AppPage


def offer(page: AppPage, name: str, content: bytes) -> None:
    """Upload a weights file under "More options", which stays open."""
    page.tab.get_by_test_id("stFileUploader").locator("input[type=file]").last.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.idle()


def test_a_weights_file_is_refused_then_a_good_one_is_used(page: AppPage) -> None:
    page.open("/compare?network=resnet18&size=64")
    page.tab.get_by_role("button", name="More options", exact=True).click()
    page.idle()
    page.select("Weights", "A file of yours")
    offer(page, "notes.pth", b"These are notes and no weights. " * 40)
    page.expect_text("notes.pth")
    assert page.query == {"network": "resnet18", "size": "64"}

    buffer = io.BytesIO()
    torch.save(build(describe(preset("resnet18").replace(num_classes=10)), device="cpu").state_dict(), buffer)
    offer(page, "mine.pth", buffer.getvalue())
    page.tab.get_by_role("button", name="Load into the network").click()
    page.idle()
    assert page.query["weights"] == "file"
    assert page.query["num_classes"] == "10"
    page.tab.keyboard.press("Escape")
    page.go("Feature maps")
    page.expect_text("mine.pth")


def test_wrong_parameters_in_a_link_are_each_said_and_the_rest_is_shown(page: AppPage) -> None:
    page.open("/feature-maps?network=resnet18&size=5000&nonsense=1&row=layer9&channel=-4&weights=best")
    for words in ("'5000'", "nonsense", "layer9", "'-4'", "'best'"):
        page.expect_text(words)
    assert page.metric("Parameters") == "11,689,512"
    page.expect_text("Channels")


def test_a_network_too_large_for_the_device_says_needed_free_and_what_would_fit(page: AppPage) -> None:
    page.open("/feature-maps?network=wide_resnet101_2&size=2048&stem=cifar")
    page.expect_text("free, of which")
    page.expect_text("would fit")
    page.select("Input size", "64×64")
    assert page.query["size"] == "64"


def test_published_weights_without_a_network_are_told_in_one_sentence(page: AppPage) -> None:
    page.open("/feature-maps?network=resnet18&weights=IMAGENET1K_V1&size=64")
    page.expect_text("could not be fetched")
    page.expect_text("random, seed 0")


def test_a_norm_that_would_see_one_value_says_the_smallest_input(page: AppPage) -> None:
    page.open("/?norm=instance&size=32")
    page.expect_text("33×33")
    page.select("Input size", "64×64")
    assert page.metric("Weighted layers") == "50 = 49 + 1"
