"""One trained network and the same pictures under several preprocessings: what the wrong one costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.labs.data.data import DataSet
from explorer.labs.training.train import error_rate
from explorer.model.build import NetworkModule
from explorer.model.images import HALF, IMAGENET, Preprocess

RAW = Preprocess(name="0 to 255, not divided", std=(1 / 255,))
OTHERS = {"ImageNet mean and standard deviation": IMAGENET, "−1 to 1": HALF, "0 to 255, not divided": RAW}


@dataclass(frozen=True, kw_only=True)
class Preprocessed:
    """What a network is worth under one preprocessing.

    Attributes:
        title: of the preprocessing, for people.
        is_right: whether it is the one that the network was trained with.
        right: held-out pictures that it classifies correctly.
        pictures: all of them.
    """

    title: str
    is_right: bool
    right: int
    pictures: int

    @property
    def accuracy(self) -> float:
        """0 to 1."""
        return self.right / self.pictures


def under_each(model: NetworkModule, data: DataSet, *, title: str) -> tuple[Preprocessed, ...]:
    """Test a network with the preprocessing that it was trained with, then with others.

    Only the normalisation changes; weights, running statistics and pixels stay as they are, and the mode is eval.

    Args:
        model: the network; it is given back as it was.
        data: its pictures, with the preprocessing that it was trained with.
        title: what its own preprocessing is called.

    Returns:
        The right one first; others that do the same are left out.
    """
    channels = data.test_pixels.shape[1]
    right = data.preprocess.per_channel(channels)
    others = {name: other for name, other in OTHERS.items() if other.per_channel(channels) != right}
    found = []
    for name, preprocess in {title: data.preprocess, **others}.items():
        error = error_rate(model, replace(data, preprocess=preprocess), data.test_pixels, data.test_labels)
        count = len(data.test_labels)
        found.append(
            Preprocessed(
                title=name,
                is_right=preprocess is data.preprocess,
                right=count - round(error * count),
                pictures=count,
            )
        )
    return tuple(found)
