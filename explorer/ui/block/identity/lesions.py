"""Blocks and stages taken out of networks that have learned: residual ones shrug, plain ones break."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.identity.effort import affordable, spread
from explorer.labs.identity.endurance import BREAKS, SHRUGS, Endurance, endurance, verdict
from explorer.labs.identity.lesions import Lesion, OnPictures, block_lesions, keeping_shape, removable, stage_lesions
from explorer.labs.identity.trained import Trained, held_out_logits
from explorer.labs.training.one_thread import threads_for
from explorer.model.probe import residual_ratios
from explorer.ui import cached, shell
from explorer.ui.block.identity.pick import pick
from explorer.ui.block.identity.source import Source, said, trained_of, wait_for, when
from explorer.ui.charts import chart
from explorer.ui.shell import warn
from explorer.views.html_table import figures_table
from explorer.views.numbers import percent
from explorer.views.taken_out import TakenOut, taken_out_figure

_RATIO_PICTURES = 64
_VEIT = 54  # blocks of the 110 layers of Veit et al. 2016


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a network is worth without its parts.

    Attributes:
        blocks: taken out alone.
        stages: likewise.
        ratios: ‖F(x)‖ / ‖shortcut(x)‖ by block.
        whole: accuracy with nothing taken out, 0 to 1.
        pictures: how many it was tested on.
        removable: how many blocks can be taken out.
        staying: the blocks that cannot.
        comparable: the blocks that keep the shape.
    """

    blocks: tuple[Lesion, ...]
    stages: tuple[Lesion, ...]
    ratios: dict[str, float]
    whole: float
    pictures: int
    removable: int
    staying: tuple[str, ...]
    comparable: tuple[str, ...]


def taken_out() -> None:
    """Take every block and every stage out alone and test what is left, of one network or two."""
    st.markdown(
        "**Does one block matter?** Blocks are taken out one by one and nothing is trained again: a residual block "
        "keeps its shortcut and the ReLU after it; a plain one passes its input on, where the shapes agree. "
        "Dotted: nothing taken out, and guessing."
    )
    sources = pick(beside=True, kinds=("residual", "plain"))
    if wait_for(sources):
        return
    shown = [(source, *measured) for source in sources if (measured := _measured(source)) is not None]
    if not shown:
        return
    left, right = st.columns([1, 1] if len(shown) > 1 else [3, 2], gap="medium")
    for column, one in zip((left, right), shown, strict=False):
        with column:
            _drawn(*one)
    summed = [_endurance(*one) for one in shown]
    if len(shown) > 1:  # below both figures; one figure has them beside it
        left, right = st.columns(2, gap="medium")
    with left if len(shown) > 1 else right:
        st.html(figures_table(("Accuracy", *(source.label for source, _, _ in shown)), _rows(shown, summed)))
    with right:
        st.markdown("".join(f"\n- {sentence}" for sentence in verdict(summed)))
    st.caption(_made_of(shown))


def _measured(source: Source) -> tuple[Trained, Found] | None:
    try:
        trained = trained_of(source)
        return _lesions(trained, source.label)
    except ExplorerError as error:
        warn(source.problem or f"{source.heading}: {error}")
        return None


def _lesions(trained: Trained, label: str) -> tuple[Trained, Found]:
    """Every block and every stage taken out, as far as it fits into a few seconds."""

    def make() -> Found:
        with threads_for(trained.data.size):
            return _found(trained, label)

    found = cached.result(("lesions", trained.name), make, lambda made: 300 * (len(made.blocks) + len(made.stages) + 1))
    return trained.fewer(found.pictures), found


def _found(trained: Trained, label: str) -> Found:
    """All that is measured, with a bar that says how far it is."""
    model, stages = trained.model(), len(trained.spec.depths)
    can_go = removable(model)
    effort = affordable(trained, passes=len(can_go) + stages + 2)
    blocks = spread(can_go, effort.passes - stages - 2)
    data = trained.fewer(effort.pictures).data
    tested = OnPictures(model=model, answers=partial(held_out_logits, model, data), labels=data.test_labels)
    bar = st.progress(0.0, f"Testing {label} without each of its blocks")
    lesions = []
    try:
        for lesion in block_lesions(tested, blocks=blocks):
            lesions.append(lesion)
            bar.progress(len(lesions) / (len(blocks) + stages), f"Testing {label} without {lesion.name}")
        return Found(
            blocks=tuple(lesions),
            stages=tuple(stage_lesions(tested)),
            ratios={
                one.block: one.ratio
                for one in residual_ratios(model, data.as_input(data.test_pixels[:_RATIO_PICTURES]))
            },
            whole=tested.accuracy,
            pictures=len(data.test_labels),
            removable=len(can_go),
            staying=tuple(node.name for node in model.network.blocks() if node.name not in can_go),
            comparable=keeping_shape(model),
        )
    finally:
        bar.empty()


def _drawn(source: Source, trained: Trained, found: Found) -> None:
    st.markdown(f"**{source.heading}**{when(source)}")
    if not found.blocks:
        st.caption("No block of it can be taken out: each changes the shape and has no shortcut.")
        return
    drawn = [
        TakenOut(block=one.name, stage=one.name.partition(".")[0], share=one.accuracy, lower=found.ratios.get(one.name))
        for one in found.blocks
    ]
    chart(
        taken_out_figure(drawn, levels=(found.whole, _guessing(trained)), theme=shell.theme()),
        f"taken_out_{source.name}",
        alt=f"Accuracy of {source.label} without each of {len(drawn)} blocks, and how much each adds to its shortcut.",
    )
    if trained.spec.is_plain:
        st.caption(
            "There is no shortcut, so there is no ‖F(x)‖ / ‖shortcut(x)‖ to draw: the output of a block is F(x) alone. "
            f"{_staying(found)}"
        )


def _staying(found: Found) -> str:
    if not found.staying:
        return ""
    verb = "stays" if len(found.staying) == 1 else "stay"
    return f"{' and '.join(found.staying)} {verb}: nothing leads around a change of shape."


def _endurance(source: Source, trained: Trained, found: Found) -> Endurance:
    return endurance(
        f"{source.heading}{when(source)}",
        found.blocks,
        whole=found.whole,
        plain=trained.spec.is_plain,
        comparable=found.comparable,
        guessing=_guessing(trained),
    )


def _guessing(trained: Trained) -> float:
    return 1 / len(trained.data.classes)


def _rows(shown: Sequence[tuple[Source, Trained, Found]], summed: Sequence[Endurance]) -> list[tuple[str, ...]]:
    """A line for the whole, for single blocks, and for each stage; a column for each network."""
    of_all = [found for _, _, found in shown]
    stages = list(dict.fromkeys(stage.name for found in of_all for stage in found.stages))
    return [
        ("Whole", *(percent(found.whole) for found in of_all)),
        ("Without one block that keeps the shape, mean", *(percent(one.without) for one in summed)),
        ("Without the block that matters least", *(_block(found, max) for found in of_all)),
        ("Without the block that matters most", *(_block(found, min) for found in of_all)),
        *((f"Without {stage}", *(_stage(found, stage) for found in of_all)) for stage in stages),
    ]


def _block(found: Found, best: Callable[..., Lesion]) -> str:
    if not found.blocks:
        return "–"
    one = best(found.blocks, key=lambda lesion: lesion.accuracy)
    return f"{one.name}: {percent(one.accuracy)}"


def _stage(found: Found, name: str) -> str:
    one = next((stage for stage in found.stages if stage.name == name), None)
    if one is None:
        return "–"
    of = f" ({len(one.removed)} of {len(one.removed) + len(one.kept)} blocks)" if one.kept else ""
    return f"{percent(one.accuracy)}{of}"


def _made_of(shown: Sequence[tuple[Source, Trained, Found]]) -> str:
    """What the numbers are made of, and where the claim comes from."""
    made = []
    for source, trained, found in shown:
        some = (
            f"{len(found.blocks):,} of its {found.removable:,} blocks, at equal distances, "
            if len(found.blocks) < found.removable
            else ""
        )
        name = f"{source.heading}: " if len(shown) > 1 else ""
        made.append(f"{name}{some}{said(source, trained)}")
    most = max(found.removable + len(found.staying) for _, _, found in shown)
    fewer = f" Here are {most} blocks instead of {_VEIT}, and each carries more." if most < _VEIT else ""
    return (
        f"{' '.join(made)} Shrugs: keeps at least {percent(SHRUGS, 0)} of the accuracy above guessing; breaks: at most "
        f"{percent(BREAKS, 0)}. Veit et al. 2016 (arXiv 1605.06431) took single blocks out of a residual network of "
        f"110 layers and hardly saw a difference; a layer of VGG taken out, which is plain, left them with "
        f"guessing.{fewer} Ratios over {_RATIO_PICTURES} of the pictures."
    )
