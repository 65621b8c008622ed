"""Channels: the pictures that they like, in the trained example and before training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explorer.architecture.describe import describe
from explorer.architecture.examples import DIGIT_READER
from explorer.labs.likes.pure import Purity, in_order, purity
from explorer.labs.likes.strongest import NINE, Maxima, maxima
from explorer.labs.norm_lab.batches import held_out_digits
from explorer.model.build import ObservableModule, build
from explorer.ui import cached
from explorer.ui.cached import plan_of
from explorer.ui.learn.figures.maps import side_by_side
from explorer.ui.norm_lab.example import example
from explorer.views.montage import thumbnail

ROW = "layer3.2.relu2"
_SHOWN = 3


def nine_strongest() -> Mapping[str, object]:
    """Of the purest channels the nine digits that excite them most, and how pure all are, trained and untrained."""
    ready = example()
    digits, labels = (values.cpu().numpy() for values in held_out_digits())
    trained, pure = cached.result(
        ("learn nine strongest", ready.key), lambda: _looked_at(ready.model), lambda made: made[0].nbytes
    )
    untrained = cached.result(
        ("learn nine strongest", "untrained"),
        lambda: _looked_at(build(describe(DIGIT_READER.spec), device="cpu").eval()),
        lambda made: made[0].nbytes,
    )[1]
    parts = []
    for channel in in_order(trained, pure)[:_SHOWN]:
        nine = [one.picture for one in trained.strongest(channel)]
        shown = [(f"digit {labels[one]}", thumbnail(digits[one, 0], smallest=32), 32) for one in nine]
        parts.append(side_by_side(f"channel {channel}", *shown))
    st.html(f"<div class='kernels'>{''.join(parts)}</div>")
    return {
        "channels": trained.channels,
        "digits": len(labels),
        "trained": f"{NINE * pure.nine.mean():.1f}",
        "untrained": f"{NINE * untrained.nine.mean():.1f}",
        "chance": f"{NINE * pure.by_chance:.1f}",
    }


def _looked_at(model: ObservableModule) -> tuple[Maxima, Purity]:
    digits, labels = held_out_digits()
    plan = plan_of(DIGIT_READER.spec, (digits.shape[2], digits.shape[3]))
    measured = maxima(model, plan, lambda some: digits[some.start : some.stop], len(digits), ROW)
    return measured, purity(measured, np.asarray(labels))
