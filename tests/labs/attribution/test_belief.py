"""Deletion, insertion and redrawn weights agree with sums worked by hand, torchvision's blur and scipy's ranks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torchvision.models import squeezenet1_1
from torchvision.transforms.functional import gaussian_blur

from explorer.labs.attribution.asked import BATCH_BYTES, Asked
from explorer.labs.attribution.faithful import blurred, changed, faithful, pixel_order
from explorer.labs.attribution.redrawn import cascade, parts_from_the_top, rank_correlation
from explorer.labs.attribution.ways import explained
from explorer.model.foreign import ForeignModule
from tests.labs.attribution.nets import assert_untouched, linear_toy, ours, picture, state_of


def probability(score: float) -> float:
    return 1 / (1 + np.exp(-score))


def test_deletion_and_insertion_of_a_linear_network_worked_by_hand() -> None:
    """Scores 3, 1, 0 and −2 of the four pixels: by strength they leave, and come, in that order."""
    toy = linear_toy(torch.tensor([[3.0, -2.0], [1.0, 0.0]]))
    image = torch.ones(1, 1, 2, 2)
    order = pixel_order(np.array([[9.0, 1.0], [5.0, 3.0]]), np.random.default_rng(0))
    assert order.tolist() == [0, 2, 3, 1]
    black = torch.zeros_like(image)
    deletion = changed(toy, image, black, 0, order)
    expected = [probability(score) for score in (2, -1, -2, -2, 0)]
    np.testing.assert_allclose(deletion.probabilities, expected, rtol=1e-6)
    assert deletion.shares.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert deletion.area == pytest.approx((expected[0] / 2 + sum(expected[1:4]) + expected[4] / 2) / 4)
    assert deletion.at(0.125) == pytest.approx((expected[0] + expected[1]) / 2)
    insertion = changed(toy, black, image, 0, order)
    np.testing.assert_allclose(insertion.probabilities, [probability(score) for score in (0, 3, 4, 4, 2)], rtol=1e-6)


def test_a_good_map_beats_maps_drawn_at_random() -> None:
    weights, pixels = 0.3 * torch.randn(2, 8, 8, generator=torch.Generator().manual_seed(0))
    image = 5 * pixels[None, None]
    found = faithful(linear_toy(weights), image, 0, (weights * pixels).numpy())
    assert found.deletion.area < found.random_deletion.area - 0.1
    assert found.insertion.area > found.random_insertion.area + 0.05
    assert found.deletion.probabilities[0] == found.random_deletion.probabilities[0]
    assert found.insertion.probabilities[-1] == pytest.approx(found.deletion.probabilities[0])


def test_equal_pixels_come_in_no_order_of_their_own() -> None:
    order = pixel_order(np.zeros((20, 20)), np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(400))
    assert abs(np.corrcoef(order, np.arange(400))[0, 1]) < 0.2


@pytest.mark.parametrize(("size", "kernel", "deviation"), [((224, 250), 11, 5.0), ((28, 28), 5, 2.0)])
def test_the_blurred_picture_is_torchvisions(size: tuple[int, int], kernel: int, deviation: float) -> None:
    expected = gaussian_blur(picture(size=size), [kernel, kernel], [deviation, deviation])
    torch.testing.assert_close(blurred(picture(size=size)), expected, rtol=1e-4, atol=1e-5)


def test_ranks_are_scipys() -> None:
    generator = np.random.default_rng(0)
    first, second = generator.normal(size=(5, 6)), generator.normal(size=(5, 6)).round(1)
    assert rank_correlation(first, second) == pytest.approx(spearmanr(first.ravel(), second.ravel()).statistic)
    assert rank_correlation(first, np.exp(first)) == pytest.approx(1)
    for constant in (np.zeros((5, 6)), 3 + 1e-9 * first):
        assert np.isnan(rank_correlation(first, constant))


def test_weights_are_redrawn_from_the_last_layer_down_in_a_copy() -> None:
    model, seen = ours(), []
    before = state_of(model)

    def explain(net):
        seen.append({name: value.clone() for name, value in net.state_dict().items()})
        return explained(net, picture(size=(32, 32)), Asked(chosen=3), "gradcam", part="layer2.1")

    found = cascade(model, model.plan_at((32, 32)), picture(size=(32, 32)), 3, explain)
    assert_untouched(model, before)
    assert [one.part for one in found[:4]] == ["", "head", "layer4.1", "layer4.0"]
    assert found[-1].part == "stem"
    assert found[0].correlation == pytest.approx(1)
    last = {name for name in before[0] if name.startswith(("layer4.1.conv", "fc.weight"))}
    changed_names = {name for name, value in before[0].items() if not torch.equal(value, seen[2][name])}
    assert changed_names == last
    # what was redrawn once stays so, and has the spread that it had
    assert all(torch.equal(seen[2][name], seen[-1][name]) for name in last)
    assert float(seen[-1]["conv1.weight"].std()) == pytest.approx(float(before[0]["conv1.weight"].std()), rel=0.05)
    kept = [name for name in before[0] if "bn" in name or "bias" in name]
    assert all(torch.equal(before[0][name], seen[-1][name]) for name in kept)
    with torch.no_grad():
        expected = model(picture(size=(32, 32))).softmax(1)[0, 3]
    assert found[0].probability == pytest.approx(float(expected), rel=1e-4)


def test_a_large_map_goes_through_in_few_pictures_at_once() -> None:
    largest: list[int] = []
    model = ours()
    handle = model.register_forward_pre_hook(lambda _module, arriving: largest.append(len(arriving[0])))
    image = picture(size=(640, 640))
    changed(model, image, torch.zeros_like(image), 0, np.arange(640 * 640), steps=7)
    handle.remove()
    assert max(largest) * model.plan_at((640, 640)).activation_bytes <= BATCH_BYTES
    assert 1 < max(largest) < 8 == sum(largest)


def test_a_module_of_torchvisions_is_redrawn_too() -> None:
    torch.manual_seed(0)
    model = ForeignModule(squeezenet1_1(num_classes=5).eval(), input_size=(64, 64))
    before = state_of(model.torch_module)
    part = "features.12"
    image = picture(size=(64, 64))
    found = cascade(
        model, model.plan, image, 1, lambda net: explained(net, image, Asked(chosen=1), "gradcam", part=part)
    )
    assert_untouched(model.torch_module, before)
    assert found[-1].correlation < 0.9
    assert len(found) == 1 + len(parts_from_the_top(model.plan))
