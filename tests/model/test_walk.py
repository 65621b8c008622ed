"""What a walk shows is what the network outputs: held against torchvision's modules with hooks of this test."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torchvision import models

from explorer import ResNetSpec, describe, preset, trace
from explorer.model import build
from explorer.model.walk import SIDE, deck_maps
from explorer.views.montage import STEPS
from explorer.views.walk.atlas import atlas
from explorer.views.walk.message import message, start_of
from explorer.views.walk.stations import Deck, stations_of
from tests.model.networks import SMALL, lively, pictures, snapshot

PHOTO = b"a picture"


def decks_of(spec: ResNetSpec, size: tuple[int, int]) -> list[Deck]:
    return [deck for station in stations_of(trace(describe(spec), size)) for deck in station.decks()]


def test_x_and_f_and_the_sum_are_those_of_torchvisions_blocks() -> None:
    torch.manual_seed(3)
    theirs = models.resnet50().eval()
    ours = build(describe(preset("resnet50")))
    ours.load_state_dict(theirs.state_dict())
    image = torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(4))
    seen: dict[str, Tensor] = {}

    def watch(module: nn.Module, name: str) -> None:
        module.register_forward_hook(
            lambda _module, arriving, output: seen.update({f"{name}.x": arriving[0].clone(), name: output.clone()})
        )

    for name, module in theirs.named_modules():
        if name.count(".") >= 1:
            watch(module, name)
    with torch.no_grad():
        outputs = theirs(image)
    found = deck_maps(ours, image, decks_of(preset("resnet50"), (64, 96)))
    by_row = {(deck.row, deck.chosen_at): maps for deck, maps in found.items()}
    furthest = []
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        for name in (f"{stage}.0", f"{stage}.1"):
            leaving = seen[f"{stage}.0"][0]
            chosen = leaving.flatten(1).var(dim=1).argsort(descending=True)
            chosen_at = f"{stage}.0.relu3"
            parts = {
                f"{name}.bn3": seen[f"{name}.bn3"],
                f"{name}.relu3": seen[name],
                f"{name}.add": seen[f"{name}.bn3"]
                + (seen[f"{name}.downsample"] if name.endswith("0") else seen[f"{name}.conv1.x"]),
            }
            for row, whole in parts.items():
                maps = by_row[row, chosen_at]
                expected = whole[0][chosen[: len(maps)]].numpy()
                assert maps.shape == expected.shape
                furthest.append(np.abs(maps - expected).max() / np.abs(expected).max())
    (fc,) = (maps for deck, maps in found.items() if deck.row == "fc")
    pooled = outputs.reshape(1, 1, -1)
    pooled = torch.nn.functional.adaptive_avg_pool1d(pooled, fc.shape[2])
    furthest.append(np.abs(fc - pooled.numpy()).max() / np.abs(pooled.numpy()).max())
    assert max(furthest) < 1e-4


def test_larger_maps_are_means_and_looking_changes_nothing() -> None:
    spec = preset("resnet18")
    model = lively(spec).train()
    before = snapshot(model)
    image = pictures(spec, 1, (224, 224))
    found = {deck.row: maps for deck, maps in deck_maps(model, image, decks_of(spec, (224, 224))).items()}
    assert str(snapshot(model)) == str(before)
    model.eval()
    with torch.no_grad():
        first = torch.relu(model.bn1(model.conv1(image)))[0].numpy()  # type: ignore[operator]
    means = first.reshape(64, SIDE, 2, SIDE, 2).mean(axis=(2, 4))
    chosen = np.argsort(-means.reshape(64, -1).var(axis=1), kind="stable")[:3]
    assert np.abs(found["relu"] - means[chosen]).max() < 1e-4
    assert found["layer2.0.relu2"].shape == (4, 28, 28)


def test_the_picture_of_all_maps_holds_every_value_on_the_scale_of_its_block() -> None:
    spec = ResNetSpec().replace(**SMALL)
    model = lively(spec)
    found = deck_maps(model, pictures(spec, 1, (12, 15)), decks_of(spec, (12, 15)))
    made = atlas(found)
    steps = np.asarray(Image.open(io.BytesIO(made.png)))
    by_scale: dict[tuple[str, str], list[np.ndarray]] = {}
    for deck, maps in found.items():
        by_scale.setdefault((deck.scale, deck.chosen_at), []).append(maps)
    taken = np.zeros_like(steps)
    for deck, maps in found.items():
        tile = made.tiles[deck]
        reach = np.max([np.abs(one).max(axis=(1, 2)) for one in by_scale[deck.scale, deck.chosen_at]], axis=0)
        assert made.reach[deck] == pytest.approx(reach)
        for sheet, values in enumerate(maps):
            left = tile.x + sheet * tile.width
            there = (slice(tile.y, tile.y + tile.height), slice(left, left + tile.width))
            shown = (steps[there].astype(float) / (STEPS - 1) * 2 - 1) * reach[sheet]
            assert np.abs(shown - values).max() <= reach[sheet] / (STEPS - 1) * 1.01
            taken[there] += 1
    assert taken.max() == 1


def test_a_picture_of_all_maps_that_is_too_large_leaves_out_every_second_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.views.walk.atlas.MOST_BYTES", 9_000)
    plan = trace(describe(preset("resnet18")), (64, 64))
    noise = np.random.default_rng(0)
    decks = [deck for station in stations_of(plan) for deck in station.decks() if not deck.is_vector]
    maps = {deck: noise.uniform(-1, 1, (deck.sheets, *deck.shape[1:])).astype(np.float32) for deck in decks}
    made = atlas(maps)
    assert len(made.png) <= 9_000
    steps = np.asarray(Image.open(io.BytesIO(made.png)))
    first = next(deck for deck in decks if deck.row == "maxpool")
    tile = made.tiles[first]
    shown = steps[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width].astype(float) / (STEPS - 1) * 2 - 1
    every = 16 // tile.width
    assert every > 1
    assert np.abs(shown * made.reach[first][0] - maps[first][0, ::every, ::every]).max() <= 2 / (STEPS - 1)


@pytest.mark.parametrize(("name", "size"), [("resnet50", 224), ("resnet152", 224), ("resnet1202", 32)])
def test_the_whole_message_is_below_a_megabyte(name: str, size: int) -> None:
    plan = trace(describe(preset(name)), (size, size))
    stations = stations_of(plan)
    # noise compresses worst
    noise = np.random.default_rng(0)
    maps = {}
    for deck in (deck for station in stations for deck in station.decks()):
        shape = (1, 1, 512) if deck.is_vector else (deck.sheets, *(min(SIDE, side) for side in deck.shape[1:]))
        maps[deck] = noise.uniform(-1, 1, size=shape).astype(np.float32)
    made = message(plan, stations, maps, photo=bytes(3 * 168 * 168))
    assert all(deck["tile"][2] <= SIDE or deck["vector"] for deck in made["decks"])
    assert len(json.dumps(made, ensure_ascii=False).encode()) < 1_000_000


def test_a_walk_begins_where_the_selection_is_shown() -> None:
    plan = trace(describe(preset("resnet50")), (64, 64))
    stations = stations_of(plan)
    maps = {
        deck: np.zeros((1, 1, 9) if deck.is_vector else (deck.sheets, 4, 4), np.float32)
        for station in stations
        for deck in station.decks()
    }
    made = message(plan, stations, maps, photo=PHOTO)
    stops = {stop["title"]: stop["time"] for stop in reversed(made["stops"])}
    assert start_of(made, "") == start_of(made, "nothing") == 0
    assert start_of(made, "layer2.0") == start_of(made, "layer2") == stops["layer2.0"]
    assert stops["layer1.2"] < start_of(made, "layer2.0.conv2") < stops["layer2.0"]
    assert stops["layer1.2"] < start_of(made, "layer2.0.shortcut") < stops["layer2.0"]
    assert start_of(made, "layer3.4") == stops["layer3.4"]
