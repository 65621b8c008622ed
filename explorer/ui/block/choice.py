"""Which block: its controls, its examples, and the input that it is given."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple

import streamlit as st

from explorer.architecture.block_spec import BlockSpec, block_inapplicable
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.title import title
from explorer.errors import InputSizeError, SpecError
from explorer.ui import picker, state, widgets
from explorer.ui.block.params import FIELDS, HEIGHT, MOST_SIDE, PICTURES, WIDTH
from explorer.ui.cached import plan_of
from explorer.ui.params.shared import SIZE
from explorer.ui.shell import warn
from explorer.ui.widgets import bound

MORE = (
    "conv_bias",
    "shortcut_norm",
    "last_relu",
    "squeeze_excite",
    "zero_init_residual",
    "antialias",
    "dilation",
    "dilate",
    "shortcut_stride",
    "inner",
    "groups",
    "stride_on",
)
OWN = "A block of your own"
LARGEST = 2048  # channels that can be typed; a link may ask for more
_TYPED = {"channels_in": LARGEST, "channels_out": LARGEST, "inner": LARGEST * 2, "groups": LARGEST}
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
        warn(f"The link describes no block: {error} d2l's first check is shown instead.")
        return D2L


def _of_the_link() -> Example:
    spec = BlockSpec(**{name: state.get(param) for name, param in FIELDS.items()})
    return Example(spec, state.get(PICTURES), state.get(HEIGHT), state.get(WIDTH))


def _shown() -> Example:
    """What the page showed before a callback, which has nothing to say of the link any more."""
    try:
        return _of_the_link()
    except SpecError:
        return D2L


def choose_example(chosen: Example) -> None:
    """A drop-down with the checks of the d2l text and the blocks of a network, and which network that is."""
    examples = EXAMPLES | _of_the_network()
    shown = next((words for words, example in examples.items() if example == chosen), OWN)
    options = ([OWN] if shown == OWN else []) + list(examples)
    st.selectbox(
        "Example",
        options,
        help="The two checks of the d2l text, and every kind of block of the network beside it.",
        width=330,
        **bound("b_example", shown, lambda words: take(examples.get(words, chosen))),
    )
    picker.network("Blocks of")


def take(example: Example) -> None:
    """Show an example. To be called from a widget's callback."""
    fields = {param: getattr(example.spec, name) for name, param in FIELDS.items()}
    state.update({**fields, PICTURES: example.pictures, HEIGHT: example.height, WIDTH: example.width})


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
    draw = partial(_field, chosen.spec, block_inapplicable(chosen.spec))
    draw("type", width="stretch")
    with st.container(horizontal=True, gap="small"):
        for name in ("channels_in", "channels_out", "stride", "padding"):
            draw(name)
    draw("shortcut", width="stretch")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name in ("norm", "order", "join"):
            draw(name)
        with st.popover(
            "More", help="Biases, norms, the shortcut's stride, the last ReLU, a bottleneck's inside.", key="more_block"
        ):
            for name in MORE:
                draw(name)
    with st.container(horizontal=True, gap="small"):
        for param, name in ((PICTURES, "pictures"), (HEIGHT, "height"), (WIDTH, "width")):
            widgets.number(param, shown=getattr(chosen, name), changed=partial(_set, name), width=THIRD)


def _set(name: str, value: int) -> None:
    """Another input; the rest is what is shown, also where a link's own was refused."""
    changed: dict[str, Any] = {name: value}
    take(_shown()._replace(**changed))


def _field(spec: BlockSpec, off: frozenset[str], name: str, *, width: Literal["stretch"] | int = HALF) -> None:
    """The widget of a field, disabled where the field changes nothing in this block."""
    value = getattr(spec, name)
    high = max(_TYPED[name], value) if name in _TYPED else None
    widgets.field(
        FIELDS[name],
        shown=value,
        high=high,
        changed=lambda new: change(**{name: new}),
        disabled=name in off,
        width=width,
    )


def _of_the_network() -> dict[str, Example]:
    network = state.spec()
    if not isinstance(network, ResNetSpec):
        return {}
    try:
        return _blocks_of(network, state.get(SIZE))
    except InputSizeError:
        return {}


@lru_cache(maxsize=16)
def _blocks_of(network: ResNetSpec, size: tuple[int, int]) -> dict[str, Example]:
    """One of each kind of block, as far as it is not too large to be shown here."""
    found: dict[Example, str] = {}
    rows = plan_of(network, size).blocks
    for name, spec in network.blocks().items():
        _, height, width = rows[name][0].input_shape
        if max(height, width) > MOST_SIDE or name.rpartition(".")[2] not in ("0", "1"):
            continue
        if max(spec.channels_in, spec.channels_out) > LARGEST:
            continue
        words = f"{name} of {title(network)}: {spec.channels_in} → {spec.channels_out}, {height}×{width}"
        found.setdefault(Example(spec, 1, height, width), words)
    return {words: example for example, words in found.items()}
