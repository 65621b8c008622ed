"""Many pictures shaken in the same way: how many answers change, and how far layers are moved on the average."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.architecture.plan import INPUT, Plan
from explorer.errors import ExplorerError
from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.labs.shaken.several import Several, Spread, spread
from explorer.labs.worth.wilson import wilson
from explorer.model.answers import best_answers
from explorer.ui import shell, state
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.inputs import choose_domains
from explorer.ui.inside.many import choose_count, which
from explorer.ui.inside.pictures import choose_set, seen
from explorer.ui.inside.why import shaken_depth
from explorer.ui.inside.why import shaken_words as words
from explorer.ui.inside.why.drawn import pixels_png
from explorer.ui.inside.why.params import SHAKE_COUNT, SHAKE_ON, STRENGTHS
from explorer.ui.inside.why.shaken_many_measured import Many
from explorer.ui.markup import without_markup
from explorer.views.numbers import percent
from explorer.views.shaken import Ways, answer_figure, course

_USUAL = 64  # pictures, each a pass of its own
_SHOWN, _PIXELS = 6, 104


def show(said: DeltaGenerator, ready: Ready, plan: Plan, kind: KindName, strength: float) -> None:
    """Draw the view.

    Args:
        said: where the answer in words goes.
        ready: the network.
        plan: of it, at the size of the pictures.
        kind: of the change.
        strength: in its own unit.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        choose_set(ready)
        pictures = seen(ready, state.spec(), plan)
        count = choose_count(pictures, SHAKE_COUNT, passes=2, most=_USUAL)
    choose_domains(state.spec())
    outputs = plan.layers[-1].output_shape[0]
    labels = pictures.pictures.labels_among(ready.loaded.classes, outputs) if ready.loaded.classifies else None
    places = pictures.pictures.drawn(count)
    many = Many(ready=ready, plan=plan, seen=pictures, places=places, labels=None if labels is None else labels[places])
    try:
        found = many.at(kind, [strength], name="shake_many")
    except ExplorerError as error:
        with said:
            shell.say_error(error)
        return
    if found is None:
        return
    rows = {row: spread(shares[:, 0]) for row, shares in found.rows.items()}
    with said:
        st.subheader(_heading(many, found, rows, kind, strength), anchor=False)
        st.markdown(_said(many, found, rows))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _examples(many, found, kind, strength)
    with right:
        _curve(many, found, kind, strength)
    if rows[INPUT].mean != 0:
        shaken_depth.rows_and_ways(
            ready,
            plan,
            {row: one.mean for row, one in rows.items()},
            _ways(found),
            spread={row: (one.low, one.high) for row, one in rows.items()},
        )
    shell.link_to("inside", "One picture, and all kinds of change", {SHAKE_ON: "one"}, help="Which kind moves it most.")
    named = without_markup(which(pictures, count))
    words.about(ready, kind, labelled=many.labels is not None, pictures=f"{named}. Each is")


def _answering(many: Many, found: Several) -> bool:
    """Whether outputs are classes of a trained network, so that answers can be told apart."""
    loaded, finite = many.ready.loaded, np.isfinite(found.before).all() and np.isfinite(found.after).all()
    return bool(loaded.trained and loaded.classifies and found.before.shape[1] > 1 and finite)


def _changes(found: Several, at: int = 0) -> np.ndarray:
    """Whether each picture gets another answer at a strength, ``(n,)``."""
    return found.before.argmax(axis=1) != found.after[:, at].argmax(axis=1)


def _right(many: Many, found: Several, outputs: np.ndarray) -> np.ndarray | None:
    """Whether each picture is answered as its label says, ``(n,)``."""
    return None if many.labels is None else outputs.argmax(axis=1) == many.labels[found.places]


def _heading(many: Many, found: Several, rows: Mapping[str, Spread], kind: KindName, strength: float) -> str:
    change = f"{KINDS[kind].title}, {KINDS[kind].text(strength)}, on {len(found.places):,} pictures"
    if not _answering(many, found):
        into, out = (percent(rows[row].mean, figures=3) for row in (INPUT, [*rows][-1]))
        return f"{change}: the input is moved by {into}, the output by {out} on average"
    changes = _changes(found)
    share = f"{change}: {percent(changes.mean())} get another answer"
    before, after = (_right(many, found, outputs) for outputs in (found.before, found.after[:, 0]))
    if before is None or after is None:
        return share
    return f"{share}, {percent(after.mean())} a right one instead of {percent(before.mean())}"


def _said(many: Many, found: Several, rows: Mapping[str, Spread]) -> str:
    last = rows[[*rows][-1]]
    if rows[INPUT].mean == 0:
        return "Nothing is moved: the network gets the same pictures."
    parts = [
        f"On average: {course(many.plan, {row: one.mean for row, one in rows.items()})}",
        f"Four of five pictures move it by {percent(last.low, figures=3)} to {percent(last.high, figures=3)}.",
    ]
    if _answering(many, found):
        changes = _changes(found)
        low, high = wilson(int(changes.sum()), len(changes))
        parts.append(
            f"Of all such pictures {percent(low)} to {percent(high)} get another answer, with {percent(0.95, 0)} "
            "confidence."
        )
    left_out = len(many.places) - len(found.places)
    if left_out:
        parts.append(f"Left out: {left_out:,} whose loss is flat, so that FGSM has no direction.")
    return " ".join(parts)


def _ways(found: Several) -> list[Ways]:
    made = []
    for block in found.total:
        shortcut, main, total = (spread(of[block][:, 0]) for of in (found.shortcut, found.main, found.total))
        made.append(
            Ways(
                block=block,
                shortcut=shortcut.mean,
                main=main.mean,
                total=total.mean,
                spread=((shortcut.low, shortcut.high), (main.low, main.high)),
            )
        )
    return made


def _examples(many: Many, found: Several, kind: KindName, strength: float) -> None:
    """The pictures that are moved most, first those that get another answer, each before and after."""
    answering = _answering(many, found)
    moved = found.rows[[*found.rows][-1]][:, 0]
    order = np.lexsort((-moved, ~_changes(found) if answering else np.zeros(len(moved))))[:_SHOWN]
    st.markdown("**The pictures that are moved most**, before and after")
    height, width = many.plan.input_size
    wide = max(24, round(_PIXELS * min(1, width / height)))
    with st.container(horizontal=True, gap="small", key="shake_pictures"):
        for at in order:
            given = many.given(int(found.places[at]))
            pixels = many.pixels(int(found.places[at]), given, kind, [strength])
            assert pixels is not None, "it was measured"
            outputs = {"before": (given.pixels, found.before[at]), "after": (pixels[0], found.after[at, 0])}
            with st.container(width=max(wide, _PIXELS), gap="xxsmall"):
                for when, (shown, scores) in outputs.items():
                    alt = f"A picture {when}, {height}×{width} pixels."
                    st.image(pixels_png(shown, _PIXELS), width=wide, output_format="PNG", alt=alt)
                    best = best_answers(many.ready.loaded, scores, 1) if answering else ()
                    st.markdown(f":small[{f'{without_markup(best[0].name)} {best[0].share}' if best else when}]")


def _curve(many: Many, found: Several, kind: KindName, strength: float) -> None:
    """The share of answers that stay, and of right ones, at every strength."""
    if not _answering(many, found):
        st.caption(words.no_classes(many.ready, many.plan, found.before[0]))
        return
    st.markdown("**Share of the answers that stay**, by strength")
    strengths = many.strengths(kind)
    along = many.at(kind, strengths, name="shake_many_curve")
    if along is None:
        return
    count = len(along.places)
    stay = [1 - float(_changes(along, at).mean()) for at, _ in enumerate(strengths)]
    lines = {"stay": stay}
    if many.labels is not None:
        right = (_right(many, along, along.after[:, at]) for at, _ in enumerate(strengths))
        lines["right"] = [float(one.mean()) for one in right if one is not None]
    of = KINDS[kind]
    chart(
        answer_figure(
            strengths,
            {name: (shares, [f"{name}, of {count:,} pictures"] * len(shares)) for name, shares in lines.items()},
            at=strength,
            title=f"{of.title}: {of.unit}",
            share="pictures",
            theme=shell.theme(),
        ),
        "shake_many_curve",
        on_pick=lambda picked: state.update({STRENGTHS[kind]: picked}),
        alt=f"Share of {count:,} pictures whose answer stays at {len(strengths)} strengths of {of.title}.",
    )
    st.caption("Click a point to choose its strength.")
