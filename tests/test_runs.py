"""``explorer.runs`` and ``resnet-explorer runs``: they train what the lab trains, and read back what is kept."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch.utils.data import TensorDataset

import explorer
from explorer import runs
from explorer.__main__ import main
from explorer.errors import ExplorerError, LabError
from explorer.labs.data.data import load_data
from explorer.labs.runs.store import Store
from explorer.labs.training.events import Epoch
from explorer.labs.training.train import error_rate, train
from tests.labs.nets import tiny_run, tiny_spec


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    return tmp_path / "runs"


def some_pictures(count: int = 16, side: int = 9) -> list[tuple[np.ndarray, int]]:
    draw = np.random.default_rng(0)
    return [(draw.integers(0, 256, (side, side, 3), dtype=np.uint8), number % 2) for number in range(count)]


def test_a_run_is_the_labs_and_stands_among_those_of_the_pages(kept: Path) -> None:
    config = tiny_run(epochs=1, batch=256)
    threads, random = torch.get_num_threads(), torch.get_rng_state()
    told: list[tuple[str, int]] = []
    run = runs.train(config, name="Mine", progress=lambda run, epoch: told.append((run.name, epoch.epoch)))
    assert told == [("Mine", 0), ("Mine", 1)]
    assert (torch.get_num_threads(), run.status, run.config) == (threads, "done", config)
    assert torch.equal(torch.get_rng_state(), random)
    torch.set_num_threads(1)
    expected = [event for event in train(config) if isinstance(event, Epoch)]
    torch.set_num_threads(threads)
    for name in ("train_loss", "train_error", "test_error", "gradient_norm"):
        assert runs.curves(run)[name].tolist() == [getattr(epoch, name) for epoch in expected]
    (row,) = runs.frame().to_dict("records")
    assert (row["id"], row["name"], row["epoch"], row["batch"]) == (run.id, "Mine", 1, 256)
    assert row["test_error"] == expected[-1].test_error
    assert [one.id for one in Store().runs()] == [run.id]
    data = load_data("digits")
    assert error_rate(runs.model(run), data, data.test_pixels, data.test_labels) == expected[-1].test_error
    assert error_rate(runs.model(run, epoch=0), data, data.test_pixels, data.test_labels) == expected[0].test_error


def test_a_sweep_trains_every_combination_in_its_order() -> None:
    table = runs.sweep({"network": [tiny_spec(), tiny_spec(shortcut="none")], "seed": range(2)}, epochs=1, batch=512)
    assert table["network"].tolist() == ["residual-8, widths 4-4-8"] * 2 + ["plain-8, widths 4-4-8"] * 2
    assert table["seed"].tolist() == [0, 1, 0, 1]
    assert runs.frame()["id"].tolist() == table["id"].tolist()[::-1]
    assert table["test_error"].nunique() > 1


def test_a_run_that_is_stopped_keeps_what_it_reached() -> None:
    def stop(_run: object, epoch: Epoch) -> None:
        if epoch.epoch == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs.train(tiny_run(epochs=3, batch=512), progress=stop)
    (row,) = runs.frame().to_dict("records")
    assert (row["status"], row["epoch"], len(runs.curves(row["id"]))) == ("interrupted", 1, 2)


@pytest.mark.parametrize("form", ["array", "channels first", "float tensor", "PIL", "grey"])
def test_pictures_of_ones_own_arrive_as_they_are(form: str) -> None:
    pairs = some_pictures()
    given: dict[str, Any] = {
        "array": pairs,
        "channels first": [(pixels.transpose(2, 0, 1), label) for pixels, label in pairs],
        "float tensor": TensorDataset(
            torch.tensor(np.stack([pixels for pixels, _ in pairs])).permute(0, 3, 1, 2) / 255,
            torch.tensor([label for _, label in pairs]),
        ),
        "PIL": [(Image.fromarray(pixels), str("ab"[label])) for pixels, label in pairs],
        "grey": [(pixels[..., 0], label) for pixels, label in pairs],
    }
    name = runs.dataset(given[form], classes=None if form == "PIL" else ["a", "b"])
    data = load_data(name, in_channels=3, size=(9, 9))
    assert data.classes == ("a", "b")
    arrived = {pixels.numpy().tobytes() for pixels in (*data.train_pixels, *data.test_pixels)}
    of = (lambda pixels: np.repeat(pixels[..., :1], 3, 2)) if form == "grey" else (lambda pixels: pixels)
    assert arrived == {of(pixels).transpose(2, 0, 1).tobytes() for pixels, _ in pairs}
    assert runs.dataset(given[form], classes=None if form == "PIL" else ["a", "b"]) == name


def test_a_run_learns_from_pictures_of_ones_own_with_a_test_part_of_their_own() -> None:
    pairs = some_pictures(24)
    name = runs.dataset(pairs[:16], pairs[16:])
    data = load_data(name, in_channels=3, size=(9, 9))
    assert (len(data.train_labels), len(data.test_labels)) == (16, 8)
    run = runs.train(tiny_spec(), data=name, side=9, epochs=1)
    assert (run.config.spec.num_classes, run.config.spec.in_channels, run.config.input_size) == (2, 3, (9, 9))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda: runs.train("resnet19"), "There is no network named 'resnet19'"),
        (lambda: runs.train("residual-8", epoch=3), "A run has no field 'epoch'; its fields are"),
        (lambda: runs.train("residual-8", data="mnist"), "There is no data named 'mnist'"),
        (lambda: runs.train("stargan"), "Only residual and plain networks are trained here."),
        (lambda: runs.sweep({}), "The grid is empty"),
        (lambda: runs.sweep({"seed": []}), "The grid has no value for seed."),
        (lambda: runs.sweep({"seed": [0]}, seed=1), "seed stands in the grid and beside it"),
        (lambda: runs.sweep({"batch": [32, 0]}), "batch is 0"),
        (lambda: runs.curves("nothing"), "This run is not here"),
        (lambda: runs.model("nothing"), "not here"),
        (
            lambda: runs.dataset([1, 2]),  # type: ignore[list-item]
            "pairs of a picture and its label",
        ),
        (lambda: runs.dataset([(np.full((4, 4), 2.0), 0)]), "numbers from 0 to 1"),
        (lambda: runs.dataset([(np.zeros((4, 4, 5), np.uint8), 0)]), "A picture of the shape (4, 4, 5)"),
        (lambda: runs.dataset([(np.zeros((4, 4), np.uint8), 3)], classes=["a"]), "a label 3 and 1 classes"),
        (lambda: runs.dataset([(np.zeros((4, 4), np.uint8), None)]), "A label is a number or a name, not NoneType"),
        (lambda: runs.dataset(some_pictures(4)), "picture"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_trained(asked: Any, words: str) -> None:
    with pytest.raises(ExplorerError) as refused:
        asked()
    assert words in str(refused.value)
    assert runs.frame().empty


def test_runs_are_an_attribute_of_the_package() -> None:
    assert explorer.runs is runs
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        explorer.nothing  # noqa: B018


def test_the_terminal_lists_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--format", "csv"]) == 0
    told = capsys.readouterr()
    assert told.err.startswith("There are no kept runs in ")
    assert told.out.startswith("id,name,network,status,epoch,train_loss")
    run = runs.train(tiny_run(epochs=1, batch=512))
    expected = runs.frame().iloc[0]
    assert main(["runs", "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["id"], row["status"], float(row["test_error"])) == (run.id, "done", expected["test_error"])
    assert row["created"] == expected["created"].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert main(["runs", "--format", "json", "--shipped"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in rows][:1] == [run.id]
    assert {"plain_20", "residual_56"} <= {one["id"] for one in rows}
    assert main(["runs"]) == 0
    assert f"| {run.id} |" in capsys.readouterr().out
    assert main(["runs", run.id, "--format", "json"]) == 0
    assert [one["epoch"] for one in json.loads(capsys.readouterr().out)] == [0, 1]
    assert main(["runs", "nothing"]) == 1
    assert capsys.readouterr().err == "This run is not here; it may have been deleted.\n"


def test_shipped_runs_are_read_like_ones_own() -> None:
    frame = runs.frame(with_shipped=True)
    assert frame["status"].eq("done").all()
    assert isinstance(frame["created"].dtype, pd.DatetimeTZDtype)
    last = runs.curves("plain_20").iloc[-1]
    assert frame.set_index("id").loc["plain_20", "test_error"] == last["test_error"]
    with pytest.raises(LabError):
        runs.model("plain_20", epoch=99)
