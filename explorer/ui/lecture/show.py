"""Lecture: views of other pages in an order, with titles, as an address and as a file."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.errors import LinkError
from explorer.ui import shell, state
from explorer.ui.components.listing import listing
from explorer.ui.pages import FIRST, PAGES
from explorer.ui.params.shared import LECTURE
from explorer.ui.present import kept
from explorer.ui.present.mount import link_to_view
from explorer.ui.present.views import LONGEST_TITLE, Lecture, View, from_file, from_text, to_file, to_text
from explorer.ui.private_streamlit import taken
from explorer.ui.widgets import bound, save

_UPLOADS = "_lecture_uploads"
_REFUSED = "_lecture_refused"


def show() -> None:
    """Draw the page."""
    st.subheader("Lecture", anchor=False)
    views = kept.lecture() or _of_the_address()
    _say_other(views)
    if not views:
        st.markdown(
            "Nothing yet. On any page open **Present** and press *Add this view to the lecture*, or point at a figure "
            "and press *Add to lecture*. The views stand here in their order, and one key walks through them."
        )
    else:
        _start(views)
        for number, view in enumerate(views, 1):
            _row(views, number, view)
        save(
            "Save as a file",
            lambda: to_file(views),
            "lecture.json",
            key="lecture_save",
            help="All views with their titles, to be opened here again.",
        )
    _upload()


def _of_the_address() -> Lecture:
    """The lecture that came with a link; what cannot be read is said above the page."""
    try:
        return from_text(state.get(LECTURE)) if state.get(LECTURE) else ()
    except LinkError:
        return ()


def _say_other(views: Lecture) -> None:
    """A lecture that came with a link takes the place of one's own only when it is asked to."""
    sent = _of_the_address()
    if sent and sent != views:
        shell.warn(f"The link holds a lecture of {_count(sent)}; below is your own, of {_count(views)}.")
        st.button("Open the one of the link instead", key="lecture_take", on_click=lambda: kept.keep(sent))


def _start(views: Lecture) -> None:
    text = to_text(views)
    try:
        path, query = link_to_view(views, text, 1)
    except LinkError as error:
        shell.say_error(error)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="lecture_start"):
        st.page_link(
            shell.streamlit_page(PAGES[path]),
            label=f"Present {_count(views)}",
            icon=":material/slideshow:",
            query_params=query,
        )
    parts = urlsplit(st.context.url or "")
    place = "/" if path == FIRST else f"/{path}"
    listing(f"{parts.scheme}://{parts.netloc}{place}?{urlencode(query)}", wraps=True)
    st.caption("This address opens the lecture at its first view, for whoever has it; it holds all views.")


def _row(views: Lecture, number: int, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"lecture_row_{number}"):
        st.markdown(f"{number}", width=24)
        st.text_input(
            f"Title of view {number}",
            max_chars=LONGEST_TITLE,
            label_visibility="collapsed",
            width="stretch",
            **bound(f"lecture_title_{number}", view.title, lambda title: _retitle(views, number, title)),
        )
        if (view.page or FIRST) in PAGES:
            page = PAGES[view.page or FIRST]
            query = {name: text for name, text in view.query.items() if name != "present"}
            st.page_link(shell.streamlit_page(page), label=page.title, query_params=query, width=120)
        for label, to in (("↑", number - 2), ("↓", number)):
            st.button(
                label,
                key=f"lecture_{label}_{number}",
                help="Earlier" if label == "↑" else "Later",
                disabled=not 0 <= to < len(views),
                on_click=_move,
                args=(views, number - 1, to),
            )
        st.button("✕", key=f"lecture_remove_{number}", help="Remove", on_click=_remove, args=(views, number - 1))


def _retitle(views: Lecture, number: int, title: str) -> None:
    """Another title; an empty one leaves it as it was."""
    if title.strip():
        changed = View(title.strip(), views[number - 1].address)
        kept.keep((*views[: number - 1], changed, *views[number:]))


def _move(views: Lecture, place: int, to: int) -> None:
    others = [*views[:place], *views[place + 1 :]]
    others.insert(to, views[place])
    kept.keep(tuple(others))


def _remove(views: Lecture, place: int) -> None:
    kept.keep((*views[:place], *views[place + 1 :]))


def _upload() -> None:
    if st.session_state.get(_REFUSED):
        shell.say_error(st.session_state.pop(_REFUSED))
    key = f"w_lecture_file_{st.session_state.get(_UPLOADS, 0)}"
    st.file_uploader(
        "Open a lecture that was saved",
        type="json",
        max_upload_size=1,
        key=key,
        on_change=_take,
        args=(key,),
        width=360,
    )


def _take(key: str) -> None:
    upload = st.session_state[key]
    if upload is None:
        return
    try:
        kept.keep(from_file(taken(upload)))
    except LinkError as error:
        st.session_state[_REFUSED] = str(error)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def _count(views: Lecture) -> str:
    return f"{len(views)} view{'' if len(views) == 1 else 's'}"
