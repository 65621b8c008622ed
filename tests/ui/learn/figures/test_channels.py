"""Learn: the figure of the digits that channels like, against sorting by hand."""

from __future__ import annotations

import base64
from collections import Counter

import torch

from explorer.architecture.describe import describe
from explorer.architecture.examples import DIGIT_READER
from explorer.labs.identity.trained import trained_example
from explorer.labs.norm_lab.batches import held_out_digits
from explorer.model.build import build
from explorer.ui.learn.figures.channels import ROW
from explorer.views.montage import thumbnail
from tests.ui.learn.opened import read


def strongest(model: torch.nn.Module) -> list[list[int]]:
    """Of each channel the nine digits with the largest output at any position, strongest first."""
    digits, _ = held_out_digits()
    found: list[torch.Tensor] = []
    watched = model.get_submodule(ROW).register_forward_hook(lambda _module, _given, output: found.append(output))
    with torch.no_grad():
        model(digits)
    watched.remove()
    largest = found[0].flatten(2).amax(dim=2)
    return [sorted(range(len(digits)), key=lambda one: -largest[one, c])[:9] for c in range(largest.shape[1])]


def alike(nine: list[int]) -> int:
    _, labels = held_out_digits()
    return Counter(labels[nine].tolist()).most_common(1)[0][1]


def test_the_digits_and_how_pure_they_are_before_and_after_training():
    digits, _ = held_out_digits()
    page = read("channels")
    trained = strongest(trained_example().model())
    untrained = strongest(build(describe(DIGIT_READER.spec), device="cpu").eval())
    before, after = (sum(map(alike, of)) / len(of) for of in (untrained, trained))
    assert f"the three purest of {len(trained)} channels" in page
    assert f"Of nine pictures {after:.1f} share a class" in page
    assert f"with random weights it is {before:.1f}, by chance 2." in page
    assert after > before > 3
    channel = int(page.partition("<figcaption>channel ")[2].partition("<")[0])
    assert alike(trained[channel]) == 9
    for one in trained[channel]:
        assert base64.b64encode(thumbnail(digits[one, 0].numpy(), smallest=32)).decode() in page
