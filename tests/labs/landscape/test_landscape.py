"""Planes, losses and what is read off a surface, against plain torch, scikit-learn and closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.errors import InputSizeError, LabError
from explorer.labs.landscape.effort import effort_of
from explorer.labs.landscape.loss import Statistics, WeightsLoss
from explorer.labs.landscape.of_run import around, model_of, pictures_of, spread, walked
from explorer.labs.landscape.plane import path_plane, random_plane, vector_of
from explorer.labs.landscape.surface import Square, Surface, bent_down, near, surface
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.sets import digit_net
from explorer.model.build import ObservableModule, build
from explorer.model.foreign import ForeignModule

RUN = shipped()["residual_20"]


@pytest.fixture(scope="module")
def trained() -> ObservableModule:
    return model_of(RUN.run.config, RUN.weights())


def _quadratic(a: float, b: float) -> float:
    return 3 * a**2 + 2 * a * b + 0.5 * b**2 + 1.5


def _by_hand(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The mean cross-entropy in NumPy, of outputs of a plain call."""
    with torch.no_grad():
        logits = model(images).double().numpy()
    highest = logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]
    return float(np.mean(log_sum - logits[np.arange(len(labels)), labels.numpy()]))


def test_the_middle_is_the_loss_of_the_kept_weights(trained: ObservableModule) -> None:
    images, labels = pictures_of(RUN.run.config, 100)
    found = around(trained, images, labels, steps=2)
    assert found.centre == pytest.approx(_by_hand(trained.eval(), images, labels), abs=1e-6)


def test_estimated_statistics_are_those_of_train_mode(trained: ObservableModule) -> None:
    images, labels = pictures_of(RUN.run.config, 100)
    found = WeightsLoss(trained, images, labels, statistics="estimated")(vector_of(trained))
    again = model_of(RUN.run.config, RUN.weights()).train()
    assert found == pytest.approx(_by_hand(again, images, labels), abs=1e-6)


def test_another_point_is_the_loss_of_weights_that_are_moved_by_hand(trained: ObservableModule) -> None:
    images, labels = pictures_of(RUN.run.config, 60)
    plane = random_plane(trained, seed=3)
    moved, start = model_of(RUN.run.config, RUN.weights()), 0
    with torch.no_grad():
        for parameter in moved.parameters():
            part = slice(start, start + parameter.numel())
            parameter.add_((0.25 * plane.first[part] - 0.5 * plane.second[part]).view_as(parameter))
            start += parameter.numel()
    found = WeightsLoss(trained, images, labels)(plane.at(0.25, -0.5))
    assert found == pytest.approx(_by_hand(moved.eval(), images, labels), rel=1e-4)


@pytest.mark.parametrize("wrapped", [False, True])
def test_directions_have_the_norm_of_every_filter_and_leave_norms_and_biases(wrapped: bool) -> None:
    model: nn.Module = build(describe(digit_net(8)))
    if wrapped:
        net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 36, 4))
        model = ForeignModule(net, input_size=(8, 8)).torch_module
    plane = random_plane(model, seed=1)
    for direction in (plane.first, plane.second):
        start = 0
        for name, parameter in model.named_parameters():
            part = direction[start : start + parameter.numel()].view_as(parameter)
            start += parameter.numel()
            if parameter.dim() < 2:
                assert not part.any(), name
                continue
            for drawn, filter_ in zip(part, parameter, strict=True):
                assert float(drawn.norm()) == pytest.approx(float(filter_.detach().norm()), rel=1e-5)
        assert start == len(direction)
    assert float(torch.cosine_similarity(plane.first, plane.second, dim=0)) == pytest.approx(0, abs=0.2)


def test_a_seed_gives_its_directions_again(trained: ObservableModule) -> None:
    assert random_plane(trained, seed=2).first.equal(random_plane(trained, seed=2).first)
    assert not random_plane(trained, seed=2).first.equal(random_plane(trained, seed=3).first)


@pytest.mark.parametrize("statistics", ["kept", "estimated"])
def test_the_network_stays_as_it_is(statistics: Statistics) -> None:
    model = model_of(RUN.run.config, RUN.weights())
    model.train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    around(model, *pictures_of(RUN.run.config, 32), statistics=statistics, steps=2)
    assert all(tensor.equal(before[name]) for name, tensor in model.state_dict().items())
    assert all(module.training for module in model.modules())


def test_a_quadratic_has_its_values_its_rise_and_no_bend() -> None:
    found = surface(_quadratic, steps=8)
    x, y = found.axes
    assert x.tolist() == y.tolist() == [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1]
    assert found.loss[1, 6] == pytest.approx(3 * 0.25 - 2 * 0.5 * 0.75 + 0.5 * 0.75**2 + 1.5)
    assert found.centre == 1.5
    # the mean of 3a² and of b²/2 at a = ±½, b = ±½
    assert near(found) == pytest.approx(1.5 + (3 + 0.5) * 0.25 / 2)
    assert bent_down(found) == (0, 49)


@pytest.mark.parametrize(
    ("loss", "bent"),
    [
        (lambda a, b: a * b, 49),  # a saddle everywhere
        (lambda a, b: a**3 + b**2, 3 * 7),  # bends down where a < 0
        (lambda a, b: 7.3, 0),
        (lambda a, b: 1e4 + 2 * a - b, 0),
    ],
)
def test_bends_are_counted_where_they_are(loss: Callable[[float, float], float], bent: int) -> None:
    assert bent_down(surface(loss, steps=8)) == (bent, 49)


def test_points_beside_an_overflow_are_not_judged() -> None:
    found = surface(_quadratic, steps=8)
    found.loss[0, 0] = np.inf
    assert bent_down(found) == (0, 48)


def test_a_coarse_grid_is_part_of_the_finer_one_and_is_not_measured_again() -> None:
    asked: list[tuple[float, float]] = []

    def loss(a: float, b: float) -> float:
        asked.append((a, b))
        return _quadratic(a, b)

    square = Square(x=2.0, y=-1.0, reach=3.0)
    coarse = surface(loss, square, steps=4)
    fine = surface(loss, square, steps=8, known=coarse)
    assert len(asked) == len(set(asked)) == 81
    assert fine.coarser(4).loss.tolist() == coarse.loss.tolist()
    assert fine.loss.tolist() == surface(_quadratic, square, steps=8).loss.tolist()


def test_work_says_how_far_it_is_and_can_be_ended() -> None:
    told: list[str] = []

    def stop(share: float, words: str) -> None:
        told.append(words)
        if share >= 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        surface(_quadratic, steps=2, progress=stop, what="Loss")
    assert told[0] == "Loss: 0 of 9 points"
    assert len(told) == 6


def test_the_plane_of_a_path_is_that_of_scikit_learn() -> None:
    steps = torch.randn(7, 4000, generator=torch.Generator().manual_seed(0))
    epochs = (steps * torch.linspace(3, 0.5, 7)[:, None]).cumsum(dim=0)
    path = path_plane(list(epochs))
    pca = PCA(n_components=2).fit(epochs.double().numpy())
    assert path.explained == pytest.approx(pca.explained_variance_ratio_, rel=1e-5)
    placed = pca.transform(epochs.double().numpy())
    for axis, direction in enumerate((path.plane.first, path.plane.second)):
        sign = np.sign(direction.double().numpy() @ pca.components_[axis])
        np.testing.assert_allclose(direction, sign * pca.components_[axis], atol=1e-5)
        theirs = sign * (placed[:, axis] - placed[-1, axis])
        np.testing.assert_allclose([place[axis] for place in path.places], theirs, rtol=1e-4, atol=1e-3)
    assert list(path.places[-1]) == [0, 0]
    assert path.places[0][0] <= 0 <= path.places[0][1]
    assert path.plane.at(0, 0).equal(epochs[-1])


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([torch.ones(5), torch.zeros(5)], "A plane takes the weights of three epochs and 2 are kept"),
        ([torch.ones(5), torch.ones(5), torch.ones(5)], "lie on a line"),
        ([0 * torch.ones(5), torch.ones(5), 3 * torch.ones(5)], "lie on a line"),
    ],
)
def test_no_plane_without_three_epochs_that_span_one(weights: list[torch.Tensor], words: str) -> None:
    with pytest.raises(LabError, match=words):
        path_plane(weights)


def test_the_path_of_a_run_ends_at_its_last_epoch() -> None:
    config = RUN.run.config
    found = walked(config, RUN.weights, RUN.weight_epochs, pictures=64, steps=2)
    images, labels = pictures_of(config, 64)
    assert found.epochs == (0, 1, 3, 5)
    assert list(found.places[-1]) == [0, 0]
    losses = [_by_hand(model_of(config, RUN.weights(epoch)).eval(), images, labels) for epoch in found.epochs]
    assert found.own == pytest.approx(losses, abs=1e-6)
    assert found.projected[-1] == pytest.approx(losses[-1], abs=1e-6)
    finer = walked(config, RUN.weights, RUN.weight_epochs, pictures=64, steps=4, known=found)
    assert finer.surface.coarser(2).loss.tolist() == found.surface.loss.tolist()
    assert (finer.own, finer.projected) == (found.own, found.projected)


def test_pictures_are_spread_over_all() -> None:
    assert spread(10, 4).tolist() == [0, 3, 6, 9]
    assert spread(3, 24).tolist() == [0, 1, 2]
    assert spread(1, 24).tolist() == [0]


def test_what_takes_too_long_or_has_no_classes_is_refused() -> None:
    assert effort_of(trace(describe(RUN.run.config.spec), (8, 8))).fine == 32
    small = effort_of(trace(describe(preset("resnet18")), (224, 224)))
    assert (small.coarse, small.fine, small.pictures) == (8, 8, 32)
    with pytest.raises(LabError, match=r"A landscape of ResNet-152 at 224×224 takes about \d+ minutes"):
        effort_of(trace(describe(preset("resnet152")), (224, 224)))


def test_pictures_that_do_not_fit_are_refused(trained: ObservableModule) -> None:
    images, labels = pictures_of(RUN.run.config, 8)
    with pytest.raises(InputSizeError):
        WeightsLoss(trained, images.repeat(1, 3, 1, 1), labels)
    with pytest.raises(LabError, match="an output for every class"):
        WeightsLoss(trained, images, labels + 10)(vector_of(trained))


def test_a_loss_that_overflows_is_kept_as_it_is() -> None:
    found = Surface(square=Square(), loss=np.array([[1.0, np.inf, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, np.nan]]))
    assert bent_down(found) == (0, 0)
