"""Single blocks: drawn beside each other and counted, and one that does not run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.architecture.block_spec import BlockSpec, Join
from explorer.architecture.one_block import BlockTrace, block_title, trace_block
from explorer.architecture.presets import preset
from explorer.architecture.wrong_blocks import CASES, Attempt, Case
from explorer.model.wrong_blocks import attempt
from explorer.ui import cached, shell
from explorer.ui.charts import chart
from explorer.ui.components.diagram import drawn
from explorer.views.block_drawing import block_drawing
from explorer.views.norm_lab import Curve, curves_figure
from explorer.views.wrong_drawing import wrong_drawing
from explorer.views.wrong_words import headline, why


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A block to draw.

    Attributes:
        title: above it.
        spec: the block.
        side: height and width of x.
    """

    title: str
    spec: BlockSpec
    side: int = 56

    @property
    def trace(self) -> BlockTrace:
        """The block at its size."""
        return trace_block(self.spec, (self.side, self.side))


def draw(blocks: tuple[Drawn, ...], words: Callable[[Drawn], str] | None = None) -> None:
    """Draw blocks in columns, which stand one above the other where there is little room.

    Args:
        blocks: two or three.
        words: what stands below a block, Markdown.
    """
    for place, (column, block) in enumerate(zip(st.columns(len(blocks), gap="medium"), blocks, strict=True)):
        with column:
            st.markdown(f"**{block.title}**")
            drawn(block_drawing(block.spec, block.trace, batch=1), key=f"learn_block_{place}")
            if words is not None:
                st.markdown(words(block))


# --- where the shape changes ---

FIRST_OF_STAGES = tuple(
    Drawn(title=block_title(spec), spec=spec)
    for spec in (preset("resnet18").blocks()[name] for name in ("layer1.0", "layer2.0"))
)
SOLID_AND_DASHED = (
    Drawn(
        title="ResNet-34, first block of conv2_x: solid",
        spec=BlockSpec(channels_in=64, channels_out=64, conv_bias=False),
    ),
    Drawn(
        title="ResNet-50, first block of conv2_x: dashed",
        spec=BlockSpec(
            type="bottleneck",
            channels_in=64,
            channels_out=256,
            shortcut="projection",
            shortcut_norm=True,
            conv_bias=False,
        ),
    ),
)


def first_of_stages() -> Mapping[str, object]:
    """The first blocks of two stages of ResNet-18, one that keeps the shape and one that changes it."""
    draw(FIRST_OF_STAGES)
    return {}


# --- what a block is made of ---

_BASIC = BlockSpec(channels_in=256, channels_out=256, conv_bias=False)
BASIC_AND_BOTTLENECK = (
    Drawn(title="Basic: two 3×3", spec=_BASIC),
    Drawn(title="Bottleneck: 1×1, 3×3, 1×1", spec=_BASIC.replace(type="bottleneck")),
)


def basic_and_bottleneck() -> Mapping[str, object]:
    """Both kinds of block for the same channels, with the weights of their convolutions."""
    draw(BASIC_AND_BOTTLENECK, _weights)
    basic = BASIC_AND_BOTTLENECK[0]
    return {"channels": basic.spec.channels_in, "side": basic.side}


def _weights(block: Drawn) -> str:
    convs = [row for row in block.trace.plan.layers if row.kind == "conv"]
    terms = " + ".join(f"{row.op.kernel}·{row.op.kernel}·{row.op.channels_in}·{row.op.channels_out}" for row in convs)
    return f"{terms} = **{sum(row.params for row in convs):,}** weights"


# --- addition and concatenation ---

_CHANNELS, _BLOCKS = 64, 8


def addition_and_concatenation() -> Mapping[str, object]:
    """Channels behind each of eight blocks that add, or set side by side."""
    blocks = range(_BLOCKS + 1)
    added, joined = (channels_behind(join, _BLOCKS) for join in ("add", "concat"))
    lines = [Curve(name="concatenation", x=blocks, y=joined), Curve(name="addition", x=blocks, y=added)]
    figure = curves_figure(lines, x="blocks", y="channels after them", theme=shell.theme())
    figure.update_yaxes(rangemode="tozero")
    alt = "Channels after each of eight blocks, with addition and with concatenation."
    chart(figure, "learn_addition", alt=alt)
    return {
        "channels": _CHANNELS,
        "blocks": _BLOCKS,
        "added": added[-1],
        "joined": joined[-1],
        "weights_added": f"{9 * added[-1] * _CHANNELS:,}",
        "weights_joined": f"{9 * joined[-1] * _CHANNELS:,}",
    }


def channels_behind(join: Join, blocks: int) -> list[int]:
    """Channels in front of the first block and behind each, where every main path outputs 64.

    Args:
        join: how F(x) and x are put together.
        blocks: how many follow each other.
    """
    channels = [_CHANNELS]
    for _ in range(blocks):
        block = BlockSpec(channels_in=channels[-1], channels_out=_CHANNELS, conv_bias=False, join=join)
        channels.append(trace_block(block, (56, 56)).plan.layers[-1].output_shape[0])
    return channels


# --- a block that does not run ---

WRONG = {
    "Two 3×3 without padding": CASES["no-padding"].at(channels_in=64, side=56),
    "Without padding, and a Conv3d": CASES["as-printed"],
    "Both mended": CASES["right"],
}


def wrong_blocks() -> Mapping[str, object]:
    """The printed block in three states, each with what PyTorch says when it is run."""
    for column, (title, case) in zip(st.columns(len(WRONG), gap="medium"), WRONG.items(), strict=True):
        made = attempt_of(case)
        with column:
            st.markdown(f"**{title}**  \n{headline(made)}")
            drawn(wrong_drawing(made), key=f"learn_wrong_{title}", clickable=False)
            st.caption(made.error or why(made))
    return {}


def attempt_of(case: Case) -> Attempt:
    """What came of running the block of a case."""
    return cached.result(
        ("learn wrong block", case), lambda: attempt(case.block, case.shape, conv3d=case.conv3d)[0], lambda made: 2000
    )
