"""Paper and wall: what every page brings along so that it can be printed and presented."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from explorer.architecture.families import title_of
from explorer.errors import LinkError
from explorer.ui import shell, state
from explorer.ui.page import Page
from explorer.ui.pages import FIRST, PAGES
from explorer.ui.params.shared import LECTURE, PRESENT, SIZE, SLIDE
from explorer.ui.present import kept
from explorer.ui.present.views import LONGEST_TITLE, Lecture, View, from_text
from explorer.views.palette import LINE_COLOURS, STAGE_COLOURS, TEXT
from explorer.views.svg import MUTED

WHOLE_PAGE = "1"
MENU = "present_menu"
"""The key of the button that opens on what can be done with a view."""
_NEXT, _SAID = "_next_view", "_said_of_lecture"
_HERE = Path(__file__).parents[1] / "components"


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _as_in_light() -> str:
    """Rules that give a chart of the dark theme the light one's colours."""
    dark = (TEXT["dark"], MUTED["dark"], *STAGE_COLOURS["dark"].values(), *LINE_COLOURS["dark"])
    light = (TEXT["light"], MUTED["light"], *STAGE_COLOURS["light"].values(), *LINE_COLOURS["light"])
    rules = []
    for before, after in zip(dark, light, strict=True):
        drawn = f"rgb({', '.join(str(part) for part in bytes.fromhex(before[1:]))})"
        for what in ("fill", "stroke"):
            rules.append(f'.js-plotly-plot [style*="{what}: {drawn}"] {{ {what}: {after} !important; }}')
    return "".join(rules)


_BARE = _read("bare.css")
_STYLE = (
    f"<style>{_read('print.css')}@media print {{{_BARE}{_as_in_light()}}}"
    f"{_read('present.css')}html[data-present] {{{_BARE}}}</style>"
)
# registered once, when this module is imported
_COMPONENT = st.components.v2.component(
    "present",
    html=_read("present.html"),
    css=_read("present_tools.css"),
    js=_read("paper.js") + _read("chart_pdf.js") + _read("present.js"),
)


def mount(page: Page) -> None:
    """Bring along the rules and scripts of paper and wall; go on to the view that was asked for."""
    _go_on()
    st.html(_STYLE)
    title = title_now(page)
    shown = _shown()
    _COMPONENT(
        key="present",
        data={
            "title": title,
            "present": state.get(PRESENT),
            "slide": state.get(SLIDE) if shown else None,
            "slides": [view.title for view in shown],
            "lecture": kept.for_browser(),
            "asks": page.path == "lecture" or bool(st.session_state.get(MENU)),
        },
        on_present_change=lambda: _present(_sent("present")),
        on_slide_change=lambda: _show(shown, _sent("slide")),
        on_add_change=lambda: _add(page, _sent("add")),
        on_kept_change=lambda: kept.from_browser(str(_sent("kept"))),
    )
    if st.session_state.get(_SAID):
        st.toast(st.session_state.pop(_SAID))


def title_now(page: Page) -> str:
    """What is seen, in a line: the page, and the network and its input size where it looks at one."""
    parts = [page.title, page.heading()]
    if page.needs() != "none":
        height, width = state.get(SIZE)
        parts += [title_of(state.spec()), f"{height}×{width}"]
    return " · ".join(filter(None, parts))


def view_now(page: Page, title: str, present: str = WHOLE_PAGE) -> View:
    """What is seen as a view of a lecture.

    Args:
        page: that is shown.
        title: of the view.
        present: the whole page, or the name of a figure on it.
    """
    query = {**state.link(page.path, {SLIDE: None, LECTURE: None}), PRESENT.name: present}
    return View(title[:LONGEST_TITLE], f"/{'' if page.path == FIRST else page.path}?{urlencode(query)}")


def link_to_view(lecture: Lecture, text: str, number: int) -> tuple[str, dict[str, str]]:
    """Page and parameters of one view of a lecture, while it is presented.

    Args:
        lecture: the views.
        text: the lecture as it stands in an address.
        number: of the view, from 1.

    Raises:
        LinkError: when this app has no such page.
    """
    view = lecture[number - 1]
    path = view.page or FIRST
    if path not in PAGES:
        raise LinkError(f"View {number} of the lecture is on a page {view.page[:40]!r}, which this app does not have.")
    return path, {PRESENT.name: WHOLE_PAGE, **view.query, SLIDE.name: str(number), LECTURE.name: text}


def _sent(name: str) -> object:
    """What the script has sent."""
    return st.session_state["present"].get(name)


def _shown() -> Lecture:
    """The lecture of the address; nothing, and a sentence, where it cannot be read."""
    text = state.get(LECTURE)
    if not text:
        return ()
    try:
        return from_text(text)
    except LinkError as error:
        shell.say_error(error)
        return ()


def _present(what: object) -> None:
    if what is None:
        return
    over = {SLIDE: None, LECTURE: None} if not what else {}
    state.update({PRESENT: str(what) or None, **over})


def _show(lecture: Lecture, number: object) -> None:
    """Go to a view: here when it is on this page, else when the page is drawn anew."""
    if not isinstance(number, int) or not 1 <= number <= len(lecture):
        return
    try:
        path, query = link_to_view(lecture, state.get(LECTURE), number)
    except LinkError as error:
        state.refuse(str(error))
        return
    if path == state.page():
        state.follow(query)
    else:
        st.session_state[_NEXT] = (path, query)


def _go_on() -> None:
    if _NEXT in st.session_state:
        path, query = st.session_state.pop(_NEXT)
        st.switch_page(shell.streamlit_page(PAGES[path]), query_params=query)


def _add(page: Page, sent: object) -> None:
    if not isinstance(sent, Mapping):
        return
    if kept.for_browser() is None:
        kept.from_browser(str(sent["kept"]))
    st.session_state[_SAID] = kept.add(view_now(page, title_now(page), str(sent["figure"])))
