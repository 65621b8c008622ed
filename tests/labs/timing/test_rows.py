"""Every row once, on what arrives at it; work and bytes as torch has them; nobody's state is changed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer import ResNetSpec, StarGANSpec, describe, describe_stargan, trace
from explorer.architecture.timed import Runs, Setting
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import InputSizeError
from explorer.labs.timing import clock
from explorer.labs.timing.alone import alone
from explorer.labs.timing.rows import estimate, moved_bytes, needed_bytes, noise, time_pass, time_rows
from explorer.model.again import Called, run_again
from explorer.model.build import ObservableModule, build
from explorer.model.foreign import ForeignModule
from explorer.model.guard import borrowed, exclusive
from explorer.model.torchvision_models import build_torchvision
from explorer.ui.slow import LIGHT_SECONDS
from tests.labs.nets import tiny_spec
from tests.model.networks import snapshot

SIZE = (32, 32)
NETS: dict[str, Callable[[], ObservableModule]] = {
    "residual": lambda: build(describe(tiny_spec()), device="cpu"),
    "plain": lambda: build(describe(tiny_spec(shortcut="none")), device="cpu"),
    "pre-activated": lambda: build(describe(tiny_spec(order="pre")), device="cpu"),
    "zero padding": lambda: build(describe(tiny_spec(shortcut="A")), device="cpu"),
    "gates": lambda: build(describe(tiny_spec(squeeze_excite=True)), device="cpu"),
    "groups": lambda: build(describe(tiny_spec(norm="group", widths=(32, 32, 32))), device="cpu"),
    "generator": lambda: build(describe_stargan(StarGANSpec(conv_dim=8, repeat_num=1)), device="cpu"),
    "squeezenet1_1": lambda: build_torchvision(TorchvisionSpec(name="squeezenet1_1"), device="cpu", side=32),
    "mobilenet_v3_small": lambda: build_torchvision(TorchvisionSpec(name="mobilenet_v3_small"), device="cpu", side=32),
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more runs than it takes to have some: what is tested here is not how long they take."""
    monkeypatch.setattr("explorer.labs.timing.rows.REPEATS", 4)
    monkeypatch.setattr("explorer.labs.timing.rows.WHOLE_RUNS", 2)
    monkeypatch.setattr("explorer.labs.timing.machine._REPEATS", 3)
    monkeypatch.setattr("explorer.labs.timing.machine._SIDE", {"cpu": 64})
    monkeypatch.setattr("explorer.labs.timing.machine._COPIED", {"cpu": 4096})


@pytest.mark.parametrize("name", NETS)
def test_every_row_is_timed_once_and_its_work_is_that_of_torchs_counter(name: str) -> None:
    model = NETS[name]()
    plan = model.plan_at(SIZE)
    timed = time_rows(model, SIZE, Setting(batch=2))
    assert [row.layer for row in timed.rows] == [row.layer for row in plan.layers]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.eval()(noise(plan, Setting(batch=2), model.device))
    assert 2 * timed.macs == counter.get_total_flops()
    assert timed.holding == ()
    assert all(row.runs.median > 0 for row in timed.rows)
    assert timed.whole.count == 2 * clock.FEWEST


def test_bytes_moved_are_inputs_parameters_and_outputs() -> None:
    """Three pictures of 1×32×32; the tiny network's first convolution is 3×3 to 4 channels, its last layer 8 to 10."""
    timed = time_rows(NETS["residual"](), SIZE, Setting(batch=3))
    moved = {row.layer: row.moved_bytes for row in timed.rows}
    one_map = 4 * 3 * 4 * 32 * 32
    assert moved["conv1"] == 4 * (3 * 1 * 32 * 32 + 4 * 9) + one_map
    assert moved["bn1"] == 2 * one_map + 4 * (4 * 4)  # γ, β, running mean and variance
    assert moved["relu"] == 2 * one_map
    assert moved["layer1.0.add"] == 3 * one_map
    assert moved["flatten"] == 0
    assert moved["fc"] == 4 * (3 * 8 + 8 * 10 + 10 + 3 * 10)


def test_in_bfloat16_maps_and_filters_have_half_the_bytes_and_norms_keep_theirs() -> None:
    timed = time_rows(NETS["residual"](), SIZE, Setting(precision="bfloat16"))
    moved = {row.layer: row.moved_bytes for row in timed.rows}
    one_map = 2 * 4 * 32 * 32
    assert moved["conv1"] == 4 * 32 * 32 + 2 * 4 * 9 + one_map  # the picture comes in float32
    assert moved["bn1"] == 2 * one_map + 4 * (4 * 4)
    assert moved["layer1.0.conv1"] == 2 * one_map + 2 * 4 * 4 * 9


def test_a_module_that_works_in_place_is_run_on_copies_and_moves_its_bytes() -> None:
    module = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.SiLU(inplace=True), nn.Dropout(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3)
    )
    model = ForeignModule(module, input_size=SIZE, in_channels=1)
    images = noise(model.plan_at(SIZE), Setting(), model.device)
    outputs: dict[str, Tensor] = {}
    bytes_moved: dict[str, int] = {}

    def told(call: Called) -> None:
        for _ in range(3):
            call.again()
        outputs[call.row] = call.made[0].clone()
        bytes_moved[call.row] = moved_bytes(call, "float32")

    with borrowed(model, "eval"):
        expected = model(images)
        run_again(model, images, told)
    assert torch.equal(outputs["5"], expected)
    assert bytes_moved["1"] == 2 * 4 * 2 * 30 * 30
    assert bytes_moved["2"] == 0  # dropout hands on what arrives


class _Around(nn.Module):
    """A module that multiplies beside its part, and takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.part = nn.Linear(4, 4)
        self.weight = nn.Parameter(torch.ones(4, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x) @ self.weight


def test_a_row_that_holds_others_has_what_is_left_of_its_time_and_its_own_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every call takes a second, so one that holds another has none of its own left."""
    monkeypatch.setattr(
        "explorer.labs.timing.rows.timed", lambda call, *_, **__: call() is None or Runs(seconds=(1.0,))
    )
    model = ForeignModule(nn.Sequential(nn.Flatten(), nn.Linear(1024, 4), _Around()), input_size=SIZE, in_channels=1)
    timed = time_rows(model, SIZE, Setting(batch=2))
    assert timed.holding == ("2",)
    assert {row.layer: row.runs.median for row in timed.rows} == {"0": 1, "1": 1, "2.part": 1, "2": 0}
    around = timed.rows[-1]
    assert around.macs == 2 * 4 * 4
    assert around.moved_bytes == 4 * (2 * 4 + 4 * 4 + 2 * 4)


@pytest.mark.parametrize(
    "setting", [Setting(), Setting(precision="bfloat16"), Setting(channels_last=True, batch=2)], ids=str
)
@pytest.mark.parametrize("name", ["residual", "squeezenet1_1"])
def test_nothing_is_changed_by_being_timed_or_by_being_stopped(name: str, setting: Setting) -> None:
    model = NETS[name]().train()
    before, random, threads = snapshot(model), torch.get_rng_state(), torch.get_num_threads()
    strides = [parameter.stride() for parameter in model.parameters()]
    time_rows(model, SIZE, setting)
    with pytest.raises(_StoppedError):
        time_rows(model, SIZE, setting, progress=_stop_at(0.3))
    assert snapshot(model) == before
    assert [parameter.stride() for parameter in model.parameters()] == strides
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.get_num_threads() == threads
    assert torch.is_grad_enabled()
    assert not torch.is_autocast_enabled("cpu")
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert time_pass(model, SIZE).count >= 2, "the clock was let go"


def test_channels_last_reaches_every_map() -> None:
    layouts = []
    model = NETS["residual"]()
    spy = model.get_submodule("layer1.0.conv2").register_forward_pre_hook(
        lambda _module, given: layouts.append(given[0].is_contiguous(memory_format=torch.channels_last))
    )
    time_rows(model, SIZE, Setting(channels_last=True, batch=2))
    spy.remove()
    assert layouts
    assert all(layouts)


def test_progress_rises_to_the_end() -> None:
    shares: list[float] = []
    time_rows(NETS["residual"](), SIZE, progress=lambda share, _words: shares.append(share))
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert shares[-1] <= 1


def test_who_measures_second_waits_until_the_first_has_ended() -> None:
    waits, ended = [], []

    def tell(_share: float, words: str) -> None:
        waits.append(words)
        release.set()

    release, second = threading.Event(), threading.Thread(target=lambda: ended.append(_measured(tell)))
    with alone(lambda *_: None):
        second.start()
        assert release.wait(10)
        assert not ended
    second.join(10)
    assert waits
    assert set(waits) == {"Waits until another measurement has ended"}
    assert ended == [True]


def _measured(tell: Callable[[float, str], None]) -> bool:
    with alone(tell):
        return True


def test_a_network_that_somebody_else_runs_meanwhile_is_said() -> None:
    model, other = NETS["residual"](), NETS["plain"]()
    assert not time_rows(model, SIZE).meanwhile.others_ran

    def also(share: float, _words: str) -> None:
        if share == 0.0:
            thread = threading.Thread(target=lambda: _held(other))
            thread.start()
            thread.join()

    assert time_rows(model, SIZE, progress=also).meanwhile.others_ran


def test_a_network_that_somebody_holds_since_before_is_said_too() -> None:
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with exclusive(NETS["plain"]()):
            holds.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(10)
    with alone(lambda *_: None) as meanwhile:
        assert meanwhile().others_ran
    done.set()
    thread.join()
    with alone(lambda *_: None) as meanwhile:
        assert not meanwhile().others_ran


def _held(model: nn.Module) -> None:
    with exclusive(model):
        pass


def test_cores_of_other_programs_are_all_that_worked_less_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, own, now = iter((100.0, 130.0)), iter((40.0, 50.0)), iter((0.0, 10.0))
    monkeypatch.setattr("explorer.labs.timing.alone._busy", lambda: next(busy))
    monkeypatch.setattr("explorer.labs.timing.alone._own", lambda: next(own))
    monkeypatch.setattr("explorer.labs.timing.alone.perf_counter", lambda: next(now))
    with alone(lambda *_: None) as meanwhile:
        assert meanwhile().cores == pytest.approx(2.0)  # 30 s in all, 10 of them ours, in 10 s


def test_pictures_that_it_cannot_take_are_refused() -> None:
    model = build(describe(ResNetSpec(norm="instance")), device="cpu")
    with pytest.raises(InputSizeError):
        time_rows(model, (16, 16))


def test_more_pictures_are_expected_to_take_longer() -> None:
    plan = NETS["residual"]().plan_at((224, 224))
    assert estimate(plan, Setting(batch=64)) > estimate(plan, Setting(batch=8)) > estimate(plan, Setting())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_on_cuda_events_time_every_row() -> None:
    model = build(describe(tiny_spec()), device="cuda")
    timed = time_rows(model, SIZE, Setting(batch=2, precision="bfloat16"))
    assert timed.device.startswith("cuda:0")
    assert len(timed.rows) == len(model.plan_at(SIZE).layers)
    assert all(0 < row.runs.median < 1 for row in timed.rows)


class _StoppedError(Exception):
    pass


def _stop_at(end: float) -> Callable[[float, str], None]:
    def tell(share: float, _words: str) -> None:
        if share > end:
            raise _StoppedError

    return tell


def test_the_usual_network_is_measured_when_the_page_is_opened() -> None:
    """What takes longer than this waits for a button."""
    assert estimate(trace("resnet50", (224, 224)), Setting()) < LIGHT_SECONDS
    assert estimate(trace("resnet152", (224, 224)), Setting()) < LIGHT_SECONDS


def test_room_is_asked_for_the_maps_of_a_pass_and_for_weights_that_lie_in_another_way() -> None:
    plan = trace("resnet18", (224, 224))
    one, eight = (needed_bytes(plan, Setting(batch=batch)) for batch in (1, 8))
    assert one >= 2 * 4 * 64 * 112 * 112, "what the first norm takes and makes"
    assert eight == 8 * one
    assert needed_bytes(plan, Setting(channels_last=True)) == one + plan.weights_bytes
