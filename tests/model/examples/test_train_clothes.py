"""The clothes reader's script: it goes on where it was, chooses by pictures set apart, and the shipped files agree."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

from explorer.architecture.codec import from_json
from explorer.architecture.describe import describe
from explorer.architecture.examples import CLOTHES_READER
from explorer.model.build import build
from explorer.model.examples import train_clothes
from explorer.model.examples.train_clothes import Pictures, export, split, train, varied

SHIPPED = Path(train_clothes.__file__).parent


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    """Noise that has its class in its brightness, 64 pictures of each class."""
    draw = torch.Generator().manual_seed(0)
    labels = torch.arange(640) % 10
    images = torch.rand(640, 1, 28, 28, generator=draw) * 20 + labels.view(-1, 1, 1, 1) * 22
    return Pictures(images.to(torch.uint8), labels)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(train_clothes, "SET_APART", 8)


def test_a_run_that_was_ended_goes_on_to_the_same_weights(pictures, tmp_path, monkeypatch):
    learn, choose = split(pictures)
    whole = train(learn, choose, tmp_path / "whole", epochs=2)

    counted = iter([train_clothes.correct])

    def correct_once(model, pictures):
        for count in counted:
            return count(model, pictures)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(train_clothes, "correct", correct_once)
        with pytest.raises(KeyboardInterrupt):
            train(learn, choose, tmp_path / "ended", epochs=2)
    resumed = train(learn, choose, tmp_path / "ended", epochs=2)
    assert [line["loss"] for line in resumed] == [line["loss"] for line in whole]
    one, other = (torch.load(tmp_path / name / "epoch_02.pt")["model"] for name in ("whole", "ended"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_as_many_pictures_of_every_class_are_set_apart_and_none_is_learnt_from():
    labels = torch.arange(200) % 10
    learn, choose = split(Pictures(torch.arange(200).view(-1, 1, 1, 1), labels))
    assert torch.bincount(choose.labels).tolist() == [8] * 10
    assert sorted([*learn.images.flatten().tolist(), *choose.images.flatten().tolist()]) == list(range(200))


def test_the_best_epoch_on_the_pictures_set_apart_is_exported(pictures, tmp_path):
    learn, choose = split(pictures)
    train(learn, choose, tmp_path, epochs=2)
    state = torch.load(tmp_path / "epoch_02.pt")
    state["lines"][0]["set_apart_correct"] = 79
    state["lines"][1]["set_apart_correct"] = 78
    torch.save(state, tmp_path / "epoch_02.pt")
    said = export(tmp_path, tmp_path, 80, pictures)
    assert said["epoch"] == 1
    first = torch.load(tmp_path / "epoch_01.pt")["model"]["fc.weight"]
    with safe_open(tmp_path / "clothes_resnet20.safetensors", "pt") as file:
        assert torch.equal(file.get_tensor("fc.weight"), first)


def test_pictures_are_shifted_by_two_pixels_at_most_mirrored_and_lose_a_square():
    image = torch.zeros(400, 1, 28, 28)
    image[:, 0, 14, 10] = 1.0
    spots = torch.nonzero(varied(image, torch.Generator().manual_seed(0))[:, 0] == 1.0)
    assert {int(row) for row in spots[:, 1]} == set(range(12, 17))
    assert {int(column) for column in spots[:, 2]} == {*range(8, 13), *range(15, 20)}
    ones = varied(torch.ones(400, 1, 28, 28), torch.Generator().manual_seed(0))
    erased = (ones == 0).flatten(1).sum(1)
    assert 0.4 < float((erased > 0).float().mean()) < 0.6
    assert int(erased.max()) == 64


def test_the_shipped_log_has_every_epoch_and_its_best_is_the_shipped_one():
    lines = [json.loads(line) for line in (SHIPPED / "clothes_resnet20.log.jsonl").read_text().splitlines()]
    said = facts()
    assert [line["epoch"] for line in lines] == list(range(1, len(lines) + 1))
    best = max(lines, key=lambda line: (line["set_apart_correct"], line["epoch"]))
    assert (best["epoch"], best["set_apart_correct"]) == (said["epoch"], said["set_apart_correct"])


def test_the_shipped_weights_are_of_the_network_that_they_name():
    assert from_json(json.dumps(facts()["spec"])) == CLOTHES_READER.spec
    assert facts()["tested"] == 10_000
    assert 900_000 < (SHIPPED / "clothes_resnet20.safetensors").stat().st_size < 1_300_000


def test_the_shipped_samples_are_a_hundred_pictures_of_which_the_network_reads_about_as_many_as_it_says():
    tiles = np.asarray(Image.open(SHIPPED / "clothes_samples.png")).reshape(10, 28, 10, 28).transpose(0, 2, 1, 3)
    images = torch.from_numpy(tiles.reshape(100, 1, 28, 28).copy())
    model = build(describe(CLOTHES_READER.spec), device="cpu")
    with safe_open(SHIPPED / "clothes_resnet20.safetensors", "pt") as file:
        model.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 - no mapping
    right = train_clothes.correct(model, Pictures(images, torch.arange(100) // 10))
    assert right / 100 == pytest.approx(facts()["tested_correct"] / facts()["tested"], abs=0.06)


def facts() -> dict:
    with safe_open(SHIPPED / "clothes_resnet20.safetensors", "pt") as file:
        return {name: json.loads(value) for name, value in file.metadata().items()}
