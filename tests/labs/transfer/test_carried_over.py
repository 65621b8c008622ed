"""Carrying a network over: what learns, what stays bit for bit, what frozen norms do, and that all of it is used."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import ResNetSpec, describe, trace
from explorer.errors import LabError
from explorer.labs.data.data import DataSet, few
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch, Step
from explorer.labs.training.pictures import data_of
from explorer.labs.training.state import learning
from explorer.labs.training.train import train
from explorer.labs.transfer.ways import Transfer, transfer, ways
from explorer.model import build, record
from explorer.model.batchnorm import norm_modules
from explorer.model.build import NetworkModule
from tests.labs.nets import few_digits, tiny_run, tiny_spec, trained

SOURCE = tiny_spec()
LOADING = [way for way in ways(SOURCE) if way != "scratch"]


@cache
def source_weights() -> dict[str, np.ndarray]:
    return trained(tiny_run(), few_digits()).weights


@cache
def target() -> DataSet:
    return few(data_of(RunConfig(spec=tiny_spec(num_classes=5), data="digits-5-9")), 5)


def config_of(spec: ResNetSpec, **changes: Any) -> RunConfig:
    return RunConfig(spec=spec, data="digits-5-9", **{"batch": 10, "epochs": 2, **changes})


def carried(way: str, **changes: Any) -> tuple[Transfer, list[Step | Epoch]]:
    found = transfer(SOURCE, way, classes=5)
    start = {name: source_weights()[name] for name in found.loaded}
    config = config_of(found.spec, **changes)
    return found, list(train(config, start=start, trainable=found.trainable, data=target()))


def ends(events: list[Step | Epoch]) -> tuple[Epoch, Epoch]:
    """Before training and after it."""
    epochs = [event for event in events if isinstance(event, Epoch)]
    return epochs[0], epochs[-1]


@pytest.mark.parametrize("way", LOADING)
def test_a_run_begins_with_what_is_loaded_and_draws_the_rest(way: str) -> None:
    found, events = carried(way)
    first, _ = ends(events)
    for name in found.loaded:
        np.testing.assert_array_equal(first.weights[name], source_weights()[name])
    drawn = dict(build(describe(found.spec), device="cpu", seed=0).state_dict())
    for name in found.drawn:
        np.testing.assert_array_equal(first.weights[name], drawn[name].numpy())


@pytest.mark.parametrize("way", LOADING)
def test_frozen_parameters_are_equal_to_the_last_bit_after_training_and_all_others_have_changed(way: str) -> None:
    found, events = carried(way)
    before, after = (epoch.weights for epoch in ends(events))
    model = build(describe(found.spec), device="cpu")
    learning(model, found.trainable)
    for name, parameter in model.named_parameters():
        equal = np.array_equal(before[name], after[name])
        assert equal != parameter.requires_grad, name
    assert sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad) == found.trained


@pytest.mark.parametrize("way", ["layer3", "head", "added"])
def test_running_statistics_of_frozen_norms_stay_in_eval_and_go_on_in_train_although_nothing_of_them_learns(
    way: str,
) -> None:
    found, kept = carried(way)
    _, updated = carried(way, frozen_norms="train")
    model = build(describe(found.spec), device="cpu")
    learning(model, found.trainable)
    norms = norm_modules(model)
    frozen = [name for name, norm in norms.items() if not any(p.requires_grad for p in norm.parameters())]
    assert len(frozen) == sum(section.norms_frozen for section in found.sections) > 0
    for events, changes in ((kept, False), (updated, True)):
        before, after = (epoch.weights for epoch in ends(events))
        for name in frozen:
            for statistic in ("running_mean", "running_var", "num_batches_tracked"):
                assert np.array_equal(before[f"{name}.{statistic}"], after[f"{name}.{statistic}"]) != changes
            for scalar in ("weight", "bias"):
                np.testing.assert_array_equal(before[f"{name}.{scalar}"], after[f"{name}.{scalar}"])
    for name in norms.keys() - set(frozen):
        before, after = (epoch.weights for epoch in ends(kept))
        assert not np.array_equal(before[f"{name}.running_mean"], after[f"{name}.running_mean"])


def test_the_head_learns_as_a_linear_layer_learns_on_features_that_were_computed_once() -> None:
    found, events = carried("head", epochs=3)
    model = source_network(found)
    features = flattened(model, target().as_input(target().train_pixels))
    head = nn.Linear(features.shape[1], 5)
    head.load_state_dict({name: tensor.clone() for name, tensor in model.get_submodule("fc").state_dict().items()})
    assert by_hand(head, features) == pytest.approx(losses(events), rel=1e-5)


def test_the_added_layer_learns_on_the_old_outputs_alone() -> None:
    found, events = carried("added", epochs=3)
    old = build(describe(SOURCE), device="cpu").eval()
    old.load_state_dict({name: torch.from_numpy(values) for name, values in source_weights().items()})
    with torch.no_grad():
        outputs = old(target().as_input(target().train_pixels))
    assert outputs.shape[1] == SOURCE.num_classes
    added = nn.Linear(outputs.shape[1], 5)
    drawn = build(describe(found.spec), device="cpu", seed=0).get_submodule("added").state_dict()
    added.load_state_dict({name: tensor.clone() for name, tensor in drawn.items()})
    assert by_hand(added, outputs) == pytest.approx(losses(events), rel=1e-5)


@pytest.mark.parametrize("way", LOADING)
def test_no_gradient_is_computed_in_front_of_the_first_layer_that_learns(way: str) -> None:
    found = transfer(SOURCE, way, classes=5)
    model = build(describe(found.spec), device="cpu")
    learning(model, found.trainable)
    tracked: dict[str, bool] = {}
    for name, module in model.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _m, _i, out, name=name: tracked.update({name: out.requires_grad}))
    model(target().as_input(target().train_pixels)).sum().backward()
    first = {"all": "conv1", "head": "fc", "added": "added"}.get(way, way)
    order = list(tracked)
    begins = next(place for place, name in enumerate(order) if name == first or name.startswith(f"{first}."))
    assert not any(tracked[name] for name in order[:begins])
    assert all(tracked[name] for name in order[begins:] if not name.startswith(f"{first}.0.downsample"))
    without = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert sum(dict(model.named_parameters())[name].numel() for name in without) == found.frozen


def test_the_same_config_gives_the_same_curve_and_frozen_norms_another_one() -> None:
    once, again = (losses(carried("layer3")[1]) for _ in range(2))
    assert once == again
    assert losses(carried("layer3", frozen_norms="train")[1]) != once
    assert losses(carried("layer3", seed=1)[1]) != once


def test_a_run_takes_the_few_pictures_and_the_preprocessing_that_its_config_names() -> None:
    config = config_of(tiny_spec(num_classes=5), per_class=5, epochs=1, batch=25, preprocess="half")
    (step,) = (event for event in train(config) if isinstance(event, Step))
    data = data_of(config)
    assert len(data.train_labels) == 25
    model = build(describe(config.spec), device="cpu", seed=0)
    images = (data.train_pixels.float() / 255 - 0.5) / 0.5
    assert step.loss == pytest.approx(float(F.cross_entropy(model(images), data.train_labels).detach()), rel=1e-5)


def test_too_few_pictures_for_what_is_asked_end_the_run_before_it_is_built() -> None:
    with pytest.raises(LabError, match=r"^per_class is 1,000 and the class 5 has \d+ pictures"):
        next(train(config_of(tiny_spec(num_classes=5), per_class=1000)))


def test_a_network_with_an_added_layer_is_drawn_counted_built_and_recorded_as_any_other() -> None:
    found, events = carried("added")
    plan = trace(describe(found.spec), (8, 8))
    last = plan.rows["added"]
    assert (last.stage, last.input_shape, last.output_shape) == ("head", (10,), (5,))
    assert (last.params, last.macs) == (10 * 5 + 5, 10 * 5)
    assert plan.layers[-1] is last
    model = source_network(found, ends(events)[1].weights)
    images = target().as_input(target().test_pixels[:3])
    seen = record(model, images, layers=["fc", "added"])
    expected = F.linear(seen["fc"], *model.get_submodule("added").parameters())
    torch.testing.assert_close(seen["added"], expected)
    with torch.no_grad():
        torch.testing.assert_close(model(images), expected)


def losses(events: list[Step | Epoch]) -> list[float]:
    return [event.loss for event in events if isinstance(event, Step)]


def source_network(found: Transfer, weights: dict[str, np.ndarray] | None = None) -> NetworkModule:
    """The new network in eval mode, as it begins unless other weights are given."""
    model = build(describe(found.spec), device="cpu", seed=0)
    taken = {name: source_weights()[name] for name in found.loaded} if weights is None else weights
    model.load_state_dict({name: torch.from_numpy(values) for name, values in taken.items()}, strict=False)
    return model.eval()


def flattened(model: NetworkModule, images: Tensor) -> Tensor:
    return record(model, images, layers=["flatten"])["flatten"]


def by_hand(layer: nn.Linear, inputs: Tensor) -> list[float]:
    """What most people write, with torch alone, on inputs that never change."""
    optimiser = torch.optim.SGD(layer.parameters(), 0.05, momentum=0.9, weight_decay=1e-4)
    order = torch.Generator().manual_seed(0)
    labels, found = target().train_labels, []
    for _epoch in range(3):
        for chosen in torch.randperm(len(labels), generator=order)[:20].view(2, 10):
            optimiser.zero_grad()
            loss = F.cross_entropy(layer(inputs[chosen]), labels[chosen])
            loss.backward()
            optimiser.step()
            found.append(float(loss.detach()))
    return found
