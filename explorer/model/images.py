"""Bytes of a file -> a checked picture -> the tensor that a network gets.

``decode`` accepts what people really upload (any colour mode, rotated, transparent, 16-bit) and refuses everything else
with one sentence. ``prepare`` is torchvision's preprocessing for classification weights, for any input size.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError

from explorer.errors import ImageError, InputSizeError
from explorer.model.bands import on_white
from explorer.model.deep_pictures import black_is_zero, colours_in_eight_bits, grey_in_eight_bits

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "GIF", "TIFF")
FORMAT_NAMES = "PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF"
MAX_BYTES = 10 * 2**20
MAX_PIXELS = 40_000_000
# An ordinary progressive JPEG has about ten scans. Each costs a pass over all pixels, so a small file of thousands of
# scans keeps a processor busy for minutes.
MAX_JPEG_SCANS = 100

Interpolation = Literal["nearest", "bilinear", "bicubic"]
_RESAMPLING: dict[Interpolation, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}

_HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

# What people upload instead of a picture: where it can be recognised, the sentence says what to do with it.
_LOOKALIKES: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda data: b"<svg" in data[:1024].lower(), "The file is an SVG drawing, which has no pixels: export it as PNG."),
    (lambda data: data.startswith(b"%PDF"), "The file is a PDF document: export the page as PNG or JPEG."),
    (
        lambda data: data[4:8] == b"ftyp" and b"avi" in data[8:32],
        "The AVIF picture cannot be read here, or it is damaged: save it as PNG or JPEG.",
    ),
    (
        lambda data: data[4:8] == b"ftyp" and data[8:12] in _HEIC,
        "The file is a HEIC photo, which cannot be read here: save it as JPEG.",
    ),
    (
        lambda data: data.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")),
        "The file is a JPEG XL picture, which cannot be read here: save it as PNG or JPEG.",
    ),
    (
        lambda data: data.startswith(_TIFF),
        "The TIFF file stores its pixels in a way that cannot be read here, or it is damaged: save it as PNG.",
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """A decoded file.

    Attributes:
        image: the upright picture, mode RGB or L, 8 bits per channel.
        format: name of the file's format, such as "JPEG".
        notes: one sentence for each thing that was changed or left out on the way from the file.
    """

    image: Image.Image
    format: str
    notes: tuple[str, ...]


def decode(data: bytes) -> Image.Image:
    """Decode the bytes of an uploaded file.

    Args:
        data: all bytes of the file.

    Returns:
        The upright picture, mode RGB or L.

    Raises:
        ImageError: the file is no picture, is damaged, or is larger than what is allowed.
    """
    return read_picture(data).image


def read_picture(data: bytes) -> Picture:
    """Decode the bytes of an uploaded file and say what was changed.

    Transparent parts are laid on white, 16-bit values are scaled to 8 bits, a TIFF whose 0 is white is shown so, EXIF
    rotation is applied, of several frames the first is taken. Colour profiles are not applied, as torchvision does not
    either.

    Args:
        data: all bytes of the file.

    Returns:
        The picture with its notes.

    Raises:
        ImageError: the file is no picture, is damaged, or is larger than what is allowed.
    """
    data, is_negative = black_is_zero(data)
    image = _open(data)
    has_16_bits = any(";16" in str(tile[3]) for tile in image.tile) if hasattr(image, "tile") else False
    name = "JPEG" if image.format == "MPO" else str(image.format)
    width, height = image.size
    try:
        # Asking for a second frame reads on in the file, and may already find that it is cut off.
        several = image.format in ("GIF", "WEBP", "AVIF", "PNG", "TIFF") and bool(getattr(image, "is_animated", False))
        image.load()
    # Damaged bytes make the decoders raise nearly anything: OSError, ValueError, struct.error, IndexError and more.
    except Exception as error:
        raise ImageError(
            f"The {name} picture ({width:,}×{height:,}) is cut off or damaged: "
            "copy the file again, or open it elsewhere and save it anew."
        ) from error
    notes = []
    if several:
        notes.append("The file has several pages: the first is used." if name == "TIFF" else _ANIMATED)
    notes += _turn_upright(image)
    eight_bit, colour_notes = _to_grey_or_rgb(image, has_16_bits=has_16_bits)
    notes += colour_notes
    if is_negative:
        eight_bit = ImageOps.invert(eight_bit)
    if eight_bit.size == (1, 1):
        notes.append("The picture is a single pixel: every position of the network's input gets the same colour.")
    # Without this the picture would carry the file's metadata into every copy that is made of it.
    eight_bit.info = {}
    return Picture(image=eight_bit, format=name, notes=tuple(notes))


def has_bright_border(picture: Image.Image) -> bool:
    """Whether a picture's outermost pixels are bright on the whole, as around ink on paper."""
    grey = np.asarray(picture.convert("L"))
    return bool(np.mean([grey[0].mean(), grey[-1].mean(), grey[:, 0].mean(), grey[:, -1].mean()]) > 127.5)


_ANIMATED = "The picture is animated: its first frame is used."


def _open(data: bytes) -> Image.Image:
    """Recognise the file and look at its size, without decoding a pixel."""
    if not data:
        raise ImageError(f"The file is empty: choose a picture ({FORMAT_NAMES}).")
    if len(data) > MAX_BYTES:
        raise ImageError(
            f"The file has {len(data) / 2**20:.1f} MB and {MAX_BYTES // 2**20} MB are allowed: "
            "make the picture smaller or save it as JPEG."
        )
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(
            f"The picture has far more than the {MAX_PIXELS // 10**6} megapixels that are allowed: make it smaller."
        ) from error
    except UnidentifiedImageError as error:
        raise ImageError(_not_a_picture(data)) from error
    # The header of a recognised format is damaged; Pillow's plugins raise nearly anything here.
    except Exception as error:
        raise ImageError(
            "The picture's header is cut off or damaged: copy the file again, or open it elsewhere and save it anew."
        ) from error
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"The picture has {width:,}×{height:,} pixels, {width * height / 10**6:,.1f} megapixels, "
            f"and {MAX_PIXELS // 10**6} are allowed: make it smaller."
        )
    if image.format in ("JPEG", "MPO") and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise ImageError("The JPEG picture is built from too many scans to be decoded here: save it anew.")
    return image


def _not_a_picture(data: bytes) -> str:
    for looks_like, sentence in _LOOKALIKES:
        if looks_like(data):
            return sentence
    return f"The file is not a picture that can be read here, or it is damaged: choose a {FORMAT_NAMES} file."


_BROKEN_EXIF = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, struct.error)


def _turn_upright(image: Image.Image) -> list[str]:
    size, pixels = image.size, image.im
    try:
        ImageOps.exif_transpose(image, in_place=True)
    # A camera's or an editor's broken EXIF says nothing about the pixels: they are shown as they are.
    except _BROKEN_EXIF:
        return ["The EXIF data of the picture is damaged: it is shown as it is stored, unrotated."]
    return ["The picture was turned as its EXIF data says."] if image.im is not pixels or image.size != size else []


def _to_grey_or_rgb(image: Image.Image, *, has_16_bits: bool) -> tuple[Image.Image, list[str]]:
    """Any of Pillow's modes -> L or RGB, and what was done to get there."""
    if image.mode == "F" or image.mode.startswith("I"):
        return grey_in_eight_bits(image)
    mode = "L" if image.mode in ("1", "L", "LA", "La") else "RGB"
    if image.has_transparency_data:
        opaque, is_clear = on_white(image, mode)
        if is_clear:
            return opaque, ["Transparent parts of the picture are laid on white."]
        image = opaque
    notes = ["The picture is CMYK: it was converted to RGB without its colour profile."] if image.mode == "CMYK" else []
    converted = image.convert(mode)
    if not has_16_bits:
        return converted, notes
    brightened, more = colours_in_eight_bits(converted)
    return brightened, notes + more


@dataclass(frozen=True, kw_only=True)
class Preprocess:
    """How a picture becomes the numbers that some weights were trained on.

    Attributes:
        name: what people read.
        resize: shorter side in pixels before the centre crop, at an input size of ``crop``; None crops nothing but what
            the shape of the input demands.
        crop: input size that ``resize`` belongs to; other input sizes keep the proportion of the two.
        interpolation: filter of the resizing, always with antialiasing except for "nearest".
        mean: subtracted per channel, on values from 0 to 1; one number counts for all channels.
        std: divided by per channel.
    """

    name: str
    resize: int | None = None
    crop: int = 224
    interpolation: Interpolation = "bilinear"
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if len(self.mean) not in (1, 3) or len(self.std) not in (1, 3):
            raise ImageError("Mean and std need one number, or three: one each for red, green and blue.")
        if not all(math.isfinite(value) for value in (*self.mean, *self.std)):
            raise ImageError("Mean and std must be finite numbers.")
        if min(self.std) <= 0:
            raise ImageError("Every std must be greater than 0: the picture is divided by it.")
        if self.crop < 1 or (self.resize is not None and self.resize < self.crop):
            raise ImageError("The picture's shorter side must be resized to at least the size that is cropped.")
        if self.interpolation not in _RESAMPLING:
            raise ImageError(f"Interpolation must be one of {', '.join(_RESAMPLING)}.")

    def per_channel(self, channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and std for 1 or 3 channels; three numbers become their average where the network has one channel."""

        def fit(values: tuple[float, ...]) -> tuple[float, ...]:
            return values if len(values) == channels else (sum(values) / len(values),) * channels

        return fit(self.mean), fit(self.std)


_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# torchvision's IMAGENET1K_V1 weights, and its V2 weights, which were trained for a tighter crop.
IMAGENET = Preprocess(name="ImageNet", resize=256, mean=_IMAGENET_MEAN, std=_IMAGENET_STD)
IMAGENET_V2 = Preprocess(name="ImageNet (V2 weights)", resize=232, mean=_IMAGENET_MEAN, std=_IMAGENET_STD)
HALF = Preprocess(name="0.5/0.5", resize=256, mean=(0.5,), std=(0.5,))
UNIT = Preprocess(name="0–1", resize=256)
DIGITS = Preprocess(name="Digits, 0–1")
# mean and deviation of the pixels of their training parts
FASHION_MNIST = Preprocess(name="Fashion-MNIST", mean=(0.2860,), std=(0.3530,))
CIFAR10 = Preprocess(name="CIFAR-10", mean=(0.4914, 0.4822, 0.4465), std=(0.2470, 0.2435, 0.2616))
NAMED = {one.name: one for one in (IMAGENET, IMAGENET_V2, HALF, UNIT, DIGITS, FASHION_MNIST, CIFAR10)}
"""By their names, with which files of weights from here say what their pictures went through."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Prepared:
    """One picture, ready for a network.

    Attributes:
        tensor: ``(1, C, H, W)``, float32, on the CPU, normalised; a generator's domains behind the picture's channels.
        seen: what the network really gets, before normalisation: H×W pixels, mode RGB or L.
        resized_size: (width, height) that it was resized to before the crop.
        offset: (left, top) of the crop in the resized picture.
    """

    tensor: torch.Tensor
    seen: Image.Image
    resized_size: tuple[int, int]
    offset: tuple[int, int]


def prepare(
    picture: Image.Image,
    *,
    size: tuple[int, int],
    in_channels: int = 3,
    preprocess: Preprocess = IMAGENET,
    domains: Sequence[bool] = (),
) -> Prepared:
    """Resize, crop and normalise a picture as torchvision's ``weights.transforms()`` does.

    At the weights' own size (224×224) the tensor equals torchvision's. At any other H×W the picture is resized, its
    proportions kept, until it just covers (H, W) × resize / crop, then H×W is cut from its centre.

    Args:
        picture: mode RGB or L, from ``decode``.
        size: (H, W) of the network's input, in pixels.
        in_channels: of the picture: 3 repeats grey pictures; 1 takes the luminance (ITU-R 601) of coloured ones.
        preprocess: the resizing and the normalisation.
        domains: of a generator, whether each is asked for: a constant map of 1 or 0 behind the picture's channels, as
            in Choi et al. 2017, arXiv 1711.09020.

    Returns:
        The tensor ``(1, in_channels + domains, H, W)`` and the picture that it shows.

    Raises:
        ImageError: the network has another number of input channels than 1 or 3.
        InputSizeError: the size is less than one pixel.
    """
    if in_channels not in (1, 3):
        raise ImageError(
            f"The network takes {in_channels:,} input channels and a picture has 1 or 3: "
            "set the input channels to 1 or 3 to feed it pictures."
        )
    if min(size) < 1:
        raise InputSizeError("The input must be at least 1×1 pixel.")
    coloured = picture.convert("L" if in_channels == 1 else "RGB")
    resized_size = _resized_size(picture.size, size=size, preprocess=preprocess)
    offset = _centre(resized_size[0], size[1]), _centre(resized_size[1], size[0])
    seen = _resize_and_crop(
        coloured, size=size, resized_size=resized_size, offset=offset, resampling=_RESAMPLING[preprocess.interpolation]
    )
    tensor = as_input(pixels_of(seen).unsqueeze(0), preprocess, domains=domains)
    return Prepared(tensor=tensor, seen=seen, resized_size=resized_size, offset=offset)


def pixels_of(picture: Image.Image) -> torch.Tensor:
    """The values of a picture, mode RGB or L: ``(C, H, W)``, float32, 0 to 255."""
    values = torch.from_numpy(np.array(picture)).view(picture.height, picture.width, -1)
    return values.permute(2, 0, 1).to(torch.float32).contiguous()


def as_input(pixels: torch.Tensor, preprocess: Preprocess, *, domains: Sequence[bool] = ()) -> torch.Tensor:
    """Normalise pixels that have the network's size already; the last step of ``prepare``.

    Args:
        pixels: ``(N, C, H, W)``, 0 to 255, whole numbers or not.
        preprocess: of the weights; only mean and std count.
        domains: as for ``prepare``.

    Returns:
        ``(N, C + domains, H, W)``; gradients pass through it.
    """
    count, channels, *size = pixels.shape
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in preprocess.per_channel(channels))
    targets = torch.tensor(domains, dtype=torch.float32).view(1, -1, 1, 1).expand(count, -1, *size)
    return torch.cat([(pixels / 255 - mean) / std, targets], dim=1)


def _resized_size(picture_size: tuple[int, int], *, size: tuple[int, int], preprocess: Preprocess) -> tuple[int, int]:
    """(width, height) of the smallest picture of the same proportions that covers the input and its margin."""
    width, height = picture_size
    margin = 1.0 if preprocess.resize is None else preprocess.resize / preprocess.crop
    cover_height, cover_width = (max(side, round(side * margin)) for side in size)
    # The longer side is cut to a whole number as torchvision's _compute_resized_output_size does.
    if cover_height * width >= cover_width * height:
        return max(cover_width, int(cover_height * width / height)), cover_height
    return cover_width, max(cover_height, int(cover_width * height / width))


def _centre(length: int, part: int) -> int:
    # A half goes to the even number, as in torchvision's center_crop.
    return round((length - part) / 2)


def _resize_and_crop(
    picture: Image.Image,
    *,
    size: tuple[int, int],
    resized_size: tuple[int, int],
    offset: tuple[int, int],
    resampling: Image.Resampling,
) -> Image.Image:
    (height, width), (new_width, new_height), (left, top) = size, resized_size, offset
    if new_width * new_height <= MAX_PIXELS:
        resized = picture if picture.size == resized_size else picture.resize(resized_size, resampling)
        return resized.crop((left, top, left + width, top + height))
    # A strip of 1×5000 would be blown up to 256×1,280,000 to keep 224 of them: resize only what is kept.
    across, down = picture.width / new_width, picture.height / new_height
    box = (left * across, top * down, (left + width) * across, (top + height) * down)
    return picture.resize((width, height), resampling, box=box)
