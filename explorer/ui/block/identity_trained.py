"""Identity in a network that has learned: blocks appended to it, and blocks taken out of it."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.identity.appended import Appended, append_blocks
from explorer.labs.identity.lesions import Lesion, block_lesions, stage_lesions
from explorer.labs.identity.trained import Trained, trained_example
from explorer.model.probe import residual_ratios
from explorer.ui import cached, shell, widgets
from explorer.views.identity import TakenOut, figures_html, taken_out_figure
from explorer.views.norm_words import written

KINDS = {
    "nothing": "None: the network as it is",
    "identity": "Identity: main path 0",
    "plain": "Main path 0, no shortcut",
    "random": "Random, as drawn",
    "calibrated": "Random, running statistics taken anew",
}
_RATIO_PICTURES = 64


def appended(trained: Trained | None = None) -> None:
    """Append blocks to a stage and test every kind.

    Args:
        trained: the network; None for the example.
    """
    trained = trained or trained_example()
    stages = len(trained.spec.depths)
    st.markdown(
        f"**Can more layers do no harm?** To {trained.title}, blocks are appended at the end of a stage. If their main "
        "path is 0 they receive what is not negative and pass it on: a deeper network that answers the same exists. "
        "That training finds none better in a plain network is the paper's degradation."
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="identity_append"):
        count = widgets.slide("b_more", "Blocks appended", 1, 50, help="All of one kind.", width=260)
        stage = widgets.choose(
            "b_stage", "To stage", list(range(1, stages + 1)), help="They stand behind its last block.", width=110
        )
    with st.spinner("Testing five networks on the held-out pictures …"):
        try:
            found = _appended(trained, stage, count)
        except ExplorerError as error:
            st.warning(str(error), icon=":material/warning:")
            return
    st.html(figures_html(("Blocks appended", "Accuracy", "Answers changed", "Largest change of a logit"), _rows(found)))
    before, same = found[0], found[1]
    verdict = (
        "not one logit changes, to the last bit"
        if same.exact
        else f"{same.changed:,} answers change, logits by at most {written(same.largest)}"
    )
    st.markdown(
        f"With {count} identity {'block' if count == 1 else 'blocks'} more, {same.right:,} of {before.pictures:,} "
        f"held-out pictures are right as before: {verdict}. Without their shortcuts the same blocks put out 0, and the "
        "answer no longer depends on the picture."
    )
    st.caption(
        "Random blocks are drawn as a new network's (Kaiming fan-out, running mean 0 and variance 1). In the last line "
        "every norm of the network took its running statistics anew from pictures that it has learned from."
    )


def taken_out(trained: Trained | None = None) -> None:
    """Take every block and every stage out alone and test what is left.

    Args:
        trained: the network; None for the example.
    """
    trained = trained or trained_example()
    st.markdown(
        f"**Does one block matter?** The blocks of {trained.title}, are taken out one by one: of each only the "
        "shortcut is left, with the ReLU behind it. Nothing is trained again. Dotted: nothing taken out, and guessing."
    )
    with st.spinner("Testing the network without each of its blocks …"):
        blocks, stages, ratios = _lesions(trained)
    whole = 1 - blocks[0].whole_error
    drawn = [
        TakenOut(
            block=one.name,
            stage=one.name.partition(".")[0],
            accuracy=1 - one.error,
            ratio=ratios.get(one.name),
        )
        for one in blocks
    ]
    guessing = 1 / len(trained.data.classes)
    st.plotly_chart(
        taken_out_figure(drawn, whole=whole, guessing=guessing, theme=shell.theme()),
        height=360,
        key="taken_out",
        config={"displayModeBar": False},
        alt=f"Accuracy without each of {len(drawn)} blocks, and how much each adds to its shortcut.",
    )
    least, most = max(blocks, key=lambda one: one.error), min(blocks, key=lambda one: one.error)
    without = ", ".join(f"{one.name} {1 - one.error:.1%}" for one in stages)
    st.markdown(
        f"Whole: {whole:.1%}. Without {most.name} still {1 - most.error:.1%}, without {least.name} "
        f"{1 - least.error:.1%}. Without a whole stage: {without}; guessing gives {guessing:.0%}."
    )
    st.caption(
        f"Said of residual networks: they hardly notice. Veit et al. 2016 (arXiv 1605.06431) saw that with 54 blocks; "
        f"here are {len(blocks)}, and each carries more. A layer of VGG taken out, which is "
        "plain, left them with guessing, for nothing leads around it. "
        f"{len(trained.data.test_labels):,} held-out pictures; ratios over {_RATIO_PICTURES} of them, in eval mode."
    )


def _rows(found: tuple[Appended, ...]) -> list[tuple[str, ...]]:
    return [
        (KINDS[one.kind], f"{one.accuracy:.1%}", f"{one.changed:,}", "0" if one.exact else written(one.largest))
        for one in found
    ]


def _appended(trained: Trained, stage: int, count: int) -> tuple[Appended, ...]:
    return cached.result(
        ("appended", trained.name, stage, count),
        lambda: append_blocks(trained, stage=stage, count=count),
        lambda made: 200 * len(made),
    )


def _lesions(trained: Trained) -> tuple[tuple[Lesion, ...], tuple[Lesion, ...], dict[str, float]]:
    def make() -> tuple[tuple[Lesion, ...], tuple[Lesion, ...], dict[str, float]]:
        model, data = trained.model(), trained.data
        images = data.as_input(data.test_pixels[:_RATIO_PICTURES])
        ratios = {found.block: found.ratio for found in residual_ratios(model, images)}
        return block_lesions(model, data), stage_lesions(model, data), ratios

    return cached.result(("lesions", trained.name), make, lambda made: 300 * (len(made[0]) + len(made[1])))
