"""An address as a QR code, for phones that point their camera at the screen."""

from __future__ import annotations

from html import escape

import segno


def qr_html(address: str, *, pixels: int = 260) -> str:
    """The code as an image in HTML: black on white in both themes, with the white margin that readers need.

    Args:
        address: what is encoded; a longer one makes a finer pattern.
        pixels: the side of the image.
    """
    # at most 15 % of it may be hidden or blurred (level M of ISO/IEC 18004)
    image = segno.make(address, error="m", micro=False).png_data_uri(scale=8, border=4)
    return f'<img src="{image}" width="{pixels}" height="{pixels}" alt="QR code of {escape(address)}">'
