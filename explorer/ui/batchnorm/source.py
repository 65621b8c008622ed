"""Which network the page looks into: the chosen one, or the trained example while that one's weights are untrained."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.architecture.families import Spec, title_of
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.weights import EXAMPLE, WeightsChoice, example_input_size, example_spec
from explorer.ui import state, widgets
from explorer.ui.batchnorm.params import BETA, GAMMA, NORM_ROW, UNTRAINED
from explorer.ui.cached import Ready, plan_of
from explorer.ui.models import model_of, ready
from explorer.ui.params.shared import CHANNEL, DEVICE, FILE, ROW, SAMPLE, SIZE, WEIGHTS
from explorer.views.selection import rows_of


@dataclass(frozen=True, eq=False, kw_only=True)
class Source:
    """What the page looks into.

    Attributes:
        spec: the network.
        ready: it, with weights, on its device.
        plan: of it, at the size of its pictures.
        stands_in: whether it is the trained example in place of the chosen network.
    """

    spec: Spec
    ready: Ready
    plan: Plan
    stands_in: bool

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
        wanted = state.get(NORM_ROW) if self.stands_in and state.get(NORM_ROW) in self.norms else state.get(ROW)
        picked = rows_of(self.plan, wanted or None)
        names = {row.layer for row in picked}
        inside = [row.layer for row in picked if row.kind == "norm"]
        behind = [row.layer for row in self.plan.layers if row.kind == "norm" and names.intersection(row.inputs)]
        return next(iter([*inside, *behind, *self.norms]))

    def pick(self, norm: str, channel: int | None = None) -> None:
        """Show another norm. To be called from a widget's callback."""
        row = NORM_ROW if self.stands_in else ROW
        state.update({row: norm, CHANNEL: channel, GAMMA: None, BETA: None})


def source() -> Source:
    """What the page looks into.

    Raises:
        ExplorerError: when it cannot be built.
    """
    # nothing trained stands in for a network that is no ResNet
    if isinstance(state.spec(), ResNetSpec) and not state.get(UNTRAINED):
        if _is_untrained(state.get(WEIGHTS)):
            return _stand_in()
        built = ready()
        if not built.loaded.trained:  # those that were chosen could not be had
            return _stand_in()
    else:
        built = ready()
    return Source(spec=state.spec(), ready=built, plan=state.plan(), stands_in=False)


def say_source(shown: Source) -> None:
    """One sentence on what is shown, and the ways to something else."""
    name, loaded = title_of(state.spec()), shown.ready.loaded
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="norm_source"):
        if shown.stands_in:
            st.markdown(
                f"The weights of {name} are untrained, so this is the **{loaded.label}**, a {title_of(shown.spec)} on "
                f"{shown.ready.device}.",
                width="content",
            )
        else:
            said = f"**{name}** · weights: {loaded.label} · {shown.ready.device}"
            st.markdown(said if loaded.trained else f"{said}. Untrained: γ and β are as they start.", width="content")
        if shown.stands_in:
            st.button(
                "Choose it everywhere",
                on_click=_choose_example,
                type="tertiary",
                icon=":material/check:",
                key="choose_example",
                help="Makes the trained example the chosen network on every page.",
            )
        if isinstance(state.spec(), ResNetSpec) and (_is_untrained(state.get(WEIGHTS)) or not loaded.trained):
            widgets.tick(UNTRAINED, label=f"Look at the untrained {name}")


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
            "running statistics and asks no batch, so train and eval are the same."
        )
    elif shown.kind == "group":
        st.info(
            "Group norm takes mean and variance of each picture by itself, over a group of channels, in both modes: it "
            "has no running statistics, so γ, β and the four steps are all there is."
        )


def _is_untrained(weights: str) -> bool:
    return weights != FILE and WeightsChoice.from_text(weights).source in ("random", "fresh")


def _stand_in() -> Source:
    spec = example_spec()
    built = model_of(spec, weights=EXAMPLE, device=state.get(DEVICE))
    return Source(spec=spec, ready=built, plan=plan_of(spec, example_input_size()), stands_in=True)


def _choose_example() -> None:
    row = state.get(NORM_ROW)
    state.set_spec(example_spec(), {WEIGHTS: EXAMPLE, SIZE: example_input_size(), SAMPLE: "digit-0", NORM_ROW: None})
    if row:
        state.update({ROW: row})
