"""One chapter as it is read: text, formula, figure, where to try it, traps, sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from importlib import import_module

import streamlit as st

from explorer.ui.learn import figures
from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.quantities import fill, filled
from explorer.ui.pages import PAGES
from explorer.ui.shell import streamlit_page


def read(chapter: Chapter) -> None:
    """Draw a chapter."""
    chapter = filled(chapter)
    st.html(f"<h2 class='chapter'>{escape(chapter.title, quote=False)}</h2>")
    with st.container(key="learn_text"):
        st.markdown(chapter.text)
        st.latex(chapter.formula)
        st.caption(chapter.where)
    with st.container(key="learn_figure"):
        numbers = figure(chapter.figure)()
        if chapter.caption:
            st.caption(fill(chapter.caption, numbers))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="learn_tries"):
        st.markdown("**Try it**", width="content")
        for link in chapter.tries:
            follow(link)
    for place, trap in enumerate(chapter.traps):
        _trap(trap, place)
    st.caption(f"{'Source' if len(chapter.sources) == 1 else 'Sources'}: {'; '.join(chapter.sources)}.")


def figure(name: str) -> Callable[[], Mapping[str, object]]:
    """What draws a figure and returns the numbers that its caption names.

    Its module is imported now, when the text above it has gone to the browser: most of them need torch.

    Args:
        name: ``norms.two_modes``, a module of ``explorer.ui.learn.figures`` and a function in it.
    """
    module, function = name.split(".")
    found: Callable[[], Mapping[str, object]] = getattr(import_module(f"{figures.__name__}.{module}"), function)
    return found


def follow(link: Link) -> None:
    """A link to a page in the state that it names, and in no other."""
    st.page_link(streamlit_page(PAGES[link.page]), label=link.label, query_params=dict(link.query), width="content")


def _trap(trap: Trap, place: int) -> None:
    with st.container(border=True, key=f"learn_trap_{place}", gap="small"):
        st.markdown(f"✕ **Often written**: {trap.written}\n\n✓ **What is so**: {trap.so}")
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"learn_see_{place}"):
            st.markdown("**See it**", width="content")
            follow(trap.see)
        st.caption(f"Source: {trap.source}.")
