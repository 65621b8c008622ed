"""The page Checkpoint, two of one network: what moved, on the diagram and on pictures; statistics estimated anew."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision

from explorer import describe
from explorer.architecture.hub import place_of
from explorer.architecture.published import PUBLISHED
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec
from explorer.labs.runs import runs
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import Job
from explorer.labs.runs.store import Store
from explorer.model import build
from explorer.model.families import model_family
from tests.kept_runs import AtOnce
from tests.labs.nets import tiny_run
from tests.ui.app import open_app, plain, url
from tests.ui.seen import seen

SMALL = ResNetSpec(block="basic", depths=(1, 1), widths=(8, 16), stem="cifar", num_classes=7)


def saved(content: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def lively(spec: ResNetSpec = SMALL, seed: int = 3) -> dict[str, torch.Tensor]:
    return build(describe(spec), device="cpu", seed=seed).state_dict()


def moved(state: dict[str, torch.Tensor], *begins: str) -> dict[str, torch.Tensor]:
    """The same weights, those of some layers half as large again."""
    return {name: 1.5 * tensor if name.startswith(begins) else tensor.clone() for name, tensor in state.items()}


def dropped(content: Any, name: str = "mine.pth", **query: str) -> Any:
    at = open_app("checkpoint", **query)
    at.file_uploader[0].upload(name, saved(content)).run()
    assert not at.exception
    return at


def beside(at: Any, content: Any, name: str = "second.pth") -> Any:
    uploader = next(one for one in at.file_uploader if one.label == "Or drop a second file")
    uploader.upload(name, saved(content)).run()
    assert not at.exception
    return at


def chosen(at: Any, second: str) -> Any:
    box = next(one for one in at.selectbox if one.label == "Second checkpoint")
    box.select_index(box.options.index(second)).run()
    assert not at.exception
    return at


def words(at: Any) -> str:
    return "\n".join(element.value for element in [*at.subheader, *at.markdown, *at.caption]).replace("\\", "")


def html(at: Any, head: str) -> str:
    return next(element.proto.body for element in at.get("html") if head in element.proto.body)


def test_frozen_layers_are_named_and_the_others_distances_stand_at_their_layer():
    state = lively()
    at = beside(dropped(state), moved(state, "layer2", "fc"))
    said = words(at)
    kinds = {name.rpartition(".")[0] for name in state}
    frozen = [layer for layer in kinds if not layer.startswith(("layer2", "fc"))]
    assert f"Weights and biases of {len(frozen)} of {len(kinds)} layers are equal bit for bit" in said
    frame = next(one.value for one in at.dataframe if "variance" in one.value).set_index("layer")
    assert set(frame.index[frame["state"] == "equal bit for bit"]) == set(frozen)
    assert frame.loc["layer2.0.conv1", "weight"] == pytest.approx(0.5)
    assert frame.loc["layer2.0.bn1", "mean"] == 0  # 1.5 times a running mean of 0
    assert frame.loc["layer2.0.bn1", "variance"] == pytest.approx(1.5, rel=1e-4)
    assert frame.loc["conv1", "weight"] == 0
    assert list(frame.index)[:2] == ["conv1", "bn1"]


def test_the_same_pictures_give_both_answers_and_the_distances_of_the_maps():
    state = lively()
    at = beside(dropped(state), moved(state, "fc"))
    chart = next(one for one in at.get("plotly_chart") if "cosine" in one.proto.spec)
    assert "‖a − b‖" in chart.proto.spec
    table = html(at, "second.pth</th>")
    assert table.count("<tr>") == 1 + 2, "the two photographs"
    assert "class " in table


def test_a_checkpoint_of_another_network_gets_one_sentence():
    at = beside(dropped(lively()), lively(SMALL.replace(depths=(2, 1))))
    (error,) = [plain(one.value) for one in at.error]
    assert error.endswith("have layers that do not correspond: take two checkpoints of one network.")


def test_what_a_link_sets_a_checkpoint_against_is_read_in_the_box_also_where_it_is_not_offered():
    at = open_app("checkpoint", opened="digits", against="digits")
    assert not at.exception
    assert "Second checkpoint: as in the link: digits" in seen(at)
    assert "equal bit for bit" in seen(at)
    at = open_app("checkpoint", opened="digits", against="IMAGENET1K_V1")
    assert "Second checkpoint: as in the link: IMAGENET1K_V1" in seen(at)
    assert "Second checkpoint: none" in seen(open_app("checkpoint", opened="digits"))


def test_two_networks_in_one_file_are_held_against_each_other():
    state = lively()
    at = dropped({"student": state, "teacher": moved(state, "fc")})
    at.radio[0].set_value(1).run()
    at = chosen(at, "in the same file: teacher")
    assert "layers are equal bit for bit" in words(at)
    assert url(at)["against"] == "here-2"


def test_epochs_of_a_kept_run_are_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    manager = AtOnce(Store(Archive(tmp_path)))
    monkeypatch.setattr(runs, "manager", lambda: manager)
    monkeypatch.setattr("explorer.ui.runs.kept.manager", lambda: manager)
    run = manager.keep(Job(name="frozen body", config=tiny_run(epochs=1, frozen_norms="train"), trainable=("fc",)))
    at = open_app("checkpoint", opened=f"run:{run}-0", against=f"run:{run}-1")
    assert not at.exception
    assert "these layers were frozen" in words(at)
    assert "went on estimating their running statistics" in words(at)
    assert next(box for box in at.selectbox if box.label == "Second checkpoint").value == f"run:{run}"


def test_published_weights_on_this_disk_are_offered_and_damaged_ones_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    weights = PUBLISHED["resnet18"][0]
    torch.manual_seed(0)
    published = torchvision.models.resnet18().state_dict()
    place_of(weights).parent.mkdir(parents=True)
    torch.save(published, place_of(weights))
    fine_tuned = {name: tensor.clone() for name, tensor in published.items() if not name.startswith("fc")}
    fine_tuned |= {"fc.weight": torch.randn(10, 512), "fc.bias": torch.zeros(10)}
    at = chosen(dropped(fine_tuned), "published: ImageNet-1K V1")
    (error,) = [plain(one.value) for one in at.error]
    assert "are not on this disk, or damaged" in error
    monkeypatch.setattr("explorer.ui.checkpoint.other.hash_in_name", lambda _weights: "")
    at = chosen(dropped(fine_tuned), "published: ImageNet-1K V1")
    assert not at.error
    assert "All 40 layers are equal bit for bit" in words(at)
    assert "Left out because they have another shape or are not in both: fc." in words(at)


def test_statistics_are_estimated_anew_and_findings_go():
    state = lively()
    at = dropped(state, repair="yes")
    table = html(at, "never updated")
    norms = sum(name.endswith("running_mean") for name in state)
    assert f"never updated, norms</th><td class='number short'>{norms}</td><td class='number short'>0</td>" in table
    assert next(one for one in at.get("download_button") if one.label == "Save with these statistics")
    assert url(at)["repair"] == "yes"


@pytest.mark.parametrize(
    "spec", [SMALL.replace(num_classes=0), StarGANSpec(conv_dim=8, c_dim=3, repeat_num=2)], ids=["body", "generator"]
)
def test_what_tells_no_classes_has_maps_and_no_answers(spec: Any):
    state = model_family(spec).build(device="cpu", seed=3).state_dict()
    begin = next(name for name in state if name.startswith(("layer2", "main.3")))
    at = dropped(state, repair="yes")
    at = beside(at, moved(state, begin))
    assert words(at).count("These networks have no classes") == 2
    assert sum("cosine" in one.proto.spec for one in at.get("plotly_chart")) == 2


def test_a_group_norm_has_nothing_to_estimate():
    at = dropped(lively(SMALL.replace(norm="group")))
    assert any("nothing is to be estimated anew" in one.value for one in [*at.info, *at.error])
