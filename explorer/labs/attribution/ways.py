"""The ways to make a map of a picture, by one name each."""

from __future__ import annotations

from typing import Literal

import numpy as np
from torch import Tensor

from explorer.errors import LabError
from explorer.labs.attribution.asked import Asked
from explorer.labs.attribution.cams import cams
from explorer.labs.attribution.pixels import gradient, integrated, occlusion
from explorer.model.build import ObservableModule
from explorer.model.download import Progress

Way = Literal["gradcam", "layercam", "gradient", "integrated", "occlusion"]


def explained(
    model: ObservableModule,
    image: Tensor,
    asked: Asked,
    way: Way,
    *,
    part: str = "",
    window: int = 1,
    step: int = 1,
    progress: Progress | None = None,
) -> np.ndarray:
    """One map, in its own cells; of Grad-CAM before the ReLU, so that every cell has a rank.

    Args:
        model: from ``build``, or wrapped.
        image: ``(1, C, H, W)``.
        asked: what is explained.
        way: how.
        part: of the network, for Grad-CAM and LayerCAM.
        window: of occlusion, in pixels.
        step: likewise.
        progress: told the share that is done; may raise to end the work.

    Returns:
        ``(h, w)``.

    Raises:
        LabError: there is no such part or class, the window does not fit, or the logits are not finite.
        InputSizeError: when the network cannot take such a picture.
    """
    if way == "gradient":
        return gradient(model, image, asked)
    if way == "integrated":
        return integrated(model, image, asked, progress=progress).map
    if way == "occlusion":
        return occlusion(model, image, asked, window=window, step=step, progress=progress)
    for one in cams(model, image, asked).parts:
        if one.part == part:
            return one.grad_cam if way == "gradcam" else one.layer_cam
    raise LabError(f"{part} outputs no map that the answer depends on: choose another part of the network.")
