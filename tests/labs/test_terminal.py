"""Training from a terminal."""

import re
from typing import Any

import pytest

from explorer.__main__ import main
from explorer.architecture.codec import to_json
from explorer.labs import terminal
from explorer.labs.terminal import configs_of
from tests.labs.nets import tiny_run, tiny_spec


def test_a_run_prints_its_epochs_and_two_networks_what_they_show(tmp_path, capsys):
    plain, residual = tmp_path / "plain.json", tmp_path / "residual.json"
    plain.write_text(to_json(tiny_spec(shortcut="none")), encoding="utf-8")
    residual.write_text(tiny_run(epochs=1, batch=128).to_json(), encoding="utf-8")
    assert main(["train", str(plain), str(residual), "--epochs", "1"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "plain-8, widths 4-4-8, epochs 1"
    assert printed[1].split()[:3] == ["epoch", "training", "loss"]
    assert [line.split()[0] for line in printed[2:4]] == ["0", "1"]
    assert any(line.startswith("Residual-8") and "plain-8" in line for line in printed)


def test_networks_settings_and_seeds_make_the_runs():
    first, second = configs_of(["plain-20"], seeds=[0, 3], epochs=2, data="digits-0-4")
    assert first.name == "plain-20, data digits-0-4, epochs 2"
    assert (second.seed, second.spec.num_classes) == (3, 5)
    (cifar,) = configs_of(["resnet18"], seeds=[0], data="cifar10")
    assert (cifar.spec.in_channels, cifar.spec.num_classes) == (3, 10)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plain-21"], "these networks have 6n + 2"),
        (["stargan"], "Only residual and plain networks are trained here."),
        (["resnet19"], "resnet19"),
        (["plain-20", "--learning-rate", "-1"], "learning_rate is -1.0"),
        (["plain-20", "--device", "tpu"], "There is no device"),
    ],
)
def test_what_cannot_be_trained_gets_one_sentence(arguments, sentence, capsys):
    assert main(["train", *arguments]) == 1
    told = capsys.readouterr()
    assert sentence in told.err
    assert not told.out


def test_a_run_that_cannot_be_carried_out_is_refused_before_another_begins(capsys, tmp_path):
    gone = tmp_path / "gone.json"
    gone.write_text(tiny_run(data=f"zip:{'0' * 64}", side=8).to_json(), encoding="utf-8")
    assert main(["train", "plain-8", str(gone), "--epochs", "1"]) == 1
    told = capsys.readouterr()
    assert "zip" in told.err
    assert not told.out


def test_every_option_of_train_is_written_in_one_way_and_has_a_help(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    shown = capsys.readouterr().out
    options = re.findall(r"^  (--[\w-]+)(.*(?:\n {20,}.*)*)", shown, flags=re.MULTILINE)
    assert {"--frozen-norms", "--learning-rate", "--weight-decay", "--seeds", "--device"} <= {
        name for name, _ in options
    }
    for name, rest in options:
        assert re.fullmatch(r"--[a-z]+(-[a-z]+)*", name), name
        assert re.search(r"default|each network", rest), name


def test_settings_of_the_terminal_are_those_of_the_run(monkeypatch):
    seen: dict[str, Any] = {}
    monkeypatch.setattr(terminal, "lines", lambda configs, *, device: seen.update(configs=configs, device=device) or [])
    words = ["plain-8", "--frozen-norms", "train", "--weight-decay", "0.5", "--epochs", "3", "--optimiser", "adam"]
    assert main(["train", *words]) == 0
    (config,) = seen["configs"]
    assert (config.frozen_norms, config.weight_decay, config.epochs, config.optimiser) == ("train", 0.5, 3, "adam")
