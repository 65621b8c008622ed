"""An address as a QR code, for phones that point their camera at the screen."""

from __future__ import annotations

from html import escape

import segno
from segno.encoder import DataOverflowError

from explorer.errors import LinkError

FINEST_VERSION = 25
"""Of the pattern, 117 modules a side: a finer one is hard to read from a screen."""
ROOM = 997
"""Bytes that it holds (ISO/IEC 18004, table 7)."""
QUIET_MODULES = 4
"""Of white around it, which readers need."""
MODULE_PIXELS = 3


def qr_html(address: str, *, pixels: int = 260) -> str:
    """The code as an image in HTML: black on white in both themes, with the white margin that readers need.

    Args:
        address: what is encoded; a longer one makes a finer pattern.
        pixels: the least side of the image; a fine pattern is larger.

    Raises:
        LinkError: the address is too long for a code that a phone can read.
    """
    too_long = LinkError(
        f"The address has {len(address):,} characters; a QR code that a phone can read from a screen has room for "
        f"{ROOM}. Copy the link instead."
    )
    try:
        # at most 15 % of it may be hidden or blurred (level M of ISO/IEC 18004)
        code = segno.make(address, error="m", micro=False)
    except DataOverflowError:
        raise too_long from None
    if int(code.version) > FINEST_VERSION:
        raise too_long
    side = max(pixels, MODULE_PIXELS * code.symbol_size(border=QUIET_MODULES)[0])
    image = code.png_data_uri(scale=8, border=QUIET_MODULES)
    return f'<img src="{image}" width="{side}" height="{side}" alt="QR code of {escape(address)}">'
