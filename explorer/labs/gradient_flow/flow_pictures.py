"""The pictures that go through networks whose gradient flow is measured: digits, photographs, or a run's own."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from explorer.labs.data.data import DataSet, load_data, preprocess_of
from explorer.labs.gradient_flow.gradient_flow import PICTURES
from explorer.labs.gradient_flow.shown import FLOW_PICTURES, FlowPictures
from explorer.labs.training.config import RunConfig
from explorer.model.images import Preprocess
from explorer.model.samples import sample_batch

PHOTOGRAPHS = 24
_CLASSES = 10


@lru_cache(maxsize=8)
def flow_pictures(kind: FlowPictures, *, in_channels: int, side: int) -> DataSet:
    """Pictures with labels, all of one size; the test part is what is measured.

    Args:
        kind: "digits", or "photographs": both samples, whole and in parts, each mirrored too. Those belong to no
            class and are given the labels 0 to 9 in turn.
        in_channels: 1 or 3.
        side: height and width in pixels.

    Raises:
        LabError: the network takes neither one nor three channels.
    """
    digits = load_data("digits", in_channels=in_channels)
    if kind == "digits":
        pixels, labels = digits.test_pixels[:32], digits.test_labels[:32]
        if digits.size != (side, side):
            enlarged = F.interpolate(pixels.to(torch.float32), (side, side), mode="bilinear", antialias=True)
            pixels = enlarged.round().clamp(0, 255).to(torch.uint8)
    else:
        mode = "L" if in_channels == 1 else "RGB"
        parts = [
            np.asarray(picture.convert(mode).resize((side, side), Image.Resampling.BILINEAR)).reshape(side, side, -1)
            for picture in sample_batch("photo", count=PHOTOGRAPHS)
        ]
        pixels = torch.from_numpy(np.stack(parts)).permute(0, 3, 1, 2).contiguous()
        labels = torch.arange(PHOTOGRAPHS) % _CLASSES
    return DataSet(
        name=kind,
        title=FLOW_PICTURES[kind],
        classes=digits.classes,
        train_pixels=pixels,
        train_labels=labels,
        test_pixels=pixels,
        test_labels=labels,
        preprocess=Preprocess(name="0–1"),
    )


def held_out_pictures(config: RunConfig) -> DataSet:
    """A few of the pictures that a run does not learn from, of all classes where these lie one behind the other.

    Args:
        config: the run.

    Returns:
        At most 32, as the test part; the preprocessing is the run's.

    Raises:
        LabError: the run's pictures are not here any more.
    """
    return _held_out(
        config.data,
        config.spec.in_channels,
        config.input_size,
        preprocess_of(config.data, config.preprocess),
    )


@lru_cache(maxsize=8)
def _held_out(data: str, in_channels: int, size: tuple[int, int], preprocess: Preprocess) -> DataSet:
    everything = load_data(data, in_channels=in_channels, size=size, preprocess=preprocess)
    count = len(everything.test_labels)
    some = torch.linspace(0, count - 1, min(PICTURES, count)).round().long()
    pixels, labels = everything.test_pixels[some], everything.test_labels[some]
    return replace(everything, train_pixels=pixels, train_labels=labels, test_pixels=pixels, test_labels=labels)
