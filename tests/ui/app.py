"""The app under AppTest, with a few words for what a person does."""

import json
import re
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from explorer.ui import shell
from explorer.ui.architecture import built

APP = Path(__file__).parents[2] / "app.py"
PATIENCE_SECONDS = 300
"""How long a run of a page may take on a machine that is busy with other work."""

# nobody watches these pages being painted
shell.PAINT_SECONDS = shell.FIRST_PAINT_SECONDS = built.PAINT_SECONDS = 0
# every start reads the papers of all installed packages, which took a third of the time of these tests
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def open_app(page: str | None = None, /, *opened: str, **query: str) -> AppTest:
    """Start the app as if a link had been opened.

    Args:
        page: the address of a page, or its folder; the first page when None.
        *opened: keys of boxes that a person has opened.
        **query: URL parameters.
    """
    at = _prepared(page, query)
    for key in opened:
        at.session_state[key] = True
    return at.run()


def go_to(at: AppTest, page: str) -> AppTest:
    """Change to another page, with all that the session holds.

    Args:
        at: the app.
        page: as for ``open_app``.
    """
    at._page_hash = _hash(page)
    return at.run()


def open_options(**query: str) -> AppTest:
    """Start the app on its first page with "More options" open.

    Args:
        **query: URL parameters.
    """
    return open_app(None, "more_options", **query)


def open_part(part: Callable[[], None], /, **query: str) -> AppTest:
    """Draw a part of a page alone, as if a link to it had been opened.

    Args:
        part: draws it; its source is all that is run, so it imports what it needs.
        **query: URL parameters.
    """
    at = _asked(AppTest.from_function(part, default_timeout=PATIENCE_SECONDS), query).run()
    assert not at.exception
    return at


def _prepared(page: str | None, query: dict[str, str]) -> AppTest:
    at = _asked(AppTest.from_file(str(APP), default_timeout=PATIENCE_SECONDS), query)
    if page is not None:
        at._page_hash = _hash(page)
    return at


def _hash(page: str) -> str:
    """What Streamlit knows a page by; AppTest's own switch_page takes pages that are files."""
    return calc_hash(page.replace("_", "-"))


def _asked(at: AppTest, query: dict[str, str]) -> AppTest:
    for name, value in query.items():
        at.query_params[name] = value
    return at


def widget(at: AppTest, name: str) -> Any:
    """The widget that is bound to a parameter or field."""
    return next(element for element in at.main if getattr(element, "key", None) == f"w_{name}")


def mounted(at: AppTest, component: str) -> list[dict[str, Any]]:
    """What a component of ours was given, wherever it stands on the page."""
    return [json.loads(one.proto.json) for one in at.get("bidi_component") if one.proto.component_name == component]


def url(at: AppTest) -> dict[str, str]:
    """The URL parameters, one value each."""
    return {name: values[0] if isinstance(values, list) else values for name, values in at.query_params.items()}


def plain(text: str) -> str:
    """A text as it is read, without the signs that keep its names from being markup."""
    return re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", text)


def sentences(at: AppTest) -> list[str]:
    """What the page says in warnings and errors."""
    return [plain(element.value) for element in [*at.warning, *at.error]]


def totals(at: AppTest) -> dict[str, str]:
    """The totals by label."""
    return {metric.label: metric.value for metric in at.metric}


def listings(at: AppTest) -> list[str]:
    """The texts that can be copied, in the order of the page."""
    return [unescape(re.sub(r"</?span[^>]*>", "", one["html"])) for one in mounted(at, "listing")]
