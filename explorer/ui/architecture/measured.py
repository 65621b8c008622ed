"""In the place of the diagram, for a network whose wiring nobody described: its parts, and what has no row."""

import streamlit as st

from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.ui import shell, state, work
from explorer.ui.markup import without_markup
from explorer.views.html_table import Cell, html_table
from explorer.views.measured_words import WIRING_UNKNOWN, how_it_was_measured
from explorer.views.numbers import in_short, shape_text
from explorer.views.palette import stage_colour


def measured(plan: Plan) -> None:
    """Draw the parts of a measured network in the order of their calls, and say what its plan does not have.

    Args:
        plan: of a network of torchvision, found in one pass without weights.
    """
    spec = state.spec()
    given = spec.facts.given if isinstance(spec, OwnSpec) else ""
    st.markdown(
        f"**{without_markup(plan.network.title)} is measured, not described**: "
        f"{without_markup(how_it_was_measured(plan, given))} torchinfo's own list stands below. {WIRING_UNKNOWN}"
    )
    st.html(_parts(plan))
    if plan.not_counted:
        st.markdown("Not listed:\n" + "\n".join(f"- {sentence}" for sentence in plan.not_counted))


def _parts(plan: Plan) -> str:
    theme, unit = shell.theme(), work.chosen()
    rows = []
    for name, layers in plan.stages.items():
        params, macs = (sum(getattr(row, of) for row in layers) for of in ("params", "macs"))
        done = unit.of(macs)
        rows.append(
            (
                Cell(name, colour=stage_colour(name, theme)),
                f"{len(layers):,}",
                shape_text(layers[-1].output_shape),
                Cell(in_short(params), title=f"{params:,}"),
                Cell(in_short(done), title=f"{done:,}"),
            )
        )
    titles = {"Calls": "number wide", "Output": "number", "Params": "number", unit.title: "number"}
    return html_table(("Part", *(Cell(title, kind) for title, kind in titles.items())), rows)
