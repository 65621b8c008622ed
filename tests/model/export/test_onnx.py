"""ONNX files hold the network that they are made of: its weights, rows and answers, and nothing of this machine."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from pathlib import Path

import numpy as np
import onnx
import onnx_ir
import onnxruntime
import pytest
import torch
from onnx import numpy_helper

from explorer import ResNetSpec, StarGANSpec
from explorer.architecture.codec import from_json
from explorer.architecture.families import Spec, network_of
from explorer.architecture.trace import trace
from explorer.errors import DeviceError, WeightsError
from explorer.model.export import onnx_file as module
from explorer.model.export.onnx_file import OnnxFile, onnx_file
from explorer.model.export.onnx_graph import graph_of
from explorer.model.export.samples import pictures_to_check
from explorer.model.families import model_family
from explorer.model.images import IMAGENET
from tests.model.export.named import RANDOM
from tests.model.networks import SMALL_SPEC, lively

TINY = SMALL_SPEC.replace(depths=(1, 1))
CASES: dict[str, ResNetSpec] = {
    "pre-activation, option A": TINY.replace(block="basic", order="pre", shortcut="A"),
    "d, gates, blur, groups": ResNetSpec(
        depths=(1, 1),
        widths=(8, 16),
        stem="deep",
        shortcut="D",
        squeeze_excite=True,
        antialias=True,
        groups=2,
        num_classes=3,
    ),
    "group norm, biases, no classifier": TINY.replace(norm="group", conv_bias=True, num_classes=0),
}


def proto_of(spec: ResNetSpec) -> tuple[onnx.ModelProto, torch.nn.Module]:
    model = lively(spec).eval()
    graph = graph_of(model, torch.rand(2, spec.in_channels, 32, 32))
    return onnx_ir.to_proto(graph), model


@pytest.mark.parametrize("name", CASES)
def test_it_has_the_weights_bit_for_bit_a_node_for_each_row_and_the_same_answers(name: str) -> None:
    spec = CASES[name]
    proto, model = proto_of(spec)
    onnx.checker.check_model(proto)
    kept = {one.name: numpy_helper.to_array(one) for one in proto.graph.initializer}
    for key, tensor in model.state_dict().items():
        if spec.norm == "group" and key not in kept:
            # ONNX's own group norm is younger than the opset: scale and shift are constants of another shape
            assert any(np.array_equal(one.ravel(), tensor.numpy()) for one in kept.values()), key
        elif not key.endswith("num_batches_tracked"):
            assert np.array_equal(kept[key], tensor.numpy()), key
    rows = [row.layer for row in trace(network_of(spec), (32, 32)).layers]
    called = [node.name for node in proto.graph.node]
    assert [name for name in called if name in set(rows)] == rows
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    for count in (1, 3):
        pictures = torch.rand(count, spec.in_channels, 32, 32)
        with torch.no_grad():
            ours = model(pictures).numpy()
        (theirs,) = session.run(None, {"input": pictures.numpy()})
        np.testing.assert_allclose(theirs, ours, rtol=1e-4, atol=1e-4 * max(1, np.abs(ours).max()))


def test_a_generator_answers_alike() -> None:
    spec = StarGANSpec(conv_dim=8, repeat_num=1)
    model = model_family(spec).build(device="cpu").eval()
    pictures = pictures_to_check(spec, (32, 32), model_family(spec).usual_preprocess)
    proto = onnx_ir.to_proto(graph_of(model, pictures))
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, {"input": pictures.numpy()})
    with torch.no_grad():
        np.testing.assert_allclose(theirs, model(pictures).numpy(), atol=1e-4)


@pytest.fixture(scope="module")
def made() -> tuple[OnnxFile, list[tuple[float, str]], Spec]:
    """A file made in a process of its own, and what was told meanwhile."""
    spec = TINY
    told: list[tuple[float, str]] = []
    model = lively(spec)
    pictures = pictures_to_check(spec, (32, 32), IMAGENET)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    plan = trace(network_of(spec), (32, 32))
    result = onnx_file(model, spec, RANDOM, pictures, plan=plan, progress=lambda *said: told.append(said))
    assert model.training  # as it was
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    with torch.no_grad():
        ours = model.eval()(pictures).numpy()
    session = onnxruntime.InferenceSession(result.data, providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, {"input": pictures.numpy()})
    assert np.abs(theirs - ours).max() == pytest.approx(result.difference, abs=1e-6)
    assert np.abs(ours).max() == pytest.approx(result.largest, rel=1e-5)
    return result, told, spec


def test_what_is_given_out_was_checked_and_says_what_it_is(made: tuple[OnnxFile, list, Spec]) -> None:
    result, _, spec = made
    assert result.difference <= 1e-4
    proto = onnx.load_from_string(result.data)
    assert (proto.opset_import[0].version, len(proto.graph.node)) == (result.opset, result.nodes)
    assert proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    said = {one.key: one.value for one in proto.metadata_props}
    assert from_json(said["spec"]) == spec
    assert said["source"] == "random, seed 0"
    assert json.loads(said["mean"]) == list(IMAGENET.mean)


def test_it_says_nothing_of_the_machine_that_made_it(made: tuple[OnnxFile, list, Spec]) -> None:
    assert str(Path(__file__).parents[3]).encode() not in made[0].data
    assert b".py" not in made[0].data


def test_progress_is_told_and_grows(made: tuple[OnnxFile, list[tuple[float, str]], Spec]) -> None:
    _, told, _ = made
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert len(set(shares)) > 1
    assert all(re.search(r", \d+ s$", words) for _, words in told)


def begun(spec: ResNetSpec, progress: module.Progress) -> OnnxFile:
    model = lively(spec).eval()
    pictures = torch.rand(2, 3, 32, 32)
    return onnx_file(model, spec, RANDOM, pictures, plan=trace(network_of(spec), (32, 32)), progress=progress)


def test_whoever_stops_it_ends_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen] = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)

    def stop(share: float, words: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        begun(SMALL_SPEC, stop)
    assert started[0].returncode is not None
    assert module._ONE_AT_A_TIME.acquire(blocking=False)
    module._ONE_AT_A_TIME.release()


def test_a_second_one_waits_and_can_stop_waiting() -> None:
    told = threading.Event()

    def stop(share: float, words: str) -> None:
        assert words.startswith("Waiting")
        told.set()
        raise InterruptedError

    with module._ONE_AT_A_TIME, pytest.raises(InterruptedError):
        begun(SMALL_SPEC, stop)
    assert told.is_set()


def test_what_is_too_large_or_has_no_room_is_refused_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_work", lambda *_: pytest.fail("it began"))
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    with pytest.raises(
        WeightsError, match=r"An ONNX file has room for 1\.00 kB of weights .* take the weights as safetensors\.$"
    ):
        begun(SMALL_SPEC, lambda *_: None)
    monkeypatch.setattr(module, "MOST_BYTES", 10**12)
    monkeypatch.setattr("explorer.model.device.free_bytes", lambda _: 10**6)
    with pytest.raises(DeviceError, match="as ONNX needs"):
        begun(SMALL_SPEC, lambda *_: None)


@pytest.mark.parametrize(
    ("difference", "largest", "sentence"),
    [
        (2e-4, 0.5, r"otherwise than PyTorch .*by 2\.0e-04 where the largest output is 0\.5"),
        (2e-2, 100.0, r"by 2\.0e-02 where the largest output is 100"),
        (float("nan"), 1.0, "not finite"),
        (0.0, float("inf"), "not finite"),
    ],
)
def test_what_does_not_answer_alike_is_not_given_out(
    difference: float, largest: float, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(folder: Path, tell: module.Progress) -> str:
        said = {"opset": 18, "nodes": 1, "difference": difference, "largest": largest}
        (folder / "done.json").write_text(json.dumps(said))
        (folder / "network.onnx").write_bytes(b"")
        return ""

    monkeypatch.setattr(module, "_work", work)
    with pytest.raises(WeightsError, match=sentence):
        begun(SMALL_SPEC, lambda *_: None)


def test_a_process_that_fails_ends_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_lay_out", lambda folder, *_: None)
    with pytest.raises(
        WeightsError, match=r"^ResNet.* could not be written as ONNX: FileNotFoundError: .*pictures\.npy'\.$"
    ):
        begun(SMALL_SPEC, lambda *_: None)


def test_a_generator_is_checked_with_a_domain_and_a_network_of_other_channels_with_random_numbers() -> None:
    spec = StarGANSpec(conv_dim=8, repeat_num=1)
    pictures = pictures_to_check(spec, (32, 32), model_family(spec).usual_preprocess)
    assert tuple(pictures.shape) == (2, 8, 32, 32)
    assert pictures[:, 3:, 0, 0].tolist() == [[1, 0, 0, 0, 0]] * 2
    other = pictures_to_check(SMALL_SPEC.replace(in_channels=7), (32, 32), IMAGENET)
    assert torch.equal(other, pictures_to_check(SMALL_SPEC.replace(in_channels=7), (32, 32), IMAGENET))
