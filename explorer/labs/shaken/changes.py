"""A picture as a network gets it, after resize and crop, and the same picture changed."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor

from explorer.errors import LabError
from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.model.images import Preprocess, as_input, pixels_of
from explorer.views.numbers import written

SEED = 0
"""Of the noise."""
NEAR = 0.1
"""Kinds of change disturb the input equally where they are no further apart than this share of it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Given:
    """A picture of the network's size, before mean and standard deviation.

    Attributes:
        pixels: ``(C, H, W)``, float32, 0 to 255.
        preprocess: of the weights; only mean and std count.
        domains: of a generator, whether each is asked for.
    """

    pixels: Tensor
    preprocess: Preprocess
    domains: tuple[bool, ...] = ()

    def inputs(self, pixels: Tensor) -> Tensor:
        """Pixels ``(N, C, H, W)`` as the network gets them, ``(N, C + domains, H, W)``."""
        return as_input(pixels, self.preprocess, domains=self.domains)

    def disturbed(self, pixels: Tensor) -> float:
        """‖y − x‖ / ‖x‖ of other pixels y, ``(C, H, W)``, as the network gets both; infinite where x is 0."""
        before, after = self.inputs(torch.stack([self.pixels, pixels]))
        distance, norm = float((after - before).norm()), float(before.norm())
        return distance / norm if norm else (np.inf if distance else 0.0)


def changed(pixels: Tensor, kind: KindName, strength: float, *, signs: Tensor | None = None) -> Tensor:
    """The picture after one kind of change; values stay between 0 and 255.

    Noise, brightness and FGSM leave values that are no whole numbers, which a file of 8 bits would round. What JPEG,
    blur and size return is whole, as Pillow's pictures are. Noise is the same for every strength but for its size.

    Args:
        pixels: ``(C, H, W)``, float32, 0 to 255, one or three channels.
        kind: of the change.
        strength: in its own unit.
        signs: for FGSM: the signs of the loss's gradient at the pixels, ``(C, H, W)``, from ``fgsm_signs``.

    Returns:
        ``(C, H, W)``, float32.

    Raises:
        LabError: the strength is none that this kind has.
    """
    _check(kind, strength, width=pixels.shape[2])
    match kind:
        case "noise":
            draws = torch.randn(pixels.shape, generator=torch.Generator().manual_seed(SEED))
            return (pixels + strength * draws).clamp(0, 255)
        case "blur":
            return pixels_of(_picture(pixels).filter(ImageFilter.GaussianBlur(strength)))
        case "jpeg":
            file = io.BytesIO()
            _picture(pixels).save(file, "JPEG", quality=int(strength))
            return pixels_of(Image.open(file))
        case "shift":
            return shifted(pixels, int(strength))
        case "brightness":
            return (pixels * strength).clamp(0, 255)
        case "size":
            picture = _picture(pixels)
            small = [max(1, round(side * strength / 100)) for side in picture.size]
            shrunk = picture.resize((small[0], small[1]), Image.Resampling.BILINEAR)
            return pixels_of(shrunk.resize(picture.size, Image.Resampling.BILINEAR))
        case "fgsm":
            assert signs is not None, "FGSM goes along the signs of a gradient"
            return (pixels + strength * signs).clamp(0, 255)


def shifted(pixels: Tensor, right: int) -> Tensor:
    """Pixels ``(C, H, W)`` moved to the right, or to the left by a negative number; the border column is repeated."""
    width = pixels.shape[2]
    columns = (torch.arange(width) - right).clamp(0, width - 1)
    return pixels[:, :, columns]


def equal_strength(given: Given, kind: KindName, disturbed: float, *, signs: Tensor | None = None) -> float:
    """The strength with which a kind disturbs the input nearly as much as asked, found by halving.

    Args:
        given: the picture.
        kind: of the change.
        disturbed: ‖y − x‖ / ‖x‖ that is wanted, as for ``Given.disturbed``.
        signs: as for ``changed``.

    Returns:
        A strength between the kind's ``none`` and ``most``, the last one where it cannot disturb as much; where
        anything is wanted it is one that disturbs, the smallest step if that is already too much.
    """
    of = KINDS[kind]
    weak, strong = of.none, _most(kind, given.pixels.shape[2])

    def reached(strength: float) -> float:
        return given.disturbed(changed(given.pixels, kind, strength, signs=signs))

    for _ in range(_HALVINGS):
        middle = (weak + strong) / 2
        if of.whole:
            middle = float(round(middle))
        if middle in (weak, strong):
            break
        if reached(middle) < disturbed:
            weak = middle
        else:
            strong = middle
    found = {strength: reached(strength) for strength in (strong, weak)}
    if disturbed and found[strong]:
        found = {strength: by for strength, by in found.items() if by}
    return min(found, key=lambda strength: abs(found[strength] - disturbed))


_HALVINGS = 14


def as_strong(disturbed: float, wanted: float) -> bool:
    """Whether a change disturbs the input as much as is wanted, so that what it moves can be compared.

    Args:
        disturbed: ‖y − x‖ / ‖x‖ of the change.
        wanted: likewise.
    """
    return abs(disturbed - wanted) <= NEAR * wanted


def _most(kind: KindName, width: int) -> float:
    """The strongest that a picture of some width can have."""
    return min(KINDS[kind].most, width - 1) if kind == "shift" else KINDS[kind].most


def _check(kind: KindName, strength: float, *, width: int) -> None:
    of = KINDS[kind]
    if not of.low <= strength <= of.high or (of.whole and strength != int(strength)):
        number = "a whole number" if of.whole else "a number"
        low, high, asked = (written(value) for value in (of.low, of.high, strength))
        raise LabError(f"{of.title}: the strength is {number} from {low} to {high}, not {asked}.")
    if kind == "shift" and abs(strength) >= width:
        raise LabError(f"The picture is {width} pixels wide: it can be shifted by at most {width - 1}.")


def _picture(pixels: Tensor) -> Image.Image:
    """Pixels as Pillow has them, rounded to whole values."""
    values = pixels.round().to(torch.uint8).permute(1, 2, 0).numpy()
    return Image.fromarray(values[..., 0] if values.shape[2] == 1 else values)
