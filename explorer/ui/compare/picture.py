"""One picture through all networks: a stage side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.architecture.families import family_of
from explorer.architecture.plan import Plan, paper_name
from explorer.architecture.weights import published
from explorer.errors import ExplorerError, WeightsError
from explorer.model.answers import Answer, best_answers
from explorer.model.images import Prepared
from explorer.model.probe import record
from explorer.ui import cached, shell, state, widgets
from explorer.ui.answers import unlike
from explorer.ui.cached import Ready
from explorer.ui.compare.nets import Chosen
from explorer.ui.compare.params import AT, THROUGH, TRAINED
from explorer.ui.compare.stages import matrix_html
from explorer.ui.inputs import choose_domains, input_key, prepared
from explorer.ui.markup import without_markup
from explorer.ui.models import admit_pictures, model_of
from explorer.ui.params.shared import DEVICE, SIZE, THIS, WEIGHTS
from explorer.ui.pictures import choose_pictures, chosen, place
from explorer.ui.shell import warn
from explorer.views.aligned import aligned
from explorer.views.generated import generated_picture
from explorer.views.montage import montage, order_channels, picture_png
from explorer.views.numbers import in_bytes, percent, shape_text, written
from explorer.views.palette import STRIDE, stage_colour

TILES = 16
COLUMNS = 3
MOST_NAMED = 3
_FAILED = "_compare_failed_weights"


@dataclass(frozen=True, eq=False)
class Run:
    """What one network made of the picture.

    Attributes:
        label: the network's name.
        seen: the picture that it got, as PNG.
        ends: what each stage outputs, ``(C, H, W)``, by stage; the head left out.
        made: the picture that a generator put out, as PNG; empty for a classifier.
        best: the likeliest classes, none for untrained weights.
        unlike: a sentence where the picture is of another kind than it was trained on, else empty.
        weights: which weights it had.
    """

    label: str
    seen: bytes
    made: bytes
    ends: Mapping[str, np.ndarray]
    best: tuple[Answer, ...]
    unlike: str
    weights: str


def picture(networks: Sequence[Chosen], plans: Mapping[str, Plan]) -> None:
    """Choose a picture, run it through every network, and show a stage of all of them side by side.

    Args:
        networks: the compared networks.
        plans: their plans by name, all at one input size.
    """
    left, right = st.columns([1, 4], gap="large")
    with left:
        choose_pictures()
        choose_domains(next((one.spec for one in networks if family_of(one.spec).domains), networks[0].spec))
        seen = chosen()[place()]
        st.image(seen.picture, caption=seen.title, width="stretch", alt=f"The picture: {seen.title}.")
    with right:
        kind = widgets.switch(TRAINED)
        if not state.get(THROUGH):
            _offer(plans)
            return
        found = aligned(plans)
        runs = _runs(networks, plans, found.ends, kind)
        if runs:
            _show(runs, found.parts)


def _offer(plans: Mapping[str, Plan]) -> None:
    """Nothing is built before it is asked for."""
    weights = sum(plan.weights_bytes for plan in plans.values())
    st.button(
        "Run the picture through all",
        key="compare_run",
        type="primary",
        help="Builds the networks one after the other and keeps the output of each stage.",
        on_click=lambda: state.update({THROUGH: True}),
    )
    st.caption(
        f"{len(plans)} networks with {in_bytes(weights)} of weights will be built, one after the other, and shown the "
        f"picture at {shape_text(state.get(SIZE))}."
    )


def _runs(
    networks: Sequence[Chosen], plans: Mapping[str, Plan], ends: Mapping[str, Mapping[str, str]], kind: str
) -> tuple[Run, ...]:
    """The networks one after the other; one that fails gets a sentence and the others go on."""
    runs: list[Run] = []
    bar = st.progress(0.0, "Starting")
    try:
        for number, network in enumerate(networks):
            bar.progress(number / len(networks), f"{network.label}: {number + 1} of {len(networks)}")
            try:
                label = network.label
                runs.append(_run(network, plans[label], ends[label], _weights(network, kind)))
            except ExplorerError as error:
                shell.say_error(f"{network.label}: {error}")
    finally:
        bar.empty()
    return tuple(runs)


def _weights(network: Chosen, kind: str) -> str:
    """Which weights a network gets, as a link has them.

    The newest published ones if they were asked for; else this network its own, and all others the same seed.
    """
    there = published(network.spec) if kind == "published" else ()
    if there:
        return there[-1].tag
    above = str(state.get(WEIGHTS))
    return above if network.token == THIS or above.startswith(("random", "fresh")) else "random"


def _run(network: Chosen, plan: Plan, rows: Mapping[str, str], weights: str) -> Run:
    ready = _loaded(network, weights)
    shown = chosen()[place()]
    preprocess = ready.loaded.preprocess
    given = prepared(shown.picture, network.spec, plan, preprocess)
    ends, output = cached.result(
        ("stage ends", ready.key, *rows.items(), shown.digest, *input_key(network.spec, plan, preprocess)),
        lambda: _stage_ends(network.label, ready, plan, rows, given),
        lambda made: sum(e.nbytes for e in made[0].values()),
    )
    made = picture_png(generated_picture(output)) if plan.makes_pictures else b""
    best = () if plan.makes_pictures else best_answers(ready.loaded, output.reshape(-1), MOST_NAMED)
    return Run(
        network.label, picture_png(given.seen), made, ends, best, unlike(ready.loaded, shown), ready.loaded.label
    )


def _loaded(network: Chosen, weights: str) -> Ready:
    """The network with its weights; where those cannot be had, which is said and not tried again, random ones."""
    failures = st.session_state.setdefault(_FAILED, {})
    failure = failures.get((network.spec, weights))
    if failure is None:
        try:
            return model_of(network.spec, weights=weights, device=state.get(DEVICE))
        except WeightsError as error:
            if weights == "random":
                raise
            failure = failures[network.spec, weights] = str(error)
    warn(f"{network.label}: {failure} Random weights are shown.")
    return model_of(network.spec, device=state.get(DEVICE))


def _stage_ends(
    label: str, ready: Ready, plan: Plan, ends: Mapping[str, str], given: Prepared
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What the last row of every part outputs for one picture, and what leaves the network."""
    admit_pictures(ready, plan, label=label)
    last = plan.layers[-1].layer
    rows = {part: row for part, row in ends.items() if row != last}
    taps = record(ready.model, given.tensor, [*rows.values(), last], to="cpu")
    maps = {
        part: np.moveaxis(taps[row][0].numpy(), -1 if plan.rows[row].op.channels_last else 0, 0)
        for part, row in rows.items()
    }
    return maps, taps[last][0].numpy()


def _show(runs: Sequence[Run], parts: Sequence[str]) -> None:
    theme = shell.theme()
    stages = [part for part in parts if any(part in run.ends for run in runs)]
    st.html(
        matrix_html(
            {run.label: run.ends for run in runs},
            stages,
            lambda stage: stage_colour(stage, theme),
            inputs={run.label: run.seen for run in runs},
            outputs={run.label: run.made for run in runs if run.made},
        )
    )
    st.caption(
        "What each network gets, and the mean of |activation| over the channels where each stage ends, every map on a "
        "scale of its own from 0 (dark)."
    )
    for run in runs:
        if run.best:
            words = ", ".join(f"{without_markup(one.name)} {one.share}" for one in run.best)
            st.markdown(f"**{run.label}** sees: {words}. {run.unlike}")
    at = widgets.choose(AT, {stage: paper_name(stage) for stage in stages}, width=220)
    columns = st.columns(min(len(runs), COLUMNS), gap="medium")
    for number, run in enumerate(runs):
        with columns[number % len(columns)]:
            _stage(run, at)


def _stage(run: Run, stage: str) -> None:
    """The strongest channels of one network's stage, and its numbers."""
    st.markdown(f"**{run.label}**")
    maps = run.ends.get(stage)
    if maps is None:
        st.caption(f"It has no {'maps at ' if stage.startswith(STRIDE) else ''}{paper_name(stage)}.")
        return
    finite = np.isfinite(maps).all()
    drawn = montage(maps, order_channels(maps, "energy")[:TILES], scale="each", columns=4, smallest_tile=56)
    st.image(
        drawn.png,
        width="stretch",
        alt=f"The {len(drawn.channels)} channels with the most energy where {paper_name(stage)} ends in {run.label}.",
    )
    numbers = (
        f"mean {written(maps.mean(), 3)}, standard deviation {written(maps.std(), 3)}, "
        f"zeros {percent((maps == 0).mean(), 0)}, largest {written(maps.max(), 3)}"
        if finite
        else "it has values that are not finite"
    )
    st.caption(
        f"{shape_text(maps.shape)}; {numbers}. The {len(drawn.channels)} channels with the most energy, each on a "
        "scale of "
        f"its own: {', '.join(map(str, drawn.channels))}. Weights: {without_markup(run.weights)}."
    )
