"""The page BatchNorm: what it shows is what torch computes, and looking changes no model."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from explorer import describe, preset, trace
from explorer.architecture.codec import to_params
from explorer.architecture.examples import DIGIT_READER
from explorer.architecture.weights import WeightsChoice
from explorer.model import device
from explorer.model.images import DIGITS, prepare
from explorer.model.samples import sample, sample_batch
from explorer.model.weights import load
from explorer.ui import cached
from tests.ui.app import listings, open_app, sentences, url, widget

ROW, CHANNEL = "layer2.0.bn1", 3
SMALL = {"network": "resnet18", "size": "64"}
EXAMPLE = {**to_params(DIGIT_READER.spec), "weights": "digits"}
ASPECTS = ("values", "batch", "modes", "steps", "line", "channels")


def opened(**query: str) -> AppTest:
    at = open_app("batchnorm", **query)
    assert not at.exception
    return at


def on_example(**query: str) -> AppTest:
    """The page on the digit reader."""
    return opened(**EXAMPLE, **query)


def figure(at: AppTest, key: str) -> dict:
    """A Plotly figure as the browser gets it, its arrays decoded."""
    chart = next(one for one in at.get("plotly_chart") if re.search(rf"(^|-){key}($|-)", one.proto.id))
    return _decoded(json.loads(chart.proto.spec))


def _decoded(part):
    if isinstance(part, dict):
        if set(part) >= {"dtype", "bdata"}:
            flat = np.frombuffer(base64.b64decode(part["bdata"]), dtype=part["dtype"])
            return flat.reshape([int(n) for n in part["shape"].split(",")]) if "shape" in part else flat
        return {name: _decoded(value) for name, value in part.items()}
    return [_decoded(value) for value in part] if isinstance(part, list) else part


def words(at: AppTest) -> str:
    """All that can be read in the main area."""
    kinds = (at.markdown, at.caption, at.info, at.subheader, at.warning)
    return "\n".join([*(str(element.value) for elements in kinds for element in elements), *listings(at)])


def numbers_in(text: str) -> list[float]:
    plain = text.replace("−", "-").replace(",", "")
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", plain)]


def last_number(text: str) -> float:
    return numbers_in(text)[-1]


@pytest.fixture(scope="module")
def example() -> nn.Module:
    """The trained example, loaded apart from the app."""
    return load(DIGIT_READER.spec, WeightsChoice(source="example"), device="cpu")[0]


@pytest.fixture(scope="module")
def digits() -> torch.Tensor:
    """The eight digits that the page puts through it when it opens."""
    size = DIGIT_READER.input_size
    return torch.cat(
        [prepare(p, size=size, in_channels=1, preprocess=DIGITS).tensor for p in sample_batch("digit", count=8)]
    )


def arriving(model: nn.Module, images: torch.Tensor, layer: str, *, mode: str = "eval") -> torch.Tensor:
    """What reaches a norm, by torch's own hook on a copy of the model."""
    copy, _ = load(DIGIT_READER.spec, WeightsChoice(source="example"), device="cpu")
    copy.load_state_dict(model.state_dict())
    copy.train(mode == "train")
    kept = []
    copy.get_submodule(layer).register_forward_pre_hook(lambda _, inputs: kept.append(inputs[0].clone()))
    with torch.no_grad():
        copy(images)
    return kept[0]


def batch_norm(model: nn.Module, layer: str = ROW) -> Any:
    """A norm of the example; torch calls its running statistics optional."""
    norm = model.get_submodule(layer)
    assert isinstance(norm, nn.BatchNorm2d)
    return norm


def found_in(pattern: str, text: str) -> list[str]:
    """What the brackets of a pattern find in a text that has it."""
    found = re.search(pattern, text)
    assert found, text
    return list(found.groups())


def normalised(model: nn.Module, x: torch.Tensor, layer: str, *, training: bool) -> torch.Tensor:
    norm = batch_norm(model, layer)
    running = norm.running_mean.clone(), norm.running_var.clone()
    with torch.no_grad():
        return F.batch_norm(x, *running, norm.weight, norm.bias, training=training, eps=norm.eps)


# --- what is shown when it opens ---


def test_random_weights_of_a_chosen_network_stay_and_the_page_says_so_and_offers_both(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    at = opened(**SMALL)
    assert "**ResNet-18** · weights: random, seed 0" in words(at)
    assert "Untrained: γ and β have their starting values." in words(at)
    assert at.button(key="load_published").label == "Load ResNet-18's ImageNet weights (45 MB)"
    assert len(widget(at, "norm_choice").options) == sum(
        row.kind == "norm" for row in trace(describe(preset("resnet18")), (64, 64)).layers
    )
    at.button(key="show_example").click().run()
    assert url(at)["weights"] == "clothes"
    assert "**ResNet-20 (CIFAR), 1 input channel** · weights: trained example\\: clothes" in words(at)
    assert "8 pictures of clothes" in words(at)


@pytest.mark.parametrize("asked", [{}, {"network": "resnet18"}, {"network": "resnet18", "weights": "fresh"}])
def test_an_old_address_of_a_norm_of_the_example_that_stood_in_opens_it(asked):
    at = opened(**asked, norm_row="layer3.2.bn2", aspect="line")
    assert url(at) == {**EXAMPLE, "row": "layer3.2.bn2", "aspect": "line"}
    assert sentences(at) == []
    assert widget(at, "norm_choice").value == "layer3.2.bn2"


def test_an_old_address_that_asked_for_the_untrained_network_shows_it():
    at = opened(untrained="yes", size="64")
    assert "**ResNet-50** · weights: random, seed 0" in words(at)
    assert sentences(at) == []


def test_a_selected_convolution_opens_the_norm_behind_it():
    assert widget(on_example(row="layer2.0.conv1"), "norm_choice").value == "layer2.0.bn1"
    assert widget(on_example(row="layer1.1"), "norm_choice").value == "layer1.1.bn1"


# --- the numbers ---


def test_all_norms_at_a_glance_show_the_median_of_every_norm(example):
    shown = figure(on_example(), "glance")["data"]
    for axis, name in (("y", "weight"), ("y2", "bias"), ("y3", "running_mean"), ("y4", "running_var")):
        medians = {
            data[0]: y
            for line in shown
            if "customdata" in line and line["yaxis"] == axis
            for data, y in zip(line["customdata"], line["y"], strict=True)
        }
        state = example.state_dict()
        assert medians == {
            layer: pytest.approx(np.median(state[f"{layer}.{name}"].numpy().astype(float)), rel=1e-6)
            for layer, module in example.named_modules()
            if isinstance(module, nn.BatchNorm2d)
        }
        assert len(medians) == 19


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_histograms_before_and_after_are_those_of_torch(example, digits, mode):
    at = on_example(row=ROW, channel=str(CHANNEL), mode=mode)
    x = arriving(example, digits, ROW, mode=mode)
    y = normalised(example, x, ROW, training=mode == "train")
    before, after = (values[:, CHANNEL].double() for values in (x, y))
    drawn = figure(at, "norm_histogram")
    edges = np.histogram_bin_edges(torch.cat([before.ravel(), after.ravel()]).numpy(), bins=60)
    for bars, values in zip(drawn["data"], (before, after), strict=True):
        assert np.abs(bars["customdata"] - np.histogram(values.numpy(), edges)[0]).sum() <= 4  # rounding at an edge
    titles = [note["text"] for note in drawn["layout"]["annotations"]]
    for title, values in zip(titles, (before, after), strict=True):
        mean, deviation = numbers_in(title)[:2]
        assert (mean, deviation) == pytest.approx((values.mean().item(), values.std(correction=0).item()), rel=2e-3)
    if mode == "train":
        norm = batch_norm(example)
        expected = norm.bias[CHANNEL].item(), abs(norm.weight[CHANNEL].item())
        assert tuple(numbers_in(titles[1])[:2]) == pytest.approx(expected, rel=2e-3)
        said = re.search(r"brought to mean 0 and variance 1; then γ = (\S+) scales and β = (\S+) shifts", words(at))
        assert said is not None
        assert tuple(map(last_number, said.groups())) == pytest.approx(
            (norm.weight[CHANNEL].item(), norm.bias[CHANNEL].item()), rel=2e-3
        )
        assert "where all values are equal, ε leaves a standard deviation of 0" in words(at)
    else:
        norm = batch_norm(example)
        a, b = numbers_in(
            found_in(r"one fixed line for this channel: y = (.*)\*\*", words(at))[0]
            .replace("·x + ", " ")
            .replace("·x − ", " −")
        )
        assert np.allclose(y[:, CHANNEL], a * x[:, CHANNEL] + b, atol=2e-3)
        points = figure(at, "eval_line")["data"][0]
        assert np.allclose(points["y"], a * points["x"] + b, atol=2e-3)


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_running_statistics_stand_against_those_of_the_batch(example, digits, mode):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="batch", mode=mode)
    x = arriving(example, digits, ROW, mode=mode)
    norm = batch_norm(example)
    # one training step with momentum 1 puts the batch's own statistics into the running ones
    mean, var = torch.zeros(16), torch.zeros(16)
    F.batch_norm(x, mean, var, training=True, momentum=1.0)
    for key, running, batch in (("mean", norm.running_mean, mean), ("variance", norm.running_var, var)):
        points = figure(at, f"against_{key}")["data"][-1]
        assert np.allclose(points["x"], running.numpy(), rtol=1e-5)
        assert np.allclose(points["y"], batch.numpy(), rtol=1e-4, atol=1e-6)


def test_train_and_eval_stand_side_by_side_with_their_difference(example, digits):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="modes")
    outputs = {
        mode: normalised(example, arriving(example, digits, ROW, mode=mode), ROW, training=mode == "train")
        for mode in ("train", "eval")
    }
    shown = [figure(at, f"mode_map_{number}")["data"][0]["z"] for number in range(3)]
    assert np.allclose(shown[0], outputs["train"][0, CHANNEL], atol=1e-5)
    assert np.allclose(shown[1], outputs["eval"][0, CHANNEL], atol=1e-5)
    distance = outputs["train"] - outputs["eval"]
    assert np.allclose(shown[2], distance[0, CHANNEL], atol=1e-5)
    assert np.allclose(figure(at, "mode_gaps")["data"][0]["y"], distance.abs().mean((0, 2, 3)), atol=1e-5)


def test_four_steps_write_out_real_numbers_that_torch_confirms(example, digits):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="steps")
    x = arriving(example, digits, ROW, mode="train")[:, CHANNEL].double()
    y = normalised(example, arriving(example, digits, ROW, mode="train"), ROW, training=True)[:, CHANNEL].double()
    cut = [figure(at, f"step_{number}")["data"][0]["z"] for number in range(4)]
    top, left = map(int, found_in(r"rows (\d+)–\d+ and columns (\d+)–", words(at)))
    window = np.s_[0, top : top + 4, left : left + 4]
    assert np.allclose(cut[0], x[window], atol=1e-6)
    assert np.allclose(cut[1], x[window] - x.mean(), atol=1e-5)
    assert np.allclose(cut[2], ((x - x.mean()) / (x.var(correction=0) + 1e-5).sqrt())[window], atol=1e-5)
    assert np.allclose(cut[3], y[window], atol=1e-5)
    mean, variance, third, fourth = listings(at)[0].splitlines()
    assert f"N = {x.numel():,} values" in mean
    assert last_number(variance) == pytest.approx(x.var(correction=0).item(), rel=1e-3)
    assert last_number(third) == pytest.approx(cut[2][0, 0], rel=2e-3)
    assert last_number(fourth) == pytest.approx(cut[3][0, 0], rel=2e-3)
    norm = batch_norm(example)
    moments = [numbers_in(c.value) for c in at.caption if c.value.startswith("mean ")]
    assert moments[2] == pytest.approx([0, 1, 1], abs=1e-3)
    gamma, beta = norm.weight[CHANNEL].item(), norm.bias[CHANNEL].item()
    assert moments[3] == pytest.approx([beta, gamma**2, abs(gamma)], rel=1e-3)
    assert "Mean 0 and variance 1 hold after step 3, before γ and β" in words(at)
    assert "and all of it where all values are equal" in words(at)
    # so torch has it: a constant map comes out as β, whatever γ is
    constant = F.batch_norm(torch.full((2, 1, 3, 3), 7.0), None, None, torch.tensor([5.0]), torch.tensor([0.5]), True)
    assert constant.std().item() == 0
    assert constant[0, 0, 0, 0].item() == pytest.approx(0.5, rel=1e-3)


def test_in_eval_the_norm_is_the_line_that_torch_draws_with_this_channels_numbers(example):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="line")
    zero, one = (
        normalised(example, torch.full((1, 16, 1, 1), v), ROW, training=False)[0, CHANNEL, 0, 0].item()
        for v in (0.0, 1.0)
    )
    a, b, line = listings(at)[0].splitlines()
    assert last_number(a) == pytest.approx(one - zero, rel=1e-3)
    assert last_number(b) == pytest.approx(zero, rel=1e-3)
    points = figure(at, "eval_line")["data"][0]
    assert np.allclose(points["y"], (one - zero) * points["x"] + zero, atol=1e-5)
    assert line.startswith("y = ")


def test_norm_folded_into_the_convolution_gives_what_torchs_own_fusion_gives(example):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="line")
    said = next(m.value for m in at.markdown if m.value.startswith("**Folded into layer2.0.conv1**"))
    fused = fuse_conv_bn_eval(example.get_submodule("layer2.0.conv1"), batch_norm(example))
    bias = last_number(found_in(r"a bias of (\S+)\. Largest", said)[0])
    assert bias == pytest.approx(fused.bias[CHANNEL].item(), rel=1e-3)
    assert f"the {fused.weight[0].numel()} weights of its channel {CHANNEL}" in said
    difference = last_number(found_in(r"two of them: (\S+) at", said)[0])
    assert 0 <= difference < 1e-4
    assert "which is rounding" in said


def test_a_norm_in_front_of_its_convolution_says_that_there_is_nothing_to_fold_it_into():
    at = opened(network="preact18", size="64", row="layer2.0.bn1", aspect="line")
    assert "does not follow a convolution: there is nothing to fold it into" in words(at)


def test_share_below_zero_is_what_the_relu_behind_sets_to_zero(example, digits):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="line")
    y = normalised(example, arriving(example, digits, ROW), ROW, training=False)[:, CHANNEL]
    zeros = (F.relu(y) == 0).double().mean().item()
    assert f"{100 * zeros:.1f}\u00a0% of the values" in words(at)


def test_table_of_channels_holds_every_number_of_the_norm(example, digits):
    at = on_example(row=ROW, aspect="channels")
    frame = at.dataframe[0].value
    norm = batch_norm(example)
    x = arriving(example, digits, ROW)
    expected = {"gamma": norm.weight, "beta": norm.bias, "running_mean": norm.running_mean}
    expected |= {"running_var": norm.running_var, "batch_mean": x.mean((0, 2, 3)), "batch_var": x.var((0, 2, 3))}
    for name, values in expected.items():
        assert np.allclose(frame[name], values.detach().numpy(), rtol=1e-4, atol=1e-6)


# --- findings ---


def test_fresh_statistics_are_found_and_a_row_stands_for_every_channel():
    at = opened(**SMALL, weights="fresh")
    assert "▲ **never updated**: 20 of 20 norms" in words(at)
    frame = at.dataframe[0].value
    assert (frame["finding"] == "never updated").sum() == 20
    assert frame["layer"].nunique() == 20


def test_thresholds_are_in_the_link_and_decide_what_is_found(example):
    gammas = np.concatenate(
        [m.weight.detach().abs().numpy() for m in example.modules() if isinstance(m, nn.BatchNorm2d)]
    )
    at = on_example(near_zero_gamma="0.9", tiny_variance="0.5")
    frame = at.dataframe[0].value
    near_zero = frame[frame["finding"] == "near-zero γ"]
    assert len(near_zero) == (gammas < 0.9).sum() > 0
    assert np.allclose(sorted(near_zero["value"]), sorted(gammas[gammas < 0.9]))
    assert set(near_zero["threshold"]) == {0.9}
    variances = np.concatenate([np.asarray(m.running_var) for m in example.modules() if isinstance(m, nn.BatchNorm2d)])
    assert (frame["finding"] == "tiny variance").sum() == (variances < 0.5).sum() > 0
    assert "|γ| below 0.9" in words(at)


def test_running_mean_far_from_the_batch_is_measured_in_running_deviations(example, digits):
    at = on_example(far_mean="0.02")
    frame = at.dataframe[0].value
    found = frame[(frame["finding"] == "mean far from batch") & (frame["layer"] == ROW)].set_index("channel")["value"]
    norm = batch_norm(example)
    x = arriving(example, digits, ROW)
    distance = (norm.running_mean - x.mean((0, 2, 3))).abs() / (norm.running_var + norm.eps).sqrt()
    expected = {channel: d for channel, d in enumerate(distance.tolist()) if d > 0.02}
    assert expected
    assert dict(found) == pytest.approx(expected, rel=1e-3)


# --- the batch ---


def test_crops_of_one_photograph_are_called_no_representative_batch():
    at = opened(**SMALL)
    assert "8 crops of A temple in China" in words(at)
    assert "Crops of one picture are not a representative batch" in words(at)


def test_a_chosen_digit_is_the_first_of_the_batch_and_the_one_that_is_shown(example):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="modes", sample="digit-7", batch="1")
    seven = prepare(sample("digit-7"), size=DIGIT_READER.input_size, in_channels=1, preprocess=DIGITS).tensor
    expected = normalised(example, arriving(example, seven, ROW), ROW, training=False)
    assert np.allclose(figure(at, "mode_map_1")["data"][0]["z"], expected[0, CHANNEL], atol=1e-5)


def test_batch_size_is_a_slider_and_stands_in_the_link():
    at = on_example()
    widget(at, "batch").set_value(64).run()
    assert url(at)["batch"] == "64"
    assert "64 handwritten digits" in words(at)
    assert "65,536 values" in words(at)  # 64 pictures of 32×32 positions


def test_one_picture_at_one_position_gets_one_sentence_in_train_mode_and_nothing_is_lost():
    query = {"network": "resnet18", "size": "32", "batch": "1", "row": "layer4.1.bn2"}
    at = opened(**query, mode="train")
    assert [s for s in sentences(at) if "single value per channel" in s and s.endswith(".")]
    assert figure(at, "glance")["data"]
    widget(at, "mode").set_value("eval").run()
    assert sentences(at) == []
    for aspect in ASPECTS:
        assert not opened(**query, aspect=aspect).exception


def test_pictures_that_the_network_cannot_take_are_said_and_the_statistics_still_shown():
    at = opened(**SMALL, in_channels="5")
    assert any("5 input channels" in sentence for sentence in sentences(at))
    assert "mean far from batch: not checked" in words(at)
    assert figure(at, "glance")["data"]


# --- other norms, bad links ---


def test_a_network_without_norms_says_what_to_do():
    at = opened(network="resnet18", norm="none")
    assert "has no norms, so there is nothing to show here: choose another network or norm." in words(at)


@pytest.mark.parametrize("norm", ["group", "instance"])
@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_side_of_other_norms_is_drawn_or_says_why_not(norm, aspect):
    at = opened(**SMALL, norm=norm, aspect=aspect, row="layer1.0.bn2", channel="5")
    assert sentences(at) == []
    assert {"group": "Group norm takes mean and variance of each picture by itself, over a group of channels"}.get(
        norm, "Instance norm takes mean and variance of each picture by itself in train mode"
    ) in words(at)
    if norm == "group" and aspect in ("batch", "line"):
        assert "layer1.0.bn2 is a group norm" in words(at)


@pytest.mark.parametrize("norm", ["group", "instance"])
def test_four_steps_of_other_norms_are_those_of_torch(norm):
    at = opened(**SMALL, norm=norm, aspect="steps", row="layer1.0.bn2", channel="5")
    x, y = (figure(at, f"step_{number}")["data"][0]["z"] for number in (0, 3))
    spec = preset("resnet18").replace(norm=norm)
    model, _ = load(spec, WeightsChoice(), device="cpu")
    kept = {}

    def keep(_, inputs, output):
        kept["x"] = inputs[0].clone()
        kept["y"] = (
            F.instance_norm(inputs[0], eps=1e-5) if norm == "instance" else F.group_norm(inputs[0], 32, eps=1e-5)
        )

    model.get_submodule("layer1.0.bn2").register_forward_hook(keep)
    model.train()
    picture = prepare(sample("china"), size=(64, 64)).tensor
    with torch.no_grad():
        model(torch.cat([picture, picture.flip(3)]))
    top, left = map(int, found_in(r"rows (\d+)–\d+ and columns (\d+)–", words(at)))
    window = np.s_[0, 5, top : top + 4, left : left + 4]
    assert np.allclose(x, kept["x"][window], atol=1e-4)
    assert np.allclose(y, kept["y"][window], atol=1e-4)


def test_a_channel_that_the_norm_does_not_have_is_said_and_the_last_one_shown():
    at = on_example(channel="500")
    assert sentences(at) == ["There is no channel 500 here; 7, the last one, is shown."]


@pytest.mark.parametrize(
    "query",
    [{"aspect": "all"}, {"batch": "65"}, {"mode": "test"}, {"gamma": "nan"}, {"far_variance": "0"}],
)
def test_a_switch_out_of_range_is_one_sentence_and_left_out(query):
    name, value = next(iter(query.items()))
    said = sentences(on_example(**query))
    assert len(said) == 1
    assert said[0].startswith(f"The link's {name} is {value!r}; it must be ")
    assert said[0].endswith("It was left out.")


# --- what if, and no trace ---


def test_sliders_for_gamma_and_beta_move_the_line_and_not_the_model(example):
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="line")
    before = digest_of_shared_models()
    widget(at, "gamma").set_value(2.0).run()
    widget(at, "beta").set_value(-1.0).run()
    assert (url(at)["gamma"], url(at)["beta"]) == ("2", "-1")
    norm = batch_norm(example)
    mean, var = (t.double()[CHANNEL : CHANNEL + 1] for t in (norm.running_mean, norm.running_var))
    gamma, beta = torch.tensor([2.0]).double(), torch.tensor([-1.0]).double()
    zero, one = (F.batch_norm(torch.full((1, 1), v).double(), mean, var, gamma, beta) for v in (0.0, 1.0))
    a, b, _ = listings(at)[0].splitlines()
    assert last_number(a) == pytest.approx((one - zero).item(), rel=1e-3)
    assert last_number(b) == pytest.approx(zero.item(), rel=1e-3)
    yours = figure(at, "eval_line")["data"][-1]
    assert yours["line"]["dash"] == "dash"
    assert np.allclose(yours["y"], (one - zero).item() * np.asarray(yours["x"]) + zero.item())
    at.button(key="reset_what_if").click().run()
    assert "gamma" not in url(at)
    assert "beta" not in url(at)
    assert digest_of_shared_models() == before


def test_another_channel_starts_with_its_own_gamma_and_beta():
    at = on_example(row=ROW, channel=str(CHANNEL), aspect="line", gamma="2")
    widget(at, "norm_channel").set_value(4).run()
    assert url(at) == {**EXAMPLE, "row": ROW, "channel": "4", "aspect": "line"}


def test_looking_from_every_side_leaves_the_model_as_it_was():
    on_example()
    before = digest_of_shared_models()
    for aspect in ASPECTS:
        on_example(row=ROW, aspect=aspect, mode="train", far_mean="0.5", batch="16")
    after = digest_of_shared_models()
    assert {key: after[key] for key in before} == before


def digest_of_shared_models() -> dict:
    """State, modes and hooks of every model that the app keeps."""
    digests = {}
    for key, ready in list(cached._models.items()):
        state = hashlib.sha256()
        for name, tensor in ready.model.state_dict().items():
            state.update(name.encode() + tensor.cpu().numpy().tobytes())
        modes = tuple((m.training, len(m._forward_hooks)) for m in ready.model.modules())
        digests[key] = (state.hexdigest(), modes)
    assert digests
    return digests


def test_a_batch_that_the_device_has_no_room_for_is_refused_with_one_that_would_fit(monkeypatch):
    at = on_example()
    # six maps of the largest row for each picture: 16 channels of 32×32 in float32
    each = 6 * 4 * max(row.output_shape[0] * 32 * 32 for row in trace(describe(DIGIT_READER.spec), (32, 32)).layers[:3])
    monkeypatch.setattr(device, "free_bytes", lambda _: int(10.5 * each / device.SHARE))
    widget(at, "batch").set_value(40).run()
    assert not at.exception
    said = sentences(at)
    assert any("with 40 pictures of 32×32" in one and "10 of them would fit" in one for one in said), said
