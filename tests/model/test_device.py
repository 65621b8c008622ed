"""Which device is taken, what it has free, and what is refused before it is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch

from explorer import describe, preset, trace
from explorer.errors import DeviceError
from explorer.model import device as device_module
from explorer.model.device import (
    _container_free_bytes,
    admit,
    admit_plan,
    choose,
    describe_device,
    devices,
    fault_of,
    faults,
    free_bytes,
    largest_side,
    needed_bytes,
)

GB = 10**9


@dataclass(frozen=True)
class FakePlan:
    weights_bytes: int = 4_100
    activation_bytes: int = 500


@pytest.fixture
def only_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"GPU {'AB'[index]}")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (6 * GB, 24 * GB))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _: 3 * GB)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda _: 1 * GB)
    monkeypatch.setattr(device_module, "fault_of", lambda _: None)


@pytest.fixture
def apple(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(device_module, "fault_of", lambda _: None)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 12 * GB)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 5 * GB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=9 * GB))


@pytest.fixture
def ten_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module, "free_bytes", lambda _: 10 * GB)


@pytest.mark.usefixtures("only_cpu")
def test_without_a_gpu_there_is_the_cpu_and_it_is_chosen() -> None:
    assert [device.name for device in devices()] == ["cpu"]
    for preferred in (None, "auto", "cpu"):
        assert choose(preferred) == torch.device("cpu")
    assert devices()[0].label.startswith("cpu (")


@pytest.mark.usefixtures("two_gpus")
def test_cuda_is_chosen_first_and_named() -> None:
    assert [device.label for device in devices()[:2]] == ["cuda:0 (GPU A)", "cuda:1 (GPU B)"]
    assert choose() == choose("cuda") == torch.device("cuda:0")
    assert choose("cuda:1") == torch.device("cuda:1")
    assert choose("cpu") == torch.device("cpu")
    assert describe_device(torch.device("cuda:1")).title == "GPU B"


@pytest.mark.usefixtures("apple")
def test_an_apple_gpu_comes_before_the_cpu() -> None:
    assert [device.name for device in devices()] == ["mps", "cpu"]
    assert choose() == torch.device("mps")


@pytest.mark.usefixtures("two_gpus")
def test_a_device_that_is_not_there_gets_a_sentence_with_those_that_are() -> None:
    with pytest.raises(DeviceError) as caught:
        choose("cuda:7")
    assert str(caught.value) == "There is no device 'cuda:7' here: choose cuda:0, cuda:1 or cpu."


@pytest.mark.usefixtures("two_gpus")
def test_a_card_that_does_not_work_is_passed_over_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    no_image = "CUDA error: no kernel image is available for execution on the device"
    monkeypatch.setattr(device_module, "fault_of", {"cuda:0": no_image, "cuda:1": None}.get)
    assert choose() == torch.device("cuda:1")
    assert faults() == (f"cuda:0 (GPU A) is not used: it does not work with this torch ({no_image}).",)
    with pytest.raises(DeviceError, match=r"^cuda:0 \(GPU A\) is not used: .* choose cuda:1 or cpu\.$"):
        choose("cuda")
    monkeypatch.setattr(device_module, "fault_of", lambda _: no_image)
    assert choose() == torch.device("cpu")


def test_one_convolution_decides_whether_a_device_works(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fault_of("cpu") is None

    def fails(*_: object) -> None:
        raise RuntimeError("CUDA error: no kernel image is available.\nCUDA kernel errors might be reported later.")

    monkeypatch.setattr(torch.nn.functional, "conv2d", fails)
    assert fault_of.__wrapped__("cpu") == "CUDA error: no kernel image is available"

    def is_full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB.")

    monkeypatch.setattr(torch.nn.functional, "conv2d", is_full)
    assert fault_of.__wrapped__("cpu") is None  # a card that others fill for a moment works
    monkeypatch.setattr(torch.nn.functional, "conv2d", lambda *_: torch.zeros(1, 1, 1, 1))
    assert fault_of.__wrapped__("cpu") == "1 × 1 added up nine times gives 0"


@pytest.mark.usefixtures("only_cpu")
@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps", "meta", "", "tpu", "cuda:" + "9" * 1000])
def test_without_a_gpu_every_other_name_is_refused(name: str) -> None:
    with pytest.raises(DeviceError, match=r"here: choose cpu\.$"):
        choose(name)


@pytest.mark.usefixtures("two_gpus")
def test_cuda_has_free_what_the_driver_says_and_what_torch_holds_idle() -> None:
    assert free_bytes("cuda:0") == 8 * GB


@pytest.mark.usefixtures("apple")
def test_an_apple_gpu_has_free_what_metal_recommends_within_what_the_system_has() -> None:
    assert free_bytes("mps") == 7 * GB


def test_the_cpu_has_no_more_free_than_the_system_has_available() -> None:
    assert 0 < free_bytes("cpu") <= psutil.virtual_memory().total


def test_a_lower_limit_of_the_container_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=9 * GB))
    monkeypatch.setattr(device_module, "_container_free_bytes", lambda: iter([20 * GB, 3 * GB]))
    assert free_bytes("cpu") == 3 * GB
    monkeypatch.setattr(device_module, "_container_free_bytes", lambda: iter([]))
    assert free_bytes("cpu") == 9 * GB


def write_group(folder: Path, *, limit: str, used: int, names: tuple[str, str], stat: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(stat)


V2 = ("memory.max", "memory.current")
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")


def test_limits_of_control_groups_version_2_are_read_up_to_the_root(tmp_path: Path) -> None:
    membership = tmp_path / "membership"
    membership.write_text("0::/app/worker\n")
    mount = tmp_path / "mount"
    write_group(mount / "app", limit="1000", used=700, names=V2, stat="anon 600\ninactive_file 50\n")
    write_group(mount / "app/worker", limit="max", used=700, names=V2, stat="inactive_file 50\n")
    assert list(_container_free_bytes(mount, membership)) == [350]


def test_in_a_container_the_limit_lies_at_the_root_of_the_mount(tmp_path: Path) -> None:
    membership = tmp_path / "membership"
    membership.write_text("0::/\n")
    write_group(tmp_path / "mount", limit="1000", used=1200, names=V2, stat="inactive_file 0\n")
    assert list(_container_free_bytes(tmp_path / "mount", membership)) == [0]


def test_limits_of_control_groups_version_1_are_read(tmp_path: Path) -> None:
    membership = tmp_path / "membership"
    membership.write_text("5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n")
    stat = "inactive_file 1\ntotal_inactive_file 100\n"
    write_group(tmp_path / "mount/memory", limit="2000", used=500, names=V1, stat=stat)
    assert list(_container_free_bytes(tmp_path / "mount", membership)) == [1600]


def test_where_there_are_no_control_groups_there_is_no_limit(tmp_path: Path) -> None:
    assert list(_container_free_bytes(tmp_path, tmp_path / "missing")) == []
    (tmp_path / "membership").write_text("0::/\n")
    write_group(tmp_path, limit="max", used=1, names=V2, stat="")
    assert list(_container_free_bytes(tmp_path, tmp_path / "membership")) == []


def test_needed_bytes_follow_the_design() -> None:
    plan = FakePlan()
    assert needed_bytes(plan) == 4_100 + 500
    assert needed_bytes(plan, batch=8) == 4_100 + 8 * 500


def test_needed_bytes_of_a_real_plan_are_those_of_the_tensors_that_are_built() -> None:
    plan = trace(describe(preset("resnet18")), input_size=(96, 96))
    torchvision = pytest.importorskip("torchvision")
    with torch.device("meta"):
        model = torchvision.models.resnet18()
        for module in model.modules():
            if hasattr(module, "inplace"):
                module.inplace = False
        weights = sum(tensor.nbytes for tensor in model.state_dict().values())
        outputs: list[int] = []
        for module in model.modules():
            if not list(module.children()):
                module.register_forward_hook(lambda *call: outputs.append(call[2].nbytes))
        model(torch.empty(3, 3, 96, 96))
    # torchvision adds inside a block and flattens inside forward, where no hook sees it.
    unseen = sum(row.activation_bytes for row in plan.layers if row.kind in ("add", "flatten"))
    assert needed_bytes(plan, batch=3) == weights + sum(outputs) + 3 * unseen


@pytest.mark.usefixtures("ten_gigabytes")
def test_what_fits_with_room_for_others_is_admitted() -> None:
    admit(8 * GB, "cpu", what="A network")


@pytest.mark.usefixtures("ten_gigabytes")
def test_what_does_not_fit_is_refused_with_needed_free_and_what_would_fit() -> None:
    with pytest.raises(DeviceError) as caught:
        admit(9 * GB, "cuda:0", what="ResNet-152 with 64 pictures of 512×512", would_fit="8 pictures would fit")
    assert str(caught.value) == (
        "ResNet-152 with 64 pictures of 512×512 needs 9.00 GB and cuda:0 has 10.0 GB free, "
        "of which 8.00 GB may be used so that others have room: 8 pictures would fit."
    )


@pytest.mark.usefixtures("ten_gigabytes")
def test_what_would_fit_is_worked_out_from_the_usable_bytes_and_only_for_a_refusal() -> None:
    asked: list[int] = []

    def would_fit(usable: int) -> str | None:
        asked.append(usable)
        return None

    admit(1, "cpu", what="A network", would_fit=would_fit)
    assert asked == []
    with pytest.raises(DeviceError, match=r"choose a smaller network, a smaller input or fewer pictures\.$"):
        admit(9 * GB, "cpu", what="A network", would_fit=would_fit)
    assert asked == [8 * GB]


def test_the_largest_side_fits_and_one_more_does_not() -> None:
    network = describe(preset("resnet18"))

    def bytes_at(side: int) -> int:
        return needed_bytes(trace(network, input_size=(side, side)), batch=4)

    side = largest_side(bytes_at, 500 * 10**6)
    assert side is not None
    assert bytes_at(side) <= 500 * 10**6 < bytes_at(side + 1)


def test_the_largest_side_stays_within_its_bounds() -> None:
    assert largest_side(lambda side: side, 10, smallest=32) is None
    assert largest_side(lambda side: side, 32, smallest=32) == 32
    assert largest_side(lambda side: side, 10**9, largest=512) == 512
    assert largest_side(lambda side: side, 511, largest=512) == 511


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_a_real_gpu_has_less_free_when_a_tensor_lies_on_it() -> None:
    before = free_bytes("cuda:0")
    held = torch.empty(256 * 2**20, dtype=torch.uint8, device="cuda:0")
    assert free_bytes("cuda:0") <= before - held.nbytes
    assert "(" in describe_device("cuda:0").label


def test_a_network_that_does_not_fit_is_told_the_input_that_would(monkeypatch: pytest.MonkeyPatch) -> None:
    network = describe(preset("resnet50"))
    monkeypatch.setattr(device_module, "free_bytes", lambda _: 500_000_000)
    admit_plan(trace(network, (224, 224)), "cpu")
    with pytest.raises(DeviceError, match=r"ResNet-50 with one picture of 1024×1024 needs 3\.24 GB") as refused:
        admit_plan(trace(network, (1024, 1024)), "cpu")
    found = re.search(r"an input of (\d+)×\1 would fit", str(refused.value))
    assert found is not None
    side = int(found[1])
    admit_plan(trace(network, (side, side)), "cpu")
    with pytest.raises(DeviceError):
        admit_plan(trace(network, (side + 1, side + 1)), "cpu")


def test_a_network_that_fits_at_no_size_is_told_to_be_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module, "free_bytes", lambda _: 1_000_000)
    with pytest.raises(DeviceError, match="choose a smaller network"):
        admit_plan(trace(describe(preset("resnet50")), (224, 224)), "cpu")
