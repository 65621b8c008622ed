"""Shaken: the picture changed a little, how the answer moves, and where in the network the change grows and dies."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from explorer.architecture.plan import INPUT, Plan
from explorer.architecture.values import shortened
from explorer.errors import LabError
from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.labs.shaken.moved import Shake
from explorer.ui import models, pictures, shell, state, widgets
from explorer.ui.answers import unlike
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.inputs import choose_domains
from explorer.ui.inside.why import shaken_depth, shaken_many
from explorer.ui.inside.why import shaken_words as words
from explorer.ui.inside.why.drawn import pixels_png
from explorer.ui.inside.why.params import SHAKE, SHAKE_ON, STRENGTHS, VIEW
from explorer.ui.inside.why.shaken_measured import Asked, asked_of
from explorer.ui.markup import without_markup
from explorer.views.montage import montage
from explorer.views.numbers import percent, written
from explorer.views.shaken import answer_figure, course

_PIXELS = 168
_NAMED = 3
_LONGEST = 15


def show() -> None:
    """Draw the view."""
    ready, plan = models.ready(), state.plan()
    said = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        kind = widgets.switch(SHAKE)
        strength = _slide(plan, kind)
        many = widgets.switch(SHAKE_ON) == "many"
    if many:
        shaken_many.show(said, ready, plan, kind, strength)
    else:
        _one(said, ready, plan, kind, strength)


def _one(said: DeltaGenerator, ready: Ready, plan: Plan, kind: KindName, strength: float) -> None:
    """One picture: the answer in words goes where it shall be said."""
    picture = pictures.chosen()[pictures.place()]
    asked = asked_of(ready, plan, picture)
    left, right = st.columns([3, 2], gap="medium")
    drawn = left.container()
    with left:
        pictures.choose_pictures()
        choose_domains(state.spec())
    try:
        changed, shake = asked.changed(kind, strength), asked.shake(kind, strength)
    except LabError as error:
        with said:
            shell.say_error(error)
        return
    with said:
        st.subheader(_headline(asked, kind, strength, shake), anchor=False)
        shares = {row: moved.share for row, moved in shake.rows.items()}
        st.markdown(" ".join(filter(None, (course(plan, shares), unlike(ready.loaded, picture)))))
    with drawn:
        _pictures(asked, changed, shake)
    with right:
        _curve(asked, kind, strength, shake)
    if shake.rows[INPUT].by:
        shaken_depth.rows(asked, shake)
        shaken_depth.kinds(asked, kind, strength)
    else:
        st.caption("The input is not moved, so there is nothing to compare along the depth or with other kinds.")
    with st.container(horizontal=True, gap="medium"):
        shell.link_to(
            "inside", "Where it looks for this answer", {VIEW: "where"}, help="Maps of the places that count."
        )
        shell.link_to(
            "inside", "The same change on many pictures", {SHAKE_ON: "many"}, help="Whether it holds for others too."
        )
    words.about(ready, kind, labelled=asked.label is not None)


def _slide(plan: Plan, kind: KindName) -> float:
    of = STRENGTHS[kind]
    if kind != "shift":
        return widgets.slide(of, width=300)
    most = min(int(of.high), plan.input_size[1] - 1)
    return widgets.slide(of, low=-most, high=most, width=300)


def _headline(asked: Asked, kind: KindName, strength: float, shake: Shake) -> str:
    change = f"{KINDS[kind].title}, {KINDS[kind].text(strength)}"
    before, after = (asked.best(outputs, len(shake.before)) for outputs in (shake.before, shake.after))
    if not before or not after:
        moved = (percent(shake.rows[row].share, figures=3) for row in (INPUT, [*shake.rows][-1]))
        return "{}: the input is moved by {}, the output by {}".format(change, *moved)
    first, now = before[0], after[0]
    if len(before) == 1:
        return f"{change}: the one output moves from {first.share} to {now.share}"
    if first.name == now.name:
        return f"{change}: the answer stays {without_markup(first.name)}, {first.share} → {now.share}"
    names = without_markup(first.name), without_markup(now.name)
    return f"{change}: the answer changes from {names[0]} ({first.share}) to {names[1]} ({now.share})"


def _pictures(asked: Asked, changed: Tensor, shake: Shake) -> None:
    difference = (changed - asked.given.pixels).mean(dim=0, keepdim=True).numpy()
    reach = float(np.abs(difference).max())
    signed = montage(difference, signed=True, smallest_tile=_PIXELS).png
    height, width = asked.plan.input_size
    wide = max(24, round(_PIXELS * min(1, width / height)))
    drawn = {
        "before": (pixels_png(asked.given.pixels, _PIXELS), _named(asked, shake.before)),
        "after": (pixels_png(changed, _PIXELS), _named(asked, shake.after)),
        "difference": (signed, _scale(reach) if reach else "nothing differs"),
    }
    with st.container(horizontal=True, gap="small", key="shake_pictures"):
        for name, (png, words) in drawn.items():
            with st.container(width=max(wide, 150), gap="xxsmall"):
                st.image(png, width=wide, output_format="PNG", alt=f"The picture {name}, {height}×{width} pixels.")
                st.markdown(f":small[**{name.capitalize()}**  \n{words}]")


def _scale(reach: float) -> str:
    """What the colours of a difference mean, the strongest of which is this one."""
    times = written(255 / reach, 2)
    return f"enlarged {times} times: red brighter, blue darker, the strongest ±{written(reach, 3)} of 255"


def _named(asked: Asked, outputs: np.ndarray) -> str:
    return "  \n".join(f"{one.share} · {without_markup(one.name)}" for one in asked.best(outputs, _NAMED))


def _curve(asked: Asked, kind: KindName, strength: float, shake: Shake) -> None:
    before = asked.best(shake.before, len(shake.before))
    if len(before) < 2:
        st.caption(words.no_classes(asked.ready, asked.plan, shake.before))
        return
    first = before[0].name
    st.markdown(f"**Probability of {without_markup(first)}**, and of the best of all others")
    found = asked.curve(kind)
    if found is None:
        return
    points = dict(sorted({**found, strength: shake}.items()))
    known = [asked.best(one.after, len(before)) for one in points.values()]
    if not all(known):
        st.caption("At some strengths the outputs are not finite, so there is no probability.")
        return
    mine = [next(one for one in best if one.name == first) for best in known]
    others = [next(one for one in best if one.name != first) for best in known]
    lines = {
        shortened(label, _LONGEST): ([one.portion for one in line], [one.name for one in line])
        for label, line in ((first, mine), ("best other", others))
    }
    of = KINDS[kind]
    chart(
        answer_figure([*points], lines, at=strength, title=f"{of.title}: {of.unit}", theme=shell.theme()),
        "shake_curve",
        on_pick=lambda picked: state.update({STRENGTHS[kind]: picked}),
        alt=f"Probability of {first} and of the best other class at {len(points)} strengths of {of.title}.",
    )
    lost = [of.text(at) for at, best in zip(points, known, strict=True) if best[0].name != first]
    st.caption(
        f"Another answer at {', '.join(lost)}. Click a point to choose its strength."
        if lost
        else "The answer is the same at every strength shown. Click a point to choose its strength."
    )
