"""Which block: its controls, its examples, and the input that it is given."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any, NamedTuple

import streamlit as st

from explorer.architecture.block_spec import BLOCK_DEFAULTS, BlockSpec, block_inapplicable
from explorer.architecture.presets import title
from explorer.architecture.spec import ResNetSpec
from explorer.errors import InputSizeError, SpecError
from explorer.ui import state
from explorer.ui.cached import plan_of
from explorer.ui.params import BLOCK_PICTURES, BLOCK_SIDE
from explorer.ui.widgets import bound

TYPES = {
    "single": "One 3×3",
    "basic": "Basic: two 3×3",
    "triple": "Three 3×3",
    "bottleneck": "Bottleneck: 1×1, 3×3, 1×1",
}
SHORTCUTS = {
    "identity": "Identity: x itself",
    "projection": "Projection: 1×1",
    "pooled": "Average pool, then 1×1",
    "padding": "Zero padding (option A)",
    "none": "None (plain)",
}
NORMS = {"batch": "Batch", "instance": "Instance", "group": "Group", "none": "None"}
ORDERS = {"post": "Norm after", "pre": "Norm before"}
JOINS = {"add": "Addition", "concat": "Concatenation"}
STRIDES = {"3x3": "the 3×3", "1x1": "the first 1×1"}
OWN = "A block of your own"
LARGEST = 2048
HALF, THIRD = 128, 80  # pixels, of the fields that stand side by side


class Example(NamedTuple):
    """A block with the input that it is known with."""

    spec: BlockSpec
    pictures: int
    height: int
    width: int


D2L = Example(BlockSpec(), 4, 6, 6)
EXAMPLES = {
    "d2l's first check: 4×3×6×6 → 4×3×6×6": D2L,
    "d2l's second check: 4×3×6×6 → 4×6×3×3": D2L._replace(
        spec=BlockSpec(channels_out=6, stride=2, shortcut="projection")
    ),
    "StarGAN's unit: no ReLU at the end": Example(
        BlockSpec(channels_in=256, channels_out=256, norm="instance", conv_bias=False, last_relu=False), 1, 32, 32
    ),
}


def current() -> Example:
    """The block that is chosen; where a link asks for one that cannot be, that is said and d2l's is shown."""
    try:
        return _of_the_link()
    except SpecError as error:
        st.warning(f"The link describes no block: {error} d2l's first check is shown instead.")
        return D2L


def _of_the_link() -> Example:
    spec = BlockSpec(**{name: state.get(f"b_{name}") for name in BLOCK_DEFAULTS})
    return Example(spec, state.get("b_pictures"), state.get("b_height"), state.get("b_width"))


def _shown() -> Example:
    """What the page showed before a callback, which has nothing to say of the link any more."""
    try:
        return _of_the_link()
    except SpecError:
        return D2L


def choose_example(chosen: Example) -> None:
    """A drop-down with the checks of the d2l text and the blocks of the network above."""
    examples = EXAMPLES | _of_the_network()
    shown = next((words for words, example in examples.items() if example == chosen), OWN)
    options = ([OWN] if shown == OWN else []) + list(examples)
    st.selectbox(
        "Example",
        options,
        help="The two checks of the d2l text, and every kind of block of the network in the row on top.",
        width=330,
        **bound("b_example", shown, lambda words: take(examples.get(words, chosen))),
    )


def take(example: Example) -> None:
    """Show an example. To be called from a widget's callback."""
    fields = {f"b_{name}": getattr(example.spec, name) for name in BLOCK_DEFAULTS}
    state.update(**fields, b_pictures=example.pictures, b_height=example.height, b_width=example.width)


def change(**fields: Any) -> None:
    """Change fields of the block; what cannot be is said. To be called from a widget's callback."""
    shown = _shown()
    try:
        spec = shown.spec.replace(**fields)
    except SpecError as error:
        state.refuse(*error.problems)
        return
    take(shown._replace(spec=spec))


def controls(chosen: Example) -> None:
    """Every field of the block, and the shape of its input."""
    spec = chosen.spec
    off = block_inapplicable(spec)
    _select("type", "Layers of the main path", TYPES, spec, off, "Their number and windows.", width="stretch")
    with st.container(horizontal=True, gap="small"):
        _count("channels_in", "Channels in", spec, 1, LARGEST, "Channels of x.")
        _count("channels_out", "Channels out", spec, 1, LARGEST, "Channels of F(x).")
        _count("stride", "Stride", spec, 1, 8, "Step of the first convolution, a bottleneck's 3×3, and the shortcut.")
        _count("padding", "Padding", spec, 0, 8, "Pixels of zeros around the input of every 3×3; 1 keeps the size.")
    _select("shortcut", "Shortcut", SHORTCUTS, spec, off, "How x reaches the addition.", width="stretch")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        _select("norm", "Norm", NORMS, spec, off, "After or before every convolution of the main path.")
        _select(
            "order", "Order", ORDERS, spec, off, "Norm after its convolution (v1), or norm and ReLU before it (v2)."
        )
        _select("join", "Join", JOINS, spec, off, "Whether F(x) and the shortcut are added or set side by side.")
        _more(spec, off)
    _input(chosen)


def _more(spec: BlockSpec, off: frozenset[str]) -> None:
    more = st.popover(
        "More", help="Biases, norms, the shortcut's stride, the last ReLU, a bottleneck's inside.", key="more_block"
    )
    with more:
        _flag("conv_bias", "Bias in the convolutions", spec, off, "d2l's block has them; of no use before a norm.")
        _flag("shortcut_norm", "Norm on the projection", spec, off, "torchvision has it, d2l has none.")
        _flag(
            "last_relu", "ReLU at the end", spec, off, "StarGAN's unit has none; nor has a block with the norm before."
        )
        _flag("squeeze_excite", "Squeeze and excite", spec, off, "A gate at the end of the main path.")
        _flag(
            "zero_init_residual",
            "Last norm starts at 0",
            spec,
            off,
            "Its weight γ, as networks with zero_init_residual begin.",
        )
        _count(
            "shortcut_stride",
            "Stride of the shortcut",
            spec,
            0,
            8,
            "0: that of the main path; another one makes the sizes differ.",
            disabled="shortcut_stride" in off,
        )
        disabled = "groups" in off
        _count("inner", "Channels inside", spec, 0, LARGEST * 2, "0: a quarter of those that leave.", disabled=disabled)
        _count("groups", "Groups of the 3×3", spec, 1, LARGEST, "ResNeXt's cardinality.", disabled=disabled)
        _select("stride_on", "Stride on", STRIDES, spec, off, "Which convolution of a bottleneck has the stride.")


def _input(chosen: Example) -> None:
    with st.container(horizontal=True, gap="small"):
        for name, label, value, most in (
            ("b_pictures", "Pictures", chosen.pictures, BLOCK_PICTURES),
            ("b_height", "Height", chosen.height, BLOCK_SIDE),
            ("b_width", "Width", chosen.width, BLOCK_SIDE),
        ):
            st.number_input(
                label,
                1,
                most,
                help=f"Of the input x, 1 to {most}.",
                width=THIRD,
                **bound(name, value, partial(_set, name)),
            )


def _set(name: str, value: int) -> None:
    """Another input; the rest is what is shown, also where a link's own was refused."""
    changed: dict[str, Any] = {name.removeprefix("b_"): value}
    take(_shown()._replace(**changed))


def _select(
    name: str,
    label: str,
    options: dict[str, str],
    spec: BlockSpec,
    off: frozenset[str],
    help: str,
    *,
    width: Any = HALF,
) -> None:
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        disabled=name in off,
        help=help,
        width=width,
        **bound(f"b_{name}", getattr(spec, name), lambda value: change(**{name: value})),
    )


def _count(name: str, label: str, spec: BlockSpec, low: int, high: int, help: str, *, disabled: bool = False) -> None:
    value = getattr(spec, name)
    st.number_input(
        label,
        low,
        max(high, value),
        disabled=disabled,
        help=help,
        width=HALF,
        **bound(f"b_{name}", value, lambda new: change(**{name: new})),
    )


def _flag(name: str, label: str, spec: BlockSpec, off: frozenset[str], help: str) -> None:
    st.toggle(
        label,
        disabled=name in off,
        help=help,
        **bound(f"b_{name}", getattr(spec, name), lambda value: change(**{name: value})),
    )


def _of_the_network() -> dict[str, Example]:
    network = state.spec()
    if not isinstance(network, ResNetSpec):
        return {}
    try:
        return _blocks_of(network, state.get("size"))
    except InputSizeError:
        return {}


@lru_cache(maxsize=16)
def _blocks_of(network: ResNetSpec, size: tuple[int, int]) -> dict[str, Example]:
    """One of each kind of block, as far as it is not too large to be shown here."""
    found: dict[Example, str] = {}
    rows = plan_of(network, size).blocks
    for name, spec in network.blocks().items():
        _, height, width = rows[name][0].input_shape
        if max(height, width) > BLOCK_SIDE or name.rpartition(".")[2] not in ("0", "1"):
            continue
        if max(spec.channels_in, spec.channels_out) > LARGEST:
            continue
        words = f"{name} of {title(network)}: {spec.channels_in} → {spec.channels_out}, {height}×{width}"
        found.setdefault(Example(spec, 1, height, width), words)
    return {words: example for example, words in found.items()}
