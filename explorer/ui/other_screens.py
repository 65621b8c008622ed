"""What is shown here, opened on another screen: its address as others can open it, and the QR code of that."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from explorer.errors import LinkError
from explorer.ui import private_streamlit
from explorer.views.qr import qr_html

LONGEST = 20_000
"""Characters of an address that is looked at."""
UNREACHED = "Other machines cannot open this address: open the app by this machine's name in your network."


def browsers_address() -> str:
    """The address that the browser shows; empty where it has not said it."""
    return st.context.url or ""


def for_others(address: str) -> tuple[str, bool]:
    """An address with this machine's number in its network in place of its own name for itself.

    Args:
        address: as the browser has it.

    Returns:
        The address, and whether other machines can reach it as far as is known.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host not in private_streamlit.OWN_NAMES:
        return address, True
    if private_streamlit.serves_this_machine_alone():
        return address, False
    host = private_streamlit.number_in_the_network()
    port = f":{parts.port}" if parts.port else ""
    there = parts._replace(netloc=f"{f'[{host}]' if ':' in host else host}{port}")
    return there.geturl(), host not in private_streamlit.OWN_NAMES


def code_of(address: object) -> dict[str, str]:
    """The QR code of an address, and what is said of it.

    Args:
        address: as the browser has sent it.

    Returns:
        ``of``, the address as it was sent; ``address``, as others open it; ``html``, the image, empty where there is
        none; ``said``, a sentence.
    """
    sent = str(address)[:LONGEST]
    theirs, is_reached = for_others(sent)
    try:
        html = qr_html(theirs)
    except LinkError as error:
        return {"of": sent, "address": theirs, "html": "", "said": str(error)}
    return {"of": sent, "address": theirs, "html": html, "said": _said(sent, theirs) if is_reached else UNREACHED}


def _said(sent: str, theirs: str) -> str:
    if sent == theirs:
        return "Point a phone's camera at it: it opens what is shown here."
    here, there = (urlsplit(one).hostname for one in (sent, theirs))
    return f"A phone in the same network opens what is shown here; for it this machine is {there} and not {here}."
