"""What the passes show in sentences, and what the sources and the paper say about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from explorer.architecture.spec import ResNetSpec
from explorer.labs.gradient_flow.factor import Factor
from explorer.labs.gradient_flow.flow_pictures import FLOW_PICTURES
from explorer.labs.gradient_flow.gradient_flow import PICTURES, SCALING_TITLES, Flow, LayerFlow
from explorer.ui.gradient_flow.choice import Case
from explorer.ui.markup import without_markup
from explorer.views.gradient_flow import FlowLine, begins, line_sample, look, power_text
from explorer.views.palette import Theme

CLAIM = (
    "**Often written**: every layer multiplies the gradient by a factor, and over many layers a factor below 1 makes "
    "it vanish, one above 1 explode (Bengio et al. 1994; Glorot and Bengio 2010)."
)
ANSWER = (
    "**The paper's answer**: with batch norm neither the forward nor the backward signals vanish, the gradients have "
    "healthy norms, and plain networks degrade all the same; so vanishing gradients do not explain it "
    "(He et al. 2015, arXiv 1512.03385, section 4.1)."
)
NORMED_GROWTH = (
    "That a plain network with batch norm starts with gradients that grow towards the input is known too "
    "(Yang et al. 2019, arXiv 1902.08129); they do not vanish."
)
MUCH = 100.0
"""Beyond this factor over the whole depth a gradient is called vanished or exploded."""

_FAULTS = {"NaN": "✕ NaN", "infinity": "∞ overflow", "0": "0 all zero"}
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


def seen(flows: Mapping[str, Flow], cases: Sequence[Case]) -> str:
    """What becomes of the gradient on its way back, in a sentence for each kind of end, with the figures.

    Args:
        flows: by label.
        cases: what was measured; those that failed have no flow.
    """
    ends: dict[str, list[str]] = {"vanishes": [], "explodes": [], "stays within a factor of 100": [], "": []}
    kept = {case.label for case in cases if case.kept}
    for label, flow in flows.items():
        if label in kept and _is_no_number(flow):
            continue
        ends[_end(flow)].append(f"{without_markup(label)} ({_in_all(flow)})")
    parts = [f"{verb} in {', '.join(labels)}" for verb, labels in ends.items() if verb and labels]
    words = [f"**Seen here**: on its way back the gradient {'; it '.join(parts)}."] if parts else []
    if ends[""]:
        words.append(f"There is no gradient to speak of in {', '.join(ends[''])}.")
    untrained = [case for case in cases if case.label in flows and (case.kept is None or case.kept.epoch == 0)]
    if any(_grows_with_norm(flows[case.label], case.spec) for case in untrained):
        words.append(NORMED_GROWTH)
    return " ".join(words)


def trained(flows: Mapping[str, Flow], cases: Sequence[Case]) -> str:
    """What training changed between the first and the last epoch of a run; empty where nothing can be compared.

    Args:
        flows: by label.
        cases: what was measured.
    """
    usable = [case for case in cases if case.kept and case.label in flows and not _is_no_number(flows[case.label])]
    if len(usable) < 2 or len({case.kept.run for case in usable if case.kept}) > 1:
        return ""
    first, last = flows[usable[0].label], flows[usable[-1].label]
    if first.backward is None or last.backward is None:
        return ""
    return (
        f"**By epoch**: on its way back × {first.backward.per_layer_text} per layer at {usable[0].label} and "
        f"× {last.backward.per_layer_text} at {usable[-1].label}; the loss on these pictures is "
        f"{power_text(first.loss)} and {power_text(last.loss)}. The whole gradient shrinks and grows with the loss; "
        "what a layer does to it is the slope."
    )


def diverged(flows: Mapping[str, Flow], cases: Sequence[Case]) -> str:
    """Which weights of kept runs are no numbers any more; empty where all are.

    Args:
        flows: by label.
        cases: what was measured.
    """
    bad = [case for case in cases if case.kept and case.label in flows and _is_no_number(flows[case.label])]
    if not bad:
        return ""
    if len({case.kept.run for case in cases if case.kept}) == 1:
        return f"The run diverged: at {bad[0].label} its weights are no numbers any more, from the first layer on."
    labels = ", ".join(without_markup(case.label) for case in bad)
    return f"Diverged: the weights of {labels} are no numbers any more, from the first layer on."


def made_of(cases: Sequence[Case]) -> str:
    """What the numbers are made of: pictures, weights, mode, and what each of them is.

    Args:
        cases: at least one.
    """
    first = cases[0]
    if first.pictures is not None:
        shown = f"{FLOW_PICTURES[first.pictures]}, {first.side}×{first.side}"
    else:
        shown = f"up to {PICTURES} pictures that the run did not learn from, as large as those that it did"
    if first.kept is None:
        weights = "at the start, seed 0"
    else:
        epochs = sorted({case.kept.epoch for case in cases if case.kept})
        which = f"epoch{'' if len(epochs) == 1 else 's'} {', '.join(f'{epoch:,}' for epoch in epochs)}"
        pixels = "as in training" if first.scaling is None else SCALING_TITLES[first.scaling]
        weights = f"those that the run had at the end of {which}; pixels: {pixels}"
    return (
        f"A pass as in training: {shown}; weights: {weights}; norms use the batch's statistics. Spread: standard "
        "deviation of all values that a convolution of the main path puts out. Gradient: Euclidean norm of the loss's "
        "gradient with respect to them. The factor is a line fitted through the logarithms."
    )


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
        sample = line_sample(look(place, theme, of=len(flows) if in_order else 0))
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
        words.append(f"<small>{_FAULTS[kind]} from {escape(fault.layer)} on{among}</small>")
    return f"<td data-of='{name}'>{sentence}{''.join(words)}</td>"


def _is_no_number(flow: Flow) -> bool:
    """Pictures are finite: where the first layer puts out no number its weights are none."""
    return flow.layers[0].fault in ("NaN", "infinity")


def _end(flow: Flow) -> str:
    """What becomes of the gradient between the last convolution and the first."""
    fault = flow.convolutions[0].gradient_fault
    if fault is not None:
        return {"0": "vanishes", "infinity": "explodes"}.get(fault, "")
    if flow.backward is None:
        return ""
    if flow.backward.overall < 1 / MUCH:
        return "vanishes"
    return "explodes" if flow.backward.overall > MUCH else "stays within a factor of 100"


def _in_all(flow: Flow) -> str:
    fault = flow.first_gradient_fault
    if fault is not None and flow.convolutions[0].gradient_fault is not None:
        return f"{_FAULTS[fault.gradient_fault or '']} from {fault.layer} on"
    return "no factor" if flow.backward is None else f"× {flow.backward.overall_text}"


def _grows_with_norm(flow: Flow, spec: ResNetSpec) -> bool:
    grows = flow.backward is not None and flow.backward.overall > MUCH and math.isfinite(flow.loss)
    return grows and spec.is_plain and spec.norm == "batch"
