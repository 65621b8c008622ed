"""One value in words and drawings: every number written adds up to the value, and none is left out silently."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from explorer.views.numbers import written
from explorer.views.one_value.drawing import (
    colour_png,
    contributions_figure,
    kernels_png,
    matrix,
    product_matrices,
    window_matrix,
)
from explorer.views.one_value.parts import (
    Applied,
    Joined,
    Normalised,
    OneValue,
    Origin,
    Parts,
    Taken,
    WeightedSum,
    Window,
)
from explorer.views.one_value.words import contributions, formulas, signed_sum, value_table
from explorer.views.palette import STAGE_COLOURS

HERE = Origin(0, 3, 1, 2)


def weighted(channels: int = 64, side: int = 3, *, bias: float | None = None, padded: int = 1) -> WeightedSum:
    draw = np.random.default_rng(channels)
    patch = draw.normal(size=(channels, side, side))
    patch[:, :padded] = 0
    return WeightedSum(
        kind="conv",
        patch=patch,
        kernel=draw.normal(size=(channels, side, side)),
        bias=bias,
        rows=(*[None] * padded, *range(side - padded)),
        columns=tuple(range(4, 4 + side)),
        first_channel=0,
        arriving=channels,
    )


def one(parts: Parts, *, put_out: float | None = None) -> OneValue:
    return OneValue(
        layer="conv1", channel=5, y=0, x=4, put_out=parts.value if put_out is None else put_out, parts=parts
    )


def said(parts: Parts, **more: float) -> dict[str, str]:
    return dict(formulas(one(parts, **more), inputs=("layer1.0.bn2", "layer1.0.downsample")))


def number(text: str) -> float:
    return float(text.replace("−", "-"))


# --- in words ---


@pytest.mark.parametrize("channels", [1, 2, 10, 11, 12, 2048])
@pytest.mark.parametrize("bias", [None, -0.25])
def test_the_terms_add_up_to_the_value_however_many_channels_there_are(channels: int, bias: float | None) -> None:
    parts = weighted(channels, bias=bias)
    terms = contributions(parts)
    assert sum(term.amount for term in terms) == pytest.approx(parts.value)
    assert len(terms) <= 12 + (bias is not None)
    names = [term.label for term in terms]
    assert ("bias b" in names) == (bias is not None)
    assert (f"{channels - 10:,} others" in names) == (channels > 11)


def test_the_formula_adds_up_as_it_is_written() -> None:
    parts = weighted(64, bias=-0.25)
    text = said(parts)["Value"]
    found = re.fullmatch(r"Σ w·x \+ b = (.*) \+ … \(60 more: (\S+)\) − 0\.25 = (\S+)", text)
    assert found is not None
    largest = sum(number(term) for term in re.sub(r"([+−]) ", r"\1", found[1]).split())
    assert largest + number(found[2]) - 0.25 == pytest.approx(number(found[3]), abs=0.01)
    assert number(found[3]) == pytest.approx(parts.value, rel=1e-3)


def test_few_products_are_written_out_and_padding_is_counted() -> None:
    parts = weighted(8)
    lines = said(parts)
    products = re.findall(r"(\(?−?[\d.e−]+\)?)·(\(?−?[\d.e−]+\)?)", lines["Channel 0"])
    assert len(products) == 6
    total = sum(number(w.strip("()")) * number(x.strip("()")) for w, x in products)
    assert total == pytest.approx(parts.sums[0], rel=1e-2)
    assert lines["Products"] == "8 channels · 3×3 = 72; 24 of them fall on the padding and are 0"


def test_a_sum_has_its_signs_between_the_terms() -> None:
    assert signed_sum([1.204, -0.31, 0.0002]) == "1.204 − 0.31 + 0.0002"
    assert signed_sum([-1.0]) == "−1"


def test_a_norm_is_normalised_then_scaled_and_says_whose_mean_it_is() -> None:
    parts = Normalised(x=2, mean=-1, var=9, eps=0, gamma=-2, beta=0.5, source="group", count=18, origin=HERE)
    assert said(parts) == {
        "Normalise": "x̂ = (x − μ) / √(σ² + ε) = (2 − (−1)) / √(9 + 0) = 1",
        "Value": "γ·x̂ + β = (−2)·1 + 0.5 = −1.5",
        "μ and σ² from": "this picture: the 18 values of this channel's group",
        "Check": "the layer itself gave −1.5, which is the same number",
    }


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (Joined(how="add", first=-0.31, second=1.2, origins=(HERE, HERE)), "F(x) + shortcut(x) = −0.31 + 1.2 = 0.89"),
        (Joined(how="mul", first=2, second=-0.5, origins=(HERE, HERE)), "x · gate = 2·(−0.5) = −1"),
        (
            Applied(function="ReLU", rule="max(0, x)", x=-3, value=0, origin=HERE),
            "ReLU(x) = max(0, x) = 0, at x = −3",
        ),
        (Taken(how="pad", value=0, origin=None), "0: the shortcut adds channels of zeros, and this is one of them"),
        (
            Taken(how="concat", value=1.5, origin=Origin(1, 0, 1, 2)),
            "1.5, taken from layer1.0.downsample, channel 0 at y 1, x 2: "
            "the main path's channels come first, the shortcut's after them",
        ),
    ],
)
def test_what_works_on_single_values_is_one_formula(parts: Parts, sentence: str) -> None:
    assert said(parts)["Value"] == sentence


def corner(how: str) -> Window:
    values = np.array([[0, 0, 0], [0, -2.0, 1.0], [0, 4.0, -7.0]])
    return Window(how=how, values=values, rows=(None, 0, 1), columns=(None, 0, 1), channel=3)  # type: ignore[arg-type]


def test_a_window_leaves_out_what_lies_outside_the_map() -> None:
    note = "; 5 of the window lie outside the map and do not count"
    assert said(corner("max"))["Value"] == f"max of 4 values = 4, at y 1, x 0{note}"
    assert said(corner("mean"))["Value"] == f"Σ x / n = −4 / 4 = −1{note}"


def test_a_difference_is_said_with_what_explains_it() -> None:
    parts = weighted(8)
    rounded = said(parts, put_out=parts.value + 1e-7)["Check"]
    assert rounded.endswith("differ by −1e−7: float32 rounds")
    assert said(parts, put_out=parts.value + 0.1)["Check"].endswith(
        "more than the rounding of float32: the device uses shorter numbers"
    )
    assert said(parts, put_out=float("nan"))["Check"] == "the layer itself gave NaN, its parts do not"


# --- the table ---


def test_the_table_has_every_product_and_where_it_is_from() -> None:
    parts = weighted(8)
    frame = value_table(one(parts))
    assert len(frame) == 8 * 9
    assert (frame["x"] * frame["w"]).to_numpy() == pytest.approx(frame["product"].to_numpy())
    assert frame["product"].sum() == pytest.approx(parts.value)
    assert int(frame["input_y"].isna().sum()) == 8 * 3
    assert frame["input_x"].tolist()[:3] == [4, 5, 6]


def test_the_table_of_a_window_has_the_values_on_the_map_alone() -> None:
    assert sorted(value_table(one(corner("max")))["value"]) == [-7, -2, 1, 4]


def test_every_other_table_ends_with_the_value_and_what_was_put_out() -> None:
    parts = Joined(how="add", first=0.1, second=0.2, origins=(HERE, HERE))
    frame = value_table(one(parts, put_out=0.3))
    assert dict(zip(frame["part"], frame["number"], strict=True)) == {
        "F(x)": 0.1,
        "shortcut(x)": 0.2,
        "value": 0.1 + 0.2,
        "output in float32": 0.3,
    }


# --- drawn ---


class Cells(HTMLParser):
    """The cells of HTML tables: text and what stands on hover."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.hover: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag == "td":
            self.tables[-1][-1].append("")
            self.hover.append(dict(attrs).get("title") or "")
        self.inside = tag == "td"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.tables[-1][-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "td"


def test_patch_kernel_and_products_stand_side_by_side_with_padding_marked() -> None:
    parts = weighted(8)
    cells = Cells(product_matrices(parts, 2))
    x, w, products = ([row for row in table if row] for table in cells.tables)
    for drawn, values in ((x, parts.patch), (w, parts.kernel), (products, parts.products)):
        assert [[number(text) for text in row] for row in drawn] == pytest.approx(values[2], abs=0.006)
    assert cells.hover[:3] == ["padding"] * 3
    assert number(cells.hover[3]) == pytest.approx(parts.patch[2, 1, 0], rel=1e-8)
    assert f'<div class="sign">{written(parts.sums[2])}</div>' in product_matrices(parts, 2)


def test_the_maximum_is_framed_among_the_values_on_the_map() -> None:
    html = window_matrix(corner("max"))
    assert re.findall(r'<td class="framed"[^>]*>([^<]*)<', html) == ["4.00"]
    assert html.count('class="empty"') == 5
    assert "framed" not in window_matrix(corner("mean"))


@pytest.mark.parametrize("size", [1e-9, 0.0123, 1.0, 25.0, 1e7])
def test_cells_stay_short_whatever_the_size_of_the_numbers(size: float) -> None:
    cells = Cells(matrix(np.array([[size, -size / 3], [0.0, -0.0]]), "x"))
    texts = [text for row in cells.tables[0] for text in row]
    assert all(len(text) <= 9 for text in texts)
    assert number(texts[0]) == pytest.approx(size, rel=0.1)
    assert texts[2:] == ["0", "0"]


def test_values_that_are_not_numbers_are_drawn_too() -> None:
    cells = Cells(matrix(np.array([[np.nan, np.inf], [1.0, -1.0]]), "x"))
    assert cells.tables[0] == [["NaN", "∞"], ["1.00", "−1.00"]]


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_kernel_in_colour_has_one_scale_with_grey_in_the_middle() -> None:
    kernel = np.zeros((3, 2, 2))
    kernel[0, 0, 0], kernel[1, 0, 1], kernel[2, 1, 0] = 1.0, -1.0, 0.5
    picture = pixels(colour_png(kernel, side=2))
    assert picture[0, 0].tolist() == [255, 128, 128]
    assert picture[0, 1].tolist() == [128, 0, 128]
    assert picture[1, 0].tolist() == [128, 128, 191]
    assert picture[1, 1].tolist() == [128, 128, 128]


def test_all_kernels_stand_on_one_scale_and_the_picked_one_is_framed() -> None:
    kernels = np.zeros((10, 3, 3, 3))
    kernels[0], kernels[9] = 1.0, 0.5
    picture = pixels(kernels_png(kernels, marked=[9], columns=8, enlarged=1))
    assert picture.shape == (2 * 7 + 4, 8 * 7 + 4, 4)
    assert picture[4, 4, :3].tolist() == [255] * 3
    assert picture[7 + 4, 7 + 4, :3].tolist() == [191] * 3
    assert picture[7, 7].tolist() == picture[17, 17].tolist() == [0, 0, 0, 255]
    assert picture[7 + 2, 7 + 2].tolist() == [255] * 4
    assert picture[0, 0, 3] == 0


@pytest.mark.parametrize(("channels", "colour"), [(1, [255, 255, 255]), (2, [255, 255, 255]), (5, [255, 0, 128])])
def test_kernels_of_other_than_three_channels_are_grey_or_their_first_three(channels: int, colour: list[int]) -> None:
    kernels = np.zeros((1, channels, 1, 1))
    kernels[0, :, 0, 0] = [1.0, -1.0, 0.0, 9.0, 9.0][:channels]
    assert pixels(kernels_png(kernels, marked=[], enlarged=1))[4, 4, :3].tolist() == colour


def test_every_bar_begins_where_the_one_above_ends_and_the_last_is_the_value() -> None:
    parts = weighted(64, bias=0.5)
    (bars,) = contributions_figure(parts, stage="layer2", theme="dark", picked=parts.largest_first[1]).data
    ends = np.add(bars.base, bars.x)
    np.testing.assert_allclose(bars.base[1:-1], ends[:-2])
    assert ends[-2] == pytest.approx(parts.value)
    assert (bars.base[-1], bars.x[-1]) == (0, pytest.approx(parts.value))
    assert list(bars.customdata) == [*parts.largest_first[:10], -1, -1, -1]
    assert bars.marker.color[0] == STAGE_COLOURS["dark"]["layer2"] != bars.marker.color[10]


def test_channels_of_the_picture_are_named_by_their_colour_and_the_picked_one_is_bold() -> None:
    parts = weighted(3)
    figure = contributions_figure(parts, stage="stem", theme="light", picked=1, names=("red", "green", "blue"))
    words = figure.layout.yaxis.ticktext
    assert [word for word in words if word.startswith("<b>green, channel 1</b>")]
    assert words[-1] == f"<b>value</b>  {written(parts.value)}"
