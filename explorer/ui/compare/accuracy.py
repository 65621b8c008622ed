"""What accuracy costs: the published accuracy of networks against what they take, and which are worth it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from explorer.architecture.families import Spec, named, network_of
from explorer.architecture.published import PUBLISHED
from explorer.architecture.trace import trace
from explorer.errors import ExplorerError
from explorer.ui import shell, state, widgets, work
from explorer.ui.charts import chart
from explorer.ui.compare.params import AMONG, COST
from explorer.ui.params.shared import DEVICE
from explorer.ui.slow import Progress, slowly
from explorer.views.accuracy import accuracy_figure, front_in_words, published_weights
from explorer.views.differences import recipes_compared

_KEY = "compare_time"
_SWAG = "https://arxiv.org/abs/2201.08371"
_WORDS = {
    "params": "parameters",
    "activation_bytes": "activations",
    "seconds": "measured time",
}


def accuracy(catalogue: pd.DataFrame) -> None:
    """Draw the chart with its choices, and what it shows.

    Args:
        catalogue: every described network, from ``cached.catalogue``.
    """
    st.subheader("What accuracy costs", anchor=False)
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        against = widgets.switch(COST, work.chosen().named(COST.words))
        among = widgets.switch(AMONG)
    seconds: dict[str, float] | None = {}
    with place:
        if against == "seconds":
            seconds = _measured()
        if seconds is None:
            return
        points = published_weights(catalogue, among, seconds)
        unit = work.chosen()
        said = front_in_words(points, against, work=unit)
        st.markdown(said)
        chart(
            accuracy_figure(points, against, shell.theme(), work=unit),
            "compare_accuracy",
            alt=f"Top-1 accuracy on ImageNet over {unit.title if against == 'macs' else _WORDS[against]}. {said}",
        )
    others = (
        " Grey: torchvision's other classifiers, with the parameters and GFLOPS that it publishes itself, each at the "
        "size that its accuracy was measured at; their activations are not known here, and they are not timed. Weights "
        f"called SWAG saw [3.6 billion other pictures]({_SWAG}) first."
        if among == "torchvision"
        else ""
    )
    st.caption(
        f"A point is one published set of weights, torchvision's accuracy for one crop. The line is the front. Open "
        f"circles: simple recipe. Filled: new recipe. {recipes_compared(catalogue)}{others}"
    )


def _measured() -> dict[str, float] | None:
    """Seconds of the ten residual networks on this machine; None where they are not measured yet."""
    from explorer.labs.timing.networks import networks_estimate, time_networks  # torch, only when it is asked for
    from explorer.model.device import choose

    nets: dict[str, Spec] = {name: named(name).spec for name in PUBLISHED}
    plans = {name: trace(network_of(spec), named(name).input_size) for name, spec in nets.items()}
    device = choose(state.get(DEVICE))

    def make(tell: Progress) -> dict[str, float]:
        return {name: runs.median for name, runs in time_networks(nets, device, progress=tell).items()}

    try:
        return slowly(
            ("network times", str(device)),
            make,
            lambda found: 100 * len(found),
            name=_KEY,
            what=f"Time of {len(nets)} networks on {device}, one picture each in float32",
            seconds=networks_estimate(plans),
        )
    except ExplorerError as error:
        shell.say_error(error)
        return None
