"""The pictures that go through networks whose gradient flow is measured: digits, or parts of the sample photographs."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from explorer.labs.data.data import DataSet, load_data
from explorer.model.images import Preprocess
from explorer.model.samples import sample_batch

FlowPictures = Literal["digits", "photographs"]

FLOW_PICTURES: dict[FlowPictures, str] = {"digits": "32 handwritten digits", "photographs": "24 parts of photographs"}
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
