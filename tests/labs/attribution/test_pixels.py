"""Gradient, integrated gradients and occlusion agree with plain autograd and with sums worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.architecture.examples import CLOTHES_READER
from explorer.architecture.weights import WeightsChoice
from explorer.errors import LabError
from explorer.labs.attribution.asked import Asked
from explorer.labs.attribution.pixels import gradient, integrated, occlusion
from explorer.model.images import prepare
from explorer.model.samples import sample_batch
from explorer.model.weights import load
from tests.labs.attribution.nets import assert_untouched, linear_toy, ours, picture, state_of, theirs

WEIGHTS = torch.tensor([[1.0, -2.0, 3.0, 0.5], [4.0, 1.0, -1.0, 2.0], [0.0, 2.0, 1.0, -3.0]])
PIXELS = torch.tensor([[1.0, 1.0, 2.0, 4.0], [0.5, -1.0, 1.0, 1.0], [3.0, 2.0, -2.0, 1.0]])
PRODUCTS = (WEIGHTS * PIXELS).numpy()


def test_gradient_is_torchs() -> None:
    image = picture().requires_grad_()
    logits = theirs()(image)[0]
    expected = torch.autograd.grad(logits[3] - logits[7], image)[0].abs().amax(dim=1)[0]
    found = gradient(ours(), picture(), Asked(chosen=3, against=7))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-7)


def test_integrated_gradients_of_a_linear_network_are_weight_times_pixel() -> None:
    found = integrated(linear_toy(WEIGHTS), PIXELS[None, None], Asked(chosen=0))
    np.testing.assert_allclose(found.map, PRODUCTS, rtol=1e-5)
    assert found.difference == pytest.approx(PRODUCTS.sum())


def test_integrated_gradients_are_complete_to_a_hundredth() -> None:
    model, loaded = load(CLOTHES_READER.spec, WeightsChoice(source="example", example=CLOTHES_READER.name))
    steps = []
    for one in sample_batch("clothes", count=5):
        image = prepare(one, size=(28, 28), in_channels=1, preprocess=loaded.preprocess).tensor
        with torch.no_grad():
            here, base = model(image)[0], model(torch.zeros_like(image))[0]
        best = int(here.argmax())
        found = integrated(model, image, Asked(chosen=best))
        assert float(found.map.sum()) == pytest.approx(float(here[best] - base[best]), rel=0.01)
        steps.append(found.steps)
    assert min(steps) == 64


def test_occlusion_is_what_the_covered_square_was_worth() -> None:
    toy, image = linear_toy(WEIGHTS), PIXELS[None, None]
    np.testing.assert_allclose(occlusion(toy, image, Asked(chosen=0), window=1, step=1), PRODUCTS, rtol=1e-5)
    # squares at rows 0 and 1, columns 0, 1 and 2: a pixel has the mean of those that cover it
    squares = {(y, x): PRODUCTS[y : y + 2, x : x + 2].sum() for y in range(2) for x in range(3)}
    found = occlusion(toy, image, Asked(chosen=0), window=2, step=1)
    assert found[0, 0] == pytest.approx(squares[0, 0])
    assert found[1, 1] == pytest.approx(np.mean([squares[y, x] for y in (0, 1) for x in (0, 1)]))
    # the last square of a row is cut off by the border
    assert occlusion(toy, image, Asked(chosen=0), window=3, step=3)[0, 3] == pytest.approx(PRODUCTS[:, 3].sum())


def test_progress_is_told() -> None:
    told: list[str] = []
    occlusion(
        linear_toy(WEIGHTS),
        PIXELS[None, None],
        Asked(chosen=0),
        window=1,
        step=1,
        progress=lambda share, words: told.append(words),
    )
    # the picture itself, then eight squares at once
    assert told == ["Covered squares: 0 of 12", "Covered squares: 1 of 12", "Covered squares: 9 of 12"]


@pytest.mark.parametrize(
    ("window", "step", "sentence"), [(0, 1, "1 to 3 pixels"), (4, 1, "not 4"), (2, 3, "1 to 2 pixels")]
)
def test_a_window_that_does_not_fit_gets_a_sentence(window: int, step: int, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        occlusion(linear_toy(WEIGHTS), PIXELS[None, None], Asked(chosen=0), window=window, step=step)


def test_looking_changes_nothing() -> None:
    image = picture(size=(32, 32))
    before = state_of(ours())
    gradient(ours(), image, Asked(chosen=1))
    integrated(ours(), image, Asked(chosen=1))
    occlusion(ours(), image, Asked(chosen=1), window=16, step=16)
    assert_untouched(ours(), before)
    assert not image.requires_grad
