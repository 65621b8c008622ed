"""ResNet Explorer: page config, navigation and the row on top of every page."""

import os
import time

# Large pages halve what recording every layer costs; torch reads this when it is imported, which pages do later.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import kept_files, picker, shell, state, weights_form

st.set_page_config(
    page_title="ResNet Explorer",
    page_icon=shell.ICON,
    layout="wide",
    initial_sidebar_state="collapsed",
    menu_items={"About": shell.ABOUT},
)
kept_files.keep_some_runs_more()
page = st.navigation(shell.pages(), position="hidden")
state.read(page.url_path or shell.FIRST)
shell.style()
shell.navigation(page.url_path or shell.FIRST)
# these pages have networks of their own
has_own = page.url_path in ("training", "learn") or shell.measures_others(page.url_path)
more_options = None if has_own else picker.compact_row()
shell.say_problems()
# the page Block counts a block of its own, not the network that it may be taken from; the two others have several
problem = "" if has_own or page.url_path in ("block", "gradient-flow", "transfer") else shell.totals()
time.sleep(shell.PAINT_SECONDS)  # the browser paints the totals before it is given all that follows
if more_options is not None and more_options.open:
    with more_options:
        picker.spec_options()
        weights_form.weights_and_device()
try:
    page.run()
except ExplorerError as error:
    if str(error) != problem:
        shell.say_error(error)
