"""What networks learn from: the same split at every call, and zips that a stranger sent."""

import contextlib
import io
import zipfile

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from explorer.architecture.spec import ResNetSpec
from explorer.errors import LabError
from explorer.labs.data import known_sets, zips
from explorer.labs.data.data import few, load_data
from explorer.labs.data.known_sets import LabelledSet
from explorer.labs.data.zips import keep_zip, kept_zip
from explorer.labs.training.config import RunConfig
from explorer.labs.training.pictures import data_of
from explorer.model.images import IMAGENET
from explorer.model.samples import digit_images, digit_labels


def png(colour=(200, 30, 30), size=(12, 9)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def zipped(files, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", options.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def two_classes(prefix="", each=8):
    """Red pictures and green ones."""
    red = {f"{prefix}red/{i}.png": png((200, 0, i)) for i in range(each)}
    return red | {f"{prefix}green/{i}.png": png((0, 200, i)) for i in range(each)}


def read(data, **settings):
    return load_data(f"zip:{'0' * 64}", zipped=data, in_channels=3, **settings)


def test_a_quarter_of_every_class_of_the_digits_is_held_out():
    data = load_data("digits")
    assert (len(data.train_labels), len(data.test_labels)) == (1347, 450)
    assert data.size == (8, 8)
    share = np.bincount(data.test_labels) / np.bincount(digit_labels())
    assert share == pytest.approx(np.full(10, 0.25), abs=0.01)
    together = torch.cat([data.train_pixels, data.test_pixels]).numpy()[:, 0]
    assert sorted(map(bytes, together)) == sorted(map(bytes, digit_images()))
    assert torch.equal(load_data("digits").test_pixels, data.test_pixels)


def test_halves_of_the_digits_are_held_out_as_among_all_ten():
    whole, low, high = (load_data(name) for name in ("digits", "digits-0-4", "digits-5-9"))
    assert (low.classes, high.classes) == (tuple("01234"), tuple("56789"))
    assert torch.equal(low.test_pixels, whole.test_pixels[whole.test_labels < 5])
    assert torch.equal(high.train_labels, whole.train_labels[whole.train_labels >= 5] - 5)


def test_pictures_are_laid_out_plainly_so_that_every_machine_takes_the_same_kernels():
    assert load_data("digits").train_pixels.stride() == (64, 64, 8, 1)


def test_input_is_scaled_and_normalised_as_the_preprocessing_says():
    data = load_data("digits", in_channels=3)
    assert torch.equal(data.as_input(data.test_pixels), data.test_pixels.float() / 255)
    assert torch.equal(data.test_pixels[:, 0], data.test_pixels[:, 2])


def test_a_coloured_set_is_normalised_per_channel_and_becomes_grey_by_luminance(monkeypatch):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    part = (pixels, np.arange(4))
    found = LabelledSet(title="CIFAR-10", classes=tuple("abcdefghij"), train=part, test=part)
    monkeypatch.setattr("explorer.labs.data.data.known_set", lambda _name: found)
    data = load_data("cifar10", in_channels=3)
    expected = (pixels[0, 5, 7] / 255 - (0.4914, 0.4822, 0.4465)) / (0.2470, 0.2435, 0.2616)
    assert data.as_input(data.train_pixels)[0, :, 5, 7].numpy() == pytest.approx(expected, rel=1e-5)
    grey = load_data("cifar10", in_channels=1).train_pixels
    theirs = np.array(Image.fromarray(pixels[0]).convert("L")).astype(int)
    assert np.abs(grey[0, 0].numpy() - theirs).max() <= 1


def test_a_set_that_is_not_there_and_cannot_be_fetched_gets_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))

    def nobody(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", nobody)
    monkeypatch.setattr(known_sets, "packed_folder", lambda: None)
    assert not known_sets.is_there("cifar10")
    with pytest.raises(LabError, match="CIFAR-10 is not on this machine and it could not be fetched"):
        load_data("cifar10", in_channels=3)
    with pytest.raises(LabError, match="Fashion-MNIST is not on this machine"):
        load_data("fashion-mnist")
    assert list(tmp_path.iterdir()) == []


def write_fashion(folder):
    """Six and three black pictures in torchvision's files of Fashion-MNIST."""
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for part, count in (("train", 6), ("t10k", 3)):
        header = b"".join(number.to_bytes(4, "big") for number in (0x803, count, 28, 28))
        (raw / f"{part}-images-idx3-ubyte").write_bytes(header + bytes(count * 784))
        labels = b"".join(number.to_bytes(4, "big") for number in (0x801, count))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(labels + bytes(range(count)))


def test_torchvisions_files_are_read_where_they_are(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    write_fashion(tmp_path)
    data = load_data("fashion-mnist")
    assert (data.train_pixels.shape, data.test_pixels.shape) == ((6, 1, 28, 28), (3, 1, 28, 28))
    assert data.classes[0] == "T-shirt/top"


@pytest.mark.parametrize("prefix", ["", "my pictures/", "a/b/c/"])
def test_the_folder_of_a_picture_is_its_class(prefix):
    data = read(zipped(two_classes(prefix)))
    assert data.classes == ("green", "red")
    assert data.train_pixels.shape == (12, 3, 32, 32)
    assert (np.bincount(data.train_labels).tolist(), np.bincount(data.test_labels).tolist()) == ([6, 6], [2, 2])
    assert data.train_pixels[data.train_labels == 1][0, :2, 0, 0].tolist() == [200, 0]
    assert data.notes == ()


def test_what_systems_put_beside_pictures_is_passed_over_and_strays_are_said():
    files = two_classes() | {
        "__MACOSX/red/._1.png": b"x",
        "red/.DS_Store": b"x",
        "green/Thumbs.db": b"x",
        "red/notes.txt": b"red is warm",
        "readme.txt": b"hello",
    }
    assert read(zipped(files)).notes == (
        "2 files were left out for being no picture that can be read, such as readme.txt.",
    )


def link():
    info = zipfile.ZipInfo("red/link.png")
    info.external_attr = 0o120777 << 16
    return info


def with_member(info, data):
    file = io.BytesIO(zipped(two_classes()))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(info, data)
    return file.getvalue()


def encrypted():
    """The flag alone: no picture is behind it."""
    data = bytearray(zipped({"red/1.png": b"x"}, compression=zipfile.ZIP_STORED))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


BAD_ZIPS = {
    "nothing": (b"", "The zip is empty"),
    "no zip": (b"PK\x03\x04 but no more", "The file is no zip"),
    "cut off": (zipped(two_classes())[:-30], "The file is no zip"),
    "no files": (zipped({}), "There is nothing in the zip"),
    "folders only": (zipped({"red/": b"", "green/": b""}), "There is nothing in the zip"),
    "no folders": (zipped({"1.png": png(), "2.png": png()}), "The zip has no folders"),
    "one class": (zipped({f"red/{i}.png": png() for i in range(9)}), "one class only"),
    "no pictures": (zipped({"a/1.txt": b"x", "b/1.txt": b"y"}), "no pictures that can be read"),
    "too few": (zipped(two_classes(each=3)), "The folder green has 3 pictures: every class needs at least 4"),
    "climbs out": (zipped(two_classes() | {"../../red/9.png": png()}), "climbs out of its folder"),
    "climbs out by backslash": (zipped(two_classes() | {"..\\red\\9.png": png()}), "climbs out of its folder"),
    "absolute": (zipped(two_classes() | {"/etc/9.png": png()}), "climbs out of its folder"),
    "drive": (zipped(two_classes() | {"C:/red/9.png": png()}), "climbs out of its folder"),
    "link": (with_member(link(), "/etc/passwd"), "a link in place of a file"),
    "password": (encrypted(), "protected by a password"),
    "bomb": (zipped(two_classes() | {"red/bomb.png": bytes(11 * 2**20)}), "times its size, as no picture does"),
}


@pytest.mark.parametrize(("data", "sentence"), BAD_ZIPS.values(), ids=BAD_ZIPS)
def test_a_bad_zip_gets_its_sentence(data, sentence):
    with pytest.raises(LabError, match=sentence):
        read(data)


@pytest.mark.parametrize(
    ("limit", "value", "sentence"),
    [
        ("MAX_ZIP_BYTES", 100, "MB are allowed"),
        ("MAX_ENTRIES", 15, "The zip has 16 files and 15 are allowed"),
        ("MAX_UNPACKED_BYTES", 100, "The zip unpacks to"),
        ("MAX_CLASSES", 1, "The zip has 2 folders and 1 classes are allowed"),
        ("MAX_PIXEL_BYTES", 16 * 32 * 32 * 3 - 1, "more pictures than fit into memory at 32×32"),
        ("MAX_DECODED_PIXELS", 16 * 12 * 9 - 1, "too many pixels together"),
    ],
)
def test_a_zip_beyond_a_limit_gets_its_sentence(monkeypatch, limit, value, sentence):
    monkeypatch.setattr(zips, limit, value)
    with pytest.raises(LabError, match=sentence):
        read(zipped(two_classes()))


def test_a_file_that_is_damaged_within_the_zip_is_left_out():
    data = bytearray(zipped(two_classes(), compression=zipfile.ZIP_STORED))
    at = data.index(b"IDAT")
    data[at + 6] ^= 0xFF
    assert read(bytes(data)).notes == ("1 file was left out for being no picture that can be read, such as red/0.png.",)


def test_any_bytes_give_a_sentence_or_pictures():
    whole = zipped(two_classes())
    rng = np.random.default_rng(0)
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(0, len(whole), 4):
            data[at] = rng.integers(0, 256)
        with contextlib.suppress(LabError):
            assert len(read(bytes(data)).classes) >= 2


def test_a_kept_zip_is_found_by_its_name_until_newer_ones_push_it_out(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setattr(zips, "MAX_KEPT", 2)
    data = zipped(two_classes())
    name = keep_zip(data)
    assert kept_zip(name) == data
    assert load_data(name, in_channels=3).classes == ("green", "red")
    (tmp_path / "zips" / f"{name[4:]}.zip").write_bytes(b"other")
    with pytest.raises(LabError, match="no longer here"):
        kept_zip(name)
    for number in range(3):
        keep_zip(bytes([number]))
    assert len(list((tmp_path / "zips").iterdir())) == 2


def test_a_full_disk_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))

    def full(self, _data):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(LabError, match="No space left on device"):
        keep_zip(b"x")
    assert list((tmp_path / "zips").iterdir()) == []


@pytest.mark.parametrize(("name", "channels"), [("imagenet", 1), ("digits", 2)])
def test_data_that_there_is_not_gets_its_sentence(name, channels):
    with pytest.raises(LabError):
        load_data(name, in_channels=channels)


def test_a_few_pictures_of_each_class_are_the_same_at_every_call_and_part_of_more():
    whole, five, ten = load_data("digits"), few(load_data("digits"), 5), few(load_data("digits"), 10)
    assert np.bincount(five.train_labels).tolist() == [5] * 10
    assert np.bincount(ten.train_labels).tolist() == [10] * 10
    assert torch.equal(five.train_pixels, few(whole, 5).train_pixels)

    def named(data):
        return {(bytes(p), int(n)) for p, n in zip(data.train_pixels.numpy(), data.train_labels, strict=True)}

    assert named(five) < named(ten) < named(whole)
    for data in (five, ten):
        assert torch.equal(data.test_pixels, whole.test_pixels)
        assert torch.equal(data.test_labels, whole.test_labels)
    assert sorted(five.train_labels.tolist()) != five.train_labels.tolist(), "in the order of the data"


def test_the_few_pictures_of_a_class_are_drawn_and_not_its_first():
    """The first of a class are by one writer, or of one day."""
    for name in ("digits", "digits-5-9"):
        whole = load_data(name)
        data = few(whole, 20)
        for label in range(len(whole.classes)):
            members = np.flatnonzero(whole.train_labels == label)
            pixels = [bytes(picture) for picture in whole.train_pixels.numpy()]
            drawn = {pixels.index(bytes(p)) for p in data.train_pixels[data.train_labels == label].numpy()}
            places = np.searchsorted(members, sorted(drawn)) / len(members)
            # twenty draws of a uniform place: the mean is within four of its deviations
            assert abs(places.mean() - 0.5) < 4 * np.sqrt(1 / 12 / 20)
            assert places.max() > 0.6


def test_more_pictures_than_a_class_has_are_refused_with_its_name_and_number():
    data = load_data("digits-5-9")
    fewest = int(np.bincount(data.train_labels).min())
    assert len(few(data, fewest).train_labels) == 5 * fewest
    with pytest.raises(LabError, match=r"^per_class is 500 and the class 5 has \d+ pictures to learn from: take fewer"):
        few(data, 500)


def test_the_data_of_a_run_is_what_its_config_says(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    spec = ResNetSpec(block="basic", depths=(1,), widths=(8,), stem="cifar", num_classes=2)
    config = RunConfig(spec=spec, data=keep_zip(zipped(two_classes())), side=24, preprocess="imagenet", per_class=3)
    data = data_of(config)
    assert data.train_pixels.shape == (6, 3, 24, 24)
    assert data.preprocess == IMAGENET
    plain = data_of(config.replace(side=None, preprocess="own", per_class=0))
    assert plain.train_pixels.shape == (12, 3, 32, 32)
    assert plain.preprocess.name == "0–1"
    digits = data_of(RunConfig(spec=spec.replace(num_classes=5, in_channels=1), data="digits-5-9", preprocess="half"))
    assert digits.as_input(digits.test_pixels).min() == -1
    assert digits.as_input(digits.test_pixels).max() == 1
    assert torch.equal(digits.test_pixels, load_data("digits-5-9").test_pixels)


@pytest.mark.parametrize("choice", ["imagenet", "imagenet-v2"])
def test_a_zip_for_published_weights_is_what_torchvisions_own_preprocessing_makes_of_it(monkeypatch, tmp_path, choice):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    rng = np.random.default_rng(3)
    pictures = {
        f"{name}/{i}.png": rng.integers(0, 256, (90, 130, 3), dtype=np.uint8) for name in "ab" for i in range(4)
    }
    files = {}
    for name, pixels in pictures.items():
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        files[name] = file.getvalue()
    spec = ResNetSpec().replace(num_classes=2)
    data = data_of(RunConfig(spec=spec, data=keep_zip(zipped(files)), side=224, preprocess=choice))
    weights = {"imagenet": "IMAGENET1K_V1", "imagenet-v2": "IMAGENET1K_V2"}
    transform = torchvision.models.ResNet50_Weights[weights[choice]].transforms()
    expected = {bytes(np.round(transform(Image.fromarray(pixels)).numpy(), 4)) for pixels in pictures.values()}
    together = torch.cat([data.train_pixels, data.test_pixels])
    found = {bytes(np.round(one.numpy(), 4)) for one in data.as_input(together)}
    assert len(found) == 8
    assert found == expected


def test_one_switch_keeps_sets_from_being_fetched_and_still_reads_what_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setenv("EXPLORER_OFFLINE", "1")
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("the network was asked"))
    with pytest.raises(LabError, match="CIFAR-10 is not on this machine and EXPLORER_OFFLINE says not to ask"):
        load_data("cifar10", in_channels=3)
    write_fashion(tmp_path)
    assert load_data("fashion-mnist").classes[0] == "T-shirt/top"
