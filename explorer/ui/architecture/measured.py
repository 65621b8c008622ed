"""In the place of the diagram, for a network whose wiring nobody described: its parts, and what has no row."""

from html import escape

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.ui import shell
from explorer.views.numbers import in_short, shape_text
from explorer.views.palette import stage_colour

STYLE = """<style>
.parts { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.parts th, .parts td { padding: 0.2rem 0.9rem 0.2rem 0; text-align: right; border-bottom: 1px solid #8884; }
.parts th { font-weight: 400; opacity: 0.7; }
.parts :is(th, td):first-child { text-align: left; font-weight: 600; }
@media (max-width: 640px) { .parts .wide { display: none; } }
</style>"""


def measured(plan: Plan) -> None:
    """Draw the parts of a measured network in the order of their calls, and say what its plan does not have.

    Args:
        plan: of a network of torchvision, found in one pass without weights.
    """
    st.markdown(
        f"**{plan.network.title} is measured, not described**: its rows are the modules that one pass over a "
        f"{shape_text(plan.input_size)} picture calls; its MACs are those of torch's FLOP counter. torchinfo's own "
        "list stands below. How they are wired is not known here, so there is no drawing and no receptive field."
    )
    st.html(STYLE + _parts(plan))
    if plan.not_counted:
        st.markdown("What has no row:\n" + "\n".join(f"- {sentence}" for sentence in plan.not_counted))


def _parts(plan: Plan) -> str:
    theme = shell.theme()
    head = ("Part", "Calls", "Output", "Params", "MACs")
    rows = []
    for name, layers in plan.stages.items():
        params, macs = (sum(getattr(row, of) for row in layers) for of in ("params", "macs"))
        colour = stage_colour(name, theme)
        rows.append(
            f'<tr><td style="color: {colour}">{escape(name)}</td><td class="wide">{len(layers):,}</td>'
            f"<td>{shape_text(layers[-1].output_shape)}</td>"
            f'<td title="{params:,}">{in_short(params)}</td><td title="{macs:,}">{in_short(macs)}</td></tr>'
        )
    titles = "".join(f'<th class="{"wide" if title == "Calls" else ""}">{title}</th>' for title in head)
    return f'<table class="parts"><tr>{titles}</tr>{"".join(rows)}</table>'
