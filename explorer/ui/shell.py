"""What stands around every page: navigation, totals, status, and the sentences about what was wrong."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import streamlit as st

from explorer.architecture.families import Spec
from explorer.architecture.plan import Plan
from explorer.architecture.stargan import returned_size_note
from explorer.architecture.weights import WeightsChoice
from explorer.errors import ExplorerError
from explorer.ui import state, work
from explorer.ui.components.been_here import been_here
from explorer.ui.components.copy_link import copy_link
from explorer.ui.components.fold import fold
from explorer.ui.markup import without_markup
from explorer.ui.page import Page
from explorer.ui.pages import FIRST, PAGES
from explorer.ui.params.shared import DEVICE, FILE, OWN, SAMPLE, WEIGHTS
from explorer.views.numbers import in_bytes, in_short
from explorer.views.palette import Theme
from explorer.views.web.files import path_of

PAINT_SECONDS, FIRST_PAINT_SECONDS = 0.08, 0.4
"""What a browser takes to paint the totals; one that was never here has yet to load what paints them."""
ICON = str(Path(__file__).parent / "icon.png")
STOP = ":material/error:"
ABOUT = (
    "ResNet Explorer: pick a residual network, see every number in it, feed it an image and watch what happens inside."
)


def streamlit_page(page: Page) -> st.Page:
    """A page as Streamlit's navigation and links take it; the first one is at the bare address."""
    first = page.path == FIRST
    return st.Page(page.draw, title=page.title, url_path="" if first else page.path, default=first)


def first_by_name() -> st.Page:
    """The first page at an address of its own too, for who types its name; no link leads there."""
    return st.Page(PAGES[FIRST].draw, title=PAGES[FIRST].title, url_path=FIRST, visibility="hidden")


def link_to(
    path: str, label: str, changes: state.Changes | None = None, *, spec: Spec | None = None, help: str | None = None
) -> None:
    """A link into a page in the present state, with some changes; one step of Back.

    Args:
        path: of the page.
        label: the words of the link.
        changes: values by parameter.
        spec: another network.
        help: one sentence shown on hover.
    """
    query = state.link(path, changes, spec=spec)
    if (changes or spec) and path == state.page():
        # a link of Streamlit's into the page that is shown leaves the browser's address as it was
        st.button(label, help=help, type="tertiary", key=f"here_{label}", on_click=lambda: state.follow(query))
    else:
        st.page_link(streamlit_page(PAGES[path]), label=label, help=help, query_params=query)


def go_to(path: str) -> NoReturn:
    """Leave for another page in the present state, as one step of Back. Not to be called from a widget's callback."""
    st.switch_page(streamlit_page(PAGES[path]), query_params=state.link(path))


def navigation(current: Page, menu: Callable[[Page], None]) -> None:
    """The links to all pages; they carry the state, so that a change of page is one step of Back.

    Args:
        current: the page that is shown.
        menu: draws the last thing of the row.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="navigation"):
        st.html(f'<h1 class="brand">ResNet Explorer<span class="unseen">: {current.title}</span></h1>', width="content")
        fold("menu", current.title, page=current.path)
        with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key="pages"):
            for page in PAGES.values():
                with st.container(key=f"nav_{page.path}{'_current' if page is current else ''}", width="content"):
                    link_to(page.path, page.title)
            menu(current)
        copy_link(left_out())


def left_out() -> str:
    """The words for what the address does not carry: files."""
    own = [
        words
        for words, is_own in (("file", state.get(WEIGHTS) == FILE), ("pictures", state.get(SAMPLE) == OWN))
        if is_own
    ]
    return f"without your {' and your '.join(own)}: a link cannot carry them" if own else ""


def say_problems() -> None:
    """One sentence for each thing that was wrong with the link or the last choice."""
    for sentence in state.problems():
        warn(sentence)


def warn(sentence: str) -> None:
    """What a person should know before they trust or repeat what they see; names in it are no markup."""
    st.warning(without_markup(sentence), icon=":material/warning:")


def say_error(error: ExplorerError | str) -> None:
    """The sentence of an error, in the place of what it made impossible; names in it are no markup."""
    st.error(without_markup(str(error)), icon=STOP)


def say_returned_size(plan: Plan) -> None:
    """One sentence when a generator returns another size than it was given."""
    note = returned_size_note(plan) if plan.makes_pictures else ""
    if note:
        warn(note)


def paint_seconds() -> float:
    """How long the browser is left to paint the totals."""
    return PAINT_SECONDS if been_here() else FIRST_PAINT_SECONDS


def totals() -> str:
    """Params, MACs, weighted layers, activation memory and file size of the chosen network.

    Returns:
        The sentence that stands in their place when the network cannot take the input; empty when it can.
    """
    try:
        plan = state.plan()
    except ExplorerError as error:
        say_error(error)
        return str(error)
    convolutions, linear = plan.weighted_convolutions, plan.weighted_layers - plan.weighted_convolutions
    unit = work.chosen()
    figures = {
        "Parameters": (f"{plan.params:,}", "Learnable scalars."),
        unit.title: (
            in_short(unit.of(plan.macs)),
            f"{unit.of(plan.macs):,} {unit.words} of convolutions and linear layers, one picture.",
        ),
        "Weighted layers": (
            f"{plan.weighted_layers} = {convolutions} + {linear}",
            "Convolutions on the main path + the fully connected layer; shortcuts, gates and norms are not counted.",
        ),
        "Activations": (
            in_bytes(plan.activation_bytes),
            f"{plan.activation_bytes:,} bytes: every row's output, float32, one picture. For training see Cost.",
        ),
        "Weights file": (
            in_bytes(plan.weights_bytes),
            f"{plan.weights_bytes:,} bytes: parameters and buffers, float32.",
        ),
    }
    with st.container(horizontal=True, gap="medium", key="totals"):
        for label, (value, help) in figures.items():
            st.metric(label, value, help=help, width="content")
        _status()
    return ""


def _status() -> None:
    """Which device, in a line; it is settled when a model is needed."""
    with st.container(width="content", key="status"):
        st.caption(f"device: {_device_words()}")


def weights_words() -> str:
    """Which weights the network has, in a few words."""
    weights = state.get(WEIGHTS)
    own = state.own_weights()
    if weights == FILE and own is not None:
        return own.checkpoint.name
    if state.failure(weights):
        return f"{weights} could not be loaded; random ones are shown"
    choice = WeightsChoice.from_text(weights)
    match choice.source:
        case "random":
            return f"random, seed {choice.seed}, calibrated"
        case "fresh":
            return f"random, seed {choice.seed}, fresh statistics"
        case "example":
            return f"trained example: {choice.example}"
        case "run":
            return "trained here"
        case "given":
            return "as it was given"
    return choice.tag


def _device_words() -> str:
    device = state.get(DEVICE)
    if device == "auto" and "torch" in sys.modules:
        from explorer.model.device import choose, faults

        return " · ".join((f"{choose()}, chosen automatically", *faults()))
    return "chosen when the model is built" if device == "auto" else device


def style(page: Page) -> None:
    """The few rules of layout that the theme cannot say: those of all pages, and the page's own."""
    here = Path(__file__).parent
    for file in (here / "style.css", path_of("tables.css"), path_of("formulas.css"), here / "matrices.css"):
        st.html(file)
    if page.style.is_file():
        st.html(page.style)


def theme() -> Theme:
    """The theme that the reader sees: ``light`` or ``dark``."""
    return "dark" if st.context.theme.type == "dark" else "light"
