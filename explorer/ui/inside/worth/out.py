"""Blocks taken out: of any weights and on any pictures, each block alone, or more and more of them at random."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.identity.endurance import Endurance, endurance, verdict
from explorer.labs.identity.lesions import Lesion, keeping_shape, removable
from explorer.labs.shipped.shipped import shipped
from explorer.ui import cached, frames, models, shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.inside.beside import choose_beside, networks
from explorer.ui.inside.params import BESIDE, NONE, SET
from explorer.ui.inside.pictures import choose_set, seen
from explorer.ui.inside.worth import out_words as words
from explorer.ui.inside.worth.out_measured import Singly, Subject, Together, singly, subject, together
from explorer.ui.inside.worth.params import FULL, OUT, VIEW
from explorer.ui.params.shared import SIZE, WEIGHTS
from explorer.ui.slow import slowly, wanted
from explorer.views.html_table import figures_table
from explorer.views.numbers import percent
from explorer.views.taken_out import (
    MOVED,
    RandomLine,
    TakenOut,
    random_figure,
    random_table,
    taken_out_figure,
    taken_out_table,
)

_KEY = "worth_out"
_LESION_BYTES = 400


def show() -> None:
    """Draw the view."""
    ready, answer = models.ready(), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{_KEY}_choice"):
        choose_set(ready)
        at_random = widgets.switch(OUT) == "random"
        choose_beside(ready, usual=NONE)
        full = widgets.tick(FULL)
    with answer:
        subjects = _answer(ready, at_random=at_random, full=full)
    if subjects:
        _next(at_random=at_random)
        st.caption(words.made_of(subjects, at_random=at_random))
        st.caption(words.NOT_SAID)


def _answer(ready: Ready, *, at_random: bool, full: bool) -> Sequence[Subject]:
    """Draw what is measured, and of which networks; of none where it waits to be asked for."""
    pictures = seen(ready, state.spec(), state.plan())
    subjects: list[Subject] = []
    for place, network in enumerate(networks(ready, usual=NONE)):
        try:
            subjects.append(subject(network, pictures, at_random=at_random, full=full))
        except ExplorerError as error:
            if place == 0:
                raise
            shell.warn(str(error))
    keys = tuple(one.key for one in subjects)
    cost = sum(one.effort.seconds for one in subjects if not cached.is_kept(one.key))
    what = f"{words.named(subjects)} without {'several blocks' if at_random else 'each block and each stage'}"
    if not full and not wanted(keys, cost, name=_KEY, what=what):
        return ()
    if at_random:
        _at_random(subjects, full=full)
    else:
        _each(subjects)
    return subjects


def _each(subjects: Sequence[Subject]) -> None:
    """Every block alone: a figure for each network, and a table."""
    found: list[tuple[Subject, Singly]] = []
    for one in subjects:
        made = slowly(
            one.key,
            lambda tell, one=one: singly(one, tell),  # type: ignore[misc]
            lambda made: _LESION_BYTES * (len(made.blocks) + len(made.stages) + 1),
            name=f"{_KEY}_{len(found)}",
            what=f"{words.label(one, subjects)} without each of its blocks",
        )
        if made is None:
            return
        found.append((one, made))
    labelled = _labelled(subjects)
    st.subheader(words.each_heading(found[0][1], labelled=labelled), anchor=False)
    sentences = [words.extremes(one, made, subjects, labelled=labelled) for one, made in found]
    summed = [_endurance(one, made, subjects) for one, made in found] if labelled and len(found) > 1 else []
    st.markdown("\n".join(f"- {sentence}" for sentence in (*sentences, *verdict(summed))))
    columns = st.columns(len(found), gap="medium")
    for column, (one, made) in zip(columns, found, strict=True):
        with column:
            if len(found) > 1:
                st.markdown(f"**{words.label(one, subjects)}**")
            _drawn(one, made, subjects, labelled=labelled)
    head = (words.share(labelled=labelled).capitalize(), *(words.plain_label(one, subjects) for one in subjects))
    st.html(figures_table(head, _rows(found, labelled=labelled)))
    one, made = found[0]
    frames.downloads(taken_out_table(_bars(made.blocks, labelled=labelled)), "blocks-taken-out", f"{_KEY}_save")


def _drawn(one: Subject, made: Singly, subjects: Sequence[Subject], *, labelled: bool) -> None:
    bars = _bars(made.blocks, labelled=labelled)
    levels = (made.accuracy, one.guessing) if labelled else ()
    chart(
        taken_out_figure(bars, share=words.share(labelled=labelled), lower=MOVED, levels=levels, theme=shell.theme()),
        f"{_KEY}_{one is subjects[0]}",
        alt=f"{words.share(labelled=labelled).capitalize()} of {words.plain_label(one, subjects)} without each of "
        f"{len(bars)} blocks, and how far its logits move.",
    )
    staying = [node.name for node in one.network.plan.network.blocks() if node.name not in removable(_model(one))]
    if staying:
        st.caption(words.staying(staying))


def _bars(lesions: Sequence[Lesion], *, labelled: bool) -> list[TakenOut]:
    return [
        TakenOut(
            block=one.name,
            stage=one.name.rpartition(".")[0],
            share=one.accuracy if labelled else one.stays,
            lower=one.moved,
        )
        for one in lesions
    ]


def _endurance(one: Subject, made: Singly, subjects: Sequence[Subject]) -> Endurance:
    return endurance(
        words.label(one, subjects),
        made.blocks,
        whole=made.accuracy,
        plain=not any(node.add for node in one.network.plan.network.blocks()),
        comparable=keeping_shape(_model(one)),
        guessing=one.guessing,
    )


def _rows(found: Sequence[tuple[Subject, Singly]], *, labelled: bool) -> list[tuple[str, ...]]:
    """The whole, and each stage taken out, with the change of the logits; a column for each network."""
    stages = list(dict.fromkeys(stage.name for _, made in found for stage in made.stages))
    whole = [percent(made.accuracy if labelled else 1.0) for _, made in found]
    return [
        ("Whole", *whole),
        *((f"Without {stage}", *(_stage(made, stage, labelled=labelled) for _, made in found)) for stage in stages),
    ]


def _stage(made: Singly, name: str, *, labelled: bool) -> str:
    one = next((stage for stage in made.stages if stage.name == name), None)
    if one is None:
        return "–"
    of = f" ({len(one.removed)} of {len(one.removed) + len(one.kept)} blocks)" if one.kept else ""
    return f"{percent(one.accuracy if labelled else one.stays)}{of}"


def _at_random(subjects: Sequence[Subject], *, full: bool) -> None:
    """More and more blocks at random: a line for each network."""
    found: list[tuple[Subject, Together]] = []
    for one in subjects:
        made = slowly(
            one.key,
            lambda tell, one=one: together(one, tell, full=full),  # type: ignore[misc]
            lambda made: _LESION_BYTES * (len(made.counts) + 1),
            name=f"{_KEY}_{len(found)}",
            what=f"{words.label(one, subjects)} without several blocks",
        )
        if made is None:
            return
        found.append((one, made))
    labelled = _labelled(subjects)
    lines = [_line(one, made, subjects, labelled=labelled) for one, made in found]
    guessing = [one.guessing for one in subjects]
    st.subheader(words.random_heading(lines[0], guessing[0] if labelled else 0.0), anchor=False)
    st.markdown("\n".join(f"- {words.first_ones(line, alone=len(lines) == 1, labelled=labelled)}" for line in lines))
    chart(
        random_figure(
            lines,
            share=words.share(labelled=labelled),
            levels=sorted(set(guessing)) if labelled else (),
            theme=shell.theme(),
        ),
        f"{_KEY}_random",
        alt=f"{words.share(labelled=labelled).capitalize()} of {words.named(subjects)} against the number of blocks "
        "that are taken out at random, with 95 % intervals.",
    )
    frames.downloads(random_table(lines), "blocks-taken-out-at-random", f"{_KEY}_save")


def _line(one: Subject, made: Together, subjects: Sequence[Subject], *, labelled: bool) -> RandomLine:
    means = [count.accuracy if labelled else count.stays for count in made.counts]
    whole = made.accuracy if labelled else 1.0
    return RandomLine(
        label=words.plain_label(one, subjects),
        blocks=len(keeping_shape(_model(one))),
        counts=(0, *(count.count for count in made.counts)),
        shares=(whole, *(mean.mean for mean in means)),
        intervals=((whole, whole), *((mean.low, mean.high) for mean in means)),
        draws=(1, *(mean.draws for mean in means)),
    )


def _labelled(subjects: Sequence[Subject]) -> bool:
    """Whether every network's classes are those of the pictures."""
    return all(one.labels is not None for one in subjects)


def _model(one: Subject):  # type: ignore[no-untyped-def]
    return one.network.ready.model


def _next(*, at_random: bool) -> None:
    """What to look at next."""
    with st.container(horizontal=True, gap="medium"):
        if at_random:
            shell.link_to("inside", "Each block alone", {OUT: "each"}, help="Which block matters most.")
        else:
            shell.link_to("inside", "Several at random", {OUT: "random"}, help="How fast it breaks.")
        shell.link_to("inside", "Which paths carry the gradient", {VIEW: "paths"}, help="Count and gradient by length.")
        run = shipped()["residual_20"].run
        if state.get(WEIGHTS) != "run:residual_20":
            shell.link_to(
                "inside",
                "A residual network of 20 layers beside a plain one",
                {WEIGHTS: "run:residual_20", BESIDE: "run:plain_20@5", SET: "digits", SIZE: run.config.input_size},
                spec=run.config.spec,
                help="Two runs that come with the app: one shrugs, the other breaks.",
            )
