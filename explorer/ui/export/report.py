"""The report: the network as one HTML file, with the chosen picture in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import other_screens, shell, state, widgets
from explorer.ui.export.ask import asked
from explorer.ui.feature_maps.params import PICTURE
from explorer.ui.markup import without_markup
from explorer.ui.pages import FIRST
from explorer.ui.params.shared import DEVICE, DOMAINS, SAMPLE, SHAPES, SIZE, WEIGHTS
from explorer.ui.shell import link_to
from explorer.ui.slow import Progress, slowly
from explorer.views.export.names import file_stem
from explorer.views.numbers import in_bytes

if TYPE_CHECKING:
    from explorer.views.export.report.inside import Inside


def section() -> None:
    """Draw the section."""
    st.markdown(
        "One HTML file for a browser, without a server or a network: the totals with their formulas, the diagram and "
        "the tables to click on, the charts, and what the network makes of a picture."
    )
    st.caption(f"Weights: {without_markup(shell.weights_words())}. The picture is that of Feature maps.")
    link_to("feature-maps", "Choose the picture")
    own = state.own_weights()
    key = (
        state.spec(),
        *(state.get(param) for param in (SIZE, WEIGHTS, SAMPLE, PICTURE, DEVICE, SHAPES, DOMAINS)),
        own.checkpoint.sha256 if own else "",
    )
    if asked("report", key, help="A picture goes through the network, and the file is written."):
        _file()


def _file() -> None:
    from explorer.ui import models, pictures  # torch is imported only once a file is asked for
    from explorer.ui.feature_maps.measured import shown

    spec, plan, shapes = state.spec(), state.plan(), state.get(SHAPES)
    picture = pictures.chosen()[pictures.place()]
    made = datetime.now(UTC).date()
    address = _address()
    missing = ""
    try:
        ready = models.ready()
        seen = shown(picture, ready, plan)
        models.admit_pictures(ready, plan)
        key = (ready.key, seen.key)
    except ExplorerError as error:  # the rest of the file needs no run
        ready, seen, key = None, None, ()
        missing = str(error)

    def make(progress: Progress) -> str:
        from explorer.views.export.report.report import report

        inside: Inside | None = None
        if ready is not None and seen is not None:
            from explorer.model.report_run import inside_of
            from explorer.ui.answers import told

            inside = inside_of(
                ready.model,
                ready.loaded,
                seen.prepared,
                plan,
                picture=picture.title,
                answer=lambda output: told(ready.loaded, output, picture),
                progress=lambda share, what: progress(0.7 * share, what),
            )
        progress(0.7, "The file is written")
        return report(plan, made=made, address=address, inside=inside, shapes=shapes)

    whole = ("report", spec, plan.input_size, shapes, made, address, *key)
    text = slowly(whole, make, len, name="report", what="Report")
    if text is None:
        return
    if missing:
        shell.warn(f"The report is without a picture: {missing}")
    file = f"{file_stem(spec)}-report.html"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        widgets.save("Report", text, file, key="save_report", help="Save as one HTML file; a double click opens it.")
        st.caption(f"{file}: {in_bytes(len(text.encode()))}")


def _address() -> str:
    """Where the app shows the network, for others too; empty where the browser has not said where it is."""
    url = other_screens.browsers_address()
    if not url:
        return ""
    parts = urlsplit(url)
    root = parts.path.rstrip("/").removesuffix(f"/{state.page()}") + "/"
    here = parts._replace(path=root, query=urlencode(state.link(FIRST)), fragment="").geturl()
    return other_screens.for_others(here)[0]
