"""Following runs on other screens: a short address, and its QR code."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from explorer.labs.runs.jobs import Watched
from explorer.ui import other_screens
from explorer.ui.components.listing import listing
from explorer.ui.training.params import FOLLOW
from explorer.views.qr import qr_html

DIGITS = 6
"""Of an id, that stand in the address."""


def offer(watched: Sequence[Watched]) -> None:
    """Draw the button that shows the address and its code; nothing where no run was trained here.

    Args:
        watched: the runs that are drawn.
    """
    own = [one.run.id for one in watched if not one.run.is_shipped]
    if not own or st.context.url is None:
        return
    box = st.popover("Follow", icon=":material/qr_code:", key="t_follow_box", help="On phones, live.")
    with box:
        address, is_reached = short_address(st.context.url, own[0])
        st.html(qr_html(address))
        listing(address)
        st.caption(
            "The curves of these runs, live, for as many phones as there are."
            if is_reached
            else other_screens.UNREACHED
        )


def short_address(url: str, run_id: str) -> tuple[str, bool]:
    """The address that follows a run and those that were begun with it.

    Args:
        url: of the page as the browser has it; where that is this machine's own name for itself, its number in the
            network is taken instead.
        run_id: of the first run.

    Returns:
        The address, and whether other machines can reach it as far as is known.
    """
    query = f"{FOLLOW.name}={run_id[:DIGITS]}"
    return other_screens.for_others(urlsplit(url)._replace(query=query, fragment="").geturl())
