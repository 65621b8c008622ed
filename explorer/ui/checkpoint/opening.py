"""From a recognised file to every page: how its pictures were normalised, what its outputs are called, one click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.architecture.families import family_of
from explorer.architecture.values import is_whole
from explorer.errors import ExplorerError
from explorer.model.checkpoint.finding import Match
from explorer.model.checkpoint.own_weights import OwnWeights
from explorer.model.families import model_family
from explorer.model.images import HALF, IMAGENET, NAMED, UNIT, Preprocess
from explorer.model.published import imagenet_classes
from explorer.ui import state
from explorer.ui.checkpoint.source import Opened
from explorer.ui.checkpoint.stride import ask_stride
from explorer.ui.markup import without_markup
from explorer.ui.pages import PAGES
from explorer.ui.params.shared import FILE, MAX_SIDE, SIZE, WEIGHTS
from explorer.ui.shell import link_to, warn

_KNOWN = {"ImageNet mean and standard deviation": IMAGENET, "0.5 and 0.5": HALF, "0 to 1, as it is": UNIT}
_OWN = "my own"
_LOOKS_INTO_WEIGHTS = ("feature-maps", "batchnorm", "architecture", "block", "compare", "gradient-flow", "transfer")
_FIRST_NAMES = 5
_COLOURS = 3


def offer(match: Match, opened: Opened) -> OwnWeights | None:
    """Ask what the file does not say, and open the network with these weights on every page.

    Returns:
        The weights with what was said of them; None while that is not valid.
    """
    names = _class_names(match, opened)
    ask_stride(match)
    preprocess = opened.preprocess or _preprocess(match, opened.contents.hints)
    if preprocess is None:
        return None
    own = OwnWeights(replace(match.checkpoint, class_names=names), preprocess, opened.trained_on)
    if _is_open(match, own):
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="opened_on"):
            st.markdown("**It is open.** See it on", width="content")
            for path in _LOOKS_INTO_WEIGHTS:
                link_to(path, PAGES[path].title)
        return own
    st.button(
        "Open it on every page",
        key="open_checkpoint",
        type="primary",
        on_click=lambda: _open(match, own, opened.input_size or stated_size(opened.contents.hints)),
        help="Feature maps, BatchNorm, Architecture and the others then show this network with these weights.",
    )
    return own


def _is_open(match: Match, own: OwnWeights) -> bool:
    kept = state.own_weights()
    return (
        kept is not None
        and state.get(WEIGHTS) == FILE
        and state.spec() == match.spec
        and kept.checkpoint.sha256 == own.checkpoint.sha256
        and kept.checkpoint.class_names == own.checkpoint.class_names
        and kept.preprocess == own.preprocess
    )


def _open(match: Match, own: OwnWeights, size: tuple[int, int] | None) -> None:
    state.keep_own_weights(own)
    state.forget_failures()
    state.set_spec(match.spec, {WEIGHTS: FILE, SIZE: size})


def _class_names(match: Match, opened: Opened) -> tuple[str, ...] | None:
    """What the outputs are called: as the file says it, or ImageNet's names where a person says so."""
    outputs = family_of(match.spec).outputs
    names = opened.contents.class_names(outputs) or opened.classes
    if names and len(names) == outputs:
        first = ", ".join(names[:_FIRST_NAMES]) + (", …" if outputs > _FIRST_NAMES else "")
        st.caption(f"{outputs:,} class names were found: {without_markup(first)}")
        return names
    if outputs != len(imagenet_classes()):
        if outputs:
            st.caption("The file names no classes: answers are given by their number.")
        return None
    gives = st.toggle(
        "Its 1,000 classes are ImageNet's",
        value=True,
        key="imagenet_names",
        help="The file names no classes; ImageNet's names are in torchvision's order.",
    )
    return imagenet_classes() if gives else None


def _preprocess(match: Match, hints: Mapping[str, Any]) -> Preprocess | None:
    """Which preprocessing the weights were trained with; None while the person's own is not valid."""
    said = stated(hints)
    known = {**({"as the file says": said} if said else {}), **_KNOWN}
    colours = family_of(match.spec).picture_channels == _COLOURS
    usual = said or (model_family(match.spec).usual_preprocess if colours else UNIT)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="preprocessing"):
        choice = st.selectbox(
            "Preprocessing",
            [*sorted(known, key=lambda name: known[name] != usual), _OWN],
            key="file_preprocess",
            width=280,
            help="How pictures were normalised when the weights were trained; the wrong one gives wrong maps.",
        )
        if choice in known:
            return known[choice]
        means = st.text_input(
            "Mean per channel", "0.485, 0.456, 0.406", key="file_mean", help="Of values from 0 to 1.", width=220
        )
        deviations = st.text_input(
            "Standard deviation per channel", "0.229, 0.224, 0.225", key="file_std", help="More than 0.", width=220
        )
    try:
        return replace(IMAGENET, name="your own", mean=_reals(means), std=_reals(deviations))
    except ValueError:
        warn("Mean and standard deviation are numbers with commas between, such as 0.5, 0.5, 0.5.")
    except ExplorerError as error:
        warn(str(error))
    return None


def stated(hints: Mapping[str, Any]) -> Preprocess | None:
    """The preprocessing that a file states: one of here by its name, or a mean and a deviation per channel.

    These are of values from 0 to 1, or to 255 where a mean is above 1.

    Args:
        hints: what the file says of itself.
    """
    named = hints.get("preprocess")
    if isinstance(named, str) and named in NAMED:
        return NAMED[named]
    for place, mean in hints.items():
        holder, _, last = place.rpartition(".")
        std = hints.get(f"{holder}.{last.removesuffix('mean')}std".removeprefix("."))
        if last.removeprefix("image_") == "mean" and isinstance(mean, list | tuple) and isinstance(std, list | tuple):
            scale = 255 if max(mean, default=0) > 1 else 1
            try:
                return replace(IMAGENET, name="as the file says", mean=_over(mean, scale), std=_over(std, scale))
            except (ExplorerError, TypeError):
                continue
    return None


def stated_size(hints: Mapping[str, Any]) -> tuple[int, int] | None:
    """Height and width in pixels that a file says its pictures had: a side, two sides, or those behind the channels.

    Args:
        hints: what the file says of itself.
    """
    for place, value in hints.items():
        if place.rpartition(".")[2] in ("input_size", "image_size", "img_size"):
            sides = [*value][-2:] if isinstance(value, list | tuple) else [value]
            if all(is_whole(side, 1, MAX_SIDE) for side in sides):
                return sides[0], sides[-1]
    return None


def _over(values: Sequence[float], scale: int) -> tuple[float, ...]:
    return tuple(value / scale for value in values)


def _reals(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part.strip())
