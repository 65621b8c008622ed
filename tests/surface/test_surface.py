"""Nothing that a person can do gets lost: every address, control, download and sentence is as it was written down.

A new page, parameter, control or sentence passes; what is gone, or says something else, is named. Where that is meant,
write the snapshots anew and read what the difference of the files says: ``.venv/bin/python -m tests.surface.record``.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.surface import surface
from tests.surface.snapshots import (
    PARAMETERS,
    SENTENCES,
    controls_kept,
    controls_of,
    fields_now,
    pages,
    parameters_now,
)

KEPT: dict[str, dict[str, Any]] = json.loads(PARAMETERS.read_text("utf-8"))


def test_every_page_has_the_address_and_the_title_that_it_had() -> None:
    assert {path: surface.pages().get(path) for path in KEPT["pages"]} == KEPT["pages"]


def test_every_parameter_stands_at_its_default_and_takes_and_writes_what_it_did() -> None:
    now = parameters_now()
    for name, was in KEPT["parameters"].items():
        assert now.get(name) == was, name


def test_every_field_of_the_network_means_what_it_meant_or_is_refused_as_it_was() -> None:
    now = fields_now()
    for name, was in KEPT["network"].items():
        assert now.get(name) == was, name


@pytest.mark.parametrize("page", pages())
def test_every_control_figure_download_and_notice_of_a_page_is_there(page: str) -> None:
    now = controls_of(page)
    gone = {
        address: sorted((Counter(lines) - Counter(now.get(address, ()))).elements())
        for address, lines in controls_kept(page).items()
    }
    assert {address: lines for address, lines in gone.items() if lines} == {}


def test_every_sentence_of_the_code_is_still_said() -> None:
    spoken = surface.spoken()
    assert [line for line in SENTENCES.read_text("utf-8").splitlines() if not surface.is_said(line, spoken)] == []
