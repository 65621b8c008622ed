"""Where it looks: the places of a picture that an answer comes from, along the whole depth or at the pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from explorer.architecture.plan import paper_name
from explorer.labs.attribution.asked import at_once
from explorer.labs.attribution.cams import Cams, PartCams, half_on, logit_bias
from explorer.labs.attribution.pixels import AT_ONCE, COMPLETE, Integrated, integrated
from explorer.labs.attribution.ways import Way
from explorer.ui import pictures, shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.feature_maps.strip import Frame, filmstrip, frame_width
from explorer.ui.inside.why.drawn import beside
from explorer.ui.inside.why.params import VIEW, WHY_BY
from explorer.ui.inside.why.question import AT_A_PART, WAY_WORDS, Question, choose_classes, choose_window, question
from explorer.ui.markup import capital, without_markup
from explorer.ui.params.shared import ROW
from explorer.ui.slow import Progress, slowly
from explorer.views.attribution import depth_figure
from explorer.views.charts.heat import Scale, scale_of
from explorer.views.montage import picture_png
from explorer.views.numbers import percent, written
from explorer.views.overlay import overlaid
from explorer.views.palette import stage_colour

MOST_FRAMES = 56
_THUMBNAIL = 108
_PAPERS = {
    "gradcam": "Grad-CAM: the mean gradient of each channel times the channel, summed, and what is above 0 "
    "([Selvaraju et al. 2017](https://arxiv.org/abs/1610.02391))",
    "layercam": "LayerCAM: each value of a channel times its own gradient where that is above 0, summed "
    "(Jiang et al. 2021, IEEE Transactions on Image Processing 30, pages 5875–5888)",
    "ways": "At an addition: the mean gradient of each channel at the sum, before the last ReLU, times what the "
    "shortcut carries, and times F(x); both maps add up to that of the sum. Share of F(x): Σ|map of F(x)| / "
    "(Σ|map of x| + Σ|map of F(x)|)",
    "gradient": "The largest |∂logit/∂x| of each pixel's colours ([Simonyan et al. 2014]"
    "(https://arxiv.org/abs/1312.6034)), by captum",
    "integrated": "The gradients on a straight line from the mean picture to this one, times the difference "
    "([Sundararajan et al. 2017](https://arxiv.org/abs/1703.01365)), by captum",
    "occlusion": "By how much the logit falls while a square of the mean picture covers a place "
    "([Zeiler and Fergus 2014](https://arxiv.org/abs/1311.2901)), by captum",
}


def show() -> None:
    """Draw the view."""
    answer = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="why_choice"):
        way = widgets.switch(WHY_BY)
        classes = st.container(horizontal=True, gap="small", vertical_alignment="bottom", width="content")
    drawn = st.container()
    pictures.choose_pictures()
    of = question()
    if of is None:
        return
    with classes:
        choose_classes(of)
        if way == "occlusion":
            choose_window(of)
    with drawn:
        if way == "ways":
            said = _ways(of)
        elif way in AT_A_PART:
            said = _at_parts(of, way)
        else:
            said = _at_pixels(of, way)
        shell.link_to(
            "inside", "Can this map be believed?", {VIEW: "believe"}, help="Two tests of it, on this picture."
        )
    with answer:
        st.subheader(f"{of.subject()}{said}", anchor=False)
    _about(of, way)


def _at_parts(of: Question, way: Way) -> str:
    """Grad-CAM or LayerCAM; draws it and returns what it says."""
    found, here = of.cams(), of.part()
    if here is None:
        st.info(f"No layer of {of.plan.network.title} outputs a map of two positions or more at this input size.")
        return ""
    values = {one.part: one.grad_cam if way == "gradcam" else one.layer_cam for one in found.parts}
    signed = of.asked.against is not None and way == "gradcam"
    shown = {part: one if signed else np.maximum(one, 0) for part, one in values.items()}
    half = {part: half_on(one) for part, one in values.items()}
    beside(of, {f"{WAY_WORDS[way]} at {here.part}": shown[here.part]}, signed=signed)
    _strip(of, found.parts, shown, here, signed=signed)
    if way == "gradcam" and here is found.parts[-1]:
        _adds_up(of, found, here)
    st.markdown("**How much of the picture holds half of the map**, along the depth; click a point to step there.")
    _depth(of, found.parts, half, "half of it on", "of the picture hold half of the map", here)
    if math.isnan(half[here.part]):
        return f": at the end of {here.part} nothing speaks for it"
    what = "half of what is above 0" if signed else "half of the map"
    return f": at the end of {here.part} {what} is on {percent(half[here.part], 0)} of the picture"


def _ways(of: Question) -> str:
    """The two ways of an addition; draws them and returns what they say."""
    found, here, title = of.cams(), of.part(), of.plan.network.title
    if not found.sums:
        known = "was measured, not described: where it adds x to F(x) is not known"
        plain = "adds nothing: its blocks have no shortcut"
        st.info(f"{title} {known if of.plan.network.measured else plain}. Look at its Grad-CAM, or choose a ResNet.")
        return ""
    parts = [one for one in found.parts if one.part in found.sums]
    here = here if here in parts else parts[-1]
    assert here is not None, "what adds outputs a map"
    sums = found.sums[here.part]
    share = {name: one.residual_share for name, one in found.sums.items()}
    totals = {name: one.shortcut + one.residual for name, one in found.sums.items()}
    beside(of, {f"x + F(x) in {here.part}": totals[here.part], "x": sums.shortcut, "F(x)": sums.residual}, signed=True)
    _strip(of, parts, totals, here, signed=True)
    st.markdown("**The share of F(x) along the depth**; the dotted line is one half; click a point to step there.")
    _depth(of, parts, share, "share of F(x)", "of the map is F(x)'s", here)
    mine, others = percent(share[here.part], 0), percent(1 - share[here.part], 0)
    return f": in {here.part} F(x) has {mine} of the map and x {others}"


def _at_pixels(of: Question, way: Way) -> str:
    """A map at the pixels; draws it and returns what it says."""
    pair = _pixels(of, way)
    if pair is None:
        return ""
    values, said = pair
    beside(of, {capital(WAY_WORDS[way]): values}, signed=way != "gradient")
    return f": {said}"


def _pixels(of: Question, way: Way) -> tuple[np.ndarray, str] | None:
    """The map at the pixels and what it says; None where it waits to be asked for."""
    if way == "integrated":
        made = slowly(
            ("integrated", of.key),
            lambda progress: _integrated(of, progress),
            lambda made: made.map.nbytes,
            name="why_integrated",
            what="Integrated gradients",
            seconds=of.seconds(way),
        )
        if made is None:
            return None
        return made.map, f"what each pixel adds comes to {written(float(made.map.sum()), 3)}{_complete(made)}"

    def make(progress: Progress) -> np.ndarray:
        of.admit()
        return of.explain(of.ready.model, way, progress)

    values = slowly(
        ("explained", *of.explain_key(way)),
        make,
        lambda made: made.nbytes,
        name=f"why_{way}",
        what=capital(WAY_WORDS[way]),
        seconds=of.seconds(way),
    )
    if values is None:
        return None
    if way == "occlusion":
        window, _ = of.window()
        most = float(values.max())
        fall = f"the logit falls by {written(most, 3)}" if most > 0 else "the logit never falls"
        return values, f"where a square of {window}×{window} pixels hurts most, {fall}"
    return values, f"half of its gradient is on {percent(half_on(values), 0)} of the pixels"


def _integrated(of: Question, progress: Progress) -> Integrated:
    of.admit(pictures=at_once(of.ready.model, of.seen.prepared.tensor, AT_ONCE))
    return integrated(of.ready.model, of.seen.prepared.tensor, of.asked, progress=progress)


def _complete(made: Integrated) -> str:
    away = f" of {written(made.difference, 3)}, in {made.steps} steps"
    return away if made.gap <= COMPLETE else f"{away}: {percent(made.gap)} away, so read it with care"


def _strip(
    of: Question, parts: Sequence[PartCams], maps: Mapping[str, np.ndarray], here: PartCams, *, signed: bool
) -> None:
    """A thumbnail for each part, each on a scale of its own."""
    shown = _sampled(parts, here)
    frames = [
        Frame(
            name=one.row,
            label=one.part.rpartition(".")[2],
            stage=paper_name(of.plan.rows[one.row].stage),
            colour=stage_colour(of.plan.rows[one.row].stage, shell.theme()),
            alt=f"{one.part}: the map over the picture, output of {one.row}",
            png=_thumbnail(of, maps[one.part], scale_of([maps[one.part]], signed=signed)),
            width=frame_width(*of.plan.input_size),
            is_photo=True,
        )
        for one in shown
    ]
    filmstrip(frames, current=here.row, key="why_strip", on_pick=_go)
    if len(shown) < len(parts):
        st.caption(f"{len(shown)} of {len(parts)} parts, evenly spaced, and the one that is chosen.")


def _thumbnail(of: Question, values: np.ndarray, scale: Scale) -> bytes:
    small = of.seen.prepared.seen.copy()
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    return picture_png(overlaid(small, values, scale, smallest=_THUMBNAIL // 2))


def _sampled(parts: Sequence[PartCams], here: PartCams) -> list[PartCams]:
    if len(parts) <= MOST_FRAMES:
        return list(parts)
    kept = {round(place) for place in np.linspace(0, len(parts) - 1, MOST_FRAMES - 1)}
    return [one for place, one in enumerate(parts) if place in kept or one is here]


def _depth(
    of: Question, parts: Sequence[PartCams], shares: Mapping[str, float], title: str, said: str, here: PartCams
) -> None:
    rows = {one.part: one.row for one in parts}
    chart(
        depth_figure(
            {part: shares[part] for part in rows},
            [of.plan.rows[row].stage for row in rows.values()],
            title,
            said,
            theme=shell.theme(),
            picked=here.part,
        ),
        "why_depth",
        on_pick=lambda part: _go(rows[part]),
        alt=f"{title} along {len(rows)} parts of the network; {here.part} is marked.",
    )


def _adds_up(of: Question, found: Cams, here: PartCams) -> None:
    """The sum of the last map, where it has to be the logit."""
    bias = logit_bias(of.ready.model, of.asked)
    if bias is None:
        return
    what = "the logit" if of.asked.against is None else "the difference of the logits"
    st.caption(
        f"Before its ReLU the map of {here.part} adds up to {written(float(here.grad_cam.sum()))}: {what}, "
        f"{written(found.score)}, less the classifier's bias, {written(bias)}. Behind the last block there is only a "
        "mean over the positions and one linear layer, so there this map is exact; at earlier blocks it is not."
    )


def _go(row: str) -> None:
    state.update({ROW: row})


def _about(of: Question, way: str) -> None:
    loaded = of.ready.loaded
    trained = "" if loaded.trained else " The weights are random, so what it answers means nothing."
    colour = of.ready.loaded.preprocess.per_channel(3 if of.seen.prepared.seen.mode == "RGB" else 1)[0]
    base = ", ".join(f"{255 * value:.0f}" for value in colour)
    covers = f" The mean picture has the value {base} of 255." if way in ("integrated", "occlusion") else ""
    enlarged = " A map is enlarged to the picture bilinearly; its own cells are as many as stand beside its name."
    st.caption(
        f"Weights: {without_markup(loaded.label)} · mode: eval · preprocessing: {loaded.preprocess.name}.{trained} "
        f"{_PAPERS[way]}.{covers}{enlarged if way in ('gradcam', 'layercam', 'ways') else ''}"
    )
    st.caption(
        "**Not to be concluded.** That the network sees the object because the map lies on it: positions of late "
        "blocks see far more of the picture than their cell. That what is bright is why it answers so: another map of "
        "the same answer lies elsewhere. That a class which is not answered has no map: every class has one. That one "
        "block is stronger than another: each thumbnail has a scale of its own."
    )
