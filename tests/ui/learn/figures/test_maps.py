"""Learn: the figure of kernels and their maps, against torch."""

from __future__ import annotations

import base64

from safetensors.torch import load_file
from torch.nn import functional as F

from explorer.architecture.examples import DIGIT_READER
from explorer.labs.norm_lab.batches import held_out_digits
from explorer.views.montage import thumbnail
from tests.ui.learn.opened import read


def test_maps_are_what_torch_makes_of_the_digit_with_these_kernels():
    kernels = load_file(DIGIT_READER.file)["conv1.weight"]
    maps = F.conv2d(held_out_digits()[0][:1], kernels, padding=1)[0].numpy()
    page = read("maps")
    assert f"All {len(maps)} kernels" in page
    for values in maps:
        assert base64.b64encode(thumbnail(values, smallest=80)).decode() in page
