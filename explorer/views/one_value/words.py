"""One output value in words: its formula with the numbers filled in, and every number in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from explorer.views.numbers import written
from explorer.views.one_value.parts import Applied, Joined, Normalised, OneValue, Origin, Taken, WeightedSum, Window

# So many arriving channels are drawn one by one; the rest is summed.
MOST = 10
# So many terms fit into a line.
_TERMS = 4
# So many products are written out, those of a 3×3 kernel.
_PRODUCTS = 9
_SOURCES = {
    "running": "the running statistics that the norm keeps",
    "batch": "the batch: {count:,} values of this channel in all pictures",
    "channel": "this picture: the {count:,} values of this channel",
    "group": "this picture: the {count:,} values of this channel's group",
}

Lines = list[tuple[str, str]]


class Contribution(NamedTuple):
    """One term of a sum.

    Attributes:
        label: what it is.
        amount: what it adds.
        place: in ``WeightedSum.sums``; None for a sum of several channels and for the bias.
    """

    label: str
    amount: float
    place: int | None = None


def formulas(value: OneValue, *, place: int = 0, inputs: Sequence[str] = ()) -> Lines:
    """How a value comes about, a name and a formula each.

    Args:
        value: from ``explorer.model.one_value``.
        place: of the arriving channel that is written out, in ``WeightedSum.sums``.
        inputs: names of what arrives, as in ``Layer.inputs``.
    """
    match value.parts:
        case WeightedSum() as parts:
            lines = _weighted(parts, place)
        case Normalised() as parts:
            lines = _normalised(parts)
        case Window() as parts:
            lines = _window(parts)
        case Joined() as parts:
            lines = [_joined(parts)]
        case Applied(function=function, rule=rule, x=x):
            lines = [("Value", f"{function}(x) = {rule} = {written(value.parts.value)}, at x = {written(x)}")]
        case Taken() as parts:
            lines = [("Value", _taken(parts, value, inputs))]
    return [*lines, ("Check", _check(value))]


def contributions(parts: WeightedSum) -> tuple[Contribution, ...]:
    """The terms of a sum: the ten arriving channels that add most, all others together, and the bias.

    Whatever is left out stands in the term of the others, so that all terms add up to the value.
    """
    order = parts.largest_first
    # a single one that is left needs no line for "others"
    shown = order if len(order) <= MOST + 1 else order[:MOST]
    terms = [Contribution(channel_name(parts, place), float(parts.sums[place]), place) for place in shown]
    others = order[len(shown) :]
    if others:
        terms.append(Contribution(f"{len(others):,} others", float(parts.sums[list(others)].sum())))
    if parts.bias is not None:
        terms.append(Contribution("bias b", parts.bias))
    return tuple(terms)


def channel_name(parts: WeightedSum, place: int) -> str:
    """What arrives, by its number: ``channel 17``, or ``feature 17`` before a linear layer."""
    return f"{'feature' if parts.kind == 'linear' else 'channel'} {parts.channel(place):,}"


def origin_words(origin: Origin, source: str, *, flat: bool = False) -> str:
    """Where a number comes from: ``layer1.0.conv1 · channel 5 · y 3, x 4``."""
    return f"{source} · feature {origin.channel:,}" if flat else f"{source} · {_place(origin)}"


def value_table(value: OneValue) -> pd.DataFrame:
    """Every number that a value is made of, exactly; a row per product, per value of a window, or per part."""
    match value.parts:
        case WeightedSum() as parts:
            return _products_table(parts)
        case Window(values=values, rows=rows, columns=columns):
            there = [(y, x, values[i, j]) for i, y in enumerate(rows) for j, x in enumerate(columns)]
            frame = pd.DataFrame(there, columns=["input_y", "input_x", "value"])
            return frame.astype({"input_y": "Int64", "input_x": "Int64", "value": "float64"}).dropna()
        case Normalised() as parts:
            named = {
                "x": parts.x,
                "mean μ": parts.mean,
                "variance σ²": parts.var,
                "ε": parts.eps,
                "normalised x̂": parts.normalised,
                "γ": parts.gamma,
                "β": parts.beta,
            }
        case Joined(first=first, second=second, how=how):
            named = dict(zip(("F(x)", "shortcut(x)") if how == "add" else ("x", "gate"), (first, second), strict=True))
        case Applied(x=x):
            named = {"x": x}
        case Taken():
            named = {}
    named |= {"value": value.parts.value, "output in float32": value.put_out}
    return pd.DataFrame({"part": list(named), "number": list(named.values())})


def signed_sum(amounts: Sequence[float]) -> str:
    """Terms with their signs between them: ``1.204 − 0.31 + 0.2``."""
    first, *others = amounts
    return written(first) + "".join(f" {'−' if one < 0 else '+'} {written(abs(one))}" for one in others)


def _weighted(parts: WeightedSum, place: int) -> Lines:
    terms = contributions(parts)
    channels = [term.amount for term in terms if term.place is not None][:_TERMS]
    left = len(parts.sums) - len(channels)
    text = signed_sum(channels)
    if left:
        others = float(parts.sums[list(parts.largest_first[len(channels) :])].sum())
        text += f" + … ({left:,} more: {written(others)})"
    if parts.bias is not None:
        text += f" {'−' if parts.bias < 0 else '+'} {written(abs(parts.bias))}"
    symbol = "Σ w·x" if parts.bias is None else "Σ w·x + b"
    terms_text = "" if len(terms) == 1 else f" = {text}"
    return [
        ("Value", f"{symbol}{terms_text} = {written(parts.value)}"),
        _channel(parts, place),
        ("Products", _counted(parts)),
    ]


def _channel(parts: WeightedSum, place: int) -> tuple[str, str]:
    """What one arriving channel adds, product by product where they are few."""
    meets = parts.meets
    pairs = list(zip(parts.kernel[place][meets], parts.patch[place][meets], strict=True))
    name = channel_name(parts, place).capitalize()
    if len(pairs) > _PRODUCTS:
        return name, f"sum of {len(pairs)} products = {written(parts.sums[place])}"
    products = " + ".join(f"{_factor(w)}·{_factor(x)}" for w, x in pairs) or "no product"
    return name, f"{products} = {written(parts.sums[place])}"


def _counted(parts: WeightedSum) -> str:
    channels, height, width = parts.kernel.shape
    met = int(parts.meets.sum())
    if parts.kind == "linear":
        return f"{channels:,} features = {channels:,} products"
    words = f"{channels:,} channel{'s' * (channels > 1)} · {height}×{width} = {channels * height * width:,}"
    if channels < parts.arriving:
        words += f", of this group's channels alone: {_range(parts)} of {parts.arriving:,}"
    if met == height * width:
        return words
    lost = (height * width - met) * channels
    if parts.kind == "conv":
        return f"{words}; {lost:,} of them fall on the padding and are 0"
    return f"{words}; {met * channels:,} of them meet a value, the stride and the edge leave the others empty"


def _range(parts: WeightedSum) -> str:
    first, last = parts.channel(0), parts.channel(len(parts.sums) - 1)
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"


def _normalised(parts: Normalised) -> Lines:
    root = f"√({written(parts.var)} + {written(parts.eps)})"
    return [
        (
            "Normalise",
            f"x̂ = (x − μ) / √(σ² + ε) = ({written(parts.x)} − {_factor(parts.mean)}) / {root} = "
            f"{written(parts.normalised)}",
        ),
        (
            "Value",
            f"γ·x̂ + β = {_factor(parts.gamma)}·{_factor(parts.normalised)} + {_factor(parts.beta)} = "
            f"{written(parts.value)}",
        ),
        ("μ and σ² from", _SOURCES[parts.source].format(count=parts.count)),
    ]


def _window(parts: Window) -> Lines:
    count = int(parts.meets.sum())
    outside = parts.values.size - count - parts.zeros
    note = f"; {outside} of the window lie outside the map and do not count" if outside else ""
    padded = f"; {parts.zeros} of them are zeros of the padding" if parts.zeros else ""
    if parts.how == "max":
        return [("Value", f"max of {count:,} values = {written(parts.value)}, at {_spot(parts.origin())}{note}")]
    total = float(parts.values[parts.meets].sum())
    return [("Value", f"Σ x / n = {written(total)} / {count + parts.zeros:,} = {written(parts.value)}{padded}{note}")]


def _joined(parts: Joined) -> tuple[str, str]:
    if parts.how == "add":
        return "Value", f"F(x) + shortcut(x) = {signed_sum((parts.first, parts.second))} = {written(parts.value)}"
    return "Value", f"x · gate = {_factor(parts.first)}·{_factor(parts.second)} = {written(parts.value)}"


def _taken(parts: Taken, value: OneValue, inputs: Sequence[str]) -> str:
    if parts.origin is None:
        return "0: the shortcut adds channels of zeros, and this is one of them"
    source = inputs[parts.origin.input] if parts.origin.input < len(inputs) else "what arrives"
    reason = {
        "flatten": f"feature {value.channel:,} is {_place(parts.origin)}",
        "concat": "the main path's channels come first, the shortcut's after them",
        "pad": "the shortcut takes every pixel of its stride",
        "same": "it is carried over as it is",
    }[parts.how]
    return f"{written(parts.value)}, taken from {source}, {_place(parts.origin)}: {reason}"


def _check(value: OneValue) -> str:
    put_out = f"the layer itself gave {written(value.put_out)}"
    if not np.isfinite(value.put_out):
        return f"{put_out}, and so do its parts" if value.difference == 0 else f"{put_out}, its parts do not"
    if value.difference == 0:
        return f"{put_out}, which is the same number"
    why = (
        "float32 rounds" if value.is_rounding else "more than the rounding of float32: the device uses shorter numbers"
    )
    return f"{put_out}; the parts, added up in float64, differ by {written(value.difference)}: {why}"


def _products_table(parts: WeightedSum) -> pd.DataFrame:
    channels, height, width = parts.kernel.shape
    channel, i, j = (axis.ravel() for axis in np.indices((channels, height, width)))
    frame = pd.DataFrame(
        {
            "input_channel": channel + parts.first_channel,
            "kernel_y": i,
            "kernel_x": j,
            "input_y": pd.array([parts.rows[place] for place in i], dtype="Int64"),
            "input_x": pd.array([parts.columns[place] for place in j], dtype="Int64"),
            "x": parts.patch.ravel(),
            "w": parts.kernel.ravel(),
            "product": parts.products.ravel(),
        }
    )
    return frame[["input_channel", "x", "w", "product"]] if parts.kind == "linear" else frame


def _place(origin: Origin) -> str:
    return f"channel {origin.channel:,} at {_spot(origin)}"


def _spot(origin: Origin) -> str:
    return f"y {origin.y}, x {origin.x}"


def _factor(value: float) -> str:
    """A negative number in brackets, as it stands behind a sign."""
    return f"({written(value)})" if value < 0 else written(value)
