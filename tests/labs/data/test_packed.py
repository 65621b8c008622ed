"""Fashion-MNIST as Debian's package brings it: the same as torchvision reads from the unpacked files."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import FashionMNIST

from explorer.errors import LabError
from explorer.labs.data import known_sets
from explorer.labs.data.data import load_data
from explorer.labs.data.packed import packed_folder

COUNTS = {"train": 20, "t10k": 10}


@pytest.fixture
def packed(monkeypatch, tmp_path) -> Path:
    """A system's folder with the four files, and an empty folder of the labs."""
    folder = tmp_path / "share" / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    draw = np.random.default_rng(0)
    for part, count in COUNTS.items():
        for kind, shape, top in (("images-idx3", (count, 28, 28), 256), ("labels-idx1", (count,), 10)):
            header = b"".join(number.to_bytes(4, "big") for number in (0x800 + len(shape), *shape))
            values = draw.integers(0, top, shape, dtype=np.uint8)
            (folder / f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + values.tobytes()))
    monkeypatch.setenv("XDG_DATA_DIRS", f"/nowhere:{tmp_path / 'share'}")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EXPLORER_OFFLINE", "1")
    return folder


def test_it_is_what_torchvision_reads_from_the_unpacked_files(packed, tmp_path):
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for file in packed.iterdir():
        (raw / file.stem).write_bytes(gzip.decompress(file.read_bytes()))
    data = load_data("fashion-mnist")
    for is_train, pixels, labels in (
        (True, data.train_pixels, data.train_labels),
        (False, data.test_pixels, data.test_labels),
    ):
        theirs = FashionMNIST(str(tmp_path), train=is_train)
        assert np.array_equal(pixels[:, 0], theirs.data)
        assert np.array_equal(labels, theirs.targets)
    assert data.classes == tuple(FashionMNIST.classes)


def test_nothing_is_written_and_the_set_counts_as_there(packed, tmp_path):
    before = sorted(packed.iterdir())
    assert known_sets.is_there("fashion-mnist")
    load_data("fashion-mnist")
    assert sorted(packed.iterdir()) == before
    assert not (tmp_path / "data").exists()


def test_a_folder_that_lacks_a_file_is_none(packed):
    (packed / "t10k-labels-idx1-ubyte.gz").unlink()
    assert packed_folder() != packed


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: b"no gzip", lambda data: b""])
def test_a_damaged_file_gets_one_sentence(packed, damage):
    file = packed / "train-images-idx3-ubyte.gz"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(LabError, match=r"install dataset-fashion-mnist anew"):
        load_data("fashion-mnist")


def test_files_that_do_not_belong_together_get_one_sentence(packed):
    (packed / "train-labels-idx1-ubyte.gz").write_bytes((packed / "t10k-labels-idx1-ubyte.gz").read_bytes())
    with pytest.raises(LabError, match="do not belong together"):
        load_data("fashion-mnist")
