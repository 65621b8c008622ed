"""A walk passes what the network is made of, in the order of the calls, and draws it in the sizes of the plan."""

from __future__ import annotations

from itertools import pairwise

import pytest

from explorer import ResNetSpec, describe, preset, trace
from explorer.architecture.plan import Plan
from explorer.architecture.presets import presets
from explorer.architecture.stargan import StarGANSpec, describe_stargan
from explorer.views.walk.parts import deck_size
from explorer.views.walk.scene import scene
from explorer.views.walk.stations import MOST_PASSED, Deck, Station, stations_of
from explorer.views.walk.times import spans_of, stops_of


def plan_of(name: str, size: int = 64) -> Plan:
    return trace(describe(preset(name)), (size, size))


def count(stations: tuple[Station, ...]) -> int:
    return sum(station.count for station in stations if station.blocks)


@pytest.mark.parametrize("name", [known.name for known in presets()])
def test_every_block_of_every_network_is_passed_with_its_own_shortcut_and_shapes(name: str) -> None:
    plan = plan_of(name)
    stations = stations_of(plan)
    assert count(stations) == len(plan.blocks)
    kinds = {node.name: node.shortcut_kind for node in plan.network.blocks()}
    for station in stations:
        assert station.shortcut == kinds.get(station.name, "none")
        for deck in station.decks():
            assert deck.shape == plan.rows[deck.row].output_shape
    # each convolution, pool and linear layer has its box once, but for those of the blocks that go by fast
    boxed = ("conv", "maxpool", "linear")
    alone = [station for station in stations if not station.is_run]
    watched = {"", *(station.name for station in alone)}
    steps = [step.name for one in alone for step in ((one.step,) if one.step else one.blocks[0].steps)]
    assert [step for step in steps if plan.rows[step].kind in boxed] == [
        row.layer for row in plan.layers if row.kind in boxed and row.path in ("main", "") and row.block in watched
    ]


def test_the_parts_of_a_block_are_the_rows_that_put_them_out() -> None:
    stations = {station.name: station for station in stations_of(plan_of("resnet50", 224))}
    first, second = stations["layer2.0"].blocks[0], stations["layer2.1"].blocks[0]
    assert [step.deck.row for step in first.steps] == ["layer2.0.relu1", "layer2.0.relu2", "layer2.0.bn3"]
    assert [step.text for step in first.steps] == ["1×1, 128", "3×3, 128, /2", "1×1, 512"]
    assert (first.beside and first.beside.row, first.total and first.total.row, first.out.row) == (
        "layer2.0.downsample.1",
        "layer2.0.add",
        "layer2.0.relu3",
    )
    assert second.beside
    assert (second.beside.row, second.beside.word) == ("layer2.0.relu3", "x")
    # what is added up shows the same channels on the same scale
    together = [second.beside, second.steps[-1].deck, second.total, second.out]
    assert {(deck.chosen_at, deck.scale) for deck in together if deck} == {("layer2.0.relu3", "layer2.1")}


def test_a_block_with_the_norm_in_front_has_no_relu_behind_the_sum() -> None:
    stations = {station.name: station for station in stations_of(plan_of("preact50"))}
    first, second = stations["layer2.0"], stations["layer2.1"]
    assert (first.before, first.after) == ("BN · ReLU", "")
    assert first.blocks[0].out.row == "layer2.0.add"
    assert [(step.before, step.text, step.after) for step in second.blocks[0].steps] == [
        ("BN · ReLU", "1×1, 128", "BN · ReLU"),
        ("", "3×3, 128", "BN · ReLU"),
        ("", "1×1, 512", ""),
    ]
    assert second.blocks[0].beside
    assert second.blocks[0].beside.row == "layer2.0.add"
    assert second.blocks[0].steps[-1].deck.row == "layer2.1.conv3"


@pytest.mark.parametrize(
    ("name", "runs"),
    [("resnet50", [2, 4]), ("resnet152", [6, 34]), ("resnet1202", [199, 198, 198]), ("resnet18", [])],
)
def test_runs_of_equal_blocks_go_by_together(name: str, runs: list[int]) -> None:
    stations = stations_of(plan_of(name))
    assert [station.count for station in stations if station.is_run] == runs
    assert all(len(station.blocks) == min(station.count, MOST_PASSED) for station in stations if station.is_run)
    assert spans_of(stations)[-1][1] < 90


def test_a_deck_has_one_sheet_more_for_each_doubling_of_the_channels_and_smaller_ones_for_each_halving() -> None:
    def deck(channels: int, size: int) -> Deck:
        return Deck(row="", shape=(channels, size, size), chosen_at="", scale="")

    assert [deck(channels, 1).sheets for channels in (3, 16, 64, 128, 256, 512, 1024, 2048)] == [1, 1, 3, 4, 5, 6, 7, 8]
    sides = [deck_size(deck(1, size), "wide")[0] for size in (224, 112, 56, 28, 14, 7)]
    assert [round(b / a, 2) for a, b in pairwise(sides)] == [0.8] * 5
    assert deck_size(Deck(row="", shape=(1, 100, 200), chosen_at="", scale=""), "wide") == pytest.approx(
        (sides[0] * (200 / 224) ** 0.32, sides[0] * (200 / 224) ** 0.32 / 2)
    )


@pytest.mark.parametrize("orientation", ["wide", "narrow"])
@pytest.mark.parametrize("name", ["resnet50", "resnet1202", "plain34", "preact18", "resnet50d", "resnetblur50"])
def test_what_moves_arrives_where_it_then_stands_and_nothing_stands_on_anything_else(
    name: str, orientation: str
) -> None:
    stations = stations_of(plan_of(name))
    drawn = scene(stations, (3, 64, 64), orientation=orientation)  # type: ignore[arg-type]
    standing = {spot.at: spot for spot in drawn.spots}
    assert len(standing) == len(drawn.spots)
    for flight in drawn.flights:
        if flight.after is not None and not flight.ends and flight.way[-1] in standing:
            reel = standing[flight.way[-1]].reel
            assert any(deck == flight.after and time >= flight.end - 1e-9 for time, deck, _ in reel)
    times = [time for time, _ in drawn.camera]
    assert times == sorted(times)
    places = [place for _, place in drawn.camera]
    assert all(b >= a - 1e-6 for a, b in pairwise(places))
    ends = [frame.end[0] for frame in drawn.frames]
    assert all(ends[i] < frame.start[0] for i, frame in enumerate(drawn.frames[1:]))


def test_a_generator_and_a_network_without_norms_or_shortcuts_are_walked() -> None:
    stargan = trace(describe_stargan(StarGANSpec()), (64, 64))
    stations = stations_of(stargan)
    assert count(stations) == len(stargan.blocks) == 6
    spec = ResNetSpec().replace(norm="none", shortcut="none", depths=(1, 1), widths=(8, 16), stem="cifar")
    bare = trace(describe(spec), (8, 8))
    assert [station.shortcut for station in stations_of(bare) if station.blocks] == ["none", "none"]


def test_the_sentence_of_a_stop_says_why_the_shortcut_is_what_it_is() -> None:
    plan = plan_of("resnet50", 224)
    said = {stop.title: stop.words for stop in reversed(stops_of(plan, stations_of(plan), {}))}
    assert said["conv1"] == "7×7 convolution, stride 2: the size halves and 3 channels become 64."
    assert said["layer2.0"].startswith(
        "Two ways: the shortcut is a 1×1 convolution with stride 2 because the size halves and 256 channels become 512;"
    )
    assert said["layer1.0"].startswith("Two ways: the shortcut is a 1×1 convolution because 64 channels become 256;")
    assert "carries x on as it is" in said["layer2.1"]
    assert said["fc"] == "2,048 numbers become 1,000 outputs, one for each class."
    plain = plan_of("plain34")
    assert {stop.words for stop in stops_of(plain, stations_of(plain), {}) if stop.title == "layer1.0"} == {
        "A plain block: it has one way only, and nothing is added to F(x)."
    }


@pytest.mark.parametrize("name", ["resnet50", "resnet1202", "plain34", "preact18"])
def test_at_a_stop_nothing_moves_and_both_ways_have_been_gone_where_it_says_so(name: str) -> None:
    plan = plan_of(name)
    stations = stations_of(plan)
    drawn = scene(stations, (3, 64, 64), orientation="wide")
    stops = stops_of(plan, stations, {})
    assert [stop.time for stop in stops] == sorted(stop.time for stop in stops)
    for stop in stops:
        assert not [one for one in drawn.flights if one.start < stop.time - 1e-6 and stop.time < one.end - 1e-6]
    single = [station for station in stations if station.blocks and not station.is_run]
    for station in single:
        first = next(stop for stop in stops if stop.name == station.name)
        shown = [spot for spot in drawn.spots if spot.reel[0][2].startswith(f"{station.name}.")]
        assert len(shown) == len(station.blocks[0].steps) + (station.shortcut != "none")
        assert all(spot.reel[0][0] <= first.time for spot in shown)


def test_the_sum_says_how_strong_f_is_beside_what_it_is_added_to() -> None:
    plan = plan_of("resnet50", 224)
    ratios = {"layer1.0": 1.234, "layer1.1": 0.5, "layer3.4": 0.0321}
    said = {stop.title: stop.words for stop in stops_of(plan, stations_of(plan), ratios)}
    assert "F(x), 1.23 times as strong as shortcut(x), is added to shortcut(x), channel by channel" in said["layer1.0"]
    assert "F(x), 0.5 times as strong as x, is added to x, channel by channel; then the ReLU" in said["layer1.1"]
    assert said["layer3.4"].endswith("each adds its own F(x), here 0.0321 times as strong as x.")
