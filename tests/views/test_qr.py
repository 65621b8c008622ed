"""A QR code says what it was made of, to a reader that we did not write."""

from __future__ import annotations

import base64
import io
import re

import pytest
import zxingcpp
from PIL import Image

from explorer.errors import LinkError
from explorer.views.qr import ROOM, qr_html


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.5:8501/training?t_follow=3fa29b",
        "https://example.org/resnet/training?t_follow=0123456789ab",
        "http://[fe80::1]:8501/training?t_follow=ffffff&name=é",
    ],
)
def test_a_reader_of_qr_codes_reads_the_address(address: str) -> None:
    found = re.search(r'src="data:image/png;base64,([^"]+)"', qr_html(address))
    assert found is not None
    image = Image.open(io.BytesIO(base64.b64decode(found[1])))
    (code,) = zxingcpp.read_barcodes(image.convert("L"))
    assert code.text == address
    # the margin of four modules that ISO/IEC 18004 asks for is white
    assert min(image.convert("L").crop((0, 0, image.width, 4 * 8)).tobytes()) == 255
    assert f'alt="QR code of {address.replace("&", "&amp;")}"' in qr_html(address)


def test_the_longest_address_is_read_at_the_size_that_it_is_shown_at() -> None:
    address = "https://example.org/compare?nets=" + "a" * (ROOM - 33)
    assert len(address) == ROOM
    html = qr_html(address)
    found = re.search(r'base64,([^"]+)" width="(\d+)"', html)
    assert found is not None
    side = int(found[2])
    assert side == 375  # 117 modules and 8 of white, three pixels each; narrower than a phone
    image = Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("L").resize((side, side))
    (code,) = zxingcpp.read_barcodes(image)
    assert code.text == address


@pytest.mark.parametrize("length", [ROOM + 1, 2_400, 20_000])
def test_a_longer_address_is_refused_in_a_sentence(length: int) -> None:
    with pytest.raises(LinkError, match=f"^The address has {length:,} characters; .* has room for 997"):
        qr_html("https://example.org/?a=".ljust(length, "b"))
