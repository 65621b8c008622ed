"""What holds for all tests with torch."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Small networks gain nothing from more, and threads that wait for each other cost much on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def narrow_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture of these tests is worked on in several bands, as large ones are."""
    monkeypatch.setattr("explorer.model.bands._BAND_PIXELS", 100)
