"""One norm, seen in several ways; every part draws one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.model.batchnorm import BatchStatistics, NormState, eval_line
from explorer.model.guard import Mode
from explorer.ui import shell, state
from explorer.ui.batchnorm import measured
from explorer.ui.batchnorm.batch import Batch
from explorer.ui.batchnorm.drawn import pickable
from explorer.ui.batchnorm.params import BETA, GAMMA, MODE
from explorer.ui.batchnorm.source import Source
from explorer.ui.charts import chart
from explorer.ui.data_frame import data_frame
from explorer.ui.params.shared import CHANNEL
from explorer.ui.widgets import save
from explorer.views.charts.heat import scale_of
from explorer.views.export.tables import csv_text
from explorer.views.maps import maps_figure
from explorer.views.norm_channel import Statistic, against_figure, channels_figure
from explorer.views.norm_words import channel_table, picture_table
from explorer.views.numbers import written

MODES: tuple[Mode, ...] = ("eval", "train")


@dataclass(frozen=True, eq=False, kw_only=True)
class Seen:
    """What is looked at: a channel of a norm, and the batch that goes through it."""

    source: Source
    batch: Batch
    norm: NormState
    channel: int

    @property
    def stage(self) -> str:
        """The norm's stage."""
        return self.source.plan.rows[self.norm.layer].stage

    def values(self, mode: Mode) -> measured.Values:
        """What arrives at the channel and what leaves it."""
        return measured.values(self.source, self.batch, self.norm.layer, self.channel, mode)


def over(norm: NormState) -> str:
    """Over what a norm takes mean and variance in train mode."""
    return "the batch" if norm.kind == "batch" else "each picture"


def running_against_batch(seen: Seen) -> None:
    """Running statistics beside those of the batch, a dot per channel."""
    if seen.norm.running_mean is None or seen.norm.running_var is None:
        st.info(
            f"{seen.norm.layer} is a {seen.norm.kind} norm: it keeps no running statistics to compare with a batch."
        )
        return
    mode = state.get(MODE)
    batch = measured.statistics(seen.source, seen.batch, mode)[seen.norm.layer]
    left, right = st.columns(2)
    pairs: dict[Statistic, tuple[np.ndarray, np.ndarray]] = {
        "mean": (seen.norm.running_mean, batch.channel_mean),
        "variance": (seen.norm.running_var, batch.channel_var),
    }
    for place, (what, (running, of_batch)) in zip((left, right), pairs.items(), strict=True):
        with place:
            chart(
                against_figure(
                    running, of_batch, what=what, stage=seen.stage, theme=shell.theme(), picked=seen.channel
                ),
                f"against_{what}",
                on_pick=pick_channel,
                alt=f"The {what} of this batch over the running {what}, a dot per channel, and the line of equality.",
            )
    channel = seen.channel
    count = f"{batch.count:,} values per channel"
    if seen.norm.kind == "instance":
        count += " and picture, averaged over the pictures"
    upstream = f"{over(seen.norm)} too" if mode == "train" else "their running statistics"
    st.caption(
        f"Channel {channel}: running mean {written(seen.norm.running_mean[channel])}, in this batch "
        f"{written(batch.channel_mean[channel])}; running variance {written(seen.norm.running_var[channel])}, in this "
        f"batch {written(batch.channel_var[channel])} (divided by n − 1, as torch does for the running one). On "
        f"the dotted line both are equal. {count}: {seen.batch.words}. In {mode} mode the norms before this one use "
        f"{upstream}."
    )
    if seen.norm.kind == "instance":
        _picture_by_picture(seen, batch, seen.norm.running_mean, seen.norm.running_var)


def _picture_by_picture(seen: Seen, batch: BatchStatistics, mean: np.ndarray, var: np.ndarray) -> None:
    """Mean and variance of the channel in every picture: what an instance norm normalises each of them with."""
    channel = seen.channel
    frame = picture_table(batch.mean[:, channel], batch.var[:, channel], mean[channel], var[channel])
    st.markdown(f"**Channel {channel} picture by picture**: in train mode each has its own mean and variance.")
    data_frame(
        frame,
        column_config={name: st.column_config.NumberColumn(format="%.4g") for name in frame.columns[1:]},
        height=min(320, 38 + 35 * len(frame)),
        key="picture_by_picture",
        alt=f"Mean and variance of channel {channel} of {seen.norm.layer} in each of {len(frame) - 1} pictures.",
    )


def train_against_eval(seen: Seen) -> None:
    """The same picture through the norm in both modes, and their difference per channel."""
    maps = {mode: seen.values(mode).after[seen.batch.first] for mode in MODES}
    distance = maps["train"] - maps["eval"]
    scale = scale_of(maps.values())
    over = "this batch" if seen.norm.kind == "batch" else "each picture"
    drawn = {
        f"train: statistics of {over}": (maps["train"], scale),
        "eval: running statistics": (maps["eval"], scale),
        "train − eval": (distance, scale_of([distance], signed=True)),
    }
    for number, (place, (name, (values, own))) in enumerate(zip(st.columns(3), drawn.items(), strict=True)):
        with place:
            st.markdown(f"**{name}**")
            chart(
                maps_figure(values, own, height=210, theme=shell.theme(), bar=True),
                f"mode_map_{number}",
                alt=f"Channel {seen.channel} of {seen.norm.layer}, one picture, {name}.",
            )
    apart = measured.gap(seen.source, seen.batch, seen.norm.layer)
    chart(
        channels_figure(
            apart.mean, what="mean |train − eval|", stage=seen.stage, theme=shell.theme(), picked=seen.channel
        ),
        "mode_gaps",
        on_pick=pick_channel,
        alt="How far train and eval mode are apart, a bar per channel.",
    )
    st.caption(_apart(seen, apart))


def _apart(seen: Seen, apart: measured.Gap) -> str:
    most = int(np.nanargmax(apart.mean)) if np.isfinite(apart.mean).any() else 0
    if seen.norm.kind in ("group", "layer") and not apart.largest.any():
        return f"A {seen.norm.kind} norm does the same in both modes: no channel differs at any position."
    closer = (
        "A larger batch brings the two closer if its pictures are like the training data."
        if seen.norm.kind == "batch"
        else "A larger batch changes nothing: each picture is normalised by itself."
    )
    return (
        f"Channel {seen.channel}: {written(apart.mean[seen.channel])} apart on average, "
        f"{written(apart.largest[seen.channel])} at most, over {seen.batch.words}. Farthest apart is channel {most}, "
        f"{written(apart.mean[most])} on average. The network is in one mode as a whole: in train mode the norms "
        f"before this one use {over(seen.norm)} too. {closer}"
    )


def all_channels(seen: Seen) -> None:
    """Every number of every channel of the norm, to be sorted, picked from and saved."""
    batch = measured.statistics(seen.source, seen.batch, "eval")[seen.norm.layer]
    norm = seen.norm
    lines = None
    if norm.running_mean is not None:
        lines = np.array([eval_line(norm, channel) for channel in range(norm.channels)])
    frame = channel_table(
        {
            "gamma": norm.gamma,
            "beta": norm.beta,
            "running_mean": norm.running_mean,
            "running_var": norm.running_var,
            "batch_mean": batch.channel_mean,
            "batch_var": batch.channel_var,
            "a": None if lines is None else lines[:, 0],
            "b": None if lines is None else lines[:, 1],
        }
    )
    words = {
        "gamma": "γ",
        "beta": "β",
        "running_mean": "Running mean",
        "running_var": "Running variance",
        "batch_mean": "Mean of this batch",
        "batch_var": "Variance of this batch",
        "a": "a = γ/√(σ²+ε)",
        "b": "b = β − a·μ",
    }
    pickable(
        frame,
        "channel_table",
        alt=f"γ, β, running and batch statistics of all {norm.channels} channels of {norm.layer}.",
        words=words,
        columns=[str(name) for name in frame],
        height=min(360, 38 + 35 * norm.channels),
        on_pick=pick_channel,
    )
    save(
        "Channels as CSV",
        lambda: csv_text(frame),
        f"{norm.layer}.csv",
        key="channels_csv",
        help="A row per channel of this norm.",
    )
    st.caption(
        f"Batches that went into the running statistics: {_tracked(norm)}. ε = {written(norm.eps)}, momentum = "
        f"{'none' if norm.momentum is None else written(norm.momentum)}. The batch: {seen.batch.words}, in eval mode, "
        "its variance divided by n − 1."
    )


def pick_channel(channel: int) -> None:
    """Show another channel. To be called from a widget's callback."""
    state.update({CHANNEL: channel, GAMMA: None, BETA: None})


def _tracked(norm: NormState) -> str:
    if norm.kind == "instance":
        return "not counted, torch's instance norm never does"
    return "not counted" if norm.num_batches_tracked is None else f"{norm.num_batches_tracked:,}"
