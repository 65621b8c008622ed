"""Gradients and activations layer by layer: what vanishes, what explodes, and what the scale of the input does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.architecture.spec import ResNetSpec
from explorer.labs.gradient_flow.gradient_flow import Flow, LayerFlow, flow_of
from explorer.labs.gradient_flow.shown import SCALING_TITLES
from explorer.labs.training.one_thread import one_thread
from explorer.labs.training.sets import digit_net
from explorer.ui import cached, shell
from explorer.ui.charts import chart
from explorer.ui.gradient_flow.measured import line
from explorer.views.gradient_flow import flow_figure
from explorer.views.norm_lab import Curve, curves_figure

DEPTH, SHALLOW = 56, 20
BARE: dict[str, ResNetSpec] = {
    f"plain-{DEPTH}, no norm": digit_net(DEPTH, "none", norm="none"),
    f"residual-{DEPTH}, no norm": digit_net(DEPTH, norm="none"),
}
NORMED: dict[str, ResNetSpec] = {
    f"plain-{DEPTH}, no norm": digit_net(DEPTH, "none", norm="none"),
    f"plain-{DEPTH}": digit_net(DEPTH, "none"),
    f"residual-{DEPTH}": digit_net(DEPTH),
}


def without_norms() -> Mapping[str, object]:
    """Gradients on their way back through 56 layers without norm, without and with shortcuts."""
    flows = _kept("learn gradients", lambda: {title: flow_of(spec) for title, spec in BARE.items()})
    chart(
        flow_figure([line(title, flow) for title, flow in flows.items()], "backward", theme=shell.theme()),
        "learn_gradients",
        alt=f"Norm of the gradient at every convolution of {' and '.join(flows)}, on a logarithmic axis.",
    )
    factors = [
        f"{number}: {title}, {flow.backward.sentence}"
        for number, (title, flow) in enumerate(flows.items(), start=1)
        if flow.backward is not None
    ]
    return {"factors": "; ".join(factors)}


def with_norms() -> Mapping[str, object]:
    """Gradients of 56 layers without norm, and of plain and residual networks with norms."""
    flows = with_and_without_norms()
    curves = [_curve(title, flow, lambda row: row.gradient) for title, flow in flows.items()]
    _draw(
        curves,
        "norm of the gradient",
        "learn_vanishing",
        "Norm of the gradient at every convolution of three networks.",
    )
    return {
        "depth": DEPTH,
        "factors": "; ".join(f"{title}: {flow.backward.sentence}" for title, flow in flows.items() if flow.backward),
    }


def with_and_without_norms() -> dict[str, Flow]:
    """One pass forward and back through 56 layers: plain without norm, plain and residual with batch norm."""

    def make() -> dict[str, Flow]:
        with st.spinner(f"Three passes through {DEPTH} layers"):
            return {title: flow_of(spec) for title, spec in NORMED.items()}

    return _kept("learn not only vanishing", make)


def scaled_inputs() -> Mapping[str, object]:
    """How far activations spread along 20 plain layers, for three scalings of the pixels."""
    flows = by_scaling()
    curves = [_curve(title, flow, lambda row: row.spread) for title, flow in flows.items()]
    _draw(
        curves,
        "standard deviation of the output",
        "learn_inputs",
        "Standard deviation of the outputs along the depth, for three scalings of the pixels.",
    )
    factors = [f"{title}: × {flow.forward.per_layer:.3f}" for title, flow in flows.items() if flow.forward]
    return {"depth": SHALLOW, "factors": ", ".join(factors)}


def by_scaling() -> dict[str, Flow]:
    """A pass through a plain network without norm for every scaling of the pixels, by its title."""

    def make() -> dict[str, Flow]:
        spec = digit_net(SHALLOW, "none", norm="none")
        return {title: flow_of(spec, scaling=scaling) for scaling, title in SCALING_TITLES.items()}

    return _kept("learn inputs", make)


def _kept(key: str, make: Callable[[], dict[str, Flow]]) -> dict[str, Flow]:
    def alone() -> dict[str, Flow]:
        with one_thread():
            return make()

    return cached.result((key,), alone, lambda made: sum(500 * len(flow.layers) for flow in made.values()))


def _curve(title: str, flow: Flow, of: Callable[[LayerFlow], float]) -> Curve:
    rows = flow.convolutions
    return Curve(name=title, x=[row.depth or 0 for row in rows], y=[of(row) for row in rows])


def _draw(curves: list[Curve], y: str, key: str, alt: str) -> None:
    figure = curves_figure(curves, x="convolution on the main path", y=y, theme=shell.theme(), log_y=True)
    chart(figure, key, alt=alt)
