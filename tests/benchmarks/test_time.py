"""The measured whole pass beside the Timer of torch.utils.benchmark, on the same network in the same run."""

from __future__ import annotations

from statistics import median

import pytest
import torch
from torch.utils.benchmark import Timer

from explorer import describe, preset
from explorer.architecture.timed import Setting
from explorer.labs.timing.rows import noise, time_pass
from explorer.model import build

SIZE = (64, 64)
ROUNDS = 5
MOST = 1.5
"""Of either in terms of the other; the printed ratio is what to look at."""


def test_the_whole_pass_takes_as_long_as_torchs_own_timer_says(capsys: pytest.CaptureFixture[str]) -> None:
    model = build(describe(preset("resnet18")), device="cpu").eval()
    images = noise(model.plan_at(SIZE), Setting(), model.device)
    timer = Timer("model(images)", globals={"model": model, "images": images}, num_threads=torch.get_num_threads())
    ours, theirs = [], []
    with torch.no_grad():
        for _ in range(ROUNDS):
            ours.append(time_pass(model, SIZE).median)
            theirs.append(timer.blocked_autorange(min_run_time=0.5).median)
    ratio = median(ours) / median(theirs)
    with capsys.disabled():
        print(  # noqa: T201
            f"\nwhole pass: {median(ours) * 1e3:.2f} ms against {median(theirs) * 1e3:.2f} ms by Timer, ratio "
            f"{ratio:.2f} (bound {1 / MOST:.2f} to {MOST}), median of {ROUNDS}"
        )
    assert 1 / MOST < ratio < MOST
