"""The weights' health at a glance: findings first, then every layer against its start, and one layer's numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st
from torch import Tensor

from explorer.architecture.families import Spec, usual_size
from explorer.model.checkpoint.health import Health, examine, in_order
from explorer.model.checkpoint.kernels import ALIKE, FirstKernels
from explorer.model.checkpoint.layers import layer_of
from explorer.ui import cached, shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.checkpoint.params import LAYER
from explorer.ui.frames import downloads, table
from explorer.ui.markup import without_markup
from explorer.views.norm_words import SIGNS
from explorer.views.numbers import percent, shape_text, written
from explorer.views.one_value.drawing import kernels_png
from explorer.views.weights import numbers_figure, spread_figure

_PARTS = {"weight": "weights", "bias": "biases", "running_mean": "running mean", "running_var": "running variance"}
_PARTS_OF_NORM = {**_PARTS, "weight": "γ", "bias": "β"}
_KERNELS_PIXELS = 400
_MOST_KERNELS = 256


def health(tensors: Mapping[str, Tensor], spec: Spec | None, key: str) -> None:
    """Draw it.

    Args:
        tensors: by their names in the network, or in the file where there is none.
        spec: the network; None where it is not known.
        key: of these tensors, by which results are cached.
    """
    found = cached.result(("health", key, spec), lambda: examine(tensors, spec), _bytes)
    tensors = in_order(tensors, spec)
    stages = _stages(spec, tensors)
    _findings(found)
    layer = _layer(tensors)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _spread(found, stages, layer)
        _table(found, layer)
    with right:
        if found.kernels is not None:
            _kernels(found.kernels)
        _numbers(tensors, layer, stages.get(layer, ""))


def _findings(found: Health) -> None:
    count = len(found.findings)
    if count:
        st.subheader(f"{SIGNS['found']} Health: {count} {'finding' if count == 1 else 'findings'}", anchor=False)
        st.markdown("\n".join(f"- {without_markup(sentence)}" for sentence in found.findings))
    else:
        st.subheader(f"{SIGNS['clear']} Health: nothing unusual was found", anchor=False)
    looked = f"Looked for: {', '.join(found.checked)}."
    st.caption(without_markup(" ".join([looked, *found.unchecked])))


def _spread(found: Health, stages: Mapping[str, str], picked: str) -> None:
    if not found.layers:
        return
    names = [layer.layer for layer in found.layers]
    st.markdown("**Standard deviation of each layer, relative to its start**")
    chart(
        spread_figure(
            names,
            [stages[name] for name in names],
            [layer.ratio for layer in found.layers],
            theme=shell.theme(),
            picked=picked,
        ),
        "spread",
        on_pick=_pick,
        alt=f"Standard deviation of the weights of {len(names):,} layers, in multiples of what they start with.",
    )
    st.caption(
        "σ of the weights, divided by what random weights have: √(2/fan-out) in a convolution (He et al. 2015, as "
        "torchvision's ResNets start), 1/√(3·fan-in) in a linear layer. Dotted: as at the start. "
        f"{without_markup(percent(found.zeros_share))} of these weights are exactly 0. Click a layer."
    )


def _kernels(kernels: FirstKernels) -> None:
    count, channels, *window = kernels.weights.shape
    shown = kernels.weights[:_MOST_KERNELS]
    columns = 16 if len(shown) > 64 else 8
    alike = sorted({place for pair in kernels.alike for place in (pair.first, pair.second)})
    st.markdown(f"**{without_markup(kernels.layer)}: {count:,} kernels of {shape_text(window)}**")
    st.image(
        kernels_png(
            shown,
            marked=alike,
            enlarged=max(1, _KERNELS_PIXELS // columns // max(window)),
            columns=columns,
        ),
        output_format="PNG",
        alt=f"{len(shown)} kernels of {kernels.layer}; framed: {', '.join(map(str, alike)) or 'none'}.",
    )
    colours = {1: "Grey: one input channel", 3: "Red, green and blue: the three input channels"}
    drawn = colours.get(channels, f"Drawn: the first {min(channels, 3)} of {channels:,} input channels")
    cut = f", the first {_MOST_KERNELS} of {count:,} kernels" if count > _MOST_KERNELS else ""
    pairs = [f"{pair.first} and {pair.second} ({written(pair.cosine)})" for pair in kernels.alike[:4]]
    more = f" and {len(kernels.alike) - 4:,} more pairs" if len(kernels.alike) > 4 else ""
    said = (
        f"Framed are near-duplicates, |cosine| above {ALIKE:g}: {', '.join(pairs)}{more}."
        if pairs
        else (f"No two of them have a |cosine| above {ALIKE:g}.")
    )
    st.caption(without_markup(f"{drawn}{cut}; zero is middle grey, one scale for all. {said}"))


def _table(found: Health, picked: str) -> None:
    frame = layer_frame(found)
    if frame.empty:
        return
    table(
        frame,
        "layers_table",
        alt=f"{len(frame):,} layers: shape, weights, zeros, standard deviation now and at the start, and their ratio.",
        name_column="layer",
        picked=picked,
        on_pick=_pick,
        height=min(38 + 35 * len(frame), 420),
        words={
            "shape": "Shape",
            "weights": "Weights",
            "zeros_share": "Exactly 0",
            "deviation": "σ",
            "start": "σ at the start",
            "ratio": "σ / start",
        },
    )
    downloads(frame, "layers", "layers")


def layer_frame(found: Health) -> pd.DataFrame:
    """A row for each convolution and linear layer."""
    return pd.DataFrame(
        [
            (one.layer, shape_text(one.shape), one.weights, one.zeros_share, one.deviation, one.start, one.ratio)
            for one in found.layers
        ],
        columns=["layer", "shape", "weights", "zeros_share", "deviation", "start", "ratio"],
    )


def _layer(tensors: Mapping[str, Tensor]) -> str:
    """The layer that is picked; the first where none is."""
    layers = _layers(tensors)
    picked = state.get(LAYER)
    return picked if picked in layers else next(iter(layers), "")


def _layers(tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """Layers that have a weight, in order, with what they are called."""
    names = [layer_of(name) for name in tensors if name.endswith(".weight")]
    return {name: name for name in names}


def _numbers(tensors: Mapping[str, Tensor], layer: str, stage: str) -> None:
    if not layer:
        return
    widgets.choose(LAYER, _layers(tensors), shown=layer)
    words = _PARTS if tensors[f"{layer}.weight"].ndim > 1 else _PARTS_OF_NORM
    parts: dict[str, np.ndarray] = {
        word: tensors[f"{layer}.{part}"].numpy()
        for part, word in words.items()
        if f"{layer}.{part}" in tensors and tensors[f"{layer}.{part}"].numel()
    }
    chart(
        numbers_figure(parts, stage=stage, theme=shell.theme()),
        "layer_numbers",
        alt=f"Histograms of {layer}: {', '.join(parts)}.",
    )


def _stages(spec: Spec | None, tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """The stage of each layer; where the network is not known, what its name begins with."""
    rows = {} if spec is None else cached.plan_of(spec, usual_size(spec)).rows
    return {layer: rows[layer].stage if layer in rows else layer.partition(".")[0] for layer in map(layer_of, tensors)}


def _pick(layer: str) -> None:
    state.update({LAYER: layer or None})


def _bytes(found: Health) -> int:
    return 1000 * (1 + len(found.layers)) + (0 if found.kernels is None else found.kernels.weights.nbytes)
