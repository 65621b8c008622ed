"""The server's settings are ones that the pinned Streamlit knows, and stay hardened."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

ROOT = Path(__file__).parents[1]
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def names(table: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from names(value, f"{prefix}{key}.")
        else:
            yield prefix + key


@pytest.mark.parametrize("name", list(names(SETTINGS, "")))
def test_option_is_known_to_streamlit(name: str) -> None:
    assert name in config.get_config_options()


def test_nothing_of_an_error_but_its_sentence_reaches_the_browser() -> None:
    assert SETTINGS["client"]["showErrorDetails"] == "none"
    assert SETTINGS["client"]["showErrorLinks"] is False


def test_server_keeps_to_itself() -> None:
    assert SETTINGS["browser"]["gatherUsageStats"] is False
    assert SETTINGS["server"]["enableXsrfProtection"] is True
    assert SETTINGS["server"]["enableCORS"] is True
    assert SETTINGS["server"]["fileWatcherType"] == "none"


def test_a_checkpoint_of_the_largest_preset_can_be_uploaded() -> None:
    assert SETTINGS["server"]["maxUploadSize"] == 600


def test_theme_asks_no_other_host() -> None:
    assert "://" not in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")


def test_reader_can_choose_light_or_dark() -> None:
    assert SETTINGS["theme"]["light"].keys() == SETTINGS["theme"]["dark"].keys()
