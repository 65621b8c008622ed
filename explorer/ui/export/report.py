"""The report: the network as one HTML file, with the chosen picture in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from explorer.architecture.own import OwnSpec
from explorer.errors import ExplorerError
from explorer.ui import other_screens, shell, state, widgets, work
from explorer.ui.export.ask import asked
from explorer.ui.feature_maps.params import PICTURE
from explorer.ui.markup import without_markup
from explorer.ui.pages import FIRST
from explorer.ui.params.shared import DEVICE, DOMAINS, SAMPLE, SHAPES, SIZE, WEIGHTS, WORK
from explorer.ui.shell import link_to
from explorer.ui.slow import Progress, slowly
from explorer.views.export.names import file_stem
from explorer.views.numbers import in_bytes

if TYPE_CHECKING:
    from explorer.architecture.plan import Plan
    from explorer.views.export.report.inside import Inside

_OF_THE_RUN = 0.7
"""Share of the time, about."""


def section() -> None:
    """Draw the section."""
    st.markdown(
        "One HTML file for a browser, without a server or a network: the totals with their formulas, the diagram and "
        "the tables to click on, the charts, and what the network makes of a picture."
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"Weights: {without_markup(shell.weights_words())}. The picture is that of Feature maps.", width="content"
        )
        link_to("feature-maps", "Choose the picture")
    own = state.own_weights()
    key = (
        state.spec(),
        *(state.get(param) for param in (SIZE, WEIGHTS, SAMPLE, PICTURE, DEVICE, SHAPES, DOMAINS, WORK)),
        own.checkpoint.sha256 if own else "",
    )
    if asked("report", key, help="A picture goes through the network, and the file is written."):
        _file()


def _file() -> None:
    spec, plan, shapes, unit = state.spec(), state.plan(), state.get(SHAPES), work.chosen()
    made, address, left_out = datetime.now(UTC).date(), _address(), shell.left_out()
    look, key, missing = _picture(plan)

    def make(progress: Progress) -> str:
        from explorer.views.export.report.report import report  # what is slow to import waits until it is asked for

        inside = look(lambda share, what: progress(_OF_THE_RUN * share, what)) if look else None
        progress(_OF_THE_RUN, "The file is written")
        given = spec.facts.given if isinstance(spec, OwnSpec) else ""
        return report(
            plan, made=made, address=address, left_out=left_out, inside=inside, shapes=shapes, work=unit, given=given
        )

    whole = ("report", spec, plan.input_size, shapes, unit, made, address, left_out, *key)
    text = slowly(whole, make, len, name="report", what="Report")
    if text is None:
        return
    if missing:
        shell.warn(f"The report is without a picture: {missing}")
    file = f"{file_stem(spec)}-report.html"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        widgets.save("Report", text, file, key="save_report", help="Save as one HTML file; a double click opens it.")
        st.caption(f"{file}: {in_bytes(len(text.encode()))}")


def _picture(plan: Plan) -> tuple[Callable[[Progress], Inside] | None, tuple[Any, ...], str]:
    """What runs the chosen picture through the network, and what that depends on; or why no picture can be."""
    from explorer.model.report_run import inside_of
    from explorer.ui import models, pictures  # torch is imported only once a file is asked for
    from explorer.ui.answers import told
    from explorer.ui.feature_maps.measured import shown

    picture = pictures.chosen()[pictures.place()]
    try:
        ready = models.ready()
        seen = shown(picture, ready, plan)
        models.admit_pictures(ready, plan)
    except ExplorerError as error:  # the rest of the file needs no run
        return None, (), str(error)

    def look(progress: Progress) -> Inside:
        return inside_of(
            ready.model,
            ready.loaded,
            seen.prepared,
            plan,
            picture=picture.title,
            device=ready.device,
            preprocessing="none" if picture.is_given else ready.loaded.preprocess.name,
            answer=lambda output: told(ready.loaded, output, picture),
            progress=progress,
        )

    return look, (ready.key, seen.key), ""


def _address() -> str:
    """Where the app shows the network, for others too; empty where the browser has not said where it is."""
    url = other_screens.browsers_address()
    if not url:
        return ""
    parts = urlsplit(url)
    root = parts.path.rstrip("/").removesuffix(f"/{state.page()}") + "/"
    here = parts._replace(path=root, query=urlencode(state.link(FIRST)), fragment="").geturl()
    return other_screens.for_others(here)[0]
