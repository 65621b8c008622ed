"""Paths: how many there are of each length, the gradient that comes along one of them, and both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.architecture.plan import Plan
from explorer.errors import ExplorerError, LabError
from explorer.labs.identity.effort import spread
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.one_thread import threads_for
from explorer.labs.worth.paths import Paths, count_shares, log_counts, measure_paths, path_blocks, seconds
from explorer.ui import cached, frames, models, shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.inside.beside import LookedAt, choose_beside, distinct, networks
from explorer.ui.inside.params import BESIDE, SET
from explorer.ui.inside.pictures import Seen, choose_set, seen
from explorer.ui.inside.worth import paths_words as words
from explorer.ui.inside.worth.params import FULL, OUT, VIEW
from explorer.ui.params.shared import SIZE, WEIGHTS
from explorer.ui.slow import Progress, slowly, wanted
from explorer.views.paths import PathLine, paths_figure, paths_table

_KEY = "worth_paths"
_SECONDS = {False: 2.5, True: 90.0}
_EFFORTS = ((16, 64), (8, 64), (8, 14), (4, 14), (2, 10), (1, 10), (1, 7), (1, 5))
"""Pictures, and lengths of paths at most: the first that fits into the time is taken, else the last."""
_LENGTH_BYTES = 300


@dataclass(frozen=True, eq=False, kw_only=True)
class Followed:
    """A network whose paths are followed.

    Attributes:
        network: the network.
        seen: the pictures as it gets them.
        places: of those that go through it.
        lengths: of the paths that are followed.
        seconds: that it takes, roughly.
        key: of what is measured.
    """

    network: LookedAt
    seen: Seen
    places: np.ndarray
    lengths: tuple[int, ...]
    seconds: float
    key: tuple


def show() -> None:
    """Draw the view."""
    ready, answer = models.ready(), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{_KEY}_choice"):
        choose_set(ready)
        choose_beside(ready)
        full = widgets.tick(FULL)
    with answer:
        found = _answer(ready, full=full)
    if found:
        _below(found)


def _answer(ready: Ready, *, full: bool) -> list[tuple[Followed, Paths]]:
    """Draw the paths of each network; nothing where it waits to be asked for or was stopped."""
    pictures = seen(ready, state.spec(), state.plan())
    followed: list[Followed] = []
    for place, network in enumerate(networks(ready)):
        try:
            followed.append(_followed(network, pictures, full=full))
        except ExplorerError as error:
            if place == 0:
                raise
            shell.warn(str(error))
    cost = sum(one.seconds for one in followed if not cached.is_kept(one.key))
    what = f"The gradient along paths of {words.named([one.network for one in followed])}"
    if not full and not wanted(tuple(one.key for one in followed), cost, name=_KEY, what=what):
        return []
    found: list[tuple[Followed, Paths]] = []
    for one in followed:
        made = slowly(
            one.key,
            lambda tell, one=one: _measured(one, tell),  # type: ignore[misc]
            lambda made: _LENGTH_BYTES * len(made.measured),
            name=f"{_KEY}_{len(found)}",
            what=f"The gradient along the paths of {one.network.plan.network.title}",
        )
        if made is None:
            return []
        found.append((one, made))
    _draw(found)
    return found


def _followed(network: LookedAt, pictures: Seen, *, full: bool) -> Followed:
    """A network with as many pictures and lengths as fit into the time.

    Raises:
        LabError: it has no paths.
    """
    _refuse(network)
    blocks, size = len(path_blocks(network.ready.model)), len(pictures.pictures)
    there = pictures.pictures.tested if len(pictures.pictures.tested) else np.arange(size)
    efforts = [(min(count, len(there)), _lengths(blocks, most)) for count, most in _EFFORTS]
    costs = [seconds(network.plan, blocks, lengths, pictures=count) for count, lengths in efforts]
    place = next((place for place, cost in enumerate(costs) if cost <= _SECONDS[full]), -1)
    count, lengths = efforts[place]
    shown = pictures.shown_to(network)
    return Followed(
        network=network,
        seen=shown,
        places=np.sort(np.random.default_rng(0).permutation(there)[:count]),
        lengths=lengths,
        seconds=costs[place],
        key=("paths", network.key, shown.key, count, lengths),
    )


def _refuse(network: LookedAt) -> None:
    plan: Plan = network.plan
    title = plan.network.title
    if plan.network.measured:
        raise LabError(f"{title} is measured and not described, so its paths are not known: choose a ResNet.")
    if plan.makes_pictures:
        raise LabError(f"{title} has no classes, so there is no answer whose gradient could be followed.")
    if not path_blocks(network.ready.model) or network.cut:
        blocks = sum(1 for _ in plan.network.blocks())
        raise LabError(
            f"{title} has no shortcuts{' left' if network.cut else ''}: there is one path, which leads through all of "
            f"its {blocks} blocks. Choose a residual network."
        )


def _lengths(blocks: int, most: int) -> tuple[int, ...]:
    """Numbers from 0 to all blocks, at equal distances."""
    return tuple(int(length) for length in spread(tuple(map(str, range(blocks + 1))), most))


def _measured(one: Followed, progress: Progress) -> Paths:
    network = one.network
    # a way back needs what every row has output
    models.admit_pictures(network.ready, network.plan, pictures=len(one.places))
    with network.running(), threads_for(network.plan.input_size):
        return measure_paths(network.ready.model, one.seen.inputs(one.places), lengths=one.lengths, progress=progress)


def _draw(found: Sequence[tuple[Followed, Paths]]) -> None:
    looked = [one.network for one, _ in found]
    lines = [_line(distinct(one.network, looked), made) for one, made in found]
    st.subheader(words.heading(found[0][1]), anchor=False)
    st.markdown("\n".join(f"- {words.numbers(line.label, made)}" for line, (_, made) in zip(lines, found, strict=True)))
    chart(
        paths_figure(lines, theme=shell.theme()),
        _KEY,
        alt=f"Paths of {words.named(looked)} by the number of main paths on them: how many there are, the gradient "
        "along one of them, and the product of both.",
    )


def _below(found: Sequence[tuple[Followed, Paths]]) -> None:
    """What to do next, how it was made, and what it does not say."""
    looked = [one.network for one, _ in found]
    with st.container(horizontal=True, gap="medium"):
        shell.link_to("inside", "Take blocks out", {VIEW: "out", OUT: "random"}, help="How fast the network breaks.")
        run = shipped()["residual_56"].run
        if state.get(WEIGHTS) != "run:residual_56":
            shell.link_to(
                "inside",
                "27 blocks, trained beside untrained",
                {WEIGHTS: "run:residual_56", BESIDE: "run:residual_56@0", SET: "digits", SIZE: run.config.input_size},
                spec=run.config.spec,
                help="A run that comes with the app: what training does to long paths.",
            )
    st.caption(words.made_of(found[0][0].seen, len(found[0][0].places), [made for _, made in found], looked))
    st.caption(words.NOT_SAID)
    lines = [_line(distinct(one.network, looked), made) for one, made in found]
    frames.downloads(paths_table(lines), "paths", f"{_KEY}_save")


def _line(label: str, made: Paths) -> PathLine:
    return PathLine(
        label=label,
        log_counts=log_counts(made.blocks),
        lengths=tuple(one.length for one in made.measured),
        norms=tuple(one.norm.mean for one in made.measured),
        intervals=tuple((one.norm.low, one.norm.high) for one in made.measured),
        shares=made.shares,
        count_shares=count_shares(made.blocks),
    )
