"""One pass forward and backward, against torch's own gradients and against factors that are known."""

import io
import math
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.errors import InputSizeError, LabError
from explorer.labs.data.data import load_data
from explorer.labs.data.zips import keep_zip
from explorer.labs.gradient_flow.factor import Factor, fitted
from explorer.labs.gradient_flow.flow_pictures import held_out_pictures
from explorer.labs.gradient_flow.gradient_flow import flow_of, gradient_flow, scaled
from explorer.labs.training.pictures import data_of
from explorer.labs.training.sets import digit_net
from explorer.labs.training.state import weights_of
from explorer.model.build import build, calls
from explorer.model.images import Preprocess
from tests.labs.nets import few_digits, some_images, tiny_run, tiny_spec

LABELS = torch.arange(8)


def test_every_row_has_the_spread_and_the_gradient_that_torch_finds():
    model = build(describe(tiny_spec()), device="cpu")
    outputs = {}

    def keep(name, _arriving, output):
        output.retain_grad()
        outputs[name] = output

    loss = F.cross_entropy(model(some_images(), keep), LABELS)
    loss.backward()
    flow = gradient_flow(build(describe(tiny_spec()), device="cpu"), some_images(), LABELS)
    assert flow.loss == pytest.approx(loss.item())
    assert [row.layer for row in flow.layers] == [name for name, _ in calls(model.network)]
    for row in flow.layers:
        assert row.spread == pytest.approx(outputs[row.layer].detach().std(correction=0).item(), rel=1e-4)
        assert row.gradient == pytest.approx(outputs[row.layer].grad.norm().item(), rel=1e-4, abs=1e-9)
        if row.weight_gradient is not None:
            gradient = model.get_parameter(f"{row.layer}.weight").grad
            assert gradient is not None
            assert row.weight_gradient == pytest.approx(gradient.norm().item(), rel=1e-4)
    with_weights = {row.layer for row in flow.layers if row.weight_gradient is not None}
    assert with_weights == {row.layer for row in flow.layers if row.kind in ("conv", "linear")}


@pytest.mark.parametrize("fails", [False, True])
def test_a_pass_leaves_no_trace_also_when_it_fails(fails):
    model = build(describe(tiny_spec()), device="cpu").eval()
    model.get_submodule("layer2").train()
    model.get_parameter("conv1.weight").requires_grad_(False)
    before, modes = weights_of(model), [module.training for module in model.modules()]
    images = torch.zeros(8, 2, 8, 8) if fails else some_images()
    if fails:
        with pytest.raises(InputSizeError):
            gradient_flow(model, images, LABELS)
    else:
        gradient_flow(model, images, LABELS)
    assert all(np.array_equal(before[name], values) for name, values in weights_of(model).items())
    assert [module.training for module in model.modules()] == modes
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not model.get_parameter("conv1.weight").requires_grad
    assert model.get_parameter("fc.weight").requires_grad
    assert torch.is_grad_enabled()


def test_the_factor_of_a_network_that_halves_at_every_layer_is_a_half():
    """Kernels that pass on half of each channel: nothing is negative, so no ReLU changes anything."""
    spec = tiny_spec(depths=(6,), widths=(1,), shortcut="none", norm="none")
    model = build(describe(spec), device="cpu")
    with torch.no_grad():
        for name, op in calls(model.network):
            if op.kind == "conv":
                model.get_parameter(f"{name}.weight").zero_()[:, :, 1, 1] = 0.5
    flow = gradient_flow(model, some_images(), LABELS)
    assert flow.forward is not None
    assert flow.backward is not None
    assert flow.forward.per_layer == pytest.approx(0.5, rel=1e-4)
    assert flow.backward.per_layer == pytest.approx(0.5, rel=1e-4)
    assert flow.forward.overall == pytest.approx(0.5**12, rel=1e-3)
    assert flow.forward.steps == flow.backward.steps == len(flow.convolutions) - 1 == 12


@pytest.mark.parametrize(
    ("per_layer", "steps", "overall", "sentence"),
    [
        (0.87, 55, 0.87**55, "× 0.87 per layer in the fitted line; × 4.72·10⁻⁴ from end to end, in 55 steps"),
        (1.0, 19, 0.9, "× 1 per layer in the fitted line; × 0.9 from end to end, in 19 steps"),
        (1.12, 54, 105.3, "× 1.12 per layer in the fitted line; × 105 from end to end, in 54 steps"),
        (1.18, 1200, 2e86, "× 1.18 per layer in the fitted line; × 2.00·10⁸⁶ from end to end, in 1,200 steps"),
        (0.99963, 1200, 0.64, "× 0.9996 per layer in the fitted line; × 0.64 from end to end, in 1,200 steps"),
        (0.5, 54, None, "× 0.5 per layer in the fitted line"),
    ],
)
def test_a_factor_is_said_with_what_was_seen_at_the_ends(per_layer, steps, overall, sentence):
    assert Factor(per_layer=per_layer, steps=steps, overall=overall).sentence == sentence


def test_the_line_is_fitted_and_the_ends_are_seen():
    """Numbers that fall along the line and rise at the last layer: the two differ even in direction."""
    values = [8.0, 4.0, 2.0, 1.0, 9.0]
    factor = fitted(values)
    assert factor is not None
    assert factor.overall == 9 / 8
    assert factor.per_layer < 1
    assert factor.steps == 4


@pytest.mark.parametrize("end", [0.0, math.inf, math.nan])
@pytest.mark.parametrize("place", [0, -1])
def test_without_a_number_at_an_end_there_is_no_factor_from_end_to_end(end, place):
    values = [8.0, 4.0, 2.0, 1.0, 0.5]
    values[place] = end
    factor = fitted(values)
    assert factor is not None
    assert factor.per_layer == pytest.approx(0.5)
    assert factor.overall is None
    assert "from end to end" not in factor.sentence


def test_projections_and_gates_do_not_count_as_layers():
    flow = flow_of(tiny_spec(squeeze_excite=True))
    assert [row.layer for row in flow.convolutions] == [
        "conv1",
        *(f"layer{stage}.0.conv{i}" for stage in (1, 2, 3) for i in (1, 2)),
    ]
    assert [row.depth for row in flow.convolutions] == list(range(1, 8))


def factors(spec):
    flow = flow_of(spec)
    assert flow.forward is not None
    assert flow.backward is not None
    return flow.forward.per_layer, flow.backward.per_layer


def test_without_norm_a_plain_network_vanishes_and_a_residual_one_grows():
    assert max(factors(digit_net(56, "none", norm="none"))) < 0.9
    assert min(factors(digit_net(56, norm="none"))) > 1.05
    forward, _ = factors(digit_net(56, "none"))
    assert forward == pytest.approx(1, abs=0.05)


def test_overflow_is_marked_where_it_begins():
    model = build(describe(digit_net(56, "none", norm="none")), device="cpu")
    with torch.no_grad():
        for name, op in calls(model.network):
            if op.kind == "conv":
                model.get_parameter(f"{name}.weight").mul_(1e4)
    flow = gradient_flow(model, some_images(), LABELS)
    assert flow.first_fault is not None
    assert flow.first_gradient_fault is not None
    assert flow.first_fault.fault == "infinity"
    assert flow.first_fault.kind == "conv"
    rows = [row.layer for row in flow.layers]
    before = flow.layers[: rows.index(flow.first_fault.layer)]
    assert 15 < len(before) < 25
    assert all(row.fault is None and math.isfinite(row.spread) for row in before)
    assert math.isnan(flow.loss)
    assert flow.first_gradient_fault.layer == "fc"


def test_underflow_is_marked_where_it_begins():
    flow = flow_of(digit_net(56, "none", norm="none"), initialisation="normal")
    assert flow.first_fault is not None
    assert flow.first_gradient_fault is not None
    assert flow.first_fault.fault == "0"
    assert flow.first_gradient_fault.gradient_fault == "0"
    assert flow.backward is None


def test_pictures_are_scaled_as_named():
    pixels = load_data("digits").test_pixels[:16]
    assert scaled(pixels, "raw").max() == 255
    assert scaled(pixels, "unit").max() == 1
    standard = scaled(pixels, "standardised")
    assert standard.mean().item() == pytest.approx(0, abs=1e-5)
    assert standard.std(correction=0).item() == pytest.approx(1, rel=1e-5)
    spreads = [flow_of(tiny_spec(norm="none"), scaling=kind).layers[0].spread for kind in ("raw", "unit")]
    assert spreads[0] == pytest.approx(255 * spreads[1], rel=1e-3)


def test_without_a_scaling_pictures_go_through_what_a_run_would_do_to_them():
    half = replace(few_digits(), preprocess=Preprocess(name="half", mean=(0.5,), std=(0.25,)))
    model = build(describe(tiny_spec()), device="cpu")
    images = (half.test_pixels[:32] / 255 - 0.5) / 0.25
    by_hand = gradient_flow(model, images, half.test_labels[:32])
    found = flow_of(tiny_spec(), scaling=None, data=half)
    assert found.loss == pytest.approx(by_hand.loss, rel=1e-6)
    assert found.layers[0].spread == pytest.approx(by_hand.layers[0].spread, rel=1e-6)
    assert found.loss != pytest.approx(flow_of(tiny_spec(), data=half).loss, rel=1e-3)


def test_labels_of_an_added_layer_are_those_of_the_data():
    """Three classes are added behind ten: the loss of nothing learned is near log 3."""
    spec = tiny_spec(added_classes=3)
    assert flow_of(spec).loss < 2 * math.log(3)


def test_pictures_held_out_from_a_run_are_few_of_all_classes_and_not_learned_from(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, colour in enumerate(("black", "grey", "white")):
            for picture in range(60):
                part = io.BytesIO()
                Image.new("L", (9, 9), 10 + 80 * number + picture).save(part, "PNG")
                archive.writestr(f"{colour}/{picture}.png", part.getvalue())
    config = tiny_run(tiny_spec(num_classes=3), data=keep_zip(file.getvalue()), side=16)
    held_out = held_out_pictures(config)
    everything = data_of(config)
    assert held_out.test_pixels.shape == (32, 1, 16, 16)
    assert held_out.test_labels.bincount().tolist() == [11, 10, 11]
    tested = {picture.tobytes() for picture in everything.test_pixels.numpy()}
    learned = {picture.tobytes() for picture in everything.train_pixels.numpy()}
    shown = {picture.tobytes() for picture in held_out.test_pixels.numpy()}
    assert len(shown) == 32
    assert shown <= tested - learned
    # read once
    assert held_out_pictures(config) is held_out


def test_given_weights_are_measured_and_any_network_can_be():
    weights = weights_of(build(describe(tiny_spec()), device="cpu", seed=9))
    assert flow_of(tiny_spec(), weights=weights) == flow_of(tiny_spec(), seed=9)
    assert flow_of(tiny_spec(), weights=weights) != flow_of(tiny_spec())
    with pytest.raises(LabError, match="no such parameter"):
        flow_of(tiny_spec(), weights={"conv9.weight": np.zeros(3)})
    colours = tiny_spec(stem="imagenet", block="bottleneck", in_channels=3, num_classes=3, order="pre")
    assert math.isfinite(flow_of(colours, size=(32, 32), mode="eval").loss)


def test_a_network_without_a_classifier_has_no_loss_and_it_is_said() -> None:
    with pytest.raises(LabError, match="has no classifier, so there is no loss"):
        flow_of(preset("resnet20").replace(num_classes=0))
