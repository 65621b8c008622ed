"""A run's config: what it refuses, and that it comes back from a file as it was."""

import json

import pytest

from explorer.architecture.presets import preset
from explorer.errors import LabError
from explorer.labs.training.config import RunConfig
from explorer.labs.training.sets import RUN_SETS, default_set, digit_net

NET = digit_net(20)


def test_a_config_comes_back_from_its_json_as_it_was():
    config = RunConfig(spec=NET, optimiser="adamw", learning_rate=1e-3, seed=7, data="digits", schedule="cosine")
    assert RunConfig.from_json(config.to_json()) == config
    assert RunConfig.from_json(config.to_json()).digest == config.digest


def test_fields_that_a_file_leaves_out_stand_at_their_defaults():
    assert RunConfig.from_json(json.dumps({"spec": NET.as_dict()})) == RunConfig(spec=NET)


def test_equal_runs_have_one_digest_and_others_another():
    assert RunConfig(spec=NET, learning_rate=1).digest == RunConfig(spec=NET, learning_rate=1.0).digest
    assert RunConfig(spec=NET, seed=1).digest != RunConfig(spec=NET).digest


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(LabError) as caught:
        RunConfig(spec=NET).replace(learning_rate=-1, momentum=1, batch=0, epochs=2.5, schedule="warm", data="imagenet")
    text = str(caught.value)
    for name in ("learning_rate", "momentum", "batch", "epochs", "schedule", "data"):
        assert name in text
    assert len(caught.value.problems) == 6


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"learning_rate": float("nan")}, "learning_rate is nan; it must be a number above 0 and at most 100."),
        ({"learning_rate": 0}, "learning_rate is 0.0; it must be a number above 0 and at most 100."),
        ({"seed": True}, "seed is True; it must be a whole number from 0 to 4,294,967,295."),
        ({"optimiser": ["sgd"]}, "optimiser is ['sgd']; it must be one of sgd, adam, adamw."),
        ({"data": "zip:../../etc/passwd"}, "data is 'zip:../../etc/passwd'; it must be one of digits,"),
        ({"data": "digits-0-4"}, "The network has 10 classes and digits-0-4 has 5: set num_classes to 5."),
        ({"spec": NET.replace(in_channels=4)}, "The network takes 4 input channels and a picture has 1 or 3"),
        ({"spec": "resnet18"}, "spec is no residual or plain network"),
    ],
)
def test_a_wrong_setting_gets_its_sentence(changes, sentence):
    with pytest.raises(LabError) as caught:
        RunConfig(**{"spec": NET, **changes})
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "no object"),
        ('{"seed": 1}', "no object of a run's fields"),
        ('{"spec": {"depths": 3}}', "depths is 3"),
        ('{"spec": {"network": "stargan"}}', "spec is no residual or plain network"),
        ('{"spec": {}, "speed": 1}', "A run has no field 'speed'"),
    ],
)
def test_a_file_that_is_no_run_gets_its_sentence(text, sentence):
    with pytest.raises(LabError, match=sentence):
        RunConfig.from_json(text)


def test_a_replaced_field_is_checked_anew():
    config = RunConfig(spec=NET)
    assert config.replace(seed=3).seed == 3
    with pytest.raises(LabError, match="epochs"):
        config.replace(epochs=0)
    with pytest.raises(LabError, match="no field 'rate'"):
        config.replace(rate=1)


def test_names_say_the_network_and_what_departs_from_the_defaults():
    assert RunConfig(spec=NET).name == "residual-20"
    assert RunConfig(spec=digit_net(56, "none", norm="none"), seed=2).name == "plain-56, no norm, seed 2"
    assert RunConfig(spec=digit_net(20, "A"), learning_rate=0.1).name == "residual-20, shortcut A, learning rate 0.1"
    assert RunConfig(spec=NET, data=f"zip:{'0a' * 32}", batch=8).name == "residual-20, own pictures, batch 8"
    net = preset("resnet50").replace(num_classes=10)
    assert RunConfig(spec=net).network == "residual-50, bottleneck, widths 64-128-256-512"


def test_the_default_set_is_plain_and_residual_at_20_and_56_layers():
    assert [config.name for config in default_set()] == ["plain-20", "plain-56", "residual-20", "residual-56"]
    for config in default_set(seed=4):
        assert (config.data, config.epochs, config.batch, config.seed) == ("digits", 5, 128, 4)
        assert (config.optimiser, config.learning_rate, config.momentum) == ("sgd", 0.05, 0.9)
        assert (config.weight_decay, config.schedule, config.initialisation) == (1e-4, "constant", "fan_out")
        assert config.spec.widths == (8, 16, 32)


def test_every_set_holds_different_runs_of_the_seed_that_is_asked_for():
    for name, run_set in RUN_SETS.items():
        assert run_set.name == name
        configs = run_set.make(5)
        assert len({config.digest for config in configs}) == len(configs) > 1
        assert {config.seed for config in configs} == {5}


def test_a_run_from_before_the_newer_settings_is_read_as_it_was_and_named_as_it_was():
    fields = json.loads(RunConfig(spec=NET).to_json())
    for name in ("per_class", "frozen_norms", "preprocess", "side"):
        del fields[name]
    old = RunConfig.from_json(json.dumps(fields))
    assert old == RunConfig(spec=NET)
    assert (old.per_class, old.frozen_norms, old.preprocess, old.side) == (0, "eval", "own", None)
    assert old.name == "residual-20"


def test_the_newer_settings_come_back_from_json_and_stand_in_the_name_and_the_digest():
    config = RunConfig(
        spec=preset("resnet18").replace(num_classes=4),
        data=f"zip:{'0' * 64}",
        per_class=5,
        frozen_norms="train",
        preprocess="imagenet",
        side=64,
    )
    assert RunConfig.from_json(config.to_json()) == config
    for words in ("per class 5", "frozen norms train", "preprocess imagenet", "side 64"):
        assert words in config.name
    assert len({config.digest, config.replace(side=None).digest, config.replace(per_class=0).digest}) == 3
    assert config.input_size == (64, 64)
    assert config.replace(side=None).input_size == (32, 32)
    assert RunConfig(spec=NET).input_size == (8, 8)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"per_class": -1}, "per_class is -1; it must be a whole number from 0 to 100,000."),
        ({"per_class": 2.5}, "per_class is 2.5; it must be a whole number"),
        ({"frozen_norms": "keep"}, "frozen_norms is 'keep'; it must be one of eval, train."),
        ({"preprocess": "caffe"}, "preprocess is 'caffe'; it must be one of own, imagenet, imagenet-v2, half, unit."),
        ({"side": 7, "data": f"zip:{'0' * 64}"}, "side is 7; it must be a whole number from 8 to 512, or none."),
        ({"side": True, "data": f"zip:{'0' * 64}"}, "side is True; it must be"),
        ({"side": 64}, "side is for a zip's pictures, and those of digits have their own: leave it out."),
        (
            {"spec": NET.replace(added_classes=5)},
            "The network has 5 classes and digits has 10: set added_classes to 10.",
        ),
    ],
)
def test_a_wrong_newer_setting_gets_its_sentence(changes, sentence):
    with pytest.raises(LabError) as caught:
        RunConfig(**{"spec": NET, **changes})
    assert caught.value.problems == (str(caught.value),)
    assert sentence in str(caught.value)


def test_a_layer_behind_fc_counts_as_the_outputs_and_stands_in_the_name():
    config = RunConfig(spec=NET.replace(num_classes=5, added_classes=10))
    assert config.spec.outputs == 10
    assert config.network == "residual-20, a layer after fc"
