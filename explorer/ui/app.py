"""The app on every run of the script: page config, navigation, the row on top, and the chosen page."""

import os
import time
from itertools import groupby

# Large pages halve what recording every layer costs; torch reads this when it is imported, which pages do later.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import picker, private_streamlit, shell, state, widgets, work
from explorer.ui.components.been_here import remember
from explorer.ui.pages import FIRST, PAGES
from explorer.ui.present.menu import menu
from explorer.ui.present.mount import mount
from explorer.ui.runs import under_way
from explorer.ui.welcome import welcome


@widgets.run()
def draw() -> None:
    """Draw the app."""
    st.set_page_config(
        page_title="ResNet Explorer",
        page_icon=shell.ICON,
        layout="wide",
        initial_sidebar_state="collapsed",
        menu_items={"About": shell.ABOUT},
    )
    private_streamlit.keep_some_runs_more()
    links = {
        group: [*map(shell.streamlit_page, pages)] for group, pages in groupby(PAGES.values(), lambda page: page.group)
    }
    chosen = st.navigation({**links, "": [shell.first_by_name()]}, position="hidden")
    page = PAGES[chosen.url_path or FIRST]
    state.read(page.path, PAGES)
    state.show_choice()
    shell.style(page)
    shell.navigation(page, menu)
    under_way.sign(page)
    top = page.needs()
    more_options = None if top == "none" else picker.compact_row()
    shell.say_problems()
    problem = shell.totals() if top == "totals" else ""
    time.sleep(shell.paint_seconds())  # the browser paints the totals before it is given all that follows
    remember()
    mount(page)
    if page.path == FIRST and not st.query_params:
        welcome()
    if more_options is not None and more_options.open:
        with more_options:
            picker.spec_options()
            picker.device()
            work.option()
    try:
        chosen.run()
    except ExplorerError as error:
        if str(error) != problem:
            shell.say_error(error)
    state.write_choice()
