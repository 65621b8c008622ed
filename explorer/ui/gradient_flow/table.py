"""The table under the charts: factors, both ends, and what went wrong where."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from explorer.labs.gradient_flow.factor import Factor
from explorer.labs.gradient_flow.gradient_flow import Flow, LayerFlow
from explorer.ui.gradient_flow.words import FAULTS
from explorer.views.charts.lines import line_name, look, look_in_order
from explorer.views.flow_lines import FlowLine, begins
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import power_text
from explorer.views.palette import Theme

HEAD = ("", "Standard deviation of the activations, forward", "Norm of the gradient, backward", "Loss")


def table_html(
    flows: Mapping[str, Flow], lines: Mapping[str, FlowLine], theme: Theme, *, in_order: bool = False
) -> str:
    """The factor per layer of every network in both directions, its numbers at both ends, and what went wrong where.

    Args:
        flows: by label.
        lines: by the same labels.
        theme: ``light`` or ``dark``.
        in_order: they are epochs of one network.
    """
    rows = []
    for place, (label, flow) in enumerate(flows.items()):
        one = lines[label]
        forward = _cell(flow.forward, one.forward, flow.first_fault, one.forward_faults, back=False)
        backward = _cell(flow.backward, one.backward, flow.first_gradient_fault, one.backward_faults, back=True)
        drawn = look_in_order(place, len(flows), theme) if in_order else look(place, theme)
        rows.append((line_name(place, drawn, label), forward, backward, power_text(flow.loss)))
    return html_table(HEAD, rows, kind="flows", stacked=True)


def _cell(
    factor: Factor | None,
    values: tuple[float, ...],
    fault: LayerFlow | None,
    faults: tuple[str | None, ...],
    *,
    back: bool,
) -> Cell:
    first, last = (values[-1], values[0]) if back else (values[0], values[-1])
    sentence = "too few layers have a value to fit a factor" if factor is None else factor.sentence
    ends = f"{power_text(first)} at the {'last' if back else 'first'} layer, {power_text(last)} at the "
    words = [f"<small>{ends}{'first' if back else 'last'}</small>"]
    if fault is not None:
        kind = (fault.gradient_fault if back else fault.fault) or ""
        count = begins(faults, backward=back)
        among = f"; {count[2]:,} of {len(faults):,} convolutions" if count else ""
        words.append(f"<small>{FAULTS[kind]} from {escape(fault.layer)} on{among}</small>")
    return Cell(html=f"{sentence}{''.join(words)}")
