"""An address as other screens open it, and what is said beside its QR code."""

from __future__ import annotations

import re

import pytest
import streamlit as st

from explorer.ui import other_screens, private_streamlit
from tests.ui.app import mounted, open_app


@pytest.fixture
def in_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_streamlit, "number_in_the_network", lambda: "10.0.0.2")


@pytest.mark.usefixtures("in_a_network")
def test_a_phone_is_told_what_this_machine_is_called_in_the_network() -> None:
    code = other_screens.code_of("http://localhost:8501/compare?nets=resnet18%2Cresnet50&size=64#top")
    assert code["address"] == "http://10.0.0.2:8501/compare?nets=resnet18%2Cresnet50&size=64#top"
    assert code["said"].endswith("for it this machine is 10.0.0.2 and not localhost.")
    assert 'alt="QR code of http://10.0.0.2:8501/compare' in code["html"]
    assert code["of"].startswith("http://localhost:8501/")


@pytest.mark.usefixtures("in_a_network")
def test_a_server_for_this_machine_alone_is_said_to_be_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", lambda name: {"server.address": "127.0.0.1"}[name])
    code = other_screens.code_of("http://127.0.0.1:8501/")
    assert code["address"] == "http://127.0.0.1:8501/"
    assert code["said"] == other_screens.UNREACHED


def test_an_address_of_a_host_stays_as_it_is() -> None:
    code = other_screens.code_of("https://school.example/app/?network=resnet18")
    assert code["address"] == "https://school.example/app/?network=resnet18"
    assert code["said"] == "Point a phone's camera at it: it opens what is shown here."


def test_an_address_that_is_too_long_gets_a_sentence_and_no_code() -> None:
    code = other_screens.code_of("https://school.example/?lecture=" + "x" * 5000)
    assert code["html"] == ""
    assert re.match(r"The address has 5,032 characters; .* Copy the link instead\.$", code["said"])


def test_what_an_address_says_is_no_markup() -> None:
    assert "<b>" not in other_screens.code_of("https://school.example/?find=<b>x</b>\"'")["html"]


@pytest.mark.parametrize("page", [None, "lecture", "training", "learn"])
def test_every_page_has_both_and_no_code_until_somebody_asks(page: str | None) -> None:
    (told,) = mounted(open_app(page), "copy_link")
    assert told == {"copied": "Copied.", "code": None}
