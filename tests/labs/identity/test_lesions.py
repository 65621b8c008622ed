"""Blocks and stages taken out: what is left of the network, and that it comes back whole."""

from functools import partial

import pytest
import torch

from explorer.architecture.describe import describe
from explorer.errors import ExplorerError
from explorer.labs.identity.identity import zero_main_paths
from explorer.labs.identity.lesions import OnPictures, block_lesions, keeping_shape, removable, stage_lesions, without
from explorer.labs.identity.trained import held_out_logits
from explorer.labs.training.state import fill, weights_of
from explorer.labs.training.train import error_rate
from explorer.model.build import build
from tests.labs.nets import few_digits, some_images, tiny_run, tiny_spec, trained

SPEC = tiny_spec(depths=(2, 2), widths=(4, 8))


def built(spec=SPEC):
    return build(describe(spec), device="cpu").eval()


def on_pictures(model, data):
    return OnPictures(model=model, answers=partial(held_out_logits, model, data), labels=data.test_labels)


def logits(model):
    with torch.no_grad():
        return model(some_images())


def test_of_a_residual_block_the_shortcut_is_left():
    """The same as a main path of zeros, which is another way to it."""
    for block in ("layer1.1", "layer2.0"):
        model, zeroed = built(), built()
        zero_main_paths(zeroed, [block])
        with without(model, [block]):
            assert torch.equal(logits(model), logits(zeroed))


def test_a_plain_block_passes_its_input_on_as_if_it_were_not_there():
    plain = SPEC.replace(shortcut="none")
    model, shorter = built(plain), built(plain.replace(depths=(1, 2)))
    weights = weights_of(model)
    names = {name.replace("layer1.1", "gone"): values for name, values in weights.items()}
    fill(shorter, {name: values for name, values in names.items() if not name.startswith("gone")})
    with without(model, ["layer1.1"]):
        assert torch.equal(logits(model), logits(shorter))


@pytest.mark.parametrize("fails", [False, True])
def test_the_network_comes_back_whole_also_when_it_fails(fails):
    model = built()
    before = logits(model)
    with pytest.raises(ZeroDivisionError) if fails else without(model, ["layer1.0"]), without(model, ["layer1.1"]):
        assert not torch.equal(logits(model), before)
        if fails:
            raise ZeroDivisionError
    assert torch.equal(logits(model), before)
    assert not any(module._forward_hooks for module in model.modules())


def test_plain_blocks_that_change_the_shape_cannot_be_taken_out():
    assert removable(built()) == ("layer1.0", "layer1.1", "layer2.0", "layer2.1")
    plain = built(SPEC.replace(shortcut="none"))
    assert removable(plain) == ("layer1.0", "layer1.1", "layer2.1")
    with pytest.raises(ExplorerError, match=r"no block to take out named layer2\.0"), without(plain, ["layer2.0"]):
        pass


@pytest.mark.parametrize(
    ("changes", "stay"),
    [
        # a stage with the channels of the one before still halves the map
        ({"widths": (4, 4)}, {"layer2.0"}),
        ({"widths": (4, 8)}, {"layer2.0"}),
        ({"depths": (2, 2, 2), "widths": (8, 8, 8)}, {"layer2.0", "layer3.0"}),
        # and a first block can change the channels alone
        ({"block": "bottleneck", "depths": (2, 1), "widths": (4, 4)}, {"layer1.0", "layer2.0"}),
    ],
)
def test_a_plain_block_can_go_where_torch_says_that_its_shape_stays(changes, stay):
    plain = built(SPEC.replace(shortcut="none", **changes))
    shapes = {}
    for block in removable(built(SPEC.replace(**changes))):

        def note(_module, arriving, output, block=block):
            shapes[block] = arriving[0].shape, output.shape

        plain.get_submodule(block).register_forward_hook(note)
    logits(plain)
    assert {block for block, (arriving, leaving) in shapes.items() if arriving != leaving} == stay
    assert removable(plain) == keeping_shape(plain) == tuple(block for block in shapes if block not in stay)


def test_every_block_and_stage_is_measured_against_the_whole():
    data = few_digits()
    last = trained(tiny_run(SPEC, epochs=4, batch=16), data)
    model = built()
    fill(model, last.weights)
    subject = on_pictures(model, data)
    blocks, stages = tuple(block_lesions(subject)), tuple(stage_lesions(subject))
    assert [lesion.name for lesion in blocks] == list(removable(model))
    assert subject.accuracy == pytest.approx(1 - last.test_error)
    assert [(lesion.name, lesion.removed, lesion.kept) for lesion in stages] == [
        ("layer1", ("layer1.0", "layer1.1"), ()),
        ("layer2", ("layer2.0", "layer2.1"), ()),
    ]
    with without(model, ["layer2.1"]):
        assert error_rate(model, data, data.test_pixels, data.test_labels) == pytest.approx(1 - blocks[-1].accuracy)


def test_of_a_plain_stage_the_first_block_stays():
    (_, second) = stage_lesions(on_pictures(built(SPEC.replace(shortcut="none")), few_digits()))
    assert (second.removed, second.kept) == (("layer2.1",), ("layer2.0",))
