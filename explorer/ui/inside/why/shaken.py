"""Shaken: the picture changed a little, how the answer moves, and where in the network the change grows and dies."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image
from torch import Tensor

from explorer.architecture.plan import INPUT
from explorer.architecture.values import shortened
from explorer.errors import LabError
from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.labs.shaken.moved import Shake
from explorer.ui import models, pictures, shell, state, widgets
from explorer.ui.answers import UNTRAINED, unlike
from explorer.ui.charts import chart
from explorer.ui.inputs import choose_domains
from explorer.ui.inside.why import shaken_depth
from explorer.ui.inside.why.params import SHAKE, STRENGTHS, VIEW
from explorer.ui.inside.why.shaken_measured import Asked, asked_of
from explorer.ui.markup import without_markup
from explorer.views.montage import montage, picture_png
from explorer.views.numbers import percent, written
from explorer.views.shaken import answer_figure, course

_PIXELS = 168
_NAMED = 3
_LONGEST = 15


def show() -> None:
    """Draw the view."""
    ready, plan = models.ready(), state.plan()
    picture = pictures.chosen()[pictures.place()]
    asked = asked_of(ready, plan, picture)
    said = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        kind = widgets.switch(SHAKE)
        strength = _slide(asked, kind)
    left, right = st.columns([3, 2], gap="medium")
    drawn, depth = left.container(), st.container()
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
    with depth:
        shaken_depth.rows(asked, shake)
    with right:
        _curve(asked, kind, strength, shake)
    shaken_depth.kinds(asked, kind, strength)
    shell.link_to("inside", "Where it looks for this answer", {VIEW: "where"}, help="Maps of the places that count.")
    _about(asked, kind)


def _slide(asked: Asked, kind: KindName) -> float:
    of = STRENGTHS[kind]
    if kind != "shift":
        return widgets.slide(of, width=300)
    most = min(int(of.high), asked.plan.input_size[1] - 1)
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
    factor = f"enlarged {written(255 / reach, 2)} times" if reach else "nothing differs"
    signed = montage(difference, signed=True, smallest_tile=_PIXELS).png
    height, width = asked.plan.input_size
    wide = max(24, round(_PIXELS * min(1, width / height)))
    drawn = {
        "before": (_png(asked.given.pixels), _named(asked, shake.before)),
        "after": (_png(changed), _named(asked, shake.after)),
        "difference": (signed, f"{factor}: red brighter, blue darker, the strongest ±{written(reach, 3)} of 255"),
    }
    with st.container(horizontal=True, gap="small", key="shake_pictures"):
        for name, (png, words) in drawn.items():
            with st.container(width=max(wide, 150), gap="xxsmall"):
                st.image(png, width=wide, output_format="PNG", alt=f"The picture {name}, {height}×{width} pixels.")
                st.markdown(f":small[**{name.capitalize()}**  \n{words}]")


def _named(asked: Asked, outputs: np.ndarray) -> str:
    return "  \n".join(f"{one.share} · {without_markup(one.name)}" for one in asked.best(outputs, _NAMED))


def _png(pixels: Tensor) -> bytes:
    values = pixels.round().byte().permute(1, 2, 0).numpy()
    return picture_png(Image.fromarray(values[..., 0] if values.shape[2] == 1 else values), smallest=_PIXELS)


def _curve(asked: Asked, kind: KindName, strength: float, shake: Shake) -> None:
    before = asked.best(shake.before, len(shake.before))
    if len(before) < 2:
        st.caption(_no_classes(asked, shake))
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


def _no_classes(asked: Asked, shake: Shake) -> str:
    """Why there is no probability to be followed."""
    title, outputs = asked.plan.network.title, shake.before
    if asked.plan.makes_pictures:
        return f"{title} outputs a picture and no classes, so there is no probability to be followed."
    if not asked.ready.loaded.classifies:
        return f"{title} has no classifier here, so there is no probability to be followed."
    if len(outputs) == 1:
        return f"{title} has one output, which is no probability."
    if not np.isfinite(outputs).all():
        return "The outputs are not finite, so there is no probability to be followed."
    return UNTRAINED


def _about(asked: Asked, kind: KindName) -> None:
    loaded = asked.ready.loaded
    of_label = "the picture's label" if asked.label is not None else "the first answer"
    fgsm = (
        f"FGSM goes along the sign of the gradient of the cross-entropy of {of_label}, taken at the pixels before mean "
        "and standard deviation ([Goodfellow et al. 2015](https://arxiv.org/abs/1412.6572), section 4); pixel values "
        "are not rounded, so that of an ε below 0.5 nothing would be left in a file of 8 bits. "
    )
    st.caption(
        f"Weights: {without_markup(loaded.label)} · mode: eval · preprocessing: {loaded.preprocess.name}. The picture "
        "is changed as the network gets it, after resize and crop. ‖Δ‖ / ‖a‖: the Euclidean norm of the difference of "
        f"an output with and without the change, over that of the output without. {fgsm if kind == 'fgsm' else ''}"
        "Kinds of change and their strengths as a test: [Hendrycks and Dietterich 2019]"
        "(https://arxiv.org/abs/1903.12261)."
    )
    st.caption(
        "**Not to be concluded.** That a small ‖Δ‖ / ‖a‖ at the output leaves the answer: what counts is whether it "
        "points to another class. That a network which withstands FGSM is robust: it is one step along one gradient; "
        "attacks of many steps find more ([Madry et al. 2018](https://arxiv.org/abs/1706.06083)). That what holds for "
        "one picture holds for others."
    )
