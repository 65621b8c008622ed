"""A network with a linear layer added after fc, as transfer learning leaves it, on every page."""

from __future__ import annotations

import pytest

from explorer.architecture.codec import to_params
from explorer.labs.training.config import RunConfig
from explorer.labs.transfer.ways import transfer
from tests.architecture.plans import REFERENCE
from tests.labs.nets import tiny_spec
from tests.ui.app import open_app, open_options, sentences, totals, url, widget
from tests.ui.test_training import AtOnce, runs  # noqa: F401  # a fixture

SPEC = transfer(tiny_spec(), "added", classes=5).spec
MODE = "mode3_keep_1000_fc_add_Linear(1000,n)"
PAGES = ("architecture", "feature_maps", "batchnorm", "compare", "block", "gradient_flow")


@pytest.fixture
def run_id(runs: AtOnce) -> str:  # noqa: F811
    return runs.keep(RunConfig(spec=SPEC, data="digits-5-9", epochs=1, per_class=5), name="Digits moved")


@pytest.mark.parametrize("page", PAGES)
def test_a_trained_one_opens_on_the_page(page: str, run_id: str) -> None:
    at = open_app(page, **to_params(SPEC), weights=f"run:{run_id}", size="8", sample="digit-0")
    assert not at.exception
    assert sentences(at) == []
    assert url(at)["added_classes"] == "5"
    if page == "architecture":
        plain = sum((9 * 4, 2 * 9 * 4 * 4, 2 * 9 * 4 * 4, 9 * 4 * 8 + 9 * 8 * 8 + 4 * 8))
        norms = 2 * (4 + 2 * 4 + 2 * 4 + 3 * 8)
        # layer2 changes the size, so that it projects too
        projection = 4 * 4 + 2 * 4
        assert totals(at)["Parameters"] == f"{plain + norms + projection + 8 * 10 + 10 + 10 * 5 + 5:,}"
        assert totals(at)["Weighted layers"] == "9 = 7 + 2"


def test_the_classes_that_are_named_are_those_of_the_added_layer(run_id: str) -> None:
    at = open_app("feature_maps", **to_params(SPEC), weights=f"run:{run_id}", size="8", sample="digit-0")
    said = next(element.value for element in at.markdown if "Five best classes" in element.value)
    named = sorted(line.rstrip("] ").rpartition(" · ")[2] for line in said.splitlines() if " · " in line)
    assert named == ["5", "6", "7", "8", "9"]


def test_the_layer_is_added_and_taken_away_under_more_options() -> None:
    at = open_options(network="resnet18")
    assert widget(at, "added_classes").value == 0
    assert "added_classes" not in url(at)
    widget(at, "added_classes").set_value(5).run()
    assert not at.exception
    assert url(at)["added_classes"] == "5"
    assert (
        totals(at)["Parameters"] == f"{REFERENCE['transfer_learning']['cases']['resnet18_5classes'][MODE]['total']:,}"
    )
    widget(at, "added_classes").set_value(0).run()
    assert "added_classes" not in url(at)
    assert url(at)["network"] == "resnet18"


def test_one_that_no_machine_can_hold_is_counted_and_not_built() -> None:
    at = open_app("architecture", network="resnet18", num_classes="1000000", added_classes="1000000")
    assert not at.exception
    assert totals(at)["Parameters"] == f"{11_689_512 - 513_000 + 513 * 10**6 + (10**6 + 1) * 10**6:,}"
