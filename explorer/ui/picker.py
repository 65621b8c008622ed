"""The row on top of every page: which network, at which size, with which weights, on which device."""

from functools import partial
from typing import Any

import streamlit as st

from explorer.architecture.families import known_networks, known_of, named, title_of
from explorer.architecture.own import PREFIX, OwnSpec, own_networks
from explorer.architecture.presets import DEPTHS
from explorer.architecture.spec import DEFAULTS, ResNetSpec, inapplicable
from explorer.architecture.stargan import StarGANSpec
from explorer.errors import SpecError
from explorer.ui import network_fields as fields
from explorer.ui import state, weights_row, widgets
from explorer.ui.components.fold import fold
from explorer.ui.markup import without_markup
from explorer.ui.params.kinds import Param
from explorer.ui.params.shared import DEVICE, SIZE, SIZE_EXPECTED, parse_size
from explorer.ui.widgets import bound
from explorer.views.numbers import shape_text

SIZES = (32, 64, 96, 128, 160, 192, 224, 256, 320, 384, 512)
CIFAR_DEPTHS = (20, 32, 44, 56, 110, 1202)
BEST_KNOWN = 8


def compact_row() -> Any:
    """Network, Weights, Depth, Block, Input size, Residual | Plain; another family has others for depth and block.

    On a phone they are one line, which unfolds.

    Returns:
        The container for "More options", to be filled later.
    """
    words = (title_of(state.spec()), _input_in_words(), weights_row.in_words())
    fold("network", " · ".join(words), page=state.page())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="picker"):
        network()
        weights_row.weights()
        match state.spec():
            case ResNetSpec() as spec:
                _depth(spec)
                widgets.switch(fields.BLOCK, shown=spec.block, changed=partial(_pick_field, "block"))
                size()
                kind = "plain" if spec.is_plain else "residual"
                widgets.switch(fields.PLAIN, shown=kind, changed=partial(_pick_plain, spec))
            case StarGANSpec() as generator:
                _generator(generator)
                size()
            case OwnSpec() as own if not own.facts.takes_pictures:
                st.caption(f"input: {without_markup(own.facts.given)}", width="content")
            case _:
                size()
        return st.popover(
            "More options",
            help="All other settings of the network, the device, and how work is counted.",
            key="more_options",
            on_change="rerun",
        )


def _input_in_words() -> str:
    spec = state.spec()
    if isinstance(spec, OwnSpec) and not spec.facts.takes_pictures:
        return f"input: {spec.facts.given}"
    return shape_text(state.get(SIZE))


def spec_options() -> None:
    """Every other field of a ResNet, disabled where it changes nothing in this network; other families have none."""
    spec = state.spec()
    if not isinstance(spec, ResNetSpec):
        return
    for column, side in zip(st.columns(2), (fields.LEFT, fields.RIGHT), strict=True):
        with column:
            for param in side:
                _field(param, spec)


def device() -> None:
    """The device that the network runs on."""
    from explorer.model.device import devices, faults  # torch is imported only once the options are open

    labels = {"auto": "Automatic", **{device.name: device.label for device in devices()}}
    current = state.get(DEVICE)
    options = list(labels) if current in labels else [*labels, current]
    widgets.choose(DEVICE, {name: labels.get(name, f"{name} (not here)") for name in options})
    for said in faults():
        st.caption(said)


def network(label: str = "Network") -> None:
    """Which network.

    Args:
        label: of the drop-down.
    """
    spec = state.spec()
    known = known_of(spec)
    titles = {f"{PREFIX}{own.name}": f"{own.facts.title} · {PREFIX}{own.name}" for own in own_networks()}
    titles |= {k.name: k.title if i < BEST_KNOWN else f"{k.title} · {k.group}" for i, k in enumerate(known_networks())}
    # a network of one's own is an option of its own name: the browser keeps a choice by its words
    shown = known.name if known else f"{PREFIX}{spec.name}" if isinstance(spec, OwnSpec) else title_of(spec)
    st.selectbox(
        label,
        list(titles) if shown in titles else [shown, *titles],
        format_func=lambda name: titles.get(name, name),
        help="The best known first, then all others by kind; type to search.",
        width=250,
        **bound("network", shown, _pick_network),
    )


def _pick_network(name: str) -> None:
    if name.startswith(PREFIX) or any(known.name == name for known in known_networks()):
        state.set_spec(named(name).spec)


def _generator(spec: StarGANSpec) -> None:
    for param in fields.GENERATOR:
        change = partial(_pick_field, param.name)
        widgets.number(param, shown=getattr(spec, param.name), changed=change, width=130)


def _pick_field(name: str, value: Any) -> None:
    _try_spec(**{name: value})


def _depth(spec: ResNetSpec) -> None:
    usual = CIFAR_DEPTHS if _is_cifar(spec) else tuple(DEPTHS)
    depth = spec.nominal_depth
    words = {one: str(one) for one in sorted({*usual, depth})}
    st.selectbox(
        "Depth",
        list(words),
        help="Sets the blocks per stage and their usual block: basic for 18 and 34, bottleneck for 50 and deeper.",
        width=95,
        **bound("depth", depth, lambda depth: _pick_depth(spec, depth), words=words),
    )


def _pick_depth(spec: ResNetSpec, depth: int) -> None:
    if depth == spec.nominal_depth:
        return
    if _is_cifar(spec):
        _try_spec(block="basic", depths=((depth - 2) // 6,) * 3)
        return
    block, depths = DEPTHS[depth]
    widths = spec.widths if len(spec.widths) == len(depths) else DEFAULTS["widths"]
    _try_spec(block=block, depths=depths, widths=widths)


def _is_cifar(spec: ResNetSpec) -> bool:
    return spec.stem == "cifar" and len(spec.depths) == 3


def size() -> None:
    """The input size."""
    text = shape_text(state.get(SIZE))
    usual = [f"{side}×{side}" for side in SIZES]
    st.selectbox(
        SIZE.label,
        usual if text in usual else [text, *usual],
        accept_new_options=True,
        help=SIZE.help,
        width=125,
        **bound(SIZE.name, text, _pick_size),
    )


def _pick_size(text: str) -> None:
    try:
        state.update({SIZE: parse_size(text or "")})
    except ValueError:
        state.refuse(f"The input size {(text or '')[:40]!r} is no size here; type {SIZE_EXPECTED}.")


def _pick_plain(spec: ResNetSpec, kind: str) -> None:
    if kind == "plain":
        _try_spec(shortcut="none")
    else:
        _try_spec(shortcut="A" if _is_cifar(spec) else "B")


def _field(param: Param[Any], spec: ResNetSpec) -> None:
    """The widget of a field, disabled where the field changes nothing in this network."""
    value, off = getattr(spec, param.name), param.name in inapplicable(spec)
    if param in (fields.PER_STAGE, fields.CHANNELS):
        change, text = partial(_pick_numbers, param, spec), ", ".join(map(str, value))
        widgets.text(param, shown=text, changed=change, disabled=off, max_chars=60)
    elif param is fields.SHORTCUT and spec.is_plain:
        widgets.field(fields.NO_SHORTCUT, shown=value, disabled=True)
    elif param is fields.OUTPUT_STRIDE:
        widgets.field(param, shown=str(value), changed=pick_output_stride, disabled=off)
    else:
        widgets.field(param, shown=value, changed=partial(_pick_field, param.name), disabled=off)


def pick_output_stride(text: str) -> None:
    """Another output stride for the chosen ResNet. To be called from a widget's callback.

    Args:
        text: one of ``explorer.ui.network_fields.STRIDES``.
    """
    _try_spec(output_stride=int(text))


def _pick_numbers(param: Param[str], spec: ResNetSpec, text: str) -> None:
    try:
        numbers = tuple(int(part) for part in text.replace("-", ",").split(",") if part.strip())
    except ValueError:
        state.refuse(f"{param.label} is {text!r}; write whole numbers with commas between, such as 3, 4, 6, 3.")
        return
    changes: dict[str, Any] = {param.name: numbers}
    if param is fields.PER_STAGE and numbers and len(numbers) != len(spec.widths):
        # another number of stages: widths are cut, or doubled on, to match
        widths = list(spec.widths[: len(numbers)])
        while len(widths) < len(numbers):
            widths.append(widths[-1] * 2)
        changes["widths"] = tuple(widths)
    _try_spec(**changes)


def _try_spec(**changes: Any) -> None:
    spec = state.spec()
    try:
        chosen = spec.replace(**changes)
    except SpecError as error:
        state.refuse(*error.problems)
        return
    state.set_spec(chosen)
