"""What excites a channel, against torchvision's own modules with hooks and NumPy's sort of everything."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
import torchvision

from explorer import describe, preset, trace
from explorer.errors import ExplorerError, LabError
from explorer.labs.likes.pure import in_order, purity, purity_by_chance
from explorer.labs.likes.strongest import Maxima, maxima
from explorer.model import build
from explorer.model.foreign import ForeignModule
from tests.labs.nets import some_images, tiny_spec

PICTURES = some_images(20, channels=3, side=40)[..., :32]  # not square


def given(places: range) -> torch.Tensor:
    return PICTURES[places.start : places.stop]


def hooked(module: torch.nn.Module, name: str) -> np.ndarray:
    """What a module outputs with all pictures at once, without anything of ours."""
    kept = []
    hook = module.get_submodule(name).register_forward_hook(lambda _module, _given, output: kept.append(output.clone()))
    with torch.no_grad():
        module.eval()(PICTURES)
    hook.remove()
    return kept[-1].numpy()


@pytest.fixture(scope="module")
def theirs() -> torch.nn.Module:
    torch.manual_seed(3)
    return torchvision.models.resnet18(num_classes=7)


@pytest.mark.parametrize("row", ["conv1", "layer2.1.relu2", "layer4.0.downsample.0", "avgpool", "fc"])
def test_the_nine_strongest_are_those_of_torchvisions_module_sorted_by_numpy(theirs, row, monkeypatch) -> None:
    monkeypatch.setattr("explorer.labs.likes.strongest.batch_size", lambda plan: 6)
    spec = preset("resnet18").replace(num_classes=7)
    plan = trace(describe(spec), (40, 32))
    ours = build(describe(spec))
    ours.load_state_dict(theirs.state_dict())
    before = copy.deepcopy(ours.state_dict())
    found = maxima(ours, plan, given, len(PICTURES), row)
    # torchvision calls one ReLU twice in a block; the last call is the one behind the addition
    everything = hooked(theirs, row.replace("relu2", "relu"))
    everything = everything.reshape(*everything.shape[:2], *(everything.shape[2:] or (1, 1)))
    for channel in range(0, found.channels, 5):
        best = everything[:, channel].reshape(len(PICTURES), -1)
        expected = np.argsort(-best.max(axis=1), kind="stable")[:9]
        nine = found.strongest(channel)
        assert [one.picture for one in nine] == [place for place in expected.tolist() if best[place].any()]
        for one in nine:
            assert one.value == pytest.approx(everything[one.picture, channel].max(), abs=1e-5)
            assert everything[one.picture, channel, one.y, one.x] == pytest.approx(one.value, abs=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in ours.state_dict().items())
    assert ours.training == build(describe(spec)).training


def test_a_classifier_of_torchvision_has_them_too() -> None:
    torch.manual_seed(1)
    module = torchvision.models.squeezenet1_1(num_classes=5)
    wrapped = ForeignModule(module, input_size=(40, 32))
    row = next(row.layer for row in wrapped.plan.layers if row.layer.endswith("features.0"))
    found = maxima(wrapped, wrapped.plan, given, len(PICTURES), row)
    everything = hooked(module, "features.0").reshape(len(PICTURES), found.channels, -1)
    assert np.array_equal(found.order, np.argsort(-everything.max(axis=2), axis=0, kind="stable"))


def test_a_picture_that_leaves_a_channel_at_zero_does_not_excite_it() -> None:
    spec = tiny_spec()
    plan = trace(describe(spec), (8, 8))
    model = build(describe(spec))
    with torch.no_grad():
        parameters = dict(model.named_parameters())
        parameters["bn1.weight"][1] = 0.0
        parameters["bn1.bias"][1] = -1.0
    images = some_images(12)
    found = maxima(model, plan, lambda places: images[places.start : places.stop], 12, "relu")
    assert found.silent.tolist() == [False, True, False, False]
    assert found.strongest(1) == ()
    assert len(found.strongest(0)) == 9


def test_what_cannot_be_looked_at_is_said() -> None:
    spec = tiny_spec()
    plan, model = trace(describe(spec), (8, 8)), build(describe(spec))
    with pytest.raises(ExplorerError, match="no row named layer9"):
        maxima(model, plan, lambda places: some_images(2), 2, "layer9")
    with pytest.raises(LabError, match="no picture"):
        maxima(model, plan, lambda places: some_images(0), 0, "conv1")
    with torch.no_grad():
        dict(model.named_parameters())["conv1.weight"].fill_(float("nan"))
    with pytest.raises(LabError, match="conv1 outputs NaN"):
        maxima(model, plan, lambda places: some_images(2), 2, "conv1")


def test_purity_is_that_of_a_table_worked_out_by_hand() -> None:
    values = np.array([[9, 1, 0], [8, 2, 0], [7, 3, 5], [6, 4, 4], [1, 9, 0]], dtype=np.float32)
    found = Maxima(row="row", values=values, positions=np.zeros((5, 3), np.int32), width=1)
    labels = np.array([7, 7, 2, 7, 2])
    # the four strongest: 7 7 2 7, 3 of 4; 2 7 2 7, 2 of 4; 2 and 7 and two that leave it at 0, 1 of 4
    assert found.purity(labels, 4).tolist() == [0.75, 0.5, 0.25]
    # all five, of which three are 7
    assert found.purity(labels).tolist() == [0.6, 0.6, 0.2]
    pure = purity(found, labels)
    assert (pure.wide, pure.percent) == (1, 10)  # a tenth of five
    assert in_order(found, pure) == (0, 1, 2)
    assert in_order(found, None) == (0, 1, 2)


def test_purity_by_chance_is_that_of_all_pairs() -> None:
    # two of {a, a, b, b}: 2 of the 6 pairs share a class, so (2·1 + 4·½)/6
    assert purity_by_chance(np.array([0, 0, 1, 1]), 2) == pytest.approx(2 / 3, abs=0.01)
    assert purity_by_chance(np.array([4, 4, 4]), 2) == 1.0
