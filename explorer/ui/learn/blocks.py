"""Blocks as figures of chapters: drawn beside each other, each with a line of words below it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import BlockTrace, trace_block
from explorer.ui.components.diagram import drawn
from explorer.views.block_drawing import block_drawing


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A block to draw.

    Attributes:
        title: above it.
        spec: the block.
        side: height and width of x.
        words: below it, Markdown.
    """

    title: str
    spec: BlockSpec
    side: int
    words: str = ""

    @property
    def trace(self) -> BlockTrace:
        """The block at its size."""
        return trace_block(self.spec, (self.side, self.side))


def draw_blocks(*blocks: Drawn, batch: int = 1) -> None:
    """Draw blocks in columns, which stand one above the other where there is little room.

    Args:
        *blocks: two or three.
        batch: pictures, written in front of every shape.
    """
    for place, (column, block) in enumerate(zip(st.columns(len(blocks), gap="medium"), blocks, strict=True)):
        with column:
            st.markdown(f"**{block.title}**")
            drawn(block_drawing(block.spec, block.trace, batch=batch), key=f"learn_block_{place}")
            if block.words:
                st.markdown(block.words)
