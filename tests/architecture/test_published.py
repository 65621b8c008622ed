"""What torchvision publishes, held against torchvision itself."""

import pytest
import torchvision.models

from explorer.architecture.presets import preset
from explorer.architecture.published import PUBLISHED, RECIPES, TAGS
from explorer.architecture.weights import published


def _enums(name: str) -> dict:
    return {weights.name: weights for weights in torchvision.models.get_model_weights(name)}


def test_the_ten_are_all_residual_networks_of_torchvision_that_have_weights():
    residual = {n for n in torchvision.models.list_models(torchvision.models) if n.startswith(("resn", "wide_resn"))}
    assert set(PUBLISHED) == residual
    assert len(PUBLISHED) == 10


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_tags_accuracy_file_size_and_recipe_are_torchvisions(name):
    enums = _enums(name)
    assert [weights.tag for weights in PUBLISHED[name]] == list(enums)
    for weights in PUBLISHED[name]:
        meta = enums[weights.tag].meta
        assert {"acc@1": weights.acc1, "acc@5": weights.acc5} == meta["_metrics"]["ImageNet-1K"]
        assert weights.file_mib == meta["_file_size"]
        assert enums[weights.tag].url.endswith(f"/{weights.file_name}")
        assert weights.recipe_url == meta["recipe"]
        assert (weights.recipe == "new") == ("new training recipe" in " ".join(meta["_docs"].split()))


def test_a_spec_finds_the_weights_of_its_preset():
    assert [weights.title for weights in published(preset("resnet50"))] == ["ImageNet-1K V1", "ImageNet-1K V2"]
    assert published(preset("resnet50").replace(zero_init_residual=True)) == PUBLISHED["resnet50"]


@pytest.mark.parametrize(
    "changes", [{"num_classes": 10}, {"in_channels": 1}, {"stride_on": "1x1"}, {"depths": (2, 2, 2, 2)}]
)
def test_another_network_has_none(changes):
    assert published(preset("resnet50").replace(**changes)) == ()


def test_every_recipe_is_explained_and_tags_are_told_once():
    assert {weights.recipe for several in PUBLISHED.values() for weights in several} == set(RECIPES)
    assert TAGS == ("IMAGENET1K_V1", "IMAGENET1K_V2")
