"""The written source reads as Python should: formatted, typed, short, with nothing that its network does not need."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import ResNetSpec, StarGANSpec, preset, presets, source
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.families import Spec
from explorer.errors import SpecError
from explorer.views.export.source.elsewhere import elsewhere
from tests.model.networks import block_kinds, random_specs

ROOT = Path(__file__).parents[3]
BLOCKS = (
    BlockSpec(),
    BlockSpec(type="bottleneck", channels_in=64, channels_out=256, shortcut="projection", last_relu=False),
    BlockSpec(type="triple", channels_in=4, channels_out=9, stride=2, shortcut="padding-both", join="concat"),
)
LONG = ResNetSpec(widths=(8192,) * 6, depths=(500,) * 6, norm="instance", groups=8, squeeze_excite=True, in_channels=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each of many networks and blocks."""
    folder = tmp_path_factory.mktemp("sources")
    many: list[Spec | BlockSpec] = [*(known.spec for known in presets()), StarGANSpec(), *BLOCKS, LONG]
    for number, spec in enumerate([*many, *random_specs(), *block_kinds()]):
        (folder / f"net{number}.py").write_text(source(spec), encoding="utf-8")
    return folder


def run(*command: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *command, "."], cwd=folder, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("width", [88, 120])
def test_a_formatter_leaves_it_unchanged(folder: Path, width: int) -> None:
    assert run("ruff", "format", "--isolated", "--check", "--line-length", str(width), folder=folder) == ""


def test_a_linter_finds_nothing(folder: Path) -> None:
    rules = "E,F,W,I,B,UP,SIM,C4,N,D205,D400"
    assert run("ruff", "check", "--isolated", "--select", rules, "--ignore", "N812", folder=folder) == ""


def test_its_types_hold_strictly(folder: Path) -> None:
    kept = ROOT / ".mypy_cache" / "sources"  # what is known of torch takes its time
    assert run("mypy", "--strict", "--config-file=", f"--cache-dir={kept}", folder=folder) == ""


def test_resnet50_is_a_few_dozen_lines_with_a_class_for_the_block_and_one_for_the_network() -> None:
    text = source("resnet50")
    assert len(text.splitlines()) < 90
    assert re.findall(r"^class (\w+)", text, re.MULTILINE) == ["Bottleneck", "ResNet"]
    assert re.findall(r"^(?:import|from) (\S+)", text, re.MULTILINE) == ["torch", "torch"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"groups": 32, "base_width": 4}, "groups"),
        ({"squeeze_excite": True}, "SqueezeExcite"),
        ({"antialias": True}, "BlurPool"),
        ({"shortcut": "A"}, "F.pad"),
        ({"norm": "group"}, "GroupNorm"),
        ({"zero_init_residual": True}, "zeros_"),
        ({"added_classes": 5}, "self.added"),
    ],
    ids=str,
)
def test_only_what_the_network_has_is_written(change: dict[str, object], word: str) -> None:
    assert word in source(ResNetSpec().replace(**change))
    assert word not in source("resnet50")
    assert "downsample" not in source("plain34")


def test_the_call_elsewhere_stands_above_it() -> None:
    assert elsewhere(preset("resnet50").replace(num_classes=10)) == {
        "torchvision": "torchvision.models.resnet50(num_classes=10)",
        "timm": 'timm.create_model("resnet50", num_classes=10, zero_init_last=False)',
    }
    assert "The same in torchvision: torchvision.models.resnext50_32x4d()\n" in source("resnext50_32x4d")
    assert "Neither torchvision nor timm has this network.\n" in source("preact50")


def test_what_has_no_source_is_refused_in_a_sentence() -> None:
    with pytest.raises(SpecError, match=r"VGG-16 is torchvision's own.*torchvision\.models\.vgg16\(\) makes it\."):
        source("vgg16")
    with pytest.raises(SpecError, match="no network named"):
        source("resnet51")
    with pytest.raises(
        SpecError, match=r"^ResNet-50 has no block 'layer5\.0'; its blocks are layer1\.0 to layer4\.2\.$"
    ):
        source("resnet50", block="layer5.0")
    with pytest.raises(SpecError, match=r"has no block 'main\.9'; it has none\.$"):
        source(StarGANSpec(repeat_num=0), block="main.9")
    with pytest.raises(SpecError, match="5 is no network"):
        source(5)  # type: ignore[arg-type]
