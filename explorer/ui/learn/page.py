"""Learn: short chapters, one idea each, with a figure and the page on which to try it."""

from explorer.ui import state
from explorer.ui.learn import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in
from explorer.ui.params.shared import LANGUAGE


def _heading() -> str:
    """The chapter's title."""
    from explorer.ui.learn.contents import BOOKS, ENGLISH  # the chapters are read only once Learn is opened

    chapter = BOOKS.get(state.get(LANGUAGE), BOOKS[ENGLISH]).by_name.get(state.get(params.CHAPTER))
    return chapter.title if chapter and not state.get(params.QUESTIONS) else ""


def _taken_up() -> state.Changes:
    """The homework that is being put together."""
    from explorer.ui.learn.homework import kept

    return {params.HOMEWORK: kept()} if kept() else {}


PAGE = Page(
    title="Learn",
    path="learn",
    group="Learn",
    place=1,
    parameters=defined_in(params),
    heading=_heading,
    taken_up=_taken_up,
    taken_up_unless=(params.QUESTIONS, params.HOMEWORK),
    top="none",
)
