"""Learn: short chapters, one idea each, with a figure and the page on which to try it."""

from functools import partial

import streamlit as st

from explorer.ui import state, widgets
from explorer.ui.components.top import to_top
from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.contents import ARTICLES, BY_NAME, CHAPTERS
from explorer.ui.learn.reading import read

STYLE = """<style>
h2.chapter { font-size: 1.6rem; line-height: 1.25; margin: 0; padding: 0; }
.st-key-learn_text { max-width: 46rem; }
.st-key-learn_contents h3 { font-size: 0.95rem; font-weight: 650; padding: 8px 0 2px; }
.st-key-learn_contents button { padding: 2px 6px; min-height: 0; text-align: left; justify-content: flex-start; }
.st-key-learn_contents [class*="_current"] button { box-shadow: inset 2px 0 0 currentColor; border-radius: 0; }
.st-key-learn_contents [class*="_current"] button p { font-weight: 650; }
.st-key-learn_text .katex-display { overflow: auto hidden; padding: 2px 0; }
div:has(> .st-key-learn_choice) { display: none; }
:is(.st-key-learn_tries, [class*="st-key-learn_see"]) a { padding: 0 8px 0 0; color: inherit; }
:is(.st-key-learn_tries, [class*="st-key-learn_see"]) a p { text-decoration: underline; text-underline-offset: 3px; }
@media (max-width: 640px) {
  div:has(> .st-key-learn_contents) { display: none; }
  div:has(> .st-key-learn_choice) { display: block; }
  .st-key-learn_text .katex { font-size: 1.05em; }
}
</style>"""


def main() -> None:
    st.html(STYLE)
    chapter = _chosen()
    left, right = st.columns([1, 3.2], gap="medium")
    with left:
        _contents(chapter)
    with right:
        to_top(chapter.name, key="learn_top")
        read(chapter)
        _neighbours(chapter)


def _chosen() -> Chapter:
    name = state.get("chapter")
    if name not in BY_NAME:
        st.warning(
            f"There is no chapter named {name!r}; the first is shown. Choose another from the list.",
            icon=":material/warning:",
        )
    return BY_NAME.get(name, CHAPTERS[0])


def _contents(current: Chapter) -> None:
    """All chapters: as a list where there is room, as a drop-down on a phone."""
    with st.container(key="learn_choice"):
        titles = {chapter.name: f"{n}. {chapter.title}" for n, chapter in enumerate(CHAPTERS, 1)}
        widgets.choose("chapter", "Chapter", titles, help="In the order in which they build on each other.")
    with st.container(key="learn_contents", gap=None):
        numbers = {chapter.name: n for n, chapter in enumerate(CHAPTERS, 1)}
        for title, chapters in ARTICLES.items():
            if chapters:
                st.html(f"<h3>{title}</h3>")
            for chapter in chapters:
                mark = "_current" if chapter is current else ""
                with st.container(key=f"learn_to_{chapter.name}{mark}"):
                    _open(chapter, f"{numbers[chapter.name]}. {chapter.title}", key=f"learn_open_{chapter.name}")


def _neighbours(current: Chapter) -> None:
    place = CHAPTERS.index(current)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="learn_neighbours"):
        if place > 0:
            _open(CHAPTERS[place - 1], f"← {CHAPTERS[place - 1].title}", key="learn_before")
        if place + 1 < len(CHAPTERS):
            _open(CHAPTERS[place + 1], f"{CHAPTERS[place + 1].title} →", key="learn_after")


def _open(chapter: Chapter, label: str, *, key: str) -> None:
    """A button, for Streamlit's link into the page that is shown leaves the address as it was."""
    st.button(label, type="tertiary", key=key, on_click=partial(state.update, chapter=chapter.name))


main()
