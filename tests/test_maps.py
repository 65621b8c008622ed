"""``resnet-explorer maps``: the PNG files are the maps that plain hooks see."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from explorer.__main__ import main
from explorer.model.images import IMAGENET, prepare
from explorer.model.samples import sample

ROOT = Path(__file__).parents[1]


def test_a_rows_channels_stand_side_by_side_on_one_scale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "maps.png"
    words = ["maps", "resnet18", "china", "--size", "64", "--row", "conv1", "--weights", "fresh", "-o", str(file)]
    assert main(words) == 0
    told = capsys.readouterr()
    assert told.out == f"{file}\n"
    assert told.err == "ResNet-18, random, seed 0, fresh running statistics, preprocessing: ImageNet.\n"
    torch.manual_seed(0)
    conv = torchvision.models.resnet18().conv1
    with torch.no_grad():
        maps = conv(prepare(sample("china"), size=(64, 64), preprocess=IMAGENET).tensor)[0].numpy()
    # 64 maps of 32×32, each enlarged to at least 48 pixels, 8 in a row with 2 pixels between them
    picture = np.asarray(Image.open(file).convert("RGBA"))
    assert picture.shape[:2] == (8 * 66 - 2, 8 * 66 - 2)
    brightest = np.unravel_index(np.abs(maps).argmax(), maps.shape)
    row, column = divmod(int(brightest[0]), 8)
    y, x = row * 66 + 2 * int(brightest[1]), column * 66 + 2 * int(brightest[2])
    ends = [[103, 0, 31], [5, 48, 97]]  # of the diverging scale
    assert picture[y, x, :3].tolist() in ends
    assert picture[row * 66, column * 66 - 1 if column else 64, 3] == 0, "the gap is transparent"


def test_every_block_is_a_file_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "mine.png")
    assert main(["maps", "resnet20", str(tmp_path / "mine.png"), "-o", str(tmp_path / "made" / "here")]) == 0
    files = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [file.name for file in files][:2] == ["001-relu.png", "002-layer1.0.relu2.png"]
    assert len(files) == 1 + 9
    assert all(Image.open(file).format == "PNG" for file in files)


def test_pictures_come_and_maps_go_by_pipes() -> None:
    given = io.BytesIO()
    Image.new("L", (40, 30), 200).save(given, "PNG")
    words = [sys.executable, "-m", "explorer", "maps", "resnet20", "-", "--row", "conv1"]
    done = subprocess.run(words, cwd=ROOT, input=given.getvalue(), capture_output=True, check=True)
    assert Image.open(io.BytesIO(done.stdout)).format == "PNG"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["resnet18", "nothing", "--row", "conv1"], "There is no file 'nothing' and no sample of that name"),
        (["resnet18", str(ROOT / "README.md"), "--row", "conv1"], "picture"),
        (["resnet18", "china"], "All blocks are many files: name a folder with --output"),
        (["resnet20", "china", "--row", "nope"], "The network has no layer named nope"),
        (["resnet20", "china", "--row", "conv1", "--weights", "best"], "weights 'best', which do not exist"),
        (["resnet20", "china", "--row", "conv1", "--weights", "file"], "opened on the page Checkpoint"),
        (
            ["resnet20", "china", "--row", "conv1", "-o", f"{ROOT}/README.md/x.png"],
            "cannot be written: File exists.",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["maps", *words]) == 1
    told = capsys.readouterr()
    assert sentence in told.err.splitlines()[-1]
    assert not told.out
