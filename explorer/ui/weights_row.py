"""In the row on top: which weights the network has, and in one click others."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.architecture.examples import EXAMPLES
from explorer.architecture.families import Spec, title_of
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.weights import (
    MAX_SEED,
    WeightsChoice,
    WeightsSource,
    best_here,
    by_preference,
    sources_for,
)
from explorer.ui import shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.known_weights import published_for
from explorer.ui.params.shared import FILE, SAMPLE, SIZE, WEIGHTS
from explorer.ui.widgets import bound

NONE = "none"
"""Shown while nothing is chosen: a page that shows weights will choose."""
_ANOTHER = "another file"
_LEAVES = "_weights_lead_to_checkpoint"


def weights() -> None:
    """The weights in words, and of random ones the seed; a file is read on the page Checkpoint."""
    if st.session_state.pop(_LEAVES, False):
        shell.go_to("checkpoint")
    current = state.get(WEIGHTS)
    sources = {_text(source): source for source in _sources(current)}
    shown = _shown(sources)
    words = {text: _words(source, is_shown=text == shown) for text, source in sources.items()}
    if shown == NONE:
        words = {NONE: "none chosen yet", **words}
    if state.own_weights() is not None:
        words[_ANOTHER] = "another file …"
    widgets.choose(WEIGHTS, words, shown=shown, changed=lambda text: _pick(text, sources), width=215)
    if shown in ("random", "fresh"):
        st.number_input(
            "Seed",
            min_value=0,
            max_value=MAX_SEED,
            step=1,
            help="Other random weights.",
            width=85,
            **bound("seed", WeightsChoice.from_text(current).seed, lambda seed: _pick_seed(shown, seed)),
        )


def in_words() -> str:
    """The weights in a few words, as they stand in the row."""
    current = state.get(WEIGHTS)
    sources = {_text(source): source for source in _sources(current)}
    shown = _shown(sources)
    if shown == NONE:
        return "no weights yet"
    seed = 0 if current == FILE else WeightsChoice.from_text(current).seed
    return _words(sources[shown], is_shown=True) + (f", seed {seed}" if seed else "")


def _shown(sources: Mapping[str, WeightsSource]) -> str:
    """Which of the sources stands in the row."""
    if not state.has_weights():
        return NONE
    current = state.get(WEIGHTS)
    kind = FILE if current == FILE else WeightsChoice.from_text(current).source  # a seed is set beside them
    return next((text for text in (current, kind) if text in sources), "random")


def offer(ready: Ready) -> None:
    """Buttons that lead to trained weights, while the shown ones are random or those of an example.

    Args:
        ready: the network that is shown.
    """
    if ready.loaded.trained and ready.loaded.source != "example":
        return
    network = ResNetSpec() if ready.loaded.trained else state.spec()
    there = published_for(network)
    with st.container(horizontal=True, gap="small", key="offered_weights"):
        if there:
            best = best_here(there) or by_preference(there)[0]
            how = "on this disk" if best_here(there) else best.megabytes
            st.button(
                f"Load {title_of(network)}'s ImageNet weights ({how})",
                key="load_published",
                on_click=lambda: _choose(network, best.tag),
                help=f"{best.title}, torchvision: {best.acc1:.1f}\u00a0% of ImageNet's validation pictures are "
                "classified correctly.",
            )
        if not ready.loaded.trained:
            name = next(iter(EXAMPLES))
            st.button(
                f"Show the trained example: {name}",
                key="show_example",
                on_click=lambda: choose_example(name),
                help="A small trained network that comes with the app, with a picture of its own kind.",
            )


def choose_example(name: str) -> None:
    """Choose a trained example with its network. To be called from a widget's callback."""
    _choose(EXAMPLES[name].spec, name)


def _choose(network: Spec, weights: str) -> None:
    state.forget_failures()
    state.set_spec(network, {WEIGHTS: weights, SIZE: None, SAMPLE: None})


def _sources(current: str) -> tuple[WeightsSource, ...]:
    there = sources_for(state.spec(), published_for(state.spec()))
    run = None if current == FILE else WeightsChoice.from_text(current)
    if run is not None and run.source == "run":
        return (WeightsSource(choice=run, label="trained here"), *there)
    return there


def _text(source: WeightsSource) -> str:
    return source.choice.to_text() or FILE


def _words(source: WeightsSource, *, is_shown: bool) -> str:
    own = state.own_weights()
    if source.choice.source == "file" and own is not None:
        return f"your file {own.checkpoint.name}"
    return source.label if is_shown or not source.note else f"{source.label} · {source.note}"


def _pick(text: str, sources: Mapping[str, WeightsSource]) -> None:
    reason = sources[text].reason if text in sources else None
    if text == _ANOTHER or (text == FILE and state.own_weights() is None):
        st.session_state[_LEAVES] = True
    elif text in EXAMPLES:
        choose_example(text)
    elif reason:
        state.refuse(reason)
    elif text in sources:
        state.forget_failures()
        state.update({WEIGHTS: text})


def _pick_seed(kind: str, seed: int) -> None:
    state.update({WEIGHTS: f"{kind}-{seed}" if seed else kind})
