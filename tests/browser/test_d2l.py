"""The textbook's network at its 96×96 pixels of one channel: from the number in the book to its feature maps."""

from tests.browser.app_page import AppPage


def test_the_textbooks_network_is_read_and_fed_a_grey_picture(page: AppPage) -> None:
    page.open("/")
    page.select("Network", "ResNet-18 (d2l) · From a textbook")
    page.select("Input size", "96×96")
    assert page.metric("Parameters") == "11,178,378"
    assert page.metric("MACs") == "319 M"
    assert page.query == {"network": "d2l_resnet18", "size": "96"}
    page.go("Feature maps")
    page.expect_text("input: 96×96")
    page.expect_text("64 of 64 channels of conv1, 48×48 each")
    page.back()
    assert page.metric("Weighted layers") == "18 = 17 + 1"
