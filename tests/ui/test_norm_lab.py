"""The experiments of the page BatchNorm, as a reader goes through them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.app import listings, open_app, sentences, url, widget


def opened(**query: str) -> AppTest:
    at = open_app("batchnorm", norm_part="lab", **query)
    assert not at.exception
    assert sentences(at) == []
    return at


def words(at: AppTest) -> str:
    said = [str(one.value) for kind in (at.markdown, at.caption) for one in kind]
    return "\n".join([*said, *listings(at)])


def test_the_switch_leads_to_the_experiments_and_one_choice_is_one_step():
    at = opened(experiment="bias")
    assert "the outputs differ by" in words(at)
    widget(at, "experiment").set_value("places").run()
    assert url(at) == {"norm_part": "lab", "experiment": "places"}
    assert "ReLU sets" in words(at)
    widget(at, "norm_part").set_value("norms").run()
    assert "norm_part" not in url(at)
    assert r"weights: trained example\: clothes" in words(at)


def test_the_references_numbers_stand_on_the_page_and_follow_what_the_reader_changes():
    at = opened(experiment="running")
    for number in ("−2.05504755374", "−1.8577356518", "= 1.5", "1.425", "1.89814324521"):
        assert number in words(at)
    widget(at, "lab_updates").set_value(2).run()
    assert "0.855" in words(at)
    assert "1.95" in words(at)
    widget(at, "lab_average").set_value(True).run()
    widget(at, "lab_batches").set_value("double").run()
    assert "= 6.75" in words(at)
    assert "= 15" in words(at)
    widget(at, "lab_x").set_value("1 2 3").run()
    assert sentences(at) == ["X is '1 2 3'; it must be sixteen numbers up to a million with commas between."]
    widget(at, "lab_x").set_value(" ".join(["7"] * 16)).run()
    assert sentences(at) == []
    assert url(at)["lab_x"] == ",".join(["7"] * 16)
    widget(at, "lab_kind").set_value("instance").run()
    assert sentences(at) == ["torch's instance norm counts no batches, so it has no average of all: set a momentum."]


@pytest.mark.parametrize(
    ("experiment", "said"),
    [
        ("batches", "A batch of 8 misses a channel's mean by"),
        ("kinds", "Only batch norm mixes the pictures"),
        ("eval", "**train**: alone it is read as **8**, in a batch of 32 as **3**: two answers."),
        ("shift", "**Disputed.**"),
    ],
)
def test_every_experiment_says_what_was_seen_and_its_source(experiment, said):
    text = words(opened(experiment=experiment))
    assert said in text
    assert "arxiv.org" in text


def test_a_link_with_values_that_do_not_exist_is_said_and_the_rest_is_shown():
    at = open_app("batchnorm", norm_part="lab", experiment="running", lab_x="1,2,nan", lab_momentum="3")
    assert not at.exception
    assert len(sentences(at)) == 2
    assert "−2.05504755374" in words(at)


def test_all_numbers_the_same_run_for_there_is_an_epsilon():
    at = opened(experiment="running", lab_x=",".join(["5"] * 16), lab_updates="0")
    assert "eval, after 0 updates" in words(at)
