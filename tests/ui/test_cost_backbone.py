"""The part "As a backbone" of the page Cost: figures at their labels, the choice of output stride, other families."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.ui.app import open_app, sentences, url, widget
from tests.ui.seen import seen


def opened(**query: str) -> AppTest:
    at = open_app("cost", c_part="backbone", **query)
    assert not at.exception
    assert not sentences(at)
    return at


def test_the_maps_stand_with_what_they_take() -> None:
    read = seen(opened(network="resnet50"))
    assert "ResNet-50 at 224×224 hands on C2 to C5, of strides 4, 8, 16 and 32; C5 has 2,048 channels of 7×7." in read
    # numel of torchvision's submodules up to there; MACs of torch's FLOP counter, tests/model/test_backbone.py
    assert "C2 | layer1.2.relu3 | 256×56×56 | 4 | 1 | 35 | 11 | 225 k | 786 M" in read
    assert "C5 | layer4.2.relu3 | 2048×7×7 | 32 | 1 | 427 | 11 | 23.5 M | 4.09 G" in read
    assert "with fc | 25,557,032 | 4,089,184,256 | 102 MB" in read
    assert "without fc | 23,508,032 | 4,087,136,256 | 94.2 MB" in read
    assert "backbone = IntermediateLayerGetter(" in read
    assert "out_indices=(1, 2, 3, 4))" in read
    assert "8 | 28×28 | 19.1 G · 4.67 × | 343 MB · 2.28 × | 427" in read


def test_another_output_stride_is_one_click_away_and_stays_with_the_network() -> None:
    at = opened(network="resnet50")
    assert "Output stride 8 would take" in seen(at)
    chosen = widget(at, "backbone_stride")
    assert chosen.label == "Output stride"
    chosen.set_value("16").run()
    assert not at.exception
    assert url(at)["output_stride"] == "16"
    read = seen(at)
    assert "ResNet-50, output stride 16 at 224×224 hands on C2 to C5, of strides 4, 8, 16 and 16" in read
    assert "Output stride 16 takes 1.52 × the MACs and 1.14 × the activations of 32." in read
    assert "C5 | layer4.2.relu3 | 2048×14×14 | 16 | 2 | 427 | 11 |" in read
    assert "replace_stride_with_dilation=[" in read
    assert "The published weights fit them all" in read


def test_work_is_counted_as_it_is_chosen() -> None:
    read = seen(opened(network="resnet50", work="flops"))
    assert "with fc | 25,557,032 | 8,178,368,512 | 102 MB" in read


def test_a_network_that_strides_no_further_has_no_choice() -> None:
    at = opened(network="resnet20", size="32")
    read = seen(at)
    assert "hands on C2 to C4, of strides 1, 2 and 4; C4 has 64 channels of 8×8." in read
    assert "Output stride" not in read
    assert "None: neither torchvision nor timm has this backbone by name." in read


def test_the_maps_of_a_pre_activated_network_are_its_sums() -> None:
    assert "The maps are the sums, as they leave the blocks" in seen(opened(network="preact18"))


def test_other_families_are_one_sentence() -> None:
    assert "has no stages from which a detector takes its maps" in seen(opened(network="stargan"))
    assert "Which maps of VGG-16 would be C2 to C5 is not known" in seen(opened(network="vgg16"))
