"""As a backbone: the maps that a detector takes from the stages, what each costs, and what an output stride changes."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.backbone import Level, by_output_stride, headless, levels
from explorer.architecture.families import Spec, title_of
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.weights import published
from explorer.ui import frames, state, widgets, work
from explorer.ui.cached import plan_of
from explorer.ui.components.listing import listing
from explorer.ui.inside.params import PART
from explorer.ui.markup import without_markup
from explorer.ui.network_fields import OUTPUT_STRIDE
from explorer.ui.picker import pick_output_stride
from explorer.ui.shell import link_to
from explorer.views.backbone import heads_html, level_table, levels_html, strides_html, times
from explorer.views.export.names import file_stem
from explorer.views.export.source.elsewhere import backbone
from explorer.views.numbers import shape_text

_FIELDS = (
    "Fields are sides in pixels of what a value can see, by the windows alone and as if the picture went on beyond its "
    "border: along main paths, and along shortcuts wherever there is one."
)
_DILATED = "Strided 1×1 convolutions and dilation leave pixels out in between."
_PUBLISHED = "The published weights fit them all and were trained without dilation; so was their accuracy measured."


def show() -> None:
    """Draw the part."""
    spec = state.spec()
    if not isinstance(spec, ResNetSpec):
        st.markdown(_why_not(spec))
        return
    plan, strides = state.plan(), by_output_stride(spec)
    plans = {stride: plan_of(one, plan.input_size) for stride, one in strides.items()}
    found = levels(plan)
    st.markdown(_answer(spec, plan, found, plans))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="backbone_choice"):
        _choose_stride(spec, list(strides))
        work.switch()
    st.html(levels_html(found, work.chosen()))
    frames.downloads(level_table(plan), f"{file_stem(spec)}-backbone", "save_backbone")
    st.caption(_notes(spec))
    left, right = st.columns([3, 2], gap="large")
    with left:
        if len(plans) > 1:
            _costs(spec, plans)
        _heads(spec, plan)
    with right:
        _elsewhere(spec)
        link_to("architecture", "The same stages in the diagram")
        link_to("inside", "What a position of a map sees", {PART: "sees"})


def _why_not(spec: Spec) -> str:
    title = without_markup(title_of(spec))
    if isinstance(spec, StarGANSpec):
        return (
            f"**{title} has no stages from which a detector takes its maps:** it makes pictures, and all of its "
            "residual units work at one size."
        )
    return (
        f"**Which maps of {title} would be C2 to C5 is not known:** this network is measured, not described, and has "
        "no stages of residual blocks here."
    )


def _answer(spec: ResNetSpec, plan: Plan, found: tuple[Level, ...], plans: dict[int, Plan]) -> str:
    """What is handed on, and what the chosen output stride costs or another would."""
    first, last = found[0], found[-1]
    maps = f"C2 to {last.name}" if len(found) > 1 else "one map, C2"
    strides = [f"{one.stride}" for one in found]
    listed = f"strides {', '.join(strides[:-1])} and {strides[-1]}" if len(found) > 1 else f"stride {first.stride}"
    said = (
        f"**{without_markup(title_of(spec))} at {shape_text(plan.input_size)} hands on {maps}, of {listed};** "
        f"{last.name} has {last.channels:,} channels of {shape_text(last.size)}."
    )
    own, other = next(iter(plans)), spec.stride if spec.stride in plans else 0
    if len(plans) > 1:
        compared = other if other != own else list(plans)[-1]
        verb = "takes" if other != own else "would take"
        one, base = plans[compared], plans[own]
        said += (
            f" Output stride {compared} {verb} {times(one.macs, base.macs)} the {work.chosen().title} and "
            f"{times(one.activation_bytes, base.activation_bytes)} the activations of {own}."
        )
    return said


def _choose_stride(spec: ResNetSpec, strides: list[int]) -> None:
    own, *others = strides
    options = {OUTPUT_STRIDE.default: str(own), **{str(stride): str(stride) for stride in others}}
    if others:
        widgets.switch(
            OUTPUT_STRIDE, options, shown=str(spec.output_stride), changed=pick_output_stride, key="backbone_stride"
        )


def _notes(spec: ResNetSpec) -> str:
    words = [_FIELDS, _DILATED]
    if spec.order == "pre":
        words.append("The maps are the sums, as they leave the blocks: the last norm and ReLU of the network follow.")
    if spec.squeeze_excite or spec.norm == "group":
        words.append("A gate or a group norm looks at its whole map and brings no places, so it does not count here.")
    return " ".join(words)


def _costs(spec: ResNetSpec, plans: dict[int, Plan]) -> None:
    st.markdown("**What an output stride costs**, for one picture through the whole network")
    st.html(strides_html(plans, spec.stride, work.chosen()))
    words = ["A stage that would go beyond it dilates in place of its stride: its maps do not shrink."]
    if len({levels(plan)[-1].longest for plan in plans.values()}) == 1:
        words.append("Its positions are nearer to each other, its windows as much wider: the field stays.")
    if len({plan.params for plan in plans.values()}) == 1:
        words.append("The parameters are the same.")
    if published(spec):
        words.append(_PUBLISHED)
    st.caption(" ".join(words))


def _heads(spec: ResNetSpec, plan: Plan) -> None:
    if not spec.num_classes:
        st.caption("This network has no classifier: all its parameters and all its work are the backbone's.")
        return
    st.markdown("**With and without the classifier**")
    st.html(heads_html(plan, plan_of(headless(spec), plan.input_size), work.chosen()))


def _elsewhere(spec: ResNetSpec) -> None:
    st.markdown("**The same maps in a library**")
    calls = backbone(spec)
    for lines in calls.values():
        listing(lines, language="python", wraps=True)
    if not calls:
        st.caption("None: neither torchvision nor timm has this backbone by name.")
