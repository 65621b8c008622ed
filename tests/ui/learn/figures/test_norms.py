"""Learn: figures of norms, against torch."""

from __future__ import annotations

import json
import re

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from explorer.architecture.examples import DIGIT_READER
from explorer.labs.norm_lab.batches import held_out_digits
from explorer.ui.learn.figures import norms
from tests.ui.learn.opened import FILLED, opened, read


def test_what_leaves_the_norm_has_mean_beta_and_deviation_gamma():
    state = load_file(DIGIT_READER.file)
    gamma, beta = (float(state[f"bn1.{name}"][norms.CHANNEL]) for name in ("weight", "bias"))
    arriving = F.conv2d(held_out_digits()[0][: norms.PICTURES], state["conv1.weight"], padding=1)
    leaving = F.batch_norm(arriving, None, None, state["bn1.weight"], state["bn1.bias"], training=True)[
        :, norms.CHANNEL
    ]
    assert float(leaving.mean()) == pytest.approx(beta, abs=1e-4)
    assert float(leaving.std(correction=0)) == pytest.approx(abs(gamma), rel=1e-3)
    assert f"γ = {gamma:.2f} and β = {beta:.2f}".replace("-", "−") in read("batch-norm")
    drawn = json.loads(opened("batch-norm").get("plotly_chart")[0].proto.spec)
    title = next(one["text"] for one in drawn["layout"]["annotations"] if "after" in one["text"])
    mean, deviation = (float(n.replace("−", "-")) for n in re.findall(r"[−-]?\d[\d.]*", title)[:2])
    assert mean == pytest.approx(beta, abs=1e-3)
    assert deviation == pytest.approx(abs(gamma), rel=1e-2)


def test_a_constant_map_leaves_torchs_norms_as_beta_without_a_deviation():
    x = torch.full((1, 1, 4, 4), 7.0, dtype=torch.float64)
    for norm in (nn.BatchNorm2d(1), nn.InstanceNorm2d(1, affine=True)):
        nn.init.constant_(norm.weight, 2)
        nn.init.constant_(norm.bias, 3)
        leaving = norm.double()(x).detach()
        assert float(leaving.mean()) == pytest.approx(3)
        assert float(leaving.std()) == pytest.approx(0)
    so = FILLED["norms"].traps[1].so
    assert (
        "β everywhere if all its values are equal. So F is 0 only if β is 0 and either γ is 0 or nothing varies" in so
    )
    assert "if all values of a channel are equal, its standard deviation stays 0" in FILLED["batch-norm"].traps[0].so


def test_momentum_and_epsilon_are_torchs_and_the_unbiased_variance_is_kept():
    norm = nn.BatchNorm2d(1)
    assert (norm.momentum, norm.eps) == (0.1, 1e-5)
    assert r"0.9\,\hat\mu + 0.1\,\mu" in FILLED["train-and-eval"].text
    x = torch.randn(2, 1, 3, 3)
    norm(x)
    m = x.numel()
    assert norm.running_var is not None
    assert norm.running_var.item() == pytest.approx(0.9 + 0.1 * m / (m - 1) * float(x.var(correction=0)), rel=1e-5)


def test_the_same_digit_gets_two_answers_in_train_mode_and_one_in_eval_mode():
    label = int(held_out_digits()[1][0])
    page = read("train-and-eval")
    rows = dict(re.findall(r"(train|eval)\|(a \d\|a \d)", page))
    assert rows["eval"] == f"a {label}|a {label}"
    alone, among = rows["train"].split("|")
    assert alone != among
