"""The table under the charts: factors, both ends, and what went wrong where."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from explorer.labs.gradient_flow.factor import Factor
from explorer.labs.gradient_flow.gradient_flow import Flow, LayerFlow
from explorer.ui.gradient_flow.words import FAULTS
from explorer.views.charts.lines import line_sample, look, look_in_order
from explorer.views.flow_lines import FlowLine, begins
from explorer.views.numbers import power_text
from explorer.views.palette import Theme

_STYLE = """<style>
.flows { overflow-x: auto; }
.flows table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; width: 100%; }
.flows th, .flows td { padding: 4px 18px 4px 0; text-align: left; vertical-align: top; font-weight: 400; }
.flows thead th { font-weight: 650; }
.flows th[scope=row] { white-space: nowrap; }
.flows tr { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.flows small { display: block; opacity: 0.8; }
.flows img { vertical-align: middle; margin: 0 8px 0 6px; }
@media (max-width: 640px) {
  .flows thead { display: none; }
  .flows tr, .flows th, .flows td { display: block; padding: 1px 0; }
  .flows tr { padding: 6px 0; }
  .flows td::before { content: attr(data-of) ": "; opacity: 0.8; }
}
</style>"""


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
        forward = _cell("Forward", flow.forward, one.forward, flow.first_fault, one.forward_faults, back=False)
        backward = _cell(
            "Backward", flow.backward, one.backward, flow.first_gradient_fault, one.backward_faults, back=True
        )
        loss = f"<td data-of='Loss'>{power_text(flow.loss)}</td>"
        sample = line_sample(look_in_order(place, len(flows), theme) if in_order else look(place, theme))
        name = f"<b>{place + 1}</b>{sample}{escape(label)}"
        rows.append(f"<tr><th scope='row'>{name}</th>{forward}{backward}{loss}</tr>")
    head = "<th></th><th>Spread of activations, forward</th><th>Norm of the gradient, backward</th><th>Loss</th>"
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"{_STYLE}<div class='flows'><table>{body}</table></div>"


def _cell(
    name: str,
    factor: Factor | None,
    values: tuple[float, ...],
    fault: LayerFlow | None,
    faults: tuple[str | None, ...],
    *,
    back: bool,
) -> str:
    first, last = (values[-1], values[0]) if back else (values[0], values[-1])
    sentence = "too few layers have one to fit a factor" if factor is None else factor.sentence
    ends = f"{power_text(first)} at the {'last' if back else 'first'} layer, {power_text(last)} at the "
    words = [f"<small>{ends}{'first' if back else 'last'}</small>"]
    if fault is not None:
        kind = (fault.gradient_fault if back else fault.fault) or ""
        count = begins(faults, backward=back)
        among = f"; {count[2]:,} of {len(faults):,} convolutions" if count else ""
        words.append(f"<small>{FAULTS[kind]} from {escape(fault.layer)} on{among}</small>")
    return f"<td data-of='{name}'>{sentence}{''.join(words)}</td>"
