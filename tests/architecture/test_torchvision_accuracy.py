"""What torchvision publishes of its other classifiers, held against torchvision itself."""

import pytest
import torchvision.models

from explorer.architecture.torchvision_accuracy import OTHERS
from explorer.architecture.torchvision_list import classifiers


def test_every_classifier_stands_there() -> None:
    assert list(OTHERS) == [known.name for known in classifiers()]


@pytest.mark.parametrize("name", list(OTHERS))
def test_figures_are_torchvisions(name: str) -> None:
    theirs = [
        (
            weights.name,
            weights.meta["_metrics"]["ImageNet-1K"]["acc@1"],
            weights.meta["num_params"],
            weights.meta["_ops"],
            weights.transforms().crop_size[0],
            weights.meta["recipe"],
        )
        for weights in torchvision.models.get_model_weights(name)
        if weights.meta["categories"]
    ]
    assert [tuple(weights) for weights in OTHERS[name]] == theirs
