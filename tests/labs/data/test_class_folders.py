"""Classes and parts of a zip, held against torchvision's ImageFolder on the same unpacked files."""

import io
import zipfile
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import ImageFolder

from explorer.errors import LabError
from explorer.labs.data.data import load_data

COLOURS = np.random.default_rng(0)


def png():
    """A picture that is like no other."""
    file = io.BytesIO()
    Image.fromarray(COLOURS.integers(0, 256, (6, 7, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def pictures(folder, count):
    return {f"{folder}/{number}.png": png() for number in range(count)}


def zipped(files, name=str):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, data in files.items():
            archive.writestr(name(path), data)
    return file.getvalue()


def unpacked(files, folder):
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def read(data):
    return load_data(f"zip:{'0' * 64}", zipped=data, in_channels=3)


def theirs(folder):
    """How many pictures of each class ImageFolder finds."""
    found = ImageFolder(folder)
    return dict(Counter(found.classes[label] for _, label in found.samples))


def ours(data, *parts):
    """How many pictures of each class the zip's parts have."""
    labels = [label for part in parts for label in getattr(data, f"{part}_labels").tolist()]
    return dict(Counter(data.classes[label] for label in labels))


CAT = pictures("cat/indoor", 5) | pictures("cat/outdoor/at night", 6)
TREES = {
    "flat": pictures("cat", 5) | pictures("dog", 7),
    "deeper in every class": CAT | pictures("dog/indoor", 4) | pictures("dog/outdoor", 4),
    "deeper in one": CAT | pictures("dog", 9),
    "other scripts": pictures("猫", 5) | pictures("Bär", 4) | pictures("собака/щенок", 4),
    "names with dots and spaces": pictures("v1.0 cat", 5) | pictures("no cat, really", 4),
    "named as one part alone": pictures("train", 5) | pictures("bus", 4),
    "a text beside the classes": pictures("cat", 5) | pictures("dog", 4) | {"readme.txt": b"hello"},
    "a text among the pictures": pictures("cat", 5) | pictures("dog", 4) | {"cat/notes.txt": b"hello"},
}
WRAPPERS = ["", "pets/", "a/b/c/"]


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_classes_and_counts_are_those_of_image_folder(tree, wrapper, tmp_path):
    data = read(zipped({wrapper + path: content for path, content in tree.items()}))
    assert ours(data, "train", "test") == theirs(unpacked(tree, tmp_path))
    assert list(data.classes) == ImageFolder(tmp_path).classes
    assert len(data.notes) == sum(path.endswith(".txt") for path in tree)


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("names", [("train", "val"), ("Train", "VALID"), ("training_set", "test_set")])
def test_parts_are_those_of_the_zip(names, wrapper, tmp_path):
    first, second = names
    tree = CAT | pictures("dog", 3), pictures("cat", 2) | pictures("dog/small", 1)
    files = {f"{name}/{path}": data for name, part in zip(names, tree, strict=True) for path, data in part.items()}
    data = read(zipped({wrapper + path: content for path, content in files.items()} | {wrapper + "labels.csv": b"x"}))
    unpacked(files, tmp_path)
    assert ours(data, "train") == theirs(tmp_path / first)
    assert ours(data, "test") == theirs(tmp_path / second)
    assert data.notes == (
        f"1 file was left out for being no picture that can be read, such as {wrapper}labels.csv.",
        f"The parts are the zip's own: {first} is learned from, {second} held out.",
    )


def test_validation_and_test_are_held_out_together_and_a_class_that_is_tested_only_is_left_out():
    files = pictures("train/cat", 3) | pictures("train/dog", 2) | pictures("val/cat", 2) | pictures("test/bird", 2)
    data = read(zipped(files | pictures("test/dog", 1)))
    assert data.classes == ("cat", "dog")
    assert (ours(data, "train"), ours(data, "test")) == ({"cat": 3, "dog": 2}, {"cat": 2, "dog": 1})
    assert data.notes == (
        "2 files were left out for lying in a folder that the part to learn from does not have, such as "
        "test/bird/0.png.",
        "The parts are the zip's own: train is learned from, test and val held out.",
    )


def test_a_test_part_without_classes_is_left_out_and_a_quarter_is_held_out():
    data = read(zipped(pictures("train/cat", 8) | pictures("train/dog", 4) | pictures("test", 3)))
    assert (ours(data, "train"), ours(data, "test")) == ({"cat": 6, "dog": 3}, {"cat": 2, "dog": 1})
    assert data.notes == ("3 files were left out for lying in no class's folder, such as test/0.png.",)


def test_the_same_picture_in_both_parts_is_said_however_it_is_stored():
    files = pictures("train/cat", 3) | pictures("train/dog", 2) | pictures("val/cat", 2) | pictures("val/dog", 1)
    file = io.BytesIO()
    Image.open(io.BytesIO(files["train/cat/1.png"])).save(file, "BMP")
    said = read(zipped(files | {"val/cat/again.bmp": file.getvalue()})).notes[-1]
    assert said.startswith("1 picture that is held out is learned from too, such as val/cat/again.bmp")
    assert len(read(zipped(files)).notes) == 1


def test_a_picture_that_lies_there_often_is_said_where_a_quarter_is_held_out():
    one = png()
    files = pictures("cat", 4) | {f"dog/{number}.png": one for number in range(4)}
    assert [note[:40] for note in read(zipped(files)).notes] == ["1 picture that is held out is learned fr"]


def test_a_folder_without_a_picture_is_no_class_and_is_said():
    data = read(
        zipped(pictures("cat", 4) | pictures("dog", 4) | {"bird/1.heic": b"\0\0\0\x18ftypheic", "docs/a.txt": b"a"})
    )
    assert data.classes == ("cat", "dog")
    assert data.notes == (
        "2 files were left out for being no picture that can be read, such as bird/1.heic.",
        "No class was made of the folder bird: it has no picture that can be read.",
    )


def test_a_class_that_cannot_be_read_does_not_make_classes_of_what_lies_in_the_other():
    files = pictures("cat/indoor", 5) | pictures("cat/outdoor", 5) | {"dog/1.heic": b"\0\0\0\x18ftypheic"}
    with pytest.raises(LabError, match=r"one class only \(cat\)"):
        read(zipped(files))


def test_names_from_windows_and_from_macos_are_read_as_they_were_written():
    files = pictures("pets/Bär", 5) | pictures("pets/dog/small", 4)
    assert read(zipped(files, lambda path: path.replace("/", "\\"))).classes == ("Bär", "dog")
    assert read(unflagged(files)).classes == ("Bär", "dog")


def unflagged(files):
    """UTF-8 without the flag that says so, accents apart, as macOS packs."""
    data = zipped(files, lambda path: path.replace("ä", "___"))
    return data.replace(b"B___r", "Ba\u0308r".encode())


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (pictures("pets/cat", 9) | {"pets/readme.txt": b"x"}, r"one class only \(cat\)"),
        (pictures("train/cat", 4) | pictures("val/cat", 4), r"one class only \(cat\)"),
        (pictures("train", 4) | pictures("val", 4), "The train and val have no folders"),
        (pictures("val/cat", 4) | pictures("test/dog", 4), "no picture to learn from"),
        ({"cat.zip": b"PK", "dog.zip": b"PK"}, r"archives in place of pictures \(cat.zip\)"),
    ],
)
def test_what_cannot_be_learned_from_gets_its_sentence(files, sentence):
    with pytest.raises(LabError, match=sentence):
        read(zipped(files))
