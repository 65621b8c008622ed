"""What the passes show in sentences, and what the sources and the paper say about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from explorer.architecture.spec import ResNetSpec
from explorer.labs.gradient_flow.gradient_flow import PICTURES, Flow
from explorer.labs.gradient_flow.shown import FLOW_PICTURES, SCALING_TITLES
from explorer.ui.gradient_flow import measured
from explorer.ui.gradient_flow.choice import Case
from explorer.ui.markup import without_markup
from explorer.views.numbers import power_text

CLAIM = (
    "**Often written**: every layer multiplies the gradient by a factor; over many layers a factor below 1 makes it "
    "vanish and a factor above 1 makes it explode (Bengio et al. 1994; "
    "[Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html))."
)
ANSWER = (
    "**The answer of the ResNet paper**: with batch norm neither forward nor backward signals vanish and the gradients "
    "have healthy norms, yet plain networks still degrade; so vanishing gradients do not explain it "
    "([He et al. 2015](https://arxiv.org/abs/1512.03385), section 4.1)."
)
NORMED_GROWTH = (
    "It is also known that a plain network with batch norm starts with gradients that grow towards the input "
    "([Yang et al. 2019](https://arxiv.org/abs/1902.08129)); at the start they do not vanish."
)
NORM_DIVIDES = (
    "Before a norm, larger weights mean smaller gradients, and nothing is lost ([Ioffe and Szegedy "
    "2015](https://arxiv.org/abs/1502.03167), section 3.3): on the way back, gradient times standard deviation changes "
    "by"
)
MUCH = 100.0
"""Beyond this factor from end to end a gradient is called vanished or exploded."""

FAULTS = {"NaN": "✕ NaN", "infinity": "∞ overflow", "0": "0 all zero"}


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
        words.append(f"There is no gradient in {', '.join(ends[''])}.")
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
        "what one layer does to it is the slope of its line."
    )


def norm_divides(flows: Mapping[str, Flow], cases: Sequence[Case]) -> str:
    """How much of a trained network's vanishing or exploding is the scale of its weights; empty where there is none.

    Args:
        flows: by label.
        cases: what was measured.
    """
    found = []
    for case in cases:
        flow = flows.get(case.label)
        if flow is None or not case.kept or case.kept.epoch == 0 or case.spec.norm == "none":
            continue
        if flow.forward and flow.backward and _end(flow) in ("vanishes", "explodes"):
            forward, backward = flow.forward.overall, flow.backward.overall
            if forward is not None and backward is not None:
                both = power_text(backward / forward, figures=3)
                found.append(f"× {both} in {without_markup(case.label)}")
    return f"{NORM_DIVIDES} {', '.join(found)}." if found else ""


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
        return f"The run diverged: at {bad[0].label} its weights are no longer numbers, from the first layer on."
    labels = ", ".join(without_markup(case.label) for case in bad)
    return f"Diverged: the weights of {labels} are no longer numbers, from the first layer on."


def made_of(cases: Sequence[Case]) -> str:
    """What the numbers are made of: pictures, weights, mode, and what each of them is.

    Args:
        cases: at least one.
    """
    first = cases[0]
    if first.pictures is not None:
        shown = f"{FLOW_PICTURES[first.pictures]}, {first.side}×{first.side}"
    else:
        shown = f"up to {PICTURES} held-out pictures of the run, at its own size"
    if first.kept is None:
        weights = "at the start, seed 0"
    else:
        epochs = sorted({case.kept.epoch for case in cases if case.kept})
        which = f"epoch{'' if len(epochs) == 1 else 's'} {', '.join(f'{epoch:,}' for epoch in epochs)}"
        pixels = "as in training" if first.scaling is None else SCALING_TITLES[first.scaling]
        weights = f"those that the run had at the end of {which}; pixels: {pixels}"
    shipped = ", ".join(case.label for case in cases if measured.shipped(case) is not None)
    return (
        f"A pass as in training: {shown}; weights: {weights}; norms use the statistics of the batch. Standard "
        "deviation: of all outputs of a convolution on the main path. Gradient: Euclidean norm of the gradient of the "
        "loss with respect to these outputs. The factor per layer is the slope of a line fitted through the "
        "logarithms; the factor from end to end compares the first and the last layer."
        + (f" Measured once, and shipped with the app: {shipped}." if shipped else "")
    )


def _is_no_number(flow: Flow) -> bool:
    """Pictures are finite: where the first layer outputs no number its weights are none."""
    return flow.layers[0].fault in ("NaN", "infinity")


def _end(flow: Flow) -> str:
    """What becomes of the gradient between the last convolution and the first."""
    fault = flow.convolutions[0].gradient_fault
    if fault is not None:
        return {"0": "vanishes", "infinity": "explodes"}.get(fault, "")
    overall = None if flow.backward is None else flow.backward.overall
    if overall is None:
        return ""
    if overall < 1 / MUCH:
        return "vanishes"
    return "explodes" if overall > MUCH else "stays within a factor of 100"


def _in_all(flow: Flow) -> str:
    fault = flow.first_gradient_fault
    if fault is not None and flow.convolutions[0].gradient_fault is not None:
        return f"{FAULTS[fault.gradient_fault or '']} from {fault.layer} on"
    return "no factor" if flow.backward is None else flow.backward.overall_text


def _grows_with_norm(flow: Flow, spec: ResNetSpec) -> bool:
    return _end(flow) == "explodes" and math.isfinite(flow.loss) and spec.is_plain and spec.norm == "batch"
