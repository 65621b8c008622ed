"""Feature maps: a picture, and what every layer makes of it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from explorer.architecture.plan import Plan, paper_name
from explorer.model.answers import BEST, best_answers
from explorer.ui import models, pictures, shell, state, widgets
from explorer.ui.answers import UNTRAINED, features_only, heading, unlike, verdict
from explorer.ui.cached import Ready
from explorer.ui.feature_maps.channels import channels
from explorer.ui.feature_maps.depth import depth
from explorer.ui.feature_maps.measured import Overview, Shown, overview, shown
from explorer.ui.feature_maps.params import VIEW
from explorer.ui.feature_maps.residual import residual
from explorer.ui.feature_maps.steps import current_block, current_row, go, steps
from explorer.ui.feature_maps.strip import Frame, filmstrip, frame_width
from explorer.ui.inputs import choose_domains
from explorer.ui.markup import without_markup
from explorer.ui.walk.play import play
from explorer.ui.walk.show import walk
from explorer.ui.weights_row import offer
from explorer.views.generated import generated_picture
from explorer.views.montage import picture_png, thumbnail
from explorer.views.palette import stage_colour

# More frames than this are too many to look at and to send.
MOST_FRAMES = 56
PHOTO = "input"
PHOTO_WIDTH, PHOTO_HEIGHT = 186, 124


def show() -> None:
    """Draw the page."""
    spec, plan = state.spec(), state.plan()
    shell.say_returned_size(plan)
    photo, answers, choice = _top(narrow=plan.makes_pictures)
    with choice:
        pictures.choose_pictures()
        choose_domains(spec)
    chosen = pictures.chosen()
    picture = chosen[pictures.place()]
    with photo:
        st.image(
            _small_png(picture.picture),
            caption=picture.title,
            width=_width(*picture.picture.size),
            output_format="PNG",
            alt=f"The picture: {picture.title}",
        )
    with answers:
        ready = models.ready()
    seen = shown(picture, ready, plan)
    if not picture.is_given:
        with photo:
            _what_it_sees(seen, plan)
    found = overview(ready, plan, seen)
    if plan.makes_pictures:
        with photo:
            _what_comes_out(found)
    with answers:
        _answers(ready, plan, found, picture)
    with choice:
        offer(ready)
        _state(ready, picture)
    if play(plan):
        walk(ready, plan, seen, found, picture, on_open=go)
    _strip(ready, plan, seen, found)
    _views(ready, plan, seen, found, chosen)


def _top(*, narrow: bool) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Places for the photographs, the answers and the choice; narrow answers leave room for a third picture."""
    with st.container(horizontal=True, gap="medium", key="top"):
        photo = st.container(horizontal=True, gap="small", width="content", key="photos")
        answers = st.container(width=200 if narrow else 260, gap="small", key="answers")
        choice = st.container(width=486, gap="small", key="choice")
    return photo, answers, choice


def _what_it_sees(seen: Shown, plan: Plan) -> None:
    height, width = plan.input_size
    st.image(
        picture_png(seen.prepared.seen, smallest=124),
        caption=f"input: {height}×{width}",
        width=_width(width, height),
        output_format="PNG",
        alt=f"What the network gets: the picture resized and cut to {height}×{width} pixels.",
    )


def _what_comes_out(found: Overview) -> None:
    picture = generated_picture(found.output)
    height, width = found.output.shape[1:]
    st.image(
        picture_png(picture, smallest=124),
        caption=f"output: {height}×{width}",
        width=_width(width, height),
        output_format="PNG",
        alt=f"The picture that the network makes, {height}×{width} pixels.",
    )


def _state(ready: Ready, picture: pictures.Chosen) -> None:
    st.caption(
        f"Weights: {without_markup(ready.loaded.label)} · mode: eval · on {ready.device} · "
        f"preprocessing: {'none' if picture.is_given else ready.loaded.preprocess.name}. {picture.note}"
    )


def _answers(ready: Ready, plan: Plan, found: Overview, picture: pictures.Chosen) -> None:
    if found.first_bad is not None:
        shell.say_error(
            f"The first layer with NaN or infinite values is {found.first_bad}; all layers after it are affected. "
            "Weights with calibrated statistics or a smaller depth keep the values in range."
        )
        st.button("Go to that layer", on_click=go, args=(found.first_bad,), key="go_bad", help=found.first_bad)
        return
    if plan.makes_pictures:
        noise = "" if ready.loaded.trained else "The weights are random, so the picture that comes out is noise. "
        st.caption(f"{noise}Its values are those of the tanh: −1 is black, 1 full colour.")
        return
    if not ready.loaded.trained:
        st.caption(UNTRAINED)
        return
    if not ready.loaded.classifies:
        st.caption(features_only(ready.loaded, len(found.output), picture))
        return
    best = best_answers(ready.loaded, found.output, BEST)
    st.subheader(f"{without_markup(best[0].name)} :gray[{best[0].share}]", anchor=False)
    said = [*filter(None, (verdict(ready.loaded, best[0], picture), unlike(ready.loaded, picture)))]
    if len(best) > 1:
        said += [f"**{heading(len(found.output))}**", *(f"{one.share} · {without_markup(one.name)}" for one in best)]
    if said:
        st.markdown("  \n".join(f":small[{line}]" for line in said))


def _strip(ready: Ready, plan: Plan, seen: Shown, found: Overview) -> None:
    theme = shell.theme()
    frames = [
        Frame(
            name=PHOTO,
            label="picture",
            stage="input",
            colour="inherit",
            alt="The picture that the network gets; goes to the first layer.",
            png=_small(seen.prepared.seen),
            width=frame_width(*plan.input_size),
            is_photo=True,
        )
    ]
    row = current_row(plan)
    here = current_block(plan) if _of_blocks(plan) else row.block or row.stage
    names = _sampled(list(found.thumbnails), here)
    for name in names:
        stage = next((row.stage for row in plan.layers if name in (row.block, row.layer)), name)
        frames.append(
            Frame(
                name=name,
                label=name.rpartition(".")[2],
                stage=paper_name(stage),
                colour=stage_colour(stage, theme),
                alt=f"{name}: mean of the magnitudes over its channels",
                png=thumbnail(found.thumbnails[name]),
                width=frame_width(*found.thumbnails[name].shape),
            )
        )
    frames.append(_last_frame(ready, plan, found))
    last = plan.layers[-1]
    current = last.layer if here == last.stage else here
    filmstrip(
        frames,
        current=current,
        key="filmstrip",
        on_pick=lambda name: go(plan.layers[0].layer if name == PHOTO else name),
    )
    if len(names) < len(found.thumbnails):
        st.caption(
            f"{len(names) - 1} of {len(plan.blocks)} blocks, evenly spaced, and the one that is chosen; "
            "the buttons and lists below reach every one."
        )


def _last_frame(ready: Ready, plan: Plan, found: Overview) -> Frame:
    """What leaves the network: the likeliest class in words, or the picture of a generator."""
    last = plan.layers[-1]
    colour = stage_colour(last.stage, shell.theme())
    if plan.makes_pictures:
        return Frame(
            name=last.layer,
            label="picture out",
            stage=last.stage,
            colour=colour,
            alt="The picture that the network makes; goes to the last layer.",
            png=_small(generated_picture(found.output)),
            width=frame_width(*found.output.shape[1:]),
            is_photo=True,
        )
    return Frame(
        name=last.layer,
        label="classes" if ready.loaded.classifies else "features",
        stage=last.stage,
        colour=colour,
        alt=f"The {len(found.output):,} outputs of the last layer",
        words=_last_words(ready, found),
    )


def _views(ready: Ready, plan: Plan, seen: Shown, found: Overview, chosen: Sequence[pictures.Chosen]) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="views"):
        view = widgets.switch(VIEW)
        if view == "channels" or _of_blocks(plan):
            steps(plan, rows=view == "channels")
    if view == "channels":
        row = current_row(plan)
        names = ready.loaded.classes if row.layer == plan.layers[-1].layer else None
        channels(ready, plan, seen, row, names=names)
    elif view == "residual":
        residual(ready, plan, seen)
    else:
        depth(ready, plan, [shown(one, ready, plan) for one in chosen])


def _of_blocks(plan: Plan) -> bool:
    """Whether a whole block is shown and not a single row."""
    return state.get(VIEW) == "residual" and bool(plan.blocks)


def _sampled(names: list[str], here: str) -> list[str]:
    """All names, or of too many an even selection with the first, the last and the chosen one."""
    if len(names) <= MOST_FRAMES:
        return names
    kept = {round(place) for place in np.linspace(0, len(names) - 1, MOST_FRAMES - 1)}
    return [name for place, name in enumerate(names) if place in kept or name == here]


def _last_words(ready: Ready, found: Overview) -> str:
    best = best_answers(ready.loaded, found.output, 1) if found.first_bad is None else ()
    if best and len(found.output) == 1:
        return best[0].share
    return best[0].name if best else f"{len(found.output):,} outputs"


def _width(width: int, height: int) -> int:
    """How wide a picture is shown so that it is neither wider nor higher than the top of the page allows."""
    return max(24, round(min(PHOTO_WIDTH, PHOTO_HEIGHT * width / height)))


def _small_png(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((400, 400))
    return picture_png(small, smallest=200)


def _small(picture: Image.Image) -> bytes:
    """A picture for the strip."""
    small = picture.copy()
    small.thumbnail((112, 112))
    return picture_png(small, smallest=56)
