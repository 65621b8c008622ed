"""Two checkpoints of one network: what moved and what did not, how far the maps part, and both answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from explorer.architecture.families import usual_size
from explorer.architecture.plan import Plan
from explorer.errors import ExplorerError
from explorer.model.answers import best_answers
from explorer.model.apart import TwoModels, compare_models
from explorer.model.checkpoint.against import changes, findings
from explorer.model.checkpoint.finding import Match
from explorer.model.checkpoint.layers import layer_of
from explorer.model.checkpoint.own_weights import OwnWeights
from explorer.ui import cached, shell, state
from explorer.ui.charts import chart
from explorer.ui.checkpoint.opening import stated
from explorer.ui.checkpoint.other import Other, choose_other
from explorer.ui.checkpoint.params import LAYER
from explorer.ui.checkpoint.running import AtWork, at_work, few
from explorer.ui.checkpoint.source import Opened
from explorer.ui.components.diagram import drawings
from explorer.ui.frames import downloads, table
from explorer.ui.markup import without_markup
from explorer.ui.pictures import Chosen
from explorer.views.against import changed_drawing, changes_figure, changes_frame, parts_figure
from explorer.views.html_table import html_table

_MOST_PICTURES = 8
_SMALL = 2_000
_WORDS = {
    "state": "Compared",
    "weight": "‖ΔW‖/‖W‖, or γ",
    "bias": "‖Δb‖/‖b‖, or β",
    "mean": "Running mean, in σ",
    "variance": "Running variance, times",
}


def against(match: Match, opened: Opened, own: OwnWeights | None) -> None:
    """Draw the choice of a second checkpoint, and what became of the network between the two.

    Args:
        match: the network that is shown.
        opened: the file that it is in.
        own: its weights; None while their preprocessing is not known.
    """
    st.subheader("Against another checkpoint", anchor=False)
    try:
        other = choose_other(match, opened)
        if other is None:
            st.caption(
                "Another checkpoint of the same network shows which layers were frozen and how far others moved."
            )
            return
        _weights(match, other)
        if own is not None:
            _at_work(match, opened, own, other)
    except ExplorerError as error:
        shell.say_error(error)


def _weights(match: Match, other: Other) -> None:
    """How far each layer moved: in sentences, along the depth, on the diagram and as a table."""
    one, second = match.checkpoint, other.match.checkpoint
    found = cached.result(
        ("changes", one.sha256, second.sha256),
        lambda: changes(one.tensors, second.tensors),
        lambda made: _SMALL * len(made),
    )
    plan = cached.plan_of(match.spec, usual_size(match.spec))
    # files of safetensors have their tensors in the order of the alphabet
    order = {row.layer: place for place, row in enumerate(plan.layers)}
    found = tuple(sorted(found, key=lambda change: order.get(change.layer, len(order))))
    stages = {each.layer: _stage(each.layer, plan) for each in found}
    left_out = list(dict.fromkeys(layer_of(name) for name in one.tensors if layer_of(name) not in stages))
    sentences = [*findings(found)]
    if left_out:
        sentences.append(f"Left out because they have another shape or are not in both: {', '.join(left_out)}.")
    st.markdown("\n".join(f"- {without_markup(sentence)}" for sentence in sentences))
    st.caption(
        f"W: the weights shown above, for a norm its γ; ΔW: those of {without_markup(other.name)} minus W; ‖·‖: "
        "the Euclidean norm."
    )
    if any(change.weight for change in found):
        chart(
            changes_figure(found, stages, theme=shell.theme(), picked=state.get(LAYER)),
            "changes",
            on_pick=lambda layer: state.update({LAYER: layer or None}),
            alt=f"Relative change of the weights of {len(found):,} layers along the depth.",
        )
    if not plan.network.measured:
        drawings(
            changed_drawing(plan, found, orientation="wide"),
            changed_drawing(plan, found, orientation="narrow"),
            key="changed_diagram",
        )
        st.caption("Hatched: weights and biases equal bit for bit. Above a card: the largest ‖ΔW‖/‖W‖ in it.")
    frame = changes_frame(found, stages)
    table(
        frame,
        "changes_table",
        alt=f"{len(frame):,} layers: relative changes of weights, biases and running statistics.",
        words=_WORDS,
        height=320,
    )
    downloads(frame, "changes", "changes")


def _at_work(match: Match, opened: Opened, own: OwnWeights, other: Other) -> None:
    """The same pictures through both: where the maps part, and what each answers."""
    first = at_work(match.spec, opened, own)
    checkpoint = other.match.checkpoint
    shared = own.checkpoint.class_names if other.match.spec == match.spec else None
    second = AtWork(
        spec=other.match.spec,
        plan=cached.plan_of(other.match.spec, first.plan.input_size),
        own=OwnWeights(
            replace(checkpoint, class_names=checkpoint.class_names or shared),
            other.opened.preprocess or stated(other.opened.contents.hints) or own.preprocess,
            other.opened.trained_on or own.trained_on,
        ),
    )
    st.markdown("**The same pictures through both**")
    pictures = few(first, _MOST_PICTURES)
    st.caption(
        without_markup(
            f"a: shown above, b: {other.name}; over {len(pictures)} {'picture' if len(pictures) == 1 else 'pictures'}."
        )
    )
    found = both(first, second, pictures)
    parts(found, first.plan, "maps")
    answers(found, (first, second), pictures, ("Shown above", other.name))


def both(first: AtWork, second: AtWork, pictures: Sequence[Chosen]) -> TwoModels:
    """Pictures through two checkpoints, each prepared as for the first.

    Raises:
        ExplorerError: when there is no room for them, or the network cannot take such pictures.
    """

    def make() -> TwoModels:
        with st.spinner(f"{len(pictures)} pictures through both networks"):
            return compare_models(first.ready.model, second.ready.model, first.images(pictures))

    key = ("apart", first.key(pictures), second.own.checkpoint.sha256)
    return cached.result(key, make, lambda made: made.first.nbytes + made.second.nbytes)


def parts(found: TwoModels, plan: Plan, key: str) -> None:
    """Draw how far the maps part, block by block, and offer the numbers.

    Args:
        found: outputs and distances.
        plan: of the network.
        key: of the chart and of the downloads.
    """
    stages = {one.part: _stage(one.layer, plan) for one in found.parts}
    chart(
        parts_figure(found.parts, stages, theme=shell.theme()),
        key,
        alt=f"Relative distance and cosine between the maps of both, at the end of {len(found.parts)} parts.",
    )
    frame = pd.DataFrame([(one.part, stages[one.part], one.relative, one.cosine) for one in found.parts])
    frame.columns = pd.Index(["part", "stage", "relative", "cosine"])
    downloads(frame, key, f"{key}_numbers")


def answers(found: TwoModels, works: tuple[AtWork, AtWork], pictures: Sequence[Chosen], names: tuple[str, str]) -> None:
    """Draw what both answer, side by side; nothing for networks that tell no classes.

    Args:
        found: outputs of both.
        works: both.
        pictures: that went through them.
        names: of both, for people.
    """
    if not all(one.tells_classes for one in works):
        st.caption("These networks have no classes, so there are no answers to compare.")
        return
    rows = []
    for picture, *outputs in zip(pictures, found.first, found.second, strict=True):
        rows.append([picture.title, *(_answer(one, of) for one, of in zip(works, outputs, strict=True))])
    st.html(html_table(["Picture", *names], rows))


def _answer(one: AtWork, outputs: np.ndarray) -> str:
    if not np.isfinite(outputs).all():
        return "NaN or infinite outputs"
    return next((f"{best.share} · {best.name}" for best in best_answers(one.ready.loaded, outputs, 1)), "")


def _stage(layer: str, plan: Plan) -> str:
    return plan.rows[layer].stage if layer in plan.rows else layer.partition(".")[0]
