"""The row on top of every page: which network, at which size, with which weights, on which device."""

from functools import partial
from typing import Any

import streamlit as st

from explorer.architecture.families import known_networks, known_of, title_of
from explorer.architecture.presets import DEPTHS
from explorer.architecture.spec import DEFAULTS, ResNetSpec, inapplicable
from explorer.architecture.stargan import BOUNDS, StarGANSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import SpecError
from explorer.ui import state
from explorer.ui.params import SIZE_EXPECTED, parse_size
from explorer.ui.widgets import bound

SIZES = (32, 64, 96, 128, 160, 192, 224, 256, 320, 384, 512)
CIFAR_DEPTHS = (20, 32, 44, 56, 110, 1202)
BLOCKS = {"basic": "Basic", "bottleneck": "Bottleneck"}
BEST_KNOWN = 8

STEMS = {"imagenet": "7×7/2, max pool", "cifar": "3×3/1 (CIFAR)", "deep": "three 3×3, max pool (C)"}
SHORTCUTS = {
    "A": "A: zero padding",
    "B": "B: projection where shapes differ",
    "C": "C: projection everywhere",
    "D": "D: average pool, then 1×1",
}
ORDERS = {"post": "after the convolution (v1)", "pre": "before it: pre-activation (v2)"}
STRIDES = {"3x3": "the 3×3 (v1.5, torchvision)", "1x1": "the first 1×1 (v1, the paper)"}
NORMS = {"batch": "Batch norm", "instance": "Instance norm", "group": "Group norm", "none": "No norm"}
GENERATOR = {
    "conv_dim": ("Width", "Channels of the first convolution, twice and four times as many deeper in."),
    "c_dim": ("Domains", "What the generator translates between; one input channel for each."),
    "repeat_num": ("Residual units", "Blocks of the trunk."),
}


def compact_row() -> Any:
    """Network, Depth, Block, Input size, Residual | Plain; what another family has in place of depth and block.

    Returns:
        The container for "More options", to be filled later.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="picker"):
        _network()
        match state.spec():
            case ResNetSpec() as spec:
                _depth(spec)
                _block(spec)
                _size()
                _residual_or_plain(spec)
            case StarGANSpec() as generator:
                _generator(generator)
                _size()
            case _:
                _size()
        return st.popover(
            "More options",
            help="Every other field of the network, its weights and the device.",
            key="more_options",
            on_change="rerun",
        )


def spec_options() -> None:
    """Every other field of a ResNet, disabled where it changes nothing in this network; other families have none."""
    spec = state.spec()
    if not isinstance(spec, ResNetSpec):
        return
    off = inapplicable(spec)
    left, right = st.columns(2)
    with left:
        _field("stem", "Stem", STEMS, off, "What stands in front of the first stage.")
        shortcuts = SHORTCUTS if not spec.is_plain else {"none": "none (plain)"}
        _field("shortcut", "Shortcut", shortcuts, off, "How x is carried on where a block changes its shape.")
        _field(
            "order", "Norm and ReLU", ORDERS, off, "Whether a block's norm and ReLU follow or precede a convolution."
        )
        _field("stride_on", "Stride of a bottleneck on", STRIDES, off, "Which convolution halves the size.")
        _field(
            "norm",
            "Normalisation",
            NORMS,
            off,
            "Batch norm uses the batch, instance and group norm each picture alone.",
        )
        _flag("squeeze_excite", "Squeeze and excite", off, "A gate at the end of each block's main path.")
        _flag("shortcut_norm", "Norm on projections", off, "Whether a 1×1 on a shortcut is followed by a norm.")
    with right:
        _numbers("depths", "Blocks per stage", off, "One number per stage, one to six stages, such as 3, 4, 6, 3.")
        _numbers(
            "widths", "Channels per stage", off, "Before a bottleneck's expansion of 4, such as 64, 128, 256, 512."
        )
        _count("groups", "Groups", off, "Groups of a bottleneck's 3×3: the cardinality of ResNeXt.")
        _count(
            "base_width", "Base width", off, "Inner channels per group at width 64: 4 in ResNeXt, 128 in Wide ResNet."
        )
        _count("in_channels", "Input channels", off, "3 for RGB, 1 for grey.")
        _count("num_classes", "Classes", off, "Outputs of the classifier: 1,000 for ImageNet, 10 for CIFAR-10.")
        _count("added_classes", "Classes behind fc", off, "Outputs of a linear layer added behind fc; 0 for none.", 0)
        _flag("conv_bias", "Bias in convolutions", off, "Of no use in front of a norm.")
        _flag("zero_init_residual", "Start residuals at zero", off, "The last norm's weight of each block starts at 0.")


def _network() -> None:
    spec = state.spec()
    known = known_of(spec)
    titles = {k.name: k.title if i < BEST_KNOWN else f"{k.title} · {k.group}" for i, k in enumerate(known_networks())}
    # a network of one's own is an option of its own name: the browser keeps a choice by its words
    shown = known.name if known else title_of(spec)
    st.selectbox(
        "Network",
        list(titles) if known else [shown, *titles],
        format_func=lambda name: titles.get(name, name),
        help="The best known first, then all others by kind; type to search.",
        width=250,
        **bound("network", shown, _pick_network),
    )


def _pick_network(name: str) -> None:
    for known in known_networks():
        if known.name == name:
            state.set_spec(known.spec)


def _generator(spec: StarGANSpec) -> None:
    for name, (label, help) in GENERATOR.items():
        low, high = BOUNDS[name]
        st.number_input(
            label,
            min_value=low,
            max_value=high,
            step=1,
            help=help,
            width=130,
            **bound(name, getattr(spec, name), partial(_pick_field, name)),
        )


def _pick_field(name: str, value: int) -> None:
    _try_spec(**{name: value})


def _depth(spec: ResNetSpec) -> None:
    usual = CIFAR_DEPTHS if _is_cifar(spec) else tuple(DEPTHS)
    depth = spec.nominal_depth
    st.selectbox(
        "Depth",
        sorted({*usual, depth}),
        help="Sets the blocks per stage and their usual block: basic for 18 and 34, bottleneck for 50 and deeper.",
        width=95,
        **bound("depth", depth, lambda depth: _pick_depth(spec, depth)),
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


def _block(spec: ResNetSpec) -> None:
    st.segmented_control(
        "Block",
        list(BLOCKS),
        format_func=BLOCKS.__getitem__,
        required=True,
        help="Two 3×3 convolutions, or 1×1, 3×3, 1×1 with four times the channels outside. Keeps the stages.",
        **bound("block", spec.block, lambda block: _try_spec(block=block)),
    )


def _size() -> None:
    size = state.get("size")
    text = f"{size[0]}×{size[1]}"
    usual = [f"{side}×{side}" for side in SIZES]
    st.selectbox(
        "Input size",
        usual if text in usual else [text, *usual],
        accept_new_options=True,
        help=f"Height×width of the picture in pixels; type any other: {SIZE_EXPECTED}.",
        width=125,
        **bound("size", text, _pick_size),
    )


def _pick_size(text: str) -> None:
    try:
        state.update(size=parse_size(text or ""))
    except ValueError:
        state.refuse(f"The input size {(text or '')[:40]!r} is no size here; type {SIZE_EXPECTED}.")


def _residual_or_plain(spec: ResNetSpec) -> None:
    st.segmented_control(
        "Shortcuts",
        ["residual", "plain"],
        format_func=str.capitalize,
        required=True,
        help="With its shortcuts, or the same network without them.",
        **bound("plain", "plain" if spec.is_plain else "residual", lambda kind: _pick_plain(spec, kind)),
    )


def _pick_plain(spec: ResNetSpec, kind: str) -> None:
    if kind == "plain":
        _try_spec(shortcut="none")
    else:
        _try_spec(shortcut="A" if _is_cifar(spec) else "B")


def _field(name: str, label: str, options: dict[str, str], off: frozenset[str], help: str) -> None:
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        disabled=name in off or len(options) == 1,
        help=help,
        **bound(name, getattr(state.spec(), name), lambda value: _try_spec(**{name: value})),
    )


def _flag(name: str, label: str, off: frozenset[str], help: str) -> None:
    st.toggle(
        label,
        disabled=name in off,
        help=help,
        **bound(name, getattr(state.spec(), name), lambda value: _try_spec(**{name: value})),
    )


def _count(name: str, label: str, off: frozenset[str], help: str, low: int = 1) -> None:
    st.number_input(
        label,
        min_value=low,
        step=1,
        disabled=name in off,
        help=help,
        **bound(name, getattr(state.spec(), name), lambda value: _try_spec(**{name: value})),
    )


def _numbers(name: str, label: str, off: frozenset[str], help: str) -> None:
    text = ", ".join(map(str, getattr(state.spec(), name)))
    st.text_input(
        label,
        disabled=name in off,
        help=help,
        max_chars=60,
        **bound(name, text, lambda value: _pick_numbers(name, label, value)),
    )


def _pick_numbers(name: str, label: str, text: str) -> None:
    try:
        numbers = tuple(int(part) for part in text.replace("-", ",").split(",") if part.strip())
    except ValueError:
        state.refuse(f"{label} is {text!r}; write whole numbers with commas between, such as 3, 4, 6, 3.")
        return
    changes: dict[str, Any] = {name: numbers}
    spec = state.spec()
    if isinstance(spec, ResNetSpec) and name == "depths" and numbers and len(numbers) != len(spec.widths):
        # another number of stages: widths are cut, or doubled on, to match
        widths = list(spec.widths[: len(numbers)])
        while len(widths) < len(numbers):
            widths.append(widths[-1] * 2)
        changes["widths"] = tuple(widths)
    _try_spec(**changes)


def _try_spec(**changes: Any) -> None:
    spec = state.spec()
    assert not isinstance(spec, TorchvisionSpec), "such a network has no fields to change"
    try:
        chosen = spec.replace(**changes)
    except SpecError as error:
        state.refuse(*error.problems)
        return
    state.set_spec(chosen)
