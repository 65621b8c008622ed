"""The button Present: what it does in a word, this view as the next of a lecture, and the printer."""

from __future__ import annotations

import streamlit as st

from explorer.ui import shell
from explorer.ui.page import Page
from explorer.ui.present import kept
from explorer.ui.present.mount import MENU, title_now, view_now
from explorer.ui.present.views import LONGEST_TITLE

_TITLE = "w_view_title"


def menu(page: Page) -> None:
    """The button and what it opens on."""
    box = st.popover("Present", key=MENU, type="tertiary", on_change="rerun", width="content")
    if not box.open:
        return
    with box:
        st.caption(
            "**P** presents this page: large, without controls, on the full screen; **Escape** leaves. A figure alone: "
            "point at it, then *Present* in its corner. **→** and **←**, or a clicker, walk through a lecture."
        )
        st.button("Present this page", key="present_page", help="The key P does the same.")
        title = st.text_input("Title of this view", title_now(page), max_chars=LONGEST_TITLE, key=_TITLE)
        st.button("Add this view to the lecture", key="present_add", on_click=lambda: _add(page, title))
        count = len(kept.lecture())
        shell.link_to("lecture", f"Lecture: {count} view{'' if count == 1 else 's'}")
        st.button("Print, or save as PDF", key="print_page", help="Every page is whole on A4.")


def _add(page: Page, title: str) -> None:
    st.toast(kept.add(view_now(page, title.strip() or title_now(page))))
