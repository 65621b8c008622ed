"""Landscapes side by side: the answer in numbers, a picture of each, and what it is of."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.landscape.of_run import Walked
from explorer.labs.landscape.surface import Surface
from explorer.ui import shell, state
from explorer.ui.charts import chart
from explorer.ui.inside.landscape import words
from explorer.ui.inside.landscape.measured import Found, Shown, surface_of
from explorer.ui.inside.landscape.params import NORMS, SEED, VIEW
from explorer.ui.shell import say_error
from explorer.views.landscape import LossScale, contour_figure, is_cut, loss_scale, path_figure, surface_figure

_SIDE_BY_SIDE = 2


def draw(found: Sequence[tuple[Shown, Found | ExplorerError]], level: int) -> None:
    """Draw landscapes and what they show.

    Args:
        found: each with what was measured, or why it could not be.
        level: how fine they are, for the keys of the charts.
    """
    for _, made in found:
        if isinstance(made, ExplorerError):
            say_error(made)
    good = [(one, made) for one, made in found if not isinstance(made, ExplorerError)]
    if not good:
        return
    walks = [(one.label, made) for one, made in good if isinstance(made, Walked)]
    surfaces = [(one.label, made) for one, made in good if isinstance(made, Surface)]
    st.subheader(words.way(walks) if walks else words.rise(surfaces), anchor=False)
    ends = [(one.label, made.own[-1] if isinstance(made, Walked) else made.centre, one.classes) for one, made in good]
    if said := words.plateau(ends):
        st.markdown(said)
    scale = loss_scale([surface_of(made).loss for _, made in good])
    for first in range(0, len(good), _SIDE_BY_SIDE):
        row = good[first : first + _SIDE_BY_SIDE]
        for place, (column, (one, made)) in enumerate(zip(st.columns(len(row), gap="medium"), row, strict=True)):
            with column:
                _one(one.label, made, scale, f"land_{state.get(VIEW)}_{first + place}_{level}")
    losses = [surface_of(made).loss for _, made in good]
    if is_cut(losses):
        st.caption(words.CUT)


def explain(shown: Sequence[Shown]) -> None:
    """Say what is drawn and of what, and what is not to be concluded."""
    if shown:
        path = state.get(VIEW) == "path"
        st.caption(
            words.made_of(
                path=path,
                kept=state.get(NORMS) == "kept",
                pictures=", ".join(dict.fromkeys(one.pictures for one in shown)),
                seed=state.get(SEED),
            )
        )
        st.caption(words.not_so([one.parameters for one in shown]))


def _one(label: str, made: Found, scale: LossScale, key: str) -> None:
    st.markdown(words.bold(label))
    theme, found = shell.theme(), surface_of(made)
    x, y = found.axes
    if isinstance(made, Walked):
        figure = path_figure(
            x,
            y,
            found.loss,
            scale,
            epochs=made.epochs,
            places=made.places,
            projected=made.projected,
            own=made.own,
            explained=made.explained,
            theme=theme,
        )
        alt = f"The loss of {label} in the plane closest to its training, and the path of its epochs there."
    elif state.get(VIEW) == "surface":
        figure = surface_figure(x, y, found.loss, scale, theme=theme)
        alt = f"The loss around the weights of {label} as a surface; it turns with the mouse."
    else:
        figure = contour_figure(x, y, found.loss, scale, theme=theme)
        alt = f"The loss around the weights of {label} from above, with lines of equal loss."
    chart(figure, key, alt=alt)
    st.caption(words.holds(made) if isinstance(made, Walked) else words.bends(found))
