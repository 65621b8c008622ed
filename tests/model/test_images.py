"""What people upload: every format and colour mode, every kind of broken file, and torchvision's own preprocessing."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import threading
import warnings
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image, ImageFile
from torchvision.models import get_model_weights

from explorer.errors import ExplorerError, ImageError, InputSizeError
from explorer.model.images import (
    DIGITS,
    HALF,
    IMAGENET,
    IMAGENET_V2,
    MAX_BYTES,
    UNIT,
    Preprocess,
    decode,
    prepare,
    read_picture,
)

SIZE = (40, 30)


def rgb_pixels(width: int = SIZE[0], height: int = SIZE[1], *, seed: int = 0) -> np.ndarray:
    """Smooth colours, so that lossy formats stay near them."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    shift = generator.uniform(0, 3, 3)
    waves = [np.sin(x / width * 3 + s) * np.cos(y / height * 2 + s) for s in shift]
    return (np.stack(waves, axis=-1) * 100 + 128).astype(np.uint8)


def encode(image: Image.Image, name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def photo(*, width: int = SIZE[0], height: int = SIZE[1]) -> Image.Image:
    return Image.fromarray(rgb_pixels(width, height))


def png_with_header(width: int, height: int) -> bytes:
    """A PNG of less than 100 bytes that promises width×height pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


# --- formats and colour modes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, 12),
        ("JPEG", {"quality": 95}, 12),
        ("JPEG", {"quality": 95, "progressive": True}, 12),
        ("GIF", {}, 40),
        ("AVIF", {"quality": 95}, 12),
    ],
)
def test_every_format_gives_the_pixels_that_were_saved(name: str, options: dict[str, Any], tolerance: int) -> None:
    picture = read_picture(encode(photo(), name, **options))
    assert picture.image.mode == "RGB"
    assert picture.image.size == SIZE
    assert picture.format == name
    assert picture.notes == ()
    difference = np.abs(np.asarray(picture.image).astype(int) - rgb_pixels())
    assert difference.max() <= tolerance


@pytest.mark.parametrize("name", ["ICO", "PPM", "TGA", "JPEG2000", "PCX"])
def test_formats_outside_the_list_are_refused_although_pillow_reads_them(name: str) -> None:
    with pytest.raises(ImageError, match="choose a PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF file"):
        decode(encode(photo(), name))


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP"])
def test_grey_stays_grey(name: str) -> None:
    grey = photo().convert("L")
    decoded = decode(encode(grey, name))
    assert decoded.mode == "L"
    assert np.array_equal(np.asarray(decoded), np.asarray(grey))


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP"])
def test_one_bit_becomes_black_and_white(name: str) -> None:
    bits = photo().convert("1")
    decoded = decode(encode(bits, name))
    assert decoded.mode == "L"
    assert np.array_equal(np.asarray(decoded) == 255, np.asarray(bits))


def test_palette_becomes_its_colours() -> None:
    palette = photo().convert("P", palette=Image.Palette.ADAPTIVE)
    decoded = decode(encode(palette, "PNG"))
    assert decoded.mode == "RGB"
    assert np.array_equal(np.asarray(decoded), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize(("name", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})])
def test_alpha_is_laid_on_white(name: str, options: dict[str, Any]) -> None:
    rgba = photo().convert("RGBA")
    alpha = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    alpha[:, :10], alpha[:, 10:20] = 0, 128
    rgba.putalpha(Image.fromarray(alpha))
    picture = read_picture(encode(rgba, name, **options))
    share = alpha[..., None] / 255
    expected = rgb_pixels() * share + 255 * (1 - share)
    assert picture.image.mode == "RGB"
    assert np.abs(np.asarray(picture.image) - expected).max() <= 1
    assert picture.notes == ("Transparent parts of the picture are laid on white.",)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_a_picture_that_is_opaque_is_not_called_transparent(mode: str) -> None:
    image = photo().convert("P" if mode == "PA" else mode).convert(mode)
    options = {"transparency": bytes([255] * 256)} if mode == "P" else {}
    picture = read_picture(encode(image, "PNG" if mode != "PA" else "TIFF", **options))
    assert picture.notes == ()
    assert np.array_equal(np.asarray(picture.image), np.asarray(image.convert("L" if mode == "LA" else "RGB")))


def test_grey_with_alpha_is_laid_on_white_and_stays_grey() -> None:
    grey = np.asarray(photo().convert("L"))
    alpha = np.where(np.arange(SIZE[0]) < 20, 0, 255).astype(np.uint8)[None].repeat(SIZE[1], axis=0)
    decoded = decode(encode(Image.merge("LA", (Image.fromarray(grey), Image.fromarray(alpha))), "PNG"))
    assert decoded.mode == "L"
    assert np.array_equal(np.asarray(decoded), np.where(alpha == 0, 255, grey))


def test_transparent_palette_entry_becomes_white() -> None:
    palette = photo().convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    expected = np.array(palette.convert("RGB"))
    expected[np.asarray(palette) == 3] = 255
    for name in ("PNG", "GIF"):
        assert np.array_equal(np.asarray(decode(encode(palette, name, transparency=3))), expected)
    partly = bytes([255, 255, 255, 0, 255, 255, 255, 255])
    assert np.array_equal(np.asarray(decode(encode(palette, "PNG", transparency=partly))), expected)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "I;16"])
def test_a_transparent_colour_of_a_picture_without_alpha_becomes_white(mode: str) -> None:
    image: Image.Image
    transparency: int | tuple[int, ...]
    if mode == "I;16":
        image, transparency = Image.fromarray(np.array([[7, 300], [65535, 0]], np.uint16)), 300
    elif mode == "RGB":
        image, transparency = (
            Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]], [[9, 9, 9], [0, 0, 0]]], np.uint8)),
            (4, 5, 6),
        )
    else:
        grey = Image.fromarray(
            np.array([[9, 0], [255, 255]], np.uint8) if mode == "L" else np.array([[255, 0], [255, 255]], np.uint8)
        )
        image, transparency = grey.convert(mode), 0
    decoded = np.asarray(decode(encode(image, "PNG", transparency=transparency)))
    assert (decoded[0, 1] == 255).all()
    assert (decoded[0, 0] == np.asarray(decode(encode(image, "PNG")))[0, 0]).all()


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb_near_the_original(name: str) -> None:
    picture = read_picture(encode(photo().convert("CMYK"), name))
    assert picture.image.mode == "RGB"
    assert np.abs(np.asarray(picture.image).astype(int) - rgb_pixels()).mean() < 4
    assert "CMYK" in picture.notes[0]


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_not_clipped(name: str) -> None:
    values = np.linspace(0, 65535, SIZE[0] * SIZE[1]).astype(np.uint16).reshape(SIZE[1], SIZE[0])
    decoded = decode(encode(Image.fromarray(values), name))
    assert decoded.mode == "L"
    assert np.array_equal(np.asarray(decoded), np.rint(values / 257.0).astype(np.uint8))


def test_big_endian_sixteen_bit_tiff_is_read_with_its_own_byte_order() -> None:
    values = np.array([[0, 256, 32768, 65535]], np.uint16)
    decoded = decode(encode(Image.frombytes("I;16B", (4, 1), values.astype(">u2").tobytes()), "TIFF"))
    assert np.asarray(decoded).tolist() == [[0, 1, 128, 255]]


def test_sixteen_bit_colour_png_keeps_its_colours() -> None:
    values = rgb_pixels().astype(np.uint16) * 257
    rows = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in values)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", *SIZE, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert np.array_equal(np.asarray(decode(data)), rgb_pixels())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[0, 100, 255]], np.float32), [0, 100, 255]),
        (np.array([[0, 257, 65535]], np.float32), [0, 1, 255]),
        (np.array([[-2, 0, 2]], np.float32), [0, 128, 255]),
        (np.array([[0, np.nan, np.inf]], np.float32), [0, 0, 255]),
        (np.array([[5, 5, 5]], np.float32), [5, 5, 5]),
        (np.array([[0, 3, 255]], np.int32), [0, 3, 255]),
        (np.array([[0, 25700, 65535]], np.int32), [0, 100, 255]),
        (np.array([[-1000, 0, 1000]], np.int32), [0, 128, 255]),
        (np.array([[10**6, 10**6, 10**6]], np.int32), [0, 0, 0]),
    ],
)
def test_thirty_two_bit_values_are_scaled_into_eight(values: np.ndarray, expected: list[int]) -> None:
    picture = read_picture(encode(Image.fromarray(values), "TIFF"))
    assert np.asarray(picture.image).tolist() == [expected]
    assert "32 bits" in picture.notes[0]


def test_a_float_picture_of_nothing_but_nan_gets_a_sentence() -> None:
    with pytest.raises(ImageError, match="no finite value"):
        decode(encode(Image.fromarray(np.full((2, 2), np.nan, np.float32)), "TIFF"))


@pytest.mark.parametrize("mode", ["LAB", "YCbCr", "RGBX"])
def test_rarer_colour_spaces_of_tiff_become_rgb(mode: str) -> None:
    white = {"LAB": (255, 128, 128), "YCbCr": (255, 128, 128), "RGBX": (255, 255, 255, 0)}[mode]
    decoded = decode(encode(Image.new(mode, (4, 4), white), "TIFF"))
    assert decoded.mode == "RGB"
    assert np.asarray(decoded).min() >= 254


# --- EXIF -----------------------------------------------------------------------------------------------------------

# Where the stored picture's corner pixel (left, top) has to appear, by the EXIF standard's table: (right, bottom).
_CORNER = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}
# And the pixel beside it on the long side of the stored picture.
_BESIDE = {1: (1, 0), 2: (0, 0), 3: (0, 1), 4: (1, 1), 5: (0, 1), 6: (1, 1), 7: (1, 0), 8: (0, 0)}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_rotation_puts_the_corners_where_they_belong(name: str, orientation: int) -> None:
    pixels = np.zeros((32, 64), np.uint8)
    pixels[:16, :16], pixels[:16, -16:] = 255, 128
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if name == "WEBP" else {"quality": 95} if name == "JPEG" else {}
    picture = read_picture(encode(Image.fromarray(pixels).convert("RGB"), name, exif=exif, **options))
    upright = np.asarray(picture.image.convert("L"))
    assert upright.shape == ((32, 64) if orientation <= 4 else (64, 32))

    def corner(place: tuple[int, int]) -> int:
        return int(upright[-8 if place[1] else 8, -8 if place[0] else 8])

    assert abs(corner(_CORNER[orientation]) - 255) < 8
    assert abs(corner(_BESIDE[orientation]) - 128) < 8
    if name != "TIFF":
        assert ("The picture was turned as its EXIF data says." in picture.notes) == (orientation != 1)


@pytest.mark.filterwarnings("ignore")
def test_damaged_exif_leaves_the_picture_usable() -> None:
    assert decode(encode(photo(), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff broken")).size == SIZE
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x011A] = 6, "camera", 72.0
    good = exif.tobytes()
    generator = random.Random(3)
    for name in ("JPEG", "PNG", "WEBP"):
        for _ in range(200):
            broken = bytearray(good)
            for _ in range(3):
                broken[generator.randrange(6, len(broken))] = generator.randrange(256)
            assert sorted(decode(encode(photo(), name, exif=bytes(broken))).size) == sorted(SIZE)


# --- several frames -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "word"), [("GIF", "animated"), ("WEBP", "animated"), ("PNG", "animated"), ("TIFF", "pages")]
)
def test_of_several_frames_the_first_is_used_and_reported(name: str, word: str) -> None:
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "lime", "blue")]
    options = {"lossless": True} if name == "WEBP" else {}
    picture = read_picture(encode(frames[0], name, save_all=True, append_images=frames[1:], **options))
    assert picture.image.getpixel((5, 5)) == (255, 0, 0)
    assert len(picture.notes) == 1
    assert word in picture.notes[0]


def test_a_phone_photo_with_a_second_picture_inside_is_no_animation() -> None:
    data = encode(photo(), "MPO", save_all=True, append_images=[photo()])
    picture = read_picture(data)
    assert (picture.format, picture.notes) == ("JPEG", ())


# --- bad files ------------------------------------------------------------------------------------------------------

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty: choose a picture (PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF)."),
    "text": (
        b"hello, this is no picture\n" * 20,
        "The file is not a picture that can be read here, or it is damaged: "
        "choose a PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF file.",
    ),
    "SVG": (SVG, "The file is an SVG drawing, which has no pixels: export it as PNG."),
    "PDF": (b"%PDF-1.7\n...", "The file is a PDF document: export the page as PNG or JPEG."),
    "HEIC": (
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        "The file is a HEIC photo, which cannot be read here: save it as JPEG.",
    ),
    "HEIC of several pictures": (
        b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic" + bytes(99),
        "The file is a HEIC photo, which cannot be read here: save it as JPEG.",
    ),
    "AVIF without its pixels": (
        encode(photo(), "AVIF")[:40],
        "The AVIF picture cannot be read here, or it is damaged: save it as PNG or JPEG.",
    ),
    "JPEG XL": (
        b"\xff\x0a" + bytes(99),
        "The file is a JPEG XL picture, which cannot be read here: save it as PNG or JPEG.",
    ),
    "TIFF of 12 bits": (
        b"II*\0"
        + encode(photo().convert("L"), "TIFF")[4:].replace(
            b"\x02\x01\x03\x00\x01\x00\x00\x00\x08", b"\x02\x01\x03\x00\x01\x00\x00\x00\x0b"
        ),
        "The TIFF file stores its pixels in a way that cannot be read here, or it is damaged: save it as PNG.",
    ),
    "11 MB": (
        b"\x89PNG\r\n\x1a\n" + bytes(11 * 2**20),
        "The file has 11.0 MB and 10 MB are allowed: make the picture smaller or save it as JPEG.",
    ),
    "50,000×50,000": (
        png_with_header(50_000, 50_000),
        "The picture has far more than the 40 megapixels that are allowed: make it smaller.",
    ),
    "12,000×12,000": (
        png_with_header(12_000, 12_000),
        "The picture has 12,000×12,000 pixels, 144.0 megapixels, and 40 are allowed: make it smaller.",
    ),
    "7,000×6,000": (
        png_with_header(7_000, 6_000),
        "The picture has 7,000×6,000 pixels, 42.0 megapixels, and 40 are allowed: make it smaller.",
    ),
    "cut-off JPEG": (
        encode(photo(width=400, height=300), "JPEG")[:2000],
        "The JPEG picture (400×300) is cut off or damaged: copy the file again, or open it elsewhere and save it anew.",
    ),
    "PNG without its pixels": (
        png_with_header(100, 100),
        "The PNG picture (100×100) is cut off or damaged: copy the file again, or open it elsewhere and save it anew.",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_bad_files_get_one_plain_sentence(name: str) -> None:
    data, sentence = BAD_FILES[name]
    with pytest.raises(ImageError) as caught:
        decode(data)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("side", [12_000, 50_000])
def test_a_bomb_is_refused_where_warnings_are_errors(side: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ImageError, match="40 megapixels that are allowed"):
            decode(png_with_header(side, side))


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF", "BMP", "GIF", "TIFF"])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Truncated File Read")
def test_a_file_cut_off_anywhere_gives_a_picture_or_a_sentence(name: str) -> None:
    data = encode(photo(width=97, height=61), name)
    sentences = []
    for end in [*range(1, 60), *range(60, len(data) - 16, max(1, len(data) // 150))]:
        try:
            decode(data[:end])
        except ImageError as error:
            sentences.append(str(error))
    assert len(sentences) > 100
    assert all(sentence.count(": ") == 1 and sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF", "BMP", "GIF", "TIFF"])
@pytest.mark.filterwarnings("ignore")
def test_damaged_bytes_never_raise_anything_but_an_image_error(name: str) -> None:
    generator = random.Random(7)
    good = encode(photo(), name, **({"save_all": True, "append_images": [photo()]} if name in ("GIF", "TIFF") else {}))
    for _ in range(300):
        data = bytearray(good)
        for _ in range(generator.randint(1, 12)):
            data[generator.randrange(min(len(data), 200 if generator.random() < 0.7 else len(data)))] = (
                generator.randrange(256)
            )
        with contextlib.suppress(ImageError):
            assert decode(bytes(data)).mode in ("L", "RGB")


def test_a_jpeg_of_thousands_of_scans_is_refused_before_it_is_decoded() -> None:
    data = encode(photo(), "JPEG", progressive=True)
    start = data.index(b"\xff\xda")
    end = data.index(b"\xff", start + 2)
    with pytest.raises(ImageError, match="too many scans"):
        decode(data[:start] + data[start:end] * 300 + data[start:])


@pytest.mark.parametrize("exact", [MAX_BYTES, MAX_BYTES + 1])
def test_the_limit_of_bytes_is_ten_megabytes_exactly(exact: int) -> None:
    # A PNG reader stops at the end mark: what follows it only adds bytes.
    data = encode(photo(), "PNG")
    data += bytes(exact - len(data))
    if exact == MAX_BYTES:
        assert decode(data).size == SIZE
    else:
        with pytest.raises(ImageError, match="10 MB are allowed"):
            decode(data)


def test_forty_megapixels_are_still_decoded() -> None:
    data = encode(Image.new("1", (8000, 5000)), "PNG")
    assert decode(data).size == (8000, 5000)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_decoding_leaves_pillow_and_the_warning_filters_as_they_were() -> None:
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    for data, _ in BAD_FILES.values():
        with pytest.raises(ImageError):
            decode(data)
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters)) == before


def test_threads_decode_good_and_bad_files_side_by_side() -> None:
    good = encode(photo(), "PNG")
    bad = BAD_FILES["50,000×50,000"][0]
    wrong: list[str] = []

    def work() -> None:
        for _ in range(30):
            if not np.array_equal(np.asarray(decode(good)), rgb_pixels()):
                wrong.append("pixels")
            try:
                decode(bad)
                wrong.append("accepted")
            except ImageError:
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_one_pixel_is_accepted_and_said() -> None:
    picture = read_picture(encode(Image.new("RGB", (1, 1), (10, 20, 30)), "PNG"))
    assert picture.notes == (
        "The picture is a single pixel: every position of the network's input gets the same colour.",
    )
    seen = np.asarray(prepare(picture.image, size=(224, 224)).seen)
    assert (seen == [10, 20, 30]).all()


# --- preparing ------------------------------------------------------------------------------------------------------

TORCHVISION_TEN = (
    *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)),
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
)


@pytest.mark.parametrize("network", TORCHVISION_TEN)
@pytest.mark.parametrize("picture_size", [(640, 427), (301, 500), (224, 224), (33, 20), (1023, 257)])
def test_the_tensor_equals_torchvisions_own_transforms(network: str, picture_size: tuple[int, int]) -> None:
    picture = photo(width=picture_size[0], height=picture_size[1])
    for weights in get_model_weights(network):
        transforms = weights.transforms()
        preprocess = {256: IMAGENET, 232: IMAGENET_V2}[transforms.resize_size[0]]
        assert transforms.crop_size == [preprocess.crop]
        prepared = prepare(picture, size=(224, 224), preprocess=preprocess)
        assert torch.equal(prepared.tensor, transforms(picture).unsqueeze(0))


@pytest.mark.parametrize("side", [32, 96, 128, 255, 320])
def test_another_square_size_keeps_the_proportion_of_resize_and_crop(side: int) -> None:
    picture = photo(width=640, height=427)
    theirs = torchvision.models.ResNet50_Weights.IMAGENET1K_V1.transforms(
        crop_size=side, resize_size=round(256 * side / 224)
    )
    assert torch.equal(prepare(picture, size=(side, side)).tensor, theirs(picture).unsqueeze(0))


@pytest.mark.parametrize("size", [(224, 224), (96, 160), (160, 96), (1, 1), (33, 500), (500, 33)])
@pytest.mark.parametrize("picture_size", [(640, 427), (427, 640), (100, 100), (7, 300), (1, 5000), (5000, 1)])
def test_height_and_width_come_out_as_chosen_for_any_picture(
    size: tuple[int, int], picture_size: tuple[int, int]
) -> None:
    prepared = prepare(photo(width=picture_size[0], height=picture_size[1]), size=size)
    assert prepared.tensor.shape == (1, 3, *size)
    assert prepared.tensor.dtype == torch.float32
    assert prepared.seen.size == (size[1], size[0])
    # What is cut out lies in the middle of the resized picture and inside it, which has the picture's proportions.
    for resized, offset, side in zip(prepared.resized_size, prepared.offset, (size[1], size[0]), strict=True):
        assert 0 <= offset <= resized - side
        assert abs(offset - (resized - side) / 2) <= 0.5
    across, down = (new / old for new, old in zip(prepared.resized_size, picture_size, strict=True))
    assert across == pytest.approx(down, abs=1 / min(picture_size))


def test_a_long_strip_is_resized_as_the_whole_picture_would_have_been(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = photo(width=3000, height=40)
    whole = prepare(picture, size=(224, 224))
    monkeypatch.setattr("explorer.model.images.MAX_PIXELS", 1)
    part = prepare(picture, size=(224, 224))
    assert np.abs(np.asarray(whole.seen).astype(int) - np.asarray(part.seen)).max() <= 1


@pytest.mark.parametrize("picture_size", [(1, 5000), (5000, 1), (1, 65_000)])
def test_a_strip_of_one_pixel_is_never_blown_up_as_a_whole(
    picture_size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[int, int]] = []
    resize = Image.Image.resize

    def watched(self: Image.Image, size: tuple[int, int], *args: Any, **options: Any) -> Image.Image:
        made.append(size)
        return resize(self, size, *args, **options)

    monkeypatch.setattr(Image.Image, "resize", watched)
    assert prepare(Image.new("RGB", picture_size, "teal"), size=(224, 224)).seen.getpixel((100, 100)) == (0, 128, 128)
    assert made == [(224, 224)]


@pytest.mark.parametrize("preprocess", [IMAGENET, IMAGENET_V2, HALF, UNIT, DIGITS])
@pytest.mark.parametrize("channels", [1, 3])
def test_what_was_seen_comes_back_from_the_tensor(preprocess: Preprocess, channels: int) -> None:
    prepared = prepare(photo(), size=(48, 64), in_channels=channels, preprocess=preprocess)
    assert prepared.tensor.shape == (1, channels, 48, 64)
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in preprocess.per_channel(channels))
    back = (prepared.tensor * std + mean) * 255
    seen = torch.from_numpy(np.array(prepared.seen)).view(48, 64, channels).permute(2, 0, 1)[None]
    assert (back - seen).abs().max() < 1e-3
    assert torch.equal(back.round().to(torch.uint8), seen)


def test_grey_is_repeated_for_three_channels_and_colour_becomes_luminance_for_one() -> None:
    grey = prepare(photo().convert("L"), size=(30, 40), preprocess=UNIT).tensor
    assert torch.equal(grey[:, 0], grey[:, 1])
    assert torch.equal(grey[:, 0], grey[:, 2])
    one = prepare(photo(), size=(30, 40), in_channels=1, preprocess=DIGITS).tensor[0, 0] * 255
    luminance = rgb_pixels() @ np.array([0.299, 0.587, 0.114])
    assert np.abs(one.numpy() - luminance).max() < 1


def test_one_channel_takes_the_average_of_three_means() -> None:
    mean, std = IMAGENET.per_channel(1)
    assert mean == pytest.approx((0.449,), abs=1e-3)
    assert std == pytest.approx((0.226,))
    assert HALF.per_channel(3) == ((0.5,) * 3, (0.5,) * 3)


def test_without_a_resize_a_picture_of_the_right_size_is_not_touched() -> None:
    picture = photo(width=8, height=8).convert("L")
    seen = prepare(picture, size=(8, 8), in_channels=1, preprocess=DIGITS).seen
    assert np.array_equal(np.asarray(seen), np.asarray(picture))


def test_a_wide_picture_is_cut_in_its_middle() -> None:
    prepared = prepare(photo(width=512, height=256), size=(224, 224))
    assert prepared.resized_size == (512, 256)
    assert prepared.offset == (144, 16)


@pytest.mark.parametrize("channels", [0, 2, 4, 64])
def test_other_channel_counts_get_a_sentence(channels: int) -> None:
    with pytest.raises(ImageError, match=f"takes {channels} input channels and a picture has 1 or 3"):
        prepare(photo(), size=(224, 224), in_channels=channels)


def test_an_input_without_pixels_gets_a_sentence() -> None:
    with pytest.raises(InputSizeError):
        prepare(photo(), size=(0, 224))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"std": (0.0,)}, "Every std must be greater than 0"),
        ({"std": (0.2, -0.1, 0.2)}, "Every std must be greater than 0"),
        ({"std": (float("nan"),)}, "must be finite"),
        ({"mean": (float("inf"),)}, "must be finite"),
        ({"mean": (0.1, 0.2)}, "one number, or three"),
        ({"std": ()}, "one number, or three"),
        ({"resize": 100}, "at least the size that is cropped"),
        ({"interpolation": "lanczos"}, "Interpolation must be one of"),
    ],
)
def test_own_preprocessing_is_checked(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ExplorerError, match=sentence):
        replace(IMAGENET, **changes)
