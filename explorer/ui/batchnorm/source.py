"""Which network the page looks into, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.architecture.families import Spec, title_of
from explorer.architecture.plan import Plan
from explorer.ui import state
from explorer.ui.batchnorm.params import BETA, GAMMA
from explorer.ui.cached import Ready
from explorer.ui.markup import without_markup
from explorer.ui.models import ready
from explorer.ui.params.shared import CHANNEL, ROW
from explorer.ui.weights_row import offer
from explorer.views.selection import rows_of


@dataclass(frozen=True, eq=False, kw_only=True)
class Source:
    """What the page looks into.

    Attributes:
        spec: the network.
        ready: it, with weights, on its device.
        plan: of it, at the size of its pictures.
    """

    spec: Spec
    ready: Ready
    plan: Plan

    @property
    def norms(self) -> tuple[str, ...]:
        """Names of the norms in order."""
        return tuple(row.layer for row in self.plan.layers if row.kind == "norm")

    @property
    def kind(self) -> str:
        """Which norm the shown one is: batch, instance, group or layer."""
        return self.plan.rows[self.norm].op.norm

    @property
    def norm(self) -> str:
        """The norm that is shown: the picked one, the one in or behind what was picked, else the first."""
        picked = rows_of(self.plan, state.get(ROW) or None)
        names = {row.layer for row in picked}
        inside = [row.layer for row in picked if row.kind == "norm"]
        behind = [row.layer for row in self.plan.layers if row.kind == "norm" and names.intersection(row.inputs)]
        return next(iter([*inside, *behind, *self.norms]))

    def pick(self, norm: str, channel: int | None = None) -> None:
        """Show another norm. To be called from a widget's callback."""
        state.update({ROW: norm, CHANNEL: channel, GAMMA: None, BETA: None})


def source() -> Source:
    """What the page looks into.

    Raises:
        ExplorerError: when it cannot be built.
    """
    return Source(spec=state.spec(), ready=ready(), plan=state.plan())


def say_source(shown: Source) -> None:
    """One sentence on what is shown, and the ways to something else."""
    loaded = shown.ready.loaded
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="norm_source"):
        said = f"**{title_of(shown.spec)}** · weights: {without_markup(loaded.label)} · {shown.ready.device}"
        st.markdown(
            said if loaded.trained else f"{said}. Untrained: γ and β have their starting values.", width="content"
        )
        offer(shown.ready)


def say_kind(shown: Source) -> None:
    """What of this page applies to norms that are no batch norms."""
    if shown.kind == "instance":
        st.info(
            "Instance norm takes mean and variance of each picture by itself in train mode; in eval mode it uses "
            "running statistics, as batch norm does, because this network keeps them."
        )
    elif shown.kind == "layer":
        st.info(
            "Layer norm takes mean and variance over the channels of each position by itself, in both modes: it has no "
            "running statistics and needs no batch, so train and eval are the same."
        )
    elif shown.kind == "group":
        st.info(
            "Group norm takes mean and variance of each picture by itself, over a group of channels, in both modes: it "
            "has no running statistics, so γ, β and the four steps are all there is."
        )
