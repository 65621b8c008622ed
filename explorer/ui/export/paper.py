"""What goes into a text that is written about the network: its table and its diagram."""

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.ui import frames, state, widgets, work
from explorer.ui.components.diagram import drawings
from explorer.ui.components.listing import listing
from explorer.ui.components.save_drawing import drawing_files
from explorer.ui.export.params import TABLE
from explorer.views.diagram import layout
from explorer.views.export.loading import input_diagram, input_table
from explorer.views.export.names import file_stem
from explorer.views.export.tables import latex_text
from explorer.views.frames import counted
from explorer.views.tables import block_table, layer_table, stage_table

_TABLES = {"stages": stage_table, "blocks": block_table, "layers": layer_table}
_HIGH = 300


def section() -> None:
    """Draw the section."""
    plan = state.plan()
    left, right = st.columns(2, gap="medium")
    with left:
        _table(plan)
    with right:
        _diagram(plan)


def _table(plan: Plan) -> None:
    by = widgets.switch(TABLE, label_visibility="collapsed")
    frame, stem = _TABLES[by](plan), f"{file_stem(state.spec())}-{by}"
    if frame.empty:
        st.caption("This network has no blocks.")
        return
    frames.downloads(frame, stem, f"save_{by}")
    listing(latex_text(counted(frame, work.chosen())), most=_HIGH)
    listing(input_table(stem))


def _diagram(plan: Plan) -> None:
    if plan.network.measured:
        st.caption(f"How the parts of {plan.network.title} are connected is not known here, so there is no drawing.")
        return
    stem = f"{file_stem(state.spec())}-diagram"
    with st.container(horizontal=True, gap="small"):
        drawing_files(lambda: layout(plan), stem, key="save_diagram")
    drawings(layout(plan), layout(plan, orientation="narrow"), key="diagram_to_take")
    listing(input_diagram(stem))
