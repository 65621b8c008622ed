"""Modules of one's own: what is said of them is what torch says, they stay as they were, or it is said why not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.utils.flop_counter import FlopCounterMode

from explorer.architecture.codec import from_params, to_params
from explorer.architecture.own import OwnSpec, own_networks
from explorer.architecture.weights import WeightsChoice
from explorer.errors import ExplorerError, SpecError
from explorer.model.own import own, take_in
from explorer.model.probe import layer_statistics, record
from explorer.model.summary import differences, torchinfo_summary
from explorer.model.weights import load
from tests.model.foreign_nets import Attentive, Busy, lively, pictures
from tests.model.own_nets import (
    AlwaysDropping,
    ByValue,
    Counting,
    Moving,
    Noisy,
    NoParameters,
    PictureAndNumbers,
    Restless,
    Tiny,
    TrainOnly,
    Words,
    tiny,
)


def words(count: int = 2) -> Tensor:
    return torch.randint(0, 50, (count, 7), generator=torch.Generator().manual_seed(0))


def both(count: int = 2) -> tuple[Tensor, Tensor]:
    return pictures(count, 8), torch.linspace(0, 1, 5 * count).reshape(count, 5)


CASES: dict[str, tuple[nn.Module, Any]] = {
    "in place, a tuple, called twice": (lively(Busy()), pictures()),
    "attention": (lively(Attentive()), pictures()),
    "two inputs": (PictureAndNumbers(), both()),
    "two inputs by name": (PictureAndNumbers(), dict(zip(("image", "numbers"), both(), strict=True))),
    "words": (Words(), words()),
    "no parameters": (NoParameters(), pictures()),
    "a head for training": (TrainOnly(), pictures()),
    "a leaf": (nn.Linear(4, 5), torch.ones(3, 4)),
    "half precision": (tiny().to(torch.bfloat16), pictures().to(torch.bfloat16)),
    "noise": (Noisy(), pictures()),
    "a transformer": (
        nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 2),
        torch.ones(2, 7, 16),
    ),
}


def called(model: nn.Module, x: Any) -> Any:
    return model(**x) if isinstance(x, dict) else model(*x) if isinstance(x, tuple) else model(x)


def first(x: Any) -> Tensor:
    found = x if isinstance(x, Tensor) else next(iter(x.values() if isinstance(x, dict) else x))
    assert isinstance(found, Tensor)
    return found


@pytest.mark.parametrize("case", CASES)
def test_rows_counts_and_outputs_are_those_of_torch(case: str) -> None:
    model, x = CASES[case]
    model = copy.deepcopy(model).eval()
    module = own(take_in(model, x)).module
    assert module.plan.params == sum(parameter.numel() for parameter in model.parameters())
    one = (
        {k: v[:1] for k, v in x.items()}
        if isinstance(x, dict)
        else tuple(t[:1] for t in x)
        if isinstance(x, tuple)
        else x[:1]
    )
    with torch.no_grad(), torch.random.fork_rng(), FlopCounterMode(display=False) as counter:
        called(copy.deepcopy(model).to("meta"), _to_meta(one))
    assert module.plan.macs == counter.get_total_flops() // 2
    taps = record(module, first(x))
    assert {name: tuple(tap.shape[1:]) for name, tap in taps.items()} == {
        row.layer: row.output_shape for row in module.plan.layers if row.activation_bytes
    }
    if case != "noise":
        with torch.no_grad():
            expected = first_output(called(copy.deepcopy(model), x))
            # torch's own transformer takes a shortcut of its own, with other roundings, where nobody looks
            tolerance = 1e-5 if case in ("attention", "a transformer") else 0
            torch.testing.assert_close(module(first(x)), expected, rtol=tolerance, atol=tolerance)


def first_output(output: Any) -> Tensor:
    while not isinstance(output, Tensor):
        output = next(iter(output.values())) if isinstance(output, dict) else output[0]
    return output


def _to_meta(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.to("meta")
    return {k: v.to("meta") for k, v in x.items()} if isinstance(x, dict) else tuple(t.to("meta") for t in x)


def test_multiply_accumulates_of_words_are_those_worked_out_by_hand() -> None:
    plan = own(take_in(Words(), words())).module.plan
    # four gates of 8 for each of 7 words, from 16 arriving and 8 remembered
    assert plan.rows["lstm"].macs == 7 * 4 * 8 * (16 + 8)
    assert plan.rows["out"].macs == 8 * 3


@pytest.mark.parametrize("case", CASES)
def test_torchinfo_finds_the_same_parameters(case: str) -> None:
    model, x = CASES[case]
    module = own(take_in(model, x)).module
    summary = torchinfo_summary(module, module.plan.input_size)
    assert summary.total_params == module.plan.params
    assert differences(module.plan, summary) is not None


@pytest.mark.parametrize("case", CASES)
def test_looking_changes_nothing(case: str) -> None:
    model, x = CASES[case]
    model.train()
    held = [*model.parameters(), *model.buffers()]
    before = copy.deepcopy(model.state_dict())
    hooks, random, threads = _hooks(model), torch.get_rng_state(), torch.get_num_threads()
    given = copy.deepcopy(x)
    spec = take_in(model, x)
    layer_statistics(own(spec).module, first(x)[:1].float() if first(x).is_floating_point() else first(x)[:1])
    assert all(module.training for module in model.modules())
    assert all(one is other for one, other in zip(held, [*model.parameters(), *model.buffers()], strict=True))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert _hooks(model) == hooks == 0
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.get_num_threads() == threads
    assert torch.equal(first(x), first(given))


def _hooks(model: nn.Module) -> int:
    return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules())


def test_it_is_shown_as_it_was_and_shown_again_under_another_name() -> None:
    model = tiny()
    spec = take_in(model, pictures(), name="Twice")
    output = own(spec).module(pictures())
    with torch.no_grad():
        model.fc.weight.zero_()
    again = take_in(model, pictures(), name="Twice")
    assert (spec.name, again.name) == ("twice", "twice-2")
    assert torch.equal(own(spec).module(pictures()), output)
    assert not torch.equal(own(again).module(pictures()), output)
    assert own_networks()[0] == again


def test_hooks_of_other_people_are_not_called_and_those_of_torch_work() -> None:
    model, calls = tiny(), []
    model.fc.register_forward_hook(lambda *_: calls.append(1))
    pruned = prune.l1_unstructured(nn.Sequential(nn.Linear(4, 5))[0], "weight", 0.5)
    take_in(model, pictures())
    assert calls == []
    assert torch.equal(own(take_in(pruned, torch.ones(1, 4))).module(torch.ones(1, 4)), pruned(torch.ones(1, 4)))


@pytest.mark.parametrize(
    ("model", "x", "words"),
    [
        (AlwaysDropping(), torch.ones(1, 3, 8, 8), "draws from torch's random numbers in evaluation too"),
        (Counting(), torch.ones(1, 3, 8, 8), "puts out something else at a second run with the same input"),
        (Moving(), torch.ones(1, 3, 8, 8), "moves its tensors to another device while it runs"),
        (ByValue(), torch.ones(1, 3, 8, 8), "goes by the values of its tensors"),
        (Restless(), torch.ones(1, 3, 8, 8), "does not do the same at every call: layers.1 puts out nothing in a run"),
        (Tiny(), torch.ones(3, 8, 8), "cannot be carried through with the input 8×8"),
        (Tiny(), torch.ones(1, 4, 8, 8), "takes pictures of 3 channels; these have 4"),
        (PictureAndNumbers(), torch.ones(1, 3, 8, 8), "takes (image, numbers) and gets one tensor"),
        (PictureAndNumbers(), (torch.ones(1, 3, 8, 8), torch.ones(1, 6)), "the input 2 tensors: 3×8×8, 6; it raises"),
        (Words(), torch.full((1, 7), 50), "does not run with 7; it raises IndexError"),
        (Tiny(), "a picture", "The input is str without a tensor in it"),
        (Tiny(), torch.ones(3), "its first axis counts the examples"),
        (nn.Conv2d, torch.ones(1, 3, 8, 8), "A network is a torch.nn.Module"),
        (nn.LazyLinear(3), torch.ones(1, 3), "makes its weights at its first call"),
        (torch.jit.trace(nn.Linear(3, 3), torch.ones(1, 3)), torch.ones(1, 3), "compiled by torch.jit"),
        (nn.ModuleList([nn.Linear(3, 3)]), torch.ones(1, 3), "holds modules and calls none"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_one_sentence(model: nn.Module, x: Any, words: str) -> None:
    known = own_networks()
    with pytest.raises(ExplorerError) as refused:
        take_in(model, x)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert own_networks() == known


def test_classes_fit_the_output_or_are_refused() -> None:
    spec = take_in(tiny(), pictures(), classes="abcd")
    _, loaded = load(spec, WeightsChoice())
    assert (loaded.classes, loaded.label) == (("a", "b", "c", "d"), "as it was given")
    with pytest.raises(ExplorerError, match="There are 3 classes, and Tiny puts out 4"):
        take_in(tiny(), pictures(), classes="abc")


def test_the_address_names_it_and_another_process_says_that_it_has_none() -> None:
    spec = take_in(tiny(), pictures(), name="My Net!")
    assert to_params(spec) == {"network": f"own:{spec.name}"} == {"network": "own:my-net"}
    assert from_params(to_params(spec)) == spec
    with pytest.raises(SpecError, match="There is no network 'own:never' here"):
        OwnSpec(name="never")
    with pytest.raises(SpecError, match="has no field 'depths'"):
        spec.replace(depths=3)


def test_one_example_goes_with_what_belongs_to_it() -> None:
    model, (images, numbers) = PictureAndNumbers().eval(), both()
    module = own(take_in(model, (images, numbers))).module
    with torch.no_grad():
        alone = model(images[:1], numbers[:1])["logits"]
        assert torch.equal(module(images[:1]), alone)
        # others are shown with the first one's numbers
        assert torch.equal(
            module(images[:1].repeat(3, 1, 1, 1)),
            model(images[:1].repeat(3, 1, 1, 1), numbers[:1].repeat(3, 1))["logits"],
        )
