"""Can it be believed: a map is tested by its pixels, and by weights that are redrawn from the last layer down."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import streamlit as st

from explorer.labs.attribution.faithful import RANDOM_MAPS, STEPS, Curve, Faithful, faithful
from explorer.labs.attribution.redrawn import MOST_STOPS, Redrawn, cascade, parts_from_the_top
from explorer.labs.attribution.ways import Way
from explorer.labs.cost import pass_seconds
from explorer.ui import pictures, shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.inside.why.drawn import beside
from explorer.ui.inside.why.params import VIEW, WHY_BY, WHY_REDRAWN
from explorer.ui.inside.why.question import (
    AT_A_PART,
    OTHER,
    WAY_WORDS,
    Question,
    choose_classes,
    choose_part,
    choose_window,
    question,
)
from explorer.ui.markup import capital, without_markup
from explorer.ui.slow import slowly
from explorer.views.attribution import curve_figure, ranks_figure
from explorer.views.numbers import percent, written

_ALIKE, _OTHER = 0.7, 0.3
"""Rank correlations from which a map is called much the same, and below which it is called another one."""


def show() -> None:
    """Draw the view."""
    answer = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="why_choice"):
        way = _choose_way()
        more = st.container(horizontal=True, gap="small", vertical_alignment="bottom", width="content")
    drawn = st.container()
    pictures.choose_pictures()
    of = question()
    if of is None:
        return
    if len(of.logits) == 1:
        st.info(f"{of.plan.network.title} has one output, so no probability tells what covered pixels change: {OTHER}.")
        return
    with more:
        choose_classes(of)
        if way in AT_A_PART:
            choose_part(of, of.cams().parts)
        elif way == "occlusion":
            choose_window(of)
    with drawn:
        tested = _tested(of, way)
        if tested is None:
            return
        redrawn = _redrawn(of, way)
    with answer:
        st.subheader(_heading(of, way, tested, redrawn), anchor=False)
    if redrawn is not None:
        with drawn:
            _cascade(of, way, redrawn)
            shell.link_to("inside", "Back to where it looks", {VIEW: "where"}, help="The same map along the depth.")
    _about(of)


def _choose_way() -> Way:
    """Draw the choice of the map; the two ways of an addition are no map of their own."""
    shown = state.get(WHY_BY)
    way: Way = "gradcam" if shown == "ways" else shown
    maps: dict[Way | Literal["ways"], str] = {one: words for one, words in WHY_BY.words.items() if one != "ways"}
    widgets.switch(WHY_BY, maps, shown=way)
    return way


def _tested(of: Question, way: Way) -> Faithful | None:
    """Both curves, drawn; None where they wait or were stopped."""
    pictures_shown = 2 * (1 + RANDOM_MAPS) * (STEPS + 1)

    def values_of() -> np.ndarray:
        of.admit()
        return of.explain(of.ready.model, way)

    found = slowly(
        ("faithful", *of.explain_key(way)),
        lambda progress: faithful(
            of.ready.model, of.seen.prepared.tensor, of.asked.chosen, values_of(), progress=progress
        ),
        lambda made: 8 * made.deletion.shares.nbytes,
        name=f"why_faithful_{way}",
        what="Pixels covered, and put into a blurred picture",
        seconds=of.seconds(way) + pass_seconds(of.plan, pictures_shown),
    )
    if found is None:
        return None
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**Deletion**: the strongest pixels go first ({_areas(found.deletion, found.random_deletion)})")
        _curve(of, found.deletion, found.random_deletion, "why_deletion", "are covered")
    with right:
        st.markdown(f"**Insertion**: the strongest come first ({_areas(found.insertion, found.random_insertion)})")
        _curve(of, found.insertion, found.random_insertion, "why_insertion", "are put into a blurred picture")
    return found


def _areas(mine: Curve, chance: Curve) -> str:
    return f"area {written(mine.area, 2)}, at random {written(chance.area, 2)}"


def _curve(of: Question, mine: Curve, chance: Curve, key: str, what: str) -> None:
    lines = {"this map": mine, "at random": chance}
    chart(
        curve_figure(
            {label: (one.shares.tolist(), one.probabilities.tolist()) for label, one in lines.items()},
            of.name(),
            theme=shell.theme(),
        ),
        key,
        alt=f"The probability of {of.name()} while pixels {what}, by this map and at random.",
    )


def _redrawn(of: Question, way: Way) -> tuple[Redrawn, ...] | None:
    stops = min(MOST_STOPS, len(parts_from_the_top(of.plan)))
    return slowly(
        ("redrawn", *of.explain_key(way)),
        lambda progress: cascade(
            of.ready.model,
            of.plan,
            of.seen.prepared.tensor,
            of.asked.chosen,
            lambda model: of.explain(model, way),
            progress=progress,
        ),
        lambda made: sum(one.map.nbytes for one in made),
        name=f"why_redrawn_{way}",
        what="The map with weights redrawn from the last layer down",
        seconds=(stops + 1) * of.seconds(way),
    )


def _cascade(of: Question, way: Way, found: tuple[Redrawn, ...]) -> None:
    """The map as it is beside the one with redrawn weights, and the rank correlation along the cascade."""
    st.markdown("**The same map while weights are redrawn from the last layer down**; slide, or click a point.")
    last = len(found) - 1
    asked = state.get(WHY_REDRAWN)
    here = min(1 if asked is None else asked, last)
    if last > 1:
        widgets.slide(WHY_REDRAWN, usual=here, high=last, width=420)
    shown = found[here]
    down = f"redrawn down to {shown.part}" if shown.part else "nothing redrawn"
    signed = way != "gradient"
    # redrawn weights change a map's size too, and only its order is compared
    maps = {f"{capital(WAY_WORDS[way])} as it is": found[0].map, capital(down): shown.map}
    beside(of, {name: one / (np.abs(one).max() or 1.0) for name, one in maps.items()}, signed=signed)
    st.caption("Each map is divided by its largest magnitude.")
    chart(
        ranks_figure(
            {one.part: one.correlation for one in found[1:]},
            [one.stage for one in found[1:]],
            [one.probability for one in found[1:]],
            theme=shell.theme(),
            picked=here - 1,
        ),
        "why_ranks",
        on_pick=lambda place: state.update({WHY_REDRAWN: int(place) + 1}),
        alt=f"Rank correlation of the map with the original, by {last} parts down to which weights are redrawn.",
    )


def _heading(of: Question, way: Way, tested: Faithful, redrawn: tuple[Redrawn, ...] | None) -> str:
    """What both tests say."""
    better = tested.deletion.area < tested.random_deletion.area, tested.insertion.area > tested.random_insertion.area
    pixels = {
        (True, True): "does better than chance in both tests by pixels",
        (False, False): "does no better than chance in either test by pixels",
    }.get(better, "does better than chance in one of two tests by pixels")
    name = without_markup(of.name())
    said = f"{capital(WAY_WORDS[way])} of {name} {pixels}"
    last = redrawn[-1].correlation if redrawn else math.nan
    if math.isnan(last):
        return said
    change = (
        "stays much the same with random weights, so it says little of what was learned"
        if last >= _ALIKE
        else "is another one with random weights"
        if last < _OTHER
        else "changes in part with random weights"
    )
    cells = redrawn[-1].map.size if redrawn else 0
    return f"{said}, and {change} (rank correlation {written(last, 2)} over {cells:,} cells)"


def _about(of: Question) -> None:
    loaded = of.ready.loaded
    st.caption(
        f"Weights: {without_markup(loaded.label)} · mode: eval · preprocessing: {loaded.preprocess.name}. Deletion and "
        f"insertion: the probability of the class by the softmax, in {STEPS} steps; covered pixels get the mean "
        f"picture, the blurred picture is under a Gaussian; beside it the mean of {RANDOM_MAPS} random orders of the "
        "map's cells. A good map has a small area under deletion and a large one under insertion "
        "([Petsiuk et al. 2018](https://arxiv.org/abs/1806.07421)). Redrawn: weights of convolutions and of the linear "
        "layer, normal with the mean and standard deviation that those of the layer have, in a copy; norms and biases "
        "stay. Rank correlation: Spearman's, over the cells of the map "
        "([Adebayo et al. 2018](https://arxiv.org/abs/1810.03292))."
    )
    st.caption(
        f"**Not to be concluded.** That a map which passes shows how the network decides: at "
        f"{percent(of.probability())} a few pixels may already be enough, and pictures with covered pixels are like "
        "none that it has learned from. That a map which changes is right: it depends on the weights, no more. Adebayo "
        "and others found maps that look convincing and hardly change when all weights are random."
    )
