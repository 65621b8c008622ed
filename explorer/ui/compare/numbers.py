"""Networks beside each other in numbers: totals, shares, bars, and the table that is behind them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.architecture.families import Spec
from explorer.architecture.flops import FlopFigure
from explorer.architecture.plan import Plan
from explorer.ui import frames, shell, widgets, work
from explorer.ui.charts import chart
from explorer.ui.compare.params import BY, MEASURE
from explorer.ui.compare.tables import structure_html, totals_html
from explorer.views.aligned import aligned
from explorer.views.charts_compare import bars_by_kind, bars_by_stage, shares
from explorer.views.comparison import compare
from explorer.views.differences import headline, paper_figure, totals
from explorer.views.palette import stage_colour


def numbers(plans: Mapping[str, Plan], specs: Mapping[str, Spec], stem: str) -> None:
    """How the networks differ.

    Args:
        plans: two to six networks by name, all at one input size.
        specs: the same networks.
        stem: start of the names of downloaded files.
    """
    difference, where = headline(plans, work=work.chosen())
    st.markdown(f"**{difference}** {where}")
    table = totals(plans)
    if len(plans) <= 3:
        left, right = st.columns([6, 5] if len(plans) == 3 else [1, 1], gap="large")
    else:
        left = right = st.container()
    with left:
        st.html(totals_html(table, _weighted(plans), _paper(plans, specs), work=work.chosen()))
        for name, plan in plans.items():
            if plan.not_counted:
                st.caption(f"{name} was measured, and not all it does has a row: {' '.join(plan.not_counted)}")
    with right:
        _shares(plans)
    _alignment(plans)
    _bars(plans)
    frame = compare(plans)
    by_stride = aligned(plans).by == "stride"
    frames.table(
        frame.drop(columns=["structure", *(["paper_name"] if by_stride else [])]),
        "compare_stages",
        alt="Every stage of every network: parameters, work and activation bytes, with differences and ratios.",
        words={**COLUMNS, "stage": "Part" if by_stride else "Stage"},
        height="content",
    )
    frames.downloads(frame, stem, "compare_numbers")


def table_1(plans: Mapping[str, Plan], specs: Mapping[str, Spec], stem: str) -> None:
    """The networks in the layout of the paper's Table 1, and how its FLOPs differ from the work that is counted.

    Args:
        plans: two to six networks by name, all at one input size.
        specs: the same networks.
        stem: start of the names of downloaded files.
    """
    theme = shell.theme()
    paper = _paper(plans, specs)
    unit = work.chosen()
    ends = [(f"{unit.title} here", *(f"{unit.of(plan.macs):,}" for plan in plans.values()))]
    if paper:
        ends.append(("FLOPs in the paper", *(paper.get(name, "–") for name in plans)))
    ends.append(("Parameters", *(f"{plan.params:,}" for plan in plans.values())))
    _alignment(plans)
    st.html(structure_html(plans, lambda stage: stage_colour(stage, theme), ends))
    _explain(plans, specs)
    frames.downloads(compare(plans), stem, "compare_table")


COLUMNS: dict[str, str] = {
    "network": "Network",
    **{
        f"{quantity}_{what}": f"{title}, {what}"
        for quantity, title in {
            "params": "Params",
            "macs": "MACs",
            "flops": "FLOPs",
            "activation_bytes": "Activations",
        }.items()
        for what in ("difference", "ratio")
    },
}


def _alignment(plans: Mapping[str, Plan]) -> None:
    """What stands in one line, where the networks have no stages in common."""
    if aligned(plans).by == "stride":
        st.caption(
            "These networks have no stages in common, so what stands in one line has the same stride: the pixels of "
            "the picture between neighbouring values of a map, or between tokens, to the nearest power of two."
        )


def _shares(plans: Mapping[str, Plan]) -> None:
    chart(
        shares(plans, shell.theme()),
        "compare_shares",
        alt=f"Shares of each stage in the parameters and in the work of {', '.join(plans)}.",
    )


def _bars(plans: Mapping[str, Plan]) -> None:
    unit = work.chosen()
    measures, ways = unit.named(MEASURE.words), dict(BY.words)
    if aligned(plans).by == "stride":
        ways["stage"] = "By stride"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        measure = widgets.switch(MEASURE, measures)
        by = widgets.switch(BY, ways)
    draw = bars_by_stage if by == "stage" else bars_by_kind
    chart(
        draw(plans, measure, shell.theme(), work=unit),
        "compare_bars",
        alt=f"{measures[measure]} {ways[by].lower()}, one bar for each of {', '.join(plans)}.",
    )


def _weighted(plans: Mapping[str, Plan]) -> dict[str, str]:
    return {
        name: f"{plan.weighted_layers} = {plan.weighted_convolutions} + "
        f"{plan.weighted_layers - plan.weighted_convolutions}"
        for name, plan in plans.items()
    }


def _paper_figures(plans: Mapping[str, Plan], specs: Mapping[str, Spec]) -> dict[str, FlopFigure]:
    found = {name: paper_figure(spec, plans[name]) for name, spec in specs.items()}
    return {name: figure for name, figure in found.items() if figure}


def _paper(plans: Mapping[str, Plan], specs: Mapping[str, Spec]) -> dict[str, str]:
    """The FLOPs that the paper prints, for the networks that it has."""
    return {name: figure.printed.removesuffix(" FLOPs") for name, figure in _paper_figures(plans, specs).items()}


def _explain(plans: Mapping[str, Plan], specs: Mapping[str, Spec]) -> None:
    """Why the paper's figures are not the ones that were counted."""
    figures = _paper_figures(plans, specs)
    if not figures:
        st.caption("The paper's own figures stand here for ResNet-18, 34, 50, 101 and 152 at 224×224.")
        return
    st.markdown(
        "The paper counts a multiplication and its addition as one FLOP, as MACs do. What differs is the network: "
        "torchvision, and so the presets here, project where shapes differ (option B) and put a bottleneck's stride on "
        "the 3×3 (v1.5); the paper's 18 and 34 pad with zeros (option A), and its bottlenecks stride on the first 1×1 "
        "(v1). The paper counts the max pool to conv2_x; here, as in torchvision, it stands in the stem."
    )
    st.markdown(
        "\n".join(
            f"- {name}: {plans[name].macs / 1e9:.3f} × 10⁹ here, {figure.printed.removesuffix(' FLOPs')} in the paper. "
            f"{figure.why}"
            for name, figure in figures.items()
        )
    )
