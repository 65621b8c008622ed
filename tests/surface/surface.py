"""What the app offers from outside: its addresses, parameters, controls, downloads and sentences.

The only file of this folder that knows how ``explorer`` is built inside. Whoever moves something there mends it here;
the snapshots beside it stay as they are, for they hold what a person sees.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from streamlit.elements.widgets.button import ButtonMixin
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from explorer.architecture.codec import NETWORK, PARAMETERS, from_params, to_params
from explorer.architecture.spec import DEFAULTS
from explorer.architecture.stargan import STARGAN_DEFAULTS
from explorer.errors import SpecError
from explorer.ui import picker
from explorer.ui.learn import asking
from explorer.ui.learn.contents import BY_NAME
from explorer.ui.pages import PAGES
from explorer.views import timing_words

EXPLORER = Path(__file__).parents[2] / "explorer"


@dataclass(frozen=True)
class Parameter:
    """A parameter of the address.

    Attributes:
        default: its value where the address does not say, as text; empty for none.
        expected: what it must be, as the refusal says it.
        pages: the addresses of the pages whose switch it is; empty when all pages share it.
    """

    default: str
    expected: str
    pages: tuple[str, ...]

    def as_dict(self) -> dict[str, str]:
        return {"default": self.default, "expected": self.expected, "page": ", ".join(self.pages)}


# --- addresses ---


def pages() -> dict[str, str]:
    """Title by address of every page, in the order of the links."""
    return {path: page.title for path, page in PAGES.items()}


def parameters() -> dict[str, Parameter]:
    """Every parameter but those of the network."""
    found = {}
    for name, kind in {name: kind for page in PAGES.values() for name, kind in page.known.items()}.items():
        default = "" if kind.default is None else kind.write(kind.default)
        theirs = tuple(path for path, page in PAGES.items() if kind in page.parameters)
        found[name] = Parameter(default, kind.expected, theirs)
    return found


def read(name: str, text: str) -> str | None:
    """What an address holds after a text was read and written again; None where it is refused."""
    kind = next(page.known[name] for page in PAGES.values() if name in page.known)
    try:
        return kind.write(kind.parse(text))
    except ValueError:
        return None


def network_fields() -> tuple[str, ...]:
    """Every parameter that belongs to the network."""
    return PARAMETERS


def network(query: dict[str, str]) -> str | None:
    """The parameters that a network is written with after it was read; None where it is refused."""
    try:
        return "&".join(f"{name}={text}" for name, text in to_params(from_params(query)).items())
    except SpecError:
        return None


def refusal(query: dict[str, str]) -> str:
    """What is said of parameters that are no network."""
    try:
        from_params(query)
    except SpecError as error:
        return str(error)
    return ""


def chapters() -> tuple[str, ...]:
    """The names of all chapters, in their order."""
    return tuple(BY_NAME)


def of_the_generator(name: str) -> bool:
    """Whether a field belongs to the generator and not to ResNets."""
    return name in STARGAN_DEFAULTS and name not in DEFAULTS and name != NETWORK


# --- what stands on a page ---

FIGURES = {
    "plotly_chart": "chart",
    "arrow_vega_lite_chart": "chart",
    "arrow_data_frame": "table",
    "dataframe": "table",
    "bidi_component": "drawing",
}
SAID = {"info", "warning", "error", "success", "exception"}
BOXES = {"popover", "expandable", "tab"}
OTHER_CONTROLS = {"page_link", "link_button", "file_uploader", "camera_input"}
MOST_OPTIONS = 30


@contextmanager
def downloads() -> Iterator[list[str]]:
    """Collects label and file name of every download button that is drawn meanwhile."""
    seen: list[str] = []
    draw = ButtonMixin._download_button

    def noted(self: Any, label: str, data: Any, file_name: str | None = None, *args: Any, **kwargs: Any) -> Any:
        seen.append(f"download {label!r} {_masked(file_name or '')}")
        return draw(self, label, data, file_name, *args, **kwargs)

    with patch.object(ButtonMixin, "_download_button", noted):
        yield seen


@contextmanager
def the_same_questions() -> Iterator[None]:
    """Learn asks with the same numbers whenever a chapter is opened."""
    with patch.object(asking, "randbelow", lambda _: 0):
        yield


@contextmanager
def no_own_networks() -> Iterator[None]:
    """What other tests have shown of their own is not in the list of networks."""
    with patch.object(picker, "own_networks", lambda: ()):
        yield


@contextmanager
def an_idle_machine() -> Iterator[None]:
    """What is measured says nothing of other programs, whether or not there are any."""
    with patch.object(timing_words, "busy", lambda _: ""):
        yield


def controls(at: AppTest) -> list[str]:
    """A line for each control of a page, each figure, each total and each sentence of a notice, sorted."""
    lines = []
    pictures = 0
    for node in _nodes(at.main):
        kind = node.type
        if kind in BOXES:
            lines.append(f"{kind} {_masked(getattr(node.proto, kind).label if kind == 'popover' else node.label)!r}")
        elif kind in SAID:
            lines.append(f"{kind} {_masked(node.value)!r}")
        elif kind == "metric":
            lines.append(f"metric {node.label!r}")
        elif kind in FIGURES:
            lines.append(FIGURES[kind])
        elif kind in ("imgs", "image"):
            pictures += len(node.proto.imgs)
        elif kind == "html":
            lines += ["table of HTML"] * node.proto.body.count("<table")
        elif kind != "download_button" and (kind in OTHER_CONTROLS or hasattr(node, "label")):
            lines.append(_control(node))
    return sorted([*lines, *(["picture"] if pictures else [])])


def _nodes(block: Block) -> Iterator[Any]:
    for child in block.children.values():
        yield child
        if isinstance(child, Block):
            yield from _nodes(child)


def _control(node: Any) -> str:
    """Kind, label, what there is to choose from, and the help of a control."""
    proto = node.proto
    said = [node.type, repr(_masked(getattr(proto, "label", "") or ""))]
    options = [getattr(option, "content", option) for option in getattr(proto, "options", [])]
    if options and proto.label != "Device":  # each machine has its own
        said.append(_masked(" | ".join(options)) if len(options) <= MOST_OPTIONS else f"{len(options)} options")
    if getattr(proto, "disabled", False):
        said.append("(off)")
    if getattr(proto, "help", ""):
        said.append(f"— {_masked(proto.help)}")
    return " ".join(said)


def _masked(text: str) -> str:
    """A text without what differs from run to run: ids, and the line breaks."""
    return " ".join(re.sub(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{12,64}\b", "<id>", text).split())


# --- sentences ---

ENDS = (".", "?", "!")
FEWEST_WORDS = 4


def sentences() -> set[str]:
    """Every sentence that stands in the code, ``{}`` for what is filled in; without docstrings and the chapters."""
    return {
        text
        for file in EXPLORER.rglob("*.py")
        if "chapters" not in file.parts
        for text in literals(file)
        if len(text.split()) >= FEWEST_WORDS and text.endswith(ENDS)
    }


def spoken() -> str:
    """All that can be said: every text in the code, and the text files beside it."""
    texts = [text for file in EXPLORER.rglob("*.py") for text in literals(file)]
    files = [
        file.read_text("utf-8") for ending in ("md", "txt", "json", "toml") for file in EXPLORER.rglob(f"*.{ending}")
    ]
    return "\n".join([*texts, *(" ".join(text.split()) for text in files)])


def literals(file: Path) -> Iterator[str]:
    """Every text in a file's code that is no docstring."""
    tree = ast.parse(file.read_text("utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _text(node.value) is not None:
            skipped.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            skipped.update(node.values)
    for node in ast.walk(tree):
        text = None if node in skipped else _text(node)
        if text:
            yield " ".join(text.split())


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def is_said(sentence: str, by: str) -> bool:
    """Whether all parts of a sentence between what is filled in stand somewhere in a text."""
    parts = (part.strip(" .,;:()") for part in sentence.split("{}"))
    return all(part in by for part in parts if len(part.split()) > 1)
