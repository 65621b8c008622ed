"""The page Feature maps under AppTest: what it says about a picture, and about everything that can be wrong."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from explorer import describe, preset, trace
from explorer.architecture.codec import to_params
from explorer.architecture.examples import DIGIT_READER
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.weights import WeightsChoice
from explorer.model import build, device
from explorer.model.checkpoint.checkpoint import Checkpoint
from explorer.model.checkpoint.own_weights import OwnWeights
from explorer.model.images import IMAGENET, prepare
from explorer.model.probe import block_parts, first_non_finite, record
from explorer.model.samples import digit_labels, sample
from explorer.model.weights import load
from explorer.ui import pictures, state
from tests.ui.app import go_to, mounted, open_app, sentences, url, widget

SMALL = {"network": "resnet18", "size": "64", "weights": "fresh"}
# every block without a norm makes the values larger; after some hundred of them float32 is too small
EXPLODING = ResNetSpec(
    block="basic", depths=(300,), widths=(16,), stem="cifar", shortcut="A", norm="none", num_classes=10
)


def page(**query: str) -> AppTest:
    at = open_app("feature_maps", **(query or SMALL))
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.caption, *at.markdown])


def charts(at: AppTest) -> dict[str, Any]:
    """The charts by the first word of what they are said to show, as plotly's JSON."""
    return {chart.proto.alt: json.loads(chart.proto.spec) for chart in at.get("plotly_chart")}


def frames(at: AppTest) -> list[dict[str, Any]]:
    (strip,) = mounted(at, "filmstrip")
    found: list[dict[str, Any]] = strip["frames"]
    return found


def current(at: AppTest) -> str:
    (strip,) = mounted(at, "filmstrip")
    return str(strip["current"])


def file(size: tuple[int, int] = (40, 30), *, seed: int = 0) -> bytes:
    data = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def upload(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at.file_uploader[0].set_value([(name, data, "application/octet-stream") for name, data in files]).run()
    assert not at.exception
    return at


def recorded(row: str, *, size: tuple[int, int] = (64, 64)) -> np.ndarray:
    """What the page has to show of ResNet-18 with fresh weights and the first sample, without the page."""
    model, _ = load(preset("resnet18"), WeightsChoice(source="fresh"), device=torch.device("cpu"))
    seen = prepare(sample("china"), size=size, preprocess=IMAGENET)
    return record(model, seen.tensor, [row])[row][0].numpy()


def plan18() -> Plan:
    return trace(describe(preset("resnet18")), (64, 64))


# --- a picture that is not square ---


@pytest.mark.parametrize(
    ("size", "y", "x", "seen", "frame"),
    [
        # conv1 is 7×7, stride 2, padding 3: position p sees the pixels 2p − 3 to 2p + 3
        ("48x96", 0, 47, "4×5", (91, 0, 96, 4)),
        ("48x96", 23, 0, "5×4", (0, 43, 4, 48)),
        ("96x48", 47, 23, "5×5", (43, 91, 48, 96)),
        ("96x48", 20, 23, "7×5", (43, 37, 48, 44)),
        ("96x48", 20, 10, "", (17, 37, 24, 44)),
    ],
)
def test_height_and_width_stand_in_their_places(
    size: str, y: int, x: int, seen: str, frame: tuple[int, int, int, int]
) -> None:
    at = page(network="resnet18", weights="fresh", size=size, row="conv1", channel="0", y=str(y), x=str(x))
    height, width = map(int, size.split("x"))
    assert (widget(at, "y").max, widget(at, "x").max) == (height // 2 - 1, width // 2 - 1)
    captions = [image.caption for element in at.get("image") for image in element.proto.imgs]
    assert f"input: {height}×{width}" in captions
    assert f"64 channels of conv1, {height // 2}×{width // 2} each" in words(at)
    cut = f"7×7 pixels, {seen} of them on the picture." if seen else "7×7 pixels."
    assert f"Its receptive field: {cut}" in words(at)
    drawn = {alt: chart["layout"] for alt, chart in charts(at).items()}
    (field,) = (layout for alt, layout in drawn.items() if alt.startswith("The picture that the network gets"))
    assert {(s["x0"], s["y0"], s["x1"], s["y1"]) for s in field["shapes"]} == {frame}
    assert (field["images"][0]["sizex"], field["images"][0]["sizey"]) == (width, height)
    assert (field["xaxis"]["range"], field["yaxis"]["range"]) == ([0, width], [height, 0])
    (one,) = (layout for alt, layout in drawn.items() if alt.startswith("Channel 0 of conv1"))
    assert {(s["x0"], s["y0"], s["x1"], s["y1"]) for s in one["shapes"]} == {(x - 0.5, y - 0.5, x + 0.5, y + 0.5)}
    assert recorded("conv1", size=(height, width))[0, y, x] == pytest.approx(_value_said(at), rel=1e-3)


def _value_said(at: AppTest) -> float:
    (line,) = (element.value for element in at.markdown if element.value.startswith("Channel 0 at"))
    return float(line.split("**")[1].replace("−", "-"))


# --- what it opens with ---


def test_it_opens_with_a_photograph_and_the_whole_depth_from_picture_to_classes() -> None:
    at = page()
    assert not sentences(at)
    assert [image.proto.imgs[0].alt for image in at.main if image.type == "image"][:2] == [
        "The picture: A temple in China (640×427)",
        "What the network gets: the picture resized and cut to 64×64 pixels.",
    ]
    names = [frame["name"] for frame in frames(at)]
    assert names == ["input", "stem", *plan18().blocks, "fc"]
    assert all(frame["alt"] for frame in frames(at))
    assert current(at) == "stem"


def test_what_is_loaded_is_always_said() -> None:
    said = words(page())
    assert "Weights: random, seed 0, fresh running statistics · mode: eval · on cpu" in said
    assert "Photo by danielbuechele" in said


def test_random_weights_name_no_class_and_it_says_why() -> None:
    at = page()
    assert "No classes are named: the weights are random" in words(at)
    assert "%" not in words(at)


def test_trained_weights_name_the_five_best_classes() -> None:
    query = {**to_params(DIGIT_READER.spec), "size": "32", "weights": "digits", "sample": "digit-4"}
    at = page(**query)
    said = next(element.value for element in at.markdown if "best classes" in element.value)
    verdict, _, *named = [line.removeprefix(":small[").removesuffix("]") for line in said.split("  \n")]
    assert verdict == "✓ Right, as its label says."
    lines = [line.split(" · ") for line in named]
    assert len(lines) == 5
    assert lines[0][1] == str(digit_labels()[4])
    shares = [float(share.removeprefix("below ").rstrip(" %")) for share, _ in lines]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 50
    assert frames(at)[-1]["words"] == lines[0][1]


@pytest.mark.parametrize(("classes", "heading"), [(1, ""), (2, "Two classes"), (3, "Three classes")])
def test_a_share_is_named_where_outputs_are_classes_and_of_one_its_value(
    monkeypatch: pytest.MonkeyPatch, classes: int, heading: str
) -> None:
    spec = preset("resnet18").replace(num_classes=classes)
    model = build(describe(spec), device="cpu", seed=1).eval()
    own = OwnWeights(Checkpoint(name="mine.pth", sha256="x", tensors=dict(model.state_dict())), IMAGENET)
    monkeypatch.setattr(state, "own_weights", lambda: own)
    at = page(network="resnet18", num_classes=str(classes), size="64", weights="file")
    with torch.no_grad():
        outputs = model(prepare(sample("china"), size=(64, 64), preprocess=IMAGENET).tensor)[0]
    shown = at.subheader[0].value.replace("−", "-")
    if classes == 1:
        assert float(shown.rpartition("[")[2].rstrip("]")) == pytest.approx(float(outputs[0]), rel=1e-3)
        assert "%" not in shown
        assert "%" not in frames(at)[-1]["words"]
    else:
        share = 100 * float(outputs.softmax(0).max())
        assert shown == f"class {int(outputs.argmax())} :gray[{share:.1f}\u00a0%]"
        assert f"**{heading}**" in words(at)


# --- steps ---


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("layer2.0", "layer2.0.relu2"),
        ("layer2.0.shortcut", "layer2.0.downsample.1"),
        ("layer1.1.shortcut", "layer1.1.add"),
        ("layer3", "layer3.1.relu2"),
        ("layer3.1.bn1", "layer3.1.bn1"),
    ],
)
def test_a_block_a_shortcut_and_a_stage_show_what_leaves_them(row: str, shown: str) -> None:
    at = page(**SMALL, row=row)
    assert widget(at, "step_row").value == shown
    assert f"channels of {shown}" in words(at)
    assert current(at) == shown.rpartition(".")[0].replace(".downsample", "")


def test_walking_by_rows_meets_every_row_in_the_order_of_the_calls() -> None:
    at = page(**SMALL, row="layer1.1.relu2")
    at.button(key="row_after").click().run()
    assert url(at)["row"] == "layer2.0.conv1"
    at.button(key="block_after").click().run()
    assert url(at)["row"] == "layer2.1"
    at.button(key="block_before").click().run()
    assert url(at)["row"] == "layer2.0"
    at.button(key="row_before").click().run()
    assert url(at)["row"] == "layer2.0.add"


def test_the_first_and_the_last_step_end_there() -> None:
    first, last = page(), page(**SMALL, row="fc")
    assert first.button(key="row_before").disabled
    assert first.button(key="block_before").disabled
    assert last.button(key="row_after").disabled
    assert last.button(key="block_after").disabled


def test_where_blocks_are_shown_stage_and_block_are_those_of_the_block_that_is_shown() -> None:
    at = page(**SMALL, view="residual")
    assert "**layer1.0**" in words(at)
    assert current(at) == "layer1.0"
    stage, block = widget(at, "step_stage"), widget(at, "step_block")
    assert (stage.value, block.value) == ("layer1", "layer1.0")
    assert len(stage.options) == 4, "stem and head have no blocks"
    assert at.button(key="block_before").disabled
    at.button(key="block_after").click().run()
    assert (widget(at, "step_block").value, current(at)) == ("layer1.1", "layer1.1")
    at = page(**SMALL, view="residual", row="fc")
    assert (widget(at, "step_stage").value, current(at)) == ("layer4", "layer4.1")
    assert at.button(key="block_after").disabled


def test_a_step_keeps_the_channel_where_there_is_one_and_forgets_the_position() -> None:
    at = page(**SMALL, row="layer4.0.conv1", channel="100", y="1", x="1")
    widget(at, "step_stage").set_value("layer2").run()
    assert (url(at)["row"], url(at)["channel"]) == ("layer2.0", "100")
    assert "y" not in url(at)
    widget(at, "step_stage").set_value("layer1").run()
    assert "channel" not in url(at)


# --- channels ---


def test_the_picked_channel_has_the_values_that_were_recorded() -> None:
    maps = recorded("layer2.1.conv1")
    at = page(**SMALL, row="layer2.1.conv1", channel="77", y="3", x="5")
    chart = next(spec for alt, spec in charts(at).items() if alt.startswith("Channel 77"))
    (heat,) = [one for one in chart["data"] if one["type"] == "heatmap"]
    values = np.frombuffer(base64.b64decode(heat["z"]["bdata"]), heat["z"]["dtype"]).reshape(8, 8)
    np.testing.assert_allclose(values, maps[77], rtol=1e-4, atol=1e-4)
    assert f"**{maps[77, 3, 5]:.4g}**".replace("-", "−") in words(at)
    assert heat["zmax"] == pytest.approx(np.abs(maps).max(), rel=1e-4)


def test_one_scale_each_and_another_order_change_the_grid() -> None:
    maps = recorded("layer2.1.conv1")
    at = page(**SMALL, row="layer2.1.conv1", scale="each", sort="energy", page="2")
    (grid,) = [spec for alt, spec in charts(at).items() if "by energy" in alt]
    (points,) = grid["data"]
    expected = np.argsort(-(maps.astype(np.float64) ** 2).sum((1, 2)), kind="stable")[64:]
    assert points["customdata"] == expected.tolist()
    assert "each channel on a scale of its own" in words(at)


def test_channels_and_positions_that_the_row_does_not_have_are_held_within_it() -> None:
    at = page(**SMALL, row="layer1.0.conv1", channel="5000", page="99", y="900", x="900")
    assert "Channel 63 at y 15, x 15" in words(at)


def test_vectors_are_bars_that_see_the_whole_input() -> None:
    at = page(**SMALL, row="flatten", channel="3")
    assert "512 values without positions" in words(at)
    assert "Each of them sees the whole input. avgpool averages over the whole map" in words(at)


GATED = {"block": "basic", "depths": "1,1", "widths": "16,32", "squeeze_excite": "yes", "weights": "fresh"}


def test_behind_a_gate_a_position_sees_the_whole_picture_and_the_page_says_why() -> None:
    at = page(**GATED, size="96", row="layer1.0.add", y="3", x="20")
    assert "It sees the whole input. layer1.0.se.avgpool averages over the whole map" in words(at)
    assert "the frame marks what the position sees: (0, 0, 96, 96)." in "\n".join(charts(at))
    before = page(**GATED, size="96", row="layer1.0.bn2", y="0", x="23")
    assert "Its receptive field: 27×27 pixels, 14×17 of them on the picture." in words(before)
    assert "the frame marks what the position sees: (79, 0, 96, 14)." in "\n".join(charts(before))


def test_a_field_of_a_generator_is_that_of_its_position() -> None:
    for x, size, box in ((100, "116×116", "(42, 42, 158, 158)"), (101, "116×120", "(42, 42, 162, 158)")):
        at = page(network="stargan", weights="fresh", size="256", row="main.18", y="100", x=str(x))
        assert f"Its receptive field: {size} pixels." in words(at)
        assert f"the frame marks what the position sees: {box}." in "\n".join(charts(at))


# --- the other views ---


def test_the_parts_of_a_block_stand_side_by_side_on_one_scale() -> None:
    at = page(**SMALL, view="residual", row="layer2.0", channel="9")
    parts = {alt.partition(" of ")[0]: spec for alt, spec in charts(at).items() if " of layer2.0" in alt}
    assert list(parts) == ["x", "F(x)", "shortcut(x)", "sum", "after ReLU"]
    scales = {(one["zmin"], one["zmax"]) for spec in parts.values() for one in spec["data"] if one["type"] == "heatmap"}
    assert len(scales) == 1
    model, _ = load(preset("resnet18"), WeightsChoice(source="fresh"), device=torch.device("cpu"))
    seen = prepare(sample("china"), size=(64, 64), preprocess=IMAGENET)
    found = block_parts(model, seen.tensor, "layer2.0")
    assert found.shortcut is not None
    ratio = float(found.residual.norm() / found.shortcut.norm())
    assert f"‖F(x)‖ is {ratio:.3g} × ‖shortcut(x)‖" in words(at)


def test_a_channel_that_x_does_not_have_is_said() -> None:
    at = page(**SMALL, view="residual", row="layer2.0", channel="100")
    assert "x has 64 channels: none has the number 100." in words(at)


def test_a_plain_network_has_no_shortcut_and_it_says_so() -> None:
    at = page(network="plain18", size="64", weights="fresh", view="residual", row="layer2.0")
    assert "its blocks have no shortcut" in at.info[0].value
    parts = [alt.partition(" of ")[0] for alt in charts(at) if " of layer2.0" in alt]
    assert parts == ["x", "F(x)", "after ReLU"]


def test_along_the_depth_every_layer_is_measured_over_all_pictures() -> None:
    at = page(**SMALL)
    upload(at, ("a.png", file(seed=1)), ("b.png", file(seed=2)))
    widget(at, "view").set_value("depth").run()
    assert "Over 2 pictures, all channels and positions, in eval mode." in words(at)
    assert "**Channels silent on 2 pictures**" in words(at)
    (alt,) = charts(at)
    assert alt.startswith(
        f"Mean, standard deviation and share of zeros of {len(plan18().layers)} layers over 2 pictures"
    )


def test_a_digit_in_dark_ink_gets_a_hint_and_is_inverted_by_one_click() -> None:
    ink = Image.new("L", (32, 32), 250)
    ink.paste(5, (14, 4, 18, 28))
    data = io.BytesIO()
    ink.save(data, "PNG")
    at = upload(page(**to_params(DIGIT_READER.spec), size="32", weights="digits"), ("one.png", data.getvalue()))
    hint = "the border of this picture is bright; inverted, it may be recognised."
    assert hint in words(at)
    at.button(key="invert_picture").click().run()
    assert not at.exception
    assert hint not in words(at)
    assert widget(at, "picture_choice").options[-2:] == ["1 of 2: one.png", "2 of 2: one.png, inverted"]
    assert (url(at)["sample"], url(at)["picture"]) == ("own", "2")


def test_only_one_kind_of_layer_can_be_drawn() -> None:
    at = page(**SMALL, view="depth", kind="norm")
    assert next(iter(charts(at))).startswith("Mean, standard deviation and share of zeros of 20 layers")


# --- pictures ---


def test_good_pictures_are_kept_bad_ones_said_and_the_bytes_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    lets_go: list[str] = []
    remove = MemoryUploadedFileManager.remove_file

    def watched(self: MemoryUploadedFileManager, session_id: str, file_id: str) -> None:
        lets_go.extend(file.name for file in self.get_files(session_id, [file_id]))
        remove(self, session_id, file_id)
        assert not self.get_files(session_id, [file_id])

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", watched)
    at = upload(
        page(), ("good.png", file()), ("bad.png", b"nothing"), ("cut.png", file()[:200]), ("two.png", file(seed=1))
    )
    said = sentences(at)
    assert len(said) == 2
    assert said[0].startswith("bad.png: The file is not a picture")
    assert said[1].startswith("cut.png: ")
    assert widget(at, "picture_choice").value == "own-2"
    assert not at.file_uploader[0].value
    assert lets_go == ["good.png", "bad.png", "cut.png", "two.png"]
    assert (url(at)["sample"], url(at)["picture"]) == ("own", "2")


def header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has no pixels."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + crc + file()[33:]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.jpg", b"", "The file is empty"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The file is an SVG drawing"),
        ("heavy.png", b"\x89PNG" + bytes(11 * 2**20), "The file has 11.0 MB and 10 MB are allowed"),
        ("huge.png", header(9_000, 9_000), "The picture has 9,000×9,000 pixels, 81.0 megapixels, and 40 are allowed"),
        ("bomb.png", header(60_000, 60_000), "The picture has far more than the 40 megapixels"),
        ("cut.jpg", b"\xff\xd8\xff\xe0" + bytes(20), "The "),
    ],
)
def test_every_bad_file_gets_one_sentence_and_the_picture_stays(name: str, data: bytes, sentence: str) -> None:
    at = upload(page(), (name, data))
    (said,) = sentences(at)
    assert said.startswith(f"{name}: {sentence}")
    assert widget(at, "picture_choice").value == "china"
    assert at.get("plotly_chart")


def test_an_animated_picture_is_kept_with_its_first_frame_and_it_says_so() -> None:
    data = io.BytesIO()
    images = [Image.new("L", (20, 20), shade) for shade in (0, 255)]
    images[0].save(data, "GIF", save_all=True, append_images=images[1:])
    assert "The picture is animated: its first frame is used." in words(upload(page(), ("moves.gif", data.getvalue())))


def test_pictures_survive_a_change_of_page_and_can_be_removed() -> None:
    at = upload(page(), ("good.png", file()))
    go_to(at, "compare")
    go_to(at, "feature_maps")
    assert widget(at, "picture_choice").value == "own-1"
    at.button(key="forget_pictures").click().run()
    assert widget(at, "picture_choice").value == "china"


def test_the_same_picture_is_kept_once() -> None:
    at = upload(page(), ("a.png", file()), ("b.png", file()), ("c.png", file(seed=1)))
    assert widget(at, "picture_choice").value == "own-2"


def test_a_large_photograph_is_kept_smaller_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "KEPT_PIXELS", 300)
    at = upload(page(), ("large.png", file((40, 30))))
    assert "The picture has 40×30 pixels and is kept at 20×15." in words(at)


def test_more_pictures_than_there_is_room_for_are_refused_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PICTURES", 1)
    at = upload(page(), ("a.png", file()), ("b.png", file(seed=1)))
    assert sentences(at) == ["b.png: There are 1 pictures already: remove them before you add others."]


def test_notes_on_a_file_are_shown_with_its_picture() -> None:
    data = io.BytesIO()
    Image.new("CMYK", (20, 20)).save(data, "JPEG")
    assert "The picture is CMYK" in words(upload(page(), ("print.jpg", data.getvalue())))


# --- what can be wrong ---


def test_a_sample_that_does_not_exist_is_said_and_another_shown() -> None:
    at = page(**SMALL, sample="mona-lisa")
    (sentence,) = sentences(at)
    assert sentence.startswith("There is no sample picture 'mona-lisa'")
    assert widget(at, "picture_choice").value == "china"


def test_a_link_with_somebody_elses_pictures_is_said_and_a_sample_shown() -> None:
    (sentence,) = sentences(page(**SMALL, sample="own", picture="3"))
    assert sentence.startswith("The link was made with pictures that somebody added")


def test_a_network_of_five_channels_gets_one_sentence() -> None:
    at = page(**SMALL, in_channels="5")
    assert [s for s in sentences(at) if "5 input channels" in s]
    assert not at.get("plotly_chart")


def test_one_channel_gets_the_luminance() -> None:
    at = page(**SMALL, in_channels="1")
    assert not sentences(at)


def test_the_first_layer_with_infinite_values_is_named_and_its_maps_marked() -> None:
    model, _ = load(EXPLODING, WeightsChoice(source="fresh"), device=torch.device("cpu"))
    bad = first_non_finite(model, prepare(sample("china"), size=(8, 8), preprocess=IMAGENET).tensor)
    assert bad is not None
    query = {**to_params(EXPLODING), "size": "8", "weights": "fresh"}
    at = page(**query)
    assert f"The first layer with NaN or infinite values is {bad};" in sentences(at)[-1]
    at.button(key="go_bad").click().run()
    assert url(at)["row"] == bad
    assert any("values here are NaN or infinite: they are drawn in bright green" in s for s in sentences(at))
    for view in ("residual", "depth"):
        assert not page(**query, view=view, row=bad).exception


def test_of_many_blocks_an_even_selection_is_sent_and_the_number_said() -> None:
    at = page(**to_params(EXPLODING), size="8", weights="fresh", row="layer1.123")
    names = [frame["name"] for frame in frames(at)]
    assert len(names) <= 60
    assert {"input", "stem", "layer1.123", "layer1.299", "fc"} <= set(names)
    assert "of 300 blocks, evenly spaced, and the one that is chosen" in words(at)


def test_what_does_not_fit_into_memory_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    at = page(**SMALL)
    monkeypatch.setattr(device, "free_bytes", lambda _: 1_000_000)
    widget(at, "size").set_value("96×96").run()
    assert any("needs" in s and "free" in s for s in sentences(at))
    assert not at.exception


def test_every_input_of_one_pixel_is_shown() -> None:
    at = page(network="resnet18", size="1", weights="fresh")
    assert not sentences(at)
    assert "64 values without positions" in words(at)
