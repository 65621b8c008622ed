"""What a report shows of a run is what plain PyTorch hooks see, and the network stays as it was."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import torch
from torch import nn

from explorer.architecture.codec import from_params
from explorer.architecture.families import network_of
from explorer.architecture.trace import trace
from explorer.architecture.weights import WeightsChoice
from explorer.model.families import model_family
from explorer.model.images import prepare
from explorer.model.report_run import inside_of, shown_rows
from explorer.model.samples import sample, sample_names
from explorer.model.weights import load
from explorer.views.export.report.report import report

PICTURE = sample(sample_names("photo")[0])


def test_the_figures_of_a_run_are_those_of_hooks() -> None:
    spec = from_params({"network": "resnet20"})
    plan = trace(network_of(spec), (32, 32))
    model, loaded = load(spec, WeightsChoice.from_text("random"), device="cpu")
    prepared = prepare(PICTURE, size=(32, 32), preprocess=loaded.preprocess)
    kept = {name: one.clone() for name, one in model.state_dict().items()}
    told: list[float] = []
    random = torch.get_rng_state()
    inside = inside_of(
        model,
        loaded,
        prepared,
        plan,
        picture="china",
        device="cpu",
        preprocessing="ImageNet",
        answer=lambda output: ((("class", f"{output.argmax()}"),), "said"),
        progress=lambda share, what: told.append(share),
    )
    assert torch.equal(torch.get_rng_state(), random)
    assert not model.training
    assert all(torch.equal(kept[name], one) for name, one in model.state_dict().items())
    assert told == sorted(told)

    seen: dict[str, torch.Tensor] = {}
    hooks = [
        module.register_forward_hook(lambda _m, _i, out, name=name: seen.__setitem__(name, out.detach()))
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d)
    ]
    with torch.no_grad():
        output = model(prepared.tensor)
    for hook in hooks:
        hook.remove()
    measured = {one.row.layer: one for one in inside.measured}
    for name, out in seen.items():
        assert measured[name].mean == pytest.approx(float(out.mean()), abs=1e-5)
        assert measured[name].std == pytest.approx(float(out.std(correction=0)), rel=1e-4)
    norms = {one.layer: one.numbers for one in inside.norms}
    assert norms.keys() == {name for name, one in model.named_modules() if isinstance(one, nn.BatchNorm2d)}
    np.testing.assert_allclose(norms["layer2.0.bn1"]["running_var"], kept["layer2.0.bn1.running_var"].numpy())
    assert inside.answers == (("class", f"{output.argmax()}"),)
    assert list(inside.maps) == ["relu", "layer1.2.relu2", "layer2.2.relu2", "layer3.2.relu2"]
    assert inside.maps["relu"].shape == (16, 32, 32)
    np.testing.assert_allclose(inside.maps["relu"], seen["bn1"][0].clamp(min=0).numpy(), atol=1e-6)


@pytest.mark.parametrize(("name", "side", "rows"), [("stargan", 32, 6), ("squeezenet1_1", 64, 5)])
def test_a_generator_and_a_measured_network_have_a_report_too(name: str, side: int, rows: int) -> None:
    spec = from_params({"network": name})
    plan = model_family(spec).plan((side, side))
    model, loaded = load(spec, WeightsChoice.from_text("fresh"), device="cpu")
    domains = (True, False, False, False, False) if name == "stargan" else ()
    prepared = prepare(PICTURE, size=(side, side), preprocess=loaded.preprocess, domains=domains)
    inside = inside_of(model, loaded, prepared, plan, picture="china", device="cpu", preprocessing="ImageNet")
    assert bool(inside.returned) == (name == "stargan")
    assert len(shown_rows(plan)) == rows
    assert list(inside.maps) == list(shown_rows(plan))
    text = report(plan, made=date(2026, 12, 1), inside=inside)
    assert len(text.encode()) < 5_000_000
    assert ("is measured, not described" in text) == (name == "squeezenet1_1")


def test_a_large_measured_network_has_a_small_report() -> None:
    plan = model_family(from_params({"network": "vgg16"})).plan((224, 224))
    text = report(plan, made=date(2026, 12, 1))
    assert len(text.encode()) < 5_000_000
    assert ">138,357,544<" in text  # torchvision's own figure
