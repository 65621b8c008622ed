"""Why this answer, under AppTest: the numbers that stand there, against torch's own hooks and sums."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from explorer.architecture.codec import to_params
from explorer.architecture.examples import EXAMPLES, example_facts
from explorer.architecture.weights import WeightsChoice
from explorer.model.images import prepare
from explorer.model.samples import sample, sample_batch
from explorer.model.weights import load
from tests.ui.app import open_app, plain, sentences, widget

READER = next(one for one in EXAMPLES.values() if one.name == "clothes")
CLOTHES = {**to_params(READER.spec), "weights": "clothes", "size": "28"}


def page(**query: str) -> AppTest:
    at = open_app("inside", **{"i_part": "why", **query})
    assert not at.exception
    return at


def heading(at: AppTest) -> str:
    return plain(at.subheader[0].value)


def reader() -> tuple[Any, torch.Tensor]:
    model, loaded = load(READER.spec, WeightsChoice(source="example", example="clothes"), device=torch.device("cpu"))
    picture = sample("clothes-90")
    return model.eval(), prepare(picture, size=(28, 28), in_channels=1, preprocess=loaded.preprocess).tensor


def test_the_last_map_adds_up_to_the_logit_less_the_bias() -> None:
    model, image = reader()
    with torch.no_grad():
        logits = model(image)[0]
    answer = int(logits.argmax())
    (said,) = [plain(one.value) for one in page(**CLOTHES).caption if "adds up to" in one.value]
    total, logit, bias = (
        float(number.replace("−", "-"))
        for number in re.findall(r"[−-]?\d+\.\d+", said.partition("adds up to")[2].split("Behind")[0])
    )
    assert logit == pytest.approx(float(logits[answer]), rel=1e-3)
    assert bias == pytest.approx(model.fc.bias[answer].item(), rel=1e-3)
    assert total == pytest.approx(logit - bias, rel=1e-3)


def test_the_share_of_an_addition_is_that_of_hooks() -> None:
    model, image = reader()
    caught: dict[str, torch.Tensor] = {}
    block = model.get_submodule("layer3.2")
    block.get_submodule("add").register_forward_hook(
        lambda _module, arriving, out: caught.update(main=arriving[0], skip=arriving[1], out=out)
    )
    logits = model(image)[0]
    (slope,) = torch.autograd.grad(logits.max(), caught["out"])
    weights = slope.mean(dim=(2, 3), keepdim=True)
    main, skip = ((weights * caught[name]).sum(dim=1).abs().sum().item() for name in ("main", "skip"))
    assert f"in layer3.2 F(x) has {100 * main / (main + skip):.0f} % of the map" in heading(
        page(**CLOTHES, why_by="ways", row="layer3.2")
    ).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("layercam", "half of the map is on"),
        ("gradient", "half of its gradient is on"),
        ("integrated", "what each pixel adds comes to"),
        ("occlusion", "the logit falls by"),
    ],
)
def test_every_map_has_its_sentence(way: str, words: str) -> None:
    assert words in heading(page(**CLOTHES, why_by=way))


def test_a_class_rather_than_another() -> None:
    model, image = reader()
    with torch.no_grad():
        logits = model(image)[0].numpy()
    at = page(**CLOTHES, why_class="7", why_against="5")
    assert "Sneaker rather than Sandal" in heading(at)
    apart = re.search(r"logits ([−-]?[\d.]+) apart", heading(at))
    assert apart is not None
    assert float(apart[1].replace("−", "-")) == pytest.approx(float(logits[7] - logits[5]), rel=1e-2)


def test_both_tests_of_a_map_say_their_areas_and_its_rank() -> None:
    at = page(**CLOTHES, why_view="believe")
    assert "Grad-CAM of Ankle boot does" in heading(at)
    rank = re.search(r"rank correlation ([−\d.]+) over 49 cells", heading(at))
    assert rank is not None
    assert -1 <= float(rank[1].replace("−", "-")) <= 1
    assert widget(at, "why_redrawn").value == 1


@pytest.mark.parametrize("view", ["where", "believe"])
def test_random_features_are_no_classes(view: str) -> None:
    (said,) = [one.value for one in page(network="resnet18", num_classes="0", size="32", why_view=view).info]
    assert "has no classifier here" in said


def test_networks_without_classes_say_so_in_a_sentence() -> None:
    for view in ("where", "believe"):
        (said,) = [one.value for one in page(network="stargan", why_view=view).info]
        assert "outputs a picture and no class" in said
    assert sentences(page(**CLOTHES, why_class="77")) == ["There is no class 77: this network's are numbered 0 to 9."]


def test_one_output_has_no_probability_to_test_by() -> None:
    (said,) = [one.value for one in page(network="resnet18", num_classes="1", size="32", why_view="believe").info]
    assert "has one output, so no probability" in said


def test_nothing_of_the_network_is_changed() -> None:
    model, image = reader()
    with torch.no_grad():
        before = model(image).numpy()
    page(**CLOTHES, why_view="believe", why_redrawn="9")
    from explorer.ui.cached import _models

    held = [ready.model for ready in list(_models.values()) if ready.loaded.source == "example"]
    assert held
    for one in held:
        assert all(parameter.grad is None and parameter.requires_grad for parameter in one.parameters())
        with torch.no_grad():
            after = one.eval()(image).numpy() if one.network.title == model.network.title else before
        assert np.array_equal(after, before)


# --- shaken ---


def test_fgsm_moves_input_and_output_as_far_as_torch_says() -> None:
    model, image = reader()
    epsilon = 8 / 255
    mean, std = 0.2860, 0.3530
    pixels = (image * std + mean).clamp(0, 1).requires_grad_()
    logits = model((pixels - mean) / std)
    torch.nn.functional.cross_entropy(logits, torch.tensor([9])).backward()  # its label: ankle boot
    assert pixels.grad is not None
    with torch.no_grad():
        changed = ((pixels + epsilon * pixels.grad.sign()).clamp(0, 1) - mean) / std
        after = model(changed)
        into = ((changed - image).norm() / image.norm()).item()
        out = ((after - logits).norm() / logits.norm()).item()
    at = page(**CLOTHES, why_view="shaken", shake="fgsm", shake_fgsm="8")
    said = " ".join(plain(one.value) for one in at.markdown).replace("\u00a0", " ")
    assert f"The change is {100 * into:.3g} % of the input" in said
    assert f"The output is moved by {100 * out:.3g} %" in said
    named = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
    assert named[int(after.argmax())] in heading(at)


def test_no_change_moves_nothing() -> None:
    at = page(**CLOTHES, why_view="shaken", shake="fgsm", shake_fgsm="0")
    assert "the answer stays Ankle boot" in heading(at)
    assert any("nothing differs" in one.value for one in at.markdown)


@pytest.mark.parametrize("strength", [{"shake": "fgsm", "shake_fgsm": "0"}, {"shake": "shift", "shake_shift": "0"}])
def test_where_nothing_is_moved_no_kinds_are_compared(strength: dict[str, str]) -> None:
    at = page(**CLOTHES, why_view="shaken", **strength)
    assert any("so there is nothing to compare along the depth" in one.value for one in at.caption)
    assert not any("Strengths were sought" in one.value for one in at.caption)


def test_kinds_that_disturb_far_more_than_asked_are_not_ranked() -> None:
    at = page(**CLOTHES, why_view="shaken", shake="noise", shake_noise="0.5")
    (said,) = [plain(one.value) for one in at.markdown if "Every kind, the input moved by" in one.value]
    (table,) = [
        line
        for one in at.html
        if "Moved most" in one.proto.body
        for line in one.proto.body.split("<tr>")[1:]
        if "Shift" in line
    ]
    assert "1 px" in table
    assert "not ranked" in table
    assert "Shift" not in said


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"network": "stargan"}, "outputs a picture and no classes"),
        ({"network": "resnet20", "num_classes": "1", "weights": "fresh"}, "has one output, which is no probability"),
        ({"network": "resnet20", "weights": "fresh"}, "the weights are random"),
    ],
)
def test_beside_the_curve_it_is_said_why_there_is_none(query: dict[str, str], words: str) -> None:
    said = [plain(one.value) for one in page(size="32", why_view="shaken", **query).caption]
    assert any(words in one for one in said)
    assert any("weights are random" in one for one in said) == ("random" in words)


def test_a_generator_is_shaken_too_but_not_by_fgsm() -> None:
    assert "the input is moved by" in heading(page(network="stargan", size="32", why_view="shaken"))
    at = page(network="stargan", size="32", why_view="shaken", shake="fgsm")
    assert any("no loss that FGSM could raise" in one.value for one in at.error)


def test_a_plain_network_has_no_additions() -> None:
    at = page(network="plain18", size="32", weights="random", why_view="shaken", shake_noise="5")
    assert any("has no shortcuts, so nothing is added" in one.value for one in at.info)


def test_many_pictures_are_shaken_as_torch_says() -> None:
    model, _ = reader()
    pictures, names = sample_batch("clothes", count=100), example_facts(READER).classes
    pixels = torch.stack([torch.from_numpy(np.asarray(one, dtype=np.float32))[None] for one in pictures]) / 255
    mean, std = 0.2860, 0.3530
    before_in, after_in = (pixels - mean) / std, (0.4 * pixels - mean) / std
    with torch.no_grad():
        before, after = model(before_in), model(after_in)
    labels = torch.arange(10).repeat(10)
    into = ((after_in - before_in).flatten(1).norm(dim=1) / before_in.flatten(1).norm(dim=1)).mean().item()
    out = (after - before).norm(dim=1) / before.norm(dim=1)
    changes = (before.argmax(1) != after.argmax(1)).double().mean().item()
    right = [(one.argmax(1) == labels).double().mean().item() for one in (after, before)]
    at = page(
        **CLOTHES,
        why_view="shaken",
        shake="brightness",
        shake_brightness="0.4",
        shake_on="many",
        i_set="clothes",
        shake_count="100",
    )
    assert len(names) == 10
    assert heading(at).replace("\u00a0", " ") == (
        f"Brightness, × 0.4, on 100 pictures: {100 * changes:.1f} % get another answer, {100 * right[0]:.1f} % a right "
        f"one instead of {100 * right[1]:.1f} %"
    )
    said = " ".join(plain(one.value) for one in at.markdown).replace("\u00a0", " ")
    assert f"On average: The change is {100 * into:.3g} % of the input" in said
    assert f"The output is moved by {100 * out.mean().item():.3g} %" in said
    low, high = (100 * float(np.quantile(out.numpy(), share)) for share in (0.1, 0.9))
    assert f"Four of five pictures move it by {low:.3g} % to {high:.3g} %" in said
    interval = binomtest(round(100 * changes), 100).proportion_ci(0.95, method="wilson")
    assert f"Of all such pictures {100 * interval.low:.1f} % to {100 * interval.high:.1f} % get another answer" in said
    charts = [one.proto.id for one in at.get("plotly_chart")]
    for name in ("shake_many_curve", "shake_rows", "shake_ways"):
        assert any(name in one for one in charts)


def test_many_pictures_through_a_generator_are_moved_and_have_no_answers() -> None:
    at = page(
        network="stargan", conv_dim="8", repeat_num="1", size="32", why_view="shaken", shake_on="many", shake_count="8"
    )
    assert "the output by" in heading(at)
    assert any("outputs a picture and no classes" in one.value for one in at.caption)
    at = page(network="stargan", size="32", why_view="shaken", shake_on="many", shake="fgsm")
    assert any("no loss that FGSM could raise" in one.value for one in at.error)
