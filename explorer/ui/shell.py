"""What stands around every page: navigation, totals, status, and the sentences about what was wrong."""

import sys
from pathlib import Path

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.architecture.stargan import returned_size_note
from explorer.architecture.weights import WeightsChoice
from explorer.errors import ExplorerError
from explorer.ui import state
from explorer.ui.params import FILE, THIS
from explorer.views.numbers import in_bytes, in_short
from explorer.views.palette import Theme

FIRST = "architecture"
PAINT_SECONDS = 0.08
ICON = str(Path(__file__).parent / "icon.png")
STOP = ":material/error:"
ABOUT = (
    "ResNet Explorer: pick a residual network, see every number in it, feed it an image and watch what happens inside."
)

# url_path -> (title, file); the order of the links
EXPLORE: dict[str, tuple[str, str]] = {
    "architecture": ("Architecture", "architecture.py"),
    "feature-maps": ("Feature maps", "feature_maps.py"),
    "batchnorm": ("BatchNorm", "batchnorm.py"),
    "block": ("Block", "block.py"),
    "compare": ("Compare", "compare.py"),
}
EXPERIMENT: dict[str, tuple[str, str]] = {
    "training": ("Training", "training.py"),
    "gradient-flow": ("Gradient flow", "gradient_flow.py"),
    "transfer": ("Transfer learning", "transfer.py"),
}
LEARN: dict[str, tuple[str, str]] = {"learn": ("Learn", "learn.py")}
GROUPS: dict[str, dict[str, tuple[str, str]]] = {"Explore": EXPLORE, "Experiment": EXPERIMENT, "Learn": LEARN}
_FOLDER = Path(__file__).parent / "pages"


def pages() -> dict[str, list[st.Page]]:
    """All pages by group, for ``st.navigation``."""
    return {
        group: [
            st.Page(f"{_FOLDER}/{file}", title=title, url_path=path, default=path == FIRST)
            for path, (title, file) in entries.items()
        ]
        for group, entries in GROUPS.items()
    }


def file_of(path: str) -> str:
    """The file of a page, which Streamlit's links ask for."""
    return f"{_FOLDER}/{next(entries[path][1] for entries in GROUPS.values() if path in entries)}"


def link_to(path: str, label: str, *, help: str | None = None, **changes: object) -> None:
    """A link into a page in the present state, with some changes; one step of Back.

    Args:
        path: the page's ``url_path``.
        label: the words of the link.
        help: one sentence shown on hover.
        **changes: as for ``state.link``.
    """
    query = state.link(path, **changes)
    if changes and path == state.page():
        # a link of Streamlit's into the page that is shown leaves the browser's address as it was
        st.button(label, help=help, type="tertiary", key=f"here_{label}", on_click=lambda: state.follow(query))
    else:
        st.page_link(file_of(path), label=label, help=help, query_params=query)


def navigation(current: str) -> None:
    """The links to all pages; they carry the state, so that a change of page is one step of Back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="navigation"):
        title = next(entries[current][0] for entries in GROUPS.values() if current in entries)
        st.html(f'<h1 class="brand">ResNet Explorer<span class="unseen">: {title}</span></h1>', width="content")
        for entries in GROUPS.values():
            for path, (title, _) in entries.items():
                with st.container(key=f"nav_{path}{'_current' if path == current else ''}", width="content"):
                    link_to(path, title)


def say_problems() -> None:
    """One sentence for each thing that was wrong with the link or the last choice."""
    for sentence in state.problems():
        st.warning(sentence, icon=":material/warning:")


def say_error(error: ExplorerError) -> None:
    """The sentence of an error, in the place of what it made impossible."""
    st.error(str(error), icon=STOP)


def say_returned_size(plan: Plan) -> None:
    """One sentence when a generator returns another size than it was given."""
    note = returned_size_note(plan) if plan.makes_pictures else ""
    if note:
        st.warning(note, icon=":material/warning:")


def measures_others(path: str) -> bool:
    """Whether a page with networks of its own leaves out the one of the row on top.

    Args:
        path: the page's ``url_path``.
    """
    if path == "transfer":
        return bool(state.get("x_source") != "network")
    if path == "block":
        return state.get("b_part") in ("breaks", "identity")
    if path != "gradient-flow":
        return False
    return state.get("g_by") in ("epoch", "run") or THIS not in state.get("g_nets").split(",")


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
    figures = {
        "Parameters": (f"{plan.params:,}", "Learnable scalars."),
        "MACs": (
            in_short(plan.macs),
            f"{plan.macs:,} multiply-accumulates of convolutions and linear layers, one picture.",
        ),
        "Weighted layers": (
            f"{plan.weighted_layers} = {convolutions} + {linear}",
            "Convolutions on the main path + the fully connected layer; shortcuts, gates and norms are not counted.",
        ),
        "Activations": (
            in_bytes(plan.activation_bytes),
            f"{plan.activation_bytes:,} bytes: every row's output kept, float32, one picture.",
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
    """Which weights and which device, in a line; what they are is settled when a model is needed."""
    with st.container(width="content", key="status"):
        st.caption(f"weights: {weights_words()}  \ndevice: {_device_words()}")


def weights_words() -> str:
    """Which weights the network has, in a few words."""
    weights = state.get("weights")
    if weights == FILE:
        return state.checkpoint().checkpoint.name
    if state.failure(weights):
        return f"{weights} could not be loaded; random ones are shown"
    choice = WeightsChoice.from_text(weights)
    match choice.source:
        case "random":
            return f"random, seed {choice.seed}, calibrated"
        case "fresh":
            return f"random, seed {choice.seed}, fresh statistics"
        case "example":
            return "trained example: digits"
        case "run":
            return "trained here"
    return choice.tag


def _device_words() -> str:
    device = state.get("device")
    if device == "auto" and "torch" in sys.modules:
        from explorer.model.device import choose

        return f"{choose()}, chosen by itself"
    return "chosen when the model is built" if device == "auto" else device


def style() -> None:
    """The few rules of layout that the theme cannot say."""
    for name in ("style.css", "formulas.css", "matrices.css", "block.css"):
        st.html(Path(__file__).parent / name)


def theme() -> Theme:
    """The theme that the reader sees: ``light`` or ``dark``."""
    return "dark" if st.context.theme.type == "dark" else "light"
