"""A network without a classifier on the pages: maps and norms work, and no class is named."""

import io

import pytest
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

from tests.model.checkpoint.others import lively
from tests.ui.app import go_to, open_app

SPEC = {"network": "resnet18", "depths": "1,1,1,1", "num_classes": "0"}


@pytest.mark.parametrize("page", ["architecture", "compare", "block", "gradient-flow", "transfer", "training"])
def test_every_page_takes_a_network_without_a_classifier(page: str) -> None:
    at = open_app(page, **SPEC, size="64", weights="random")
    assert not at.exception


def test_maps_and_norms_of_a_file_without_a_classifier_are_shown_and_no_class_is_named() -> None:
    net = lively(ResNet(BasicBlock, [1, 1, 1, 1]))
    assert isinstance(net, ResNet)
    net.fc = nn.Identity()
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    at = open_app("checkpoint", size="64")
    at.file_uploader[0].upload("body.pth", file.getvalue()).run()
    at.button(key="open_checkpoint").click().run()
    go_to(at, "feature-maps")
    assert not at.exception
    said = " ".join([*(one.value for one in at.caption), *(one.value for one in at.markdown)])
    assert "without a classifier the output is 512 features" in said
    assert "%" not in " ".join(one.value for one in at.subheader)
    go_to(at, "batchnorm")
    assert not at.exception
