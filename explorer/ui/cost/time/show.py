"""Time: how long the chosen network takes on this machine, and which rows take more of it than of the work."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from explorer.architecture.families import known_of
from explorer.architecture.plan import Plan
from explorer.architecture.timed import Precision, Setting, Timed
from explorer.labs.timing.rows import estimate, needed_bytes, time_rows
from explorer.ui import frames, models, shell, state, widgets, work
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.compare.params import COST
from explorer.ui.compare.params import PART as COMPARED
from explorer.ui.cost.time.params import ALONG, BATCH, LAYOUT, PRECISION, TABLE
from explorer.ui.inputs import check_takes_pictures
from explorer.ui.params.shared import CHANNEL, ROW, SIZE
from explorer.ui.slow import slowly
from explorer.views import timing_words as words
from explorer.views.html_table import figures_table
from explorer.views.numbers import percent, true_minus
from explorer.views.timing import (
    COLUMNS,
    By,
    kind_time_table,
    milliseconds,
    stage_time_table,
    time_figure,
    time_table,
    told_with,
)

_KEY = "time"
_AGAIN = "_time_again"
_ROW_BYTES = 1000


def show() -> None:
    """Draw the part."""
    check_takes_pictures(state.spec())
    plan, answer = state.plan(), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{_KEY}_choice"):
        batch = int(widgets.switch(BATCH))
        precision = cast(Precision, widgets.switch(PRECISION))
        setting = Setting(batch=batch, precision=precision, channels_last=widgets.switch(LAYOUT) == "last")
        again = st.container(width="content")
    ready = models.ready()
    with answer:
        timed = _measured(ready, plan, setting)
        if timed is not None:
            _said(plan, timed)
    if timed is not None:
        with again:
            st.button("Measure again", key=f"{_KEY}_anew", on_click=_anew, help="The same once more, from the start.")
        _along(plan, timed)
        _table(plan, timed)
        st.caption(f"{words.conditions(timed)} {words.NOT_SAID}")


def _measured(ready: Ready, plan: Plan, setting: Setting) -> Timed | None:
    each = needed_bytes(plan, setting) // setting.batch
    models.admit_pictures(ready, plan, pictures=setting.batch, picture_bytes=each)
    return slowly(
        ("time", ready.key, plan.input_size, setting, st.session_state.get(_AGAIN, 0)),
        lambda tell: time_rows(ready.model, plan.input_size, setting, progress=tell),
        lambda timed: _ROW_BYTES * len(timed.rows),
        name=_KEY,
        what=f"Time of {plan.network.title}, {words.setting_words(setting)}",
        seconds=estimate(plan, setting) if ready.device == "cpu" else 0.0,
    )


def _anew() -> None:
    """Of this session alone: others go on seeing what they saw."""
    st.session_state[_AGAIN] = st.session_state.get(_AGAIN, 0) + 1


def _said(plan: Plan, timed: Timed) -> None:
    """The answer: how long it takes, where the clock disagrees with the work, and what bounds it."""
    st.subheader(words.answer(timed), anchor=False)
    if busy := words.busy(timed):
        shell.warn(busy)
    st.markdown(f"- {words.disagreement(plan, timed, work=work.chosen())}\n- {words.bounds(timed)}")
    whole = timed.whole
    low, high = whole.quartiles
    st.html(
        figures_table(
            ("", "Median", "Middle half of the runs", "Of the whole pass"),
            [
                ("Whole pass", milliseconds(whole.median), f"{milliseconds(low)} to {milliseconds(high)}", percent(1)),
                ("Rows alone, added up", milliseconds(timed.seconds), "", percent(timed.seconds / whole.median)),
                ("Between", milliseconds(timed.between), "", true_minus(percent(timed.between / whole.median))),
            ],
            kind="compared",
        )
    )
    st.caption(words.between(timed))


def _along(plan: Plan, timed: Timed) -> None:
    by: By = "rows" if widgets.switch(ALONG) == "rows" else "blocks"
    picked = state.get(ROW)
    if picked in plan.rows:
        picked = told_with(plan, plan.rows[picked], by)
    chart(
        time_figure(plan, timed, by=by, theme=shell.theme(), picked=picked, work=work.chosen()),
        f"{_KEY}_along",
        on_pick=_pick,
        alt=f"Shares of time, work and bytes moved of {timed.title} along its depth, one bar for each of the "
        f"{ALONG.words[by].lower()}.",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        if picked:
            shell.link_to("architecture", f"{picked} on Architecture", help="Its shapes and counts, with formulas.")
        else:
            st.caption("Click a bar to mark its row and to open it on Architecture.", width="content")
        shell.link_to(
            "compare",
            "What accuracy costs in time",
            {COMPARED: "all", COST: "seconds"},
            help="The published accuracy of residual networks against their time on this machine.",
        )


def _table(plan: Plan, timed: Timed) -> None:
    kind = widgets.switch(TABLE)
    make = {"stages": stage_time_table, "kinds": kind_time_table, "rows": time_table}[kind]
    frame: pd.DataFrame = make(plan, timed)
    is_by_row = kind == "rows"
    frames.table(
        frame,
        f"{_KEY}_{kind}",
        alt=f"Time, work and bytes moved of {timed.title} by {kind}.",
        name_column="layer" if is_by_row else None,
        picked=state.get(ROW),
        on_pick=_pick if is_by_row else None,
        height=min(38 + 35 * len(frame), 460),
        words=COLUMNS,
    )
    known = known_of(state.spec())
    name = known.name if known else "custom"
    frames.downloads(frame, f"{name}-{state.get(SIZE)[0]}-time-{kind}", f"{_KEY}_save")


def _pick(name: str) -> None:
    state.update({ROW: name or None, CHANNEL: None})
