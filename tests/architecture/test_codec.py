"""A spec comes back from a link and from a file as it went in, and junk comes back as one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import ResNetSpec, preset
from explorer.architecture.codec import NETWORK, PARAMETERS, from_json, from_params, to_json, to_params
from explorer.architecture.spec import DEFAULTS
from explorer.errors import SpecError
from tests.architecture.plans import PRESETS
from tests.architecture.test_spec import valid_or_not
from tests.model.networks import block_kinds, random_specs, short_name

SPECS = [named.spec for named in PRESETS.values()] + list(random_specs()) + list(block_kinds())

scraps = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "0", "-1", "1e3", "1_0", " 3", "+3", "٣", "\uff19", "3,", ",3", "3,,4", "nan", "inf", "9" * 5000]
    ),
    st.sampled_from(
        ["True", "yes ", "YES", "none", "None", "null", "[3]", "(3,4)", "3;4", "x" * 10_000, "\x00", "\ud800"]
    ),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.parametrize("spec", SPECS, ids=short_name)
def test_a_spec_comes_back_from_link_and_file(spec: ResNetSpec) -> None:
    assert from_params(to_params(spec)) == spec
    assert from_json(to_json(spec)) == spec


@settings(max_examples=200, deadline=None)
@given(valid_or_not)
def test_any_valid_spec_comes_back_from_link_and_file(fields: dict[str, Any]) -> None:
    try:
        spec = ResNetSpec(**fields)
    except SpecError:
        return
    params = to_params(spec)
    assert set(params) <= set(PARAMETERS)
    assert all(isinstance(value, str) and value for value in params.values())
    assert from_params(params) == spec
    assert from_json(to_json(spec)) == spec


def test_a_link_of_a_named_network_holds_its_name_alone() -> None:
    assert to_params(preset("resnet50")) == {}
    assert to_params(preset("resnet18")) == {NETWORK: "resnet18"}
    assert to_params(preset("resnet50").replace(num_classes=10)) == {"num_classes": "10"}


def test_single_fields_are_written_over_a_named_network() -> None:
    spec = from_params({NETWORK: "resnet18", "num_classes": "10", "conv_bias": "yes", "shortcut_norm": "no"})
    assert spec == preset("resnet18").replace(num_classes=10, conv_bias=True, shortcut_norm=False)
    assert from_params({"conv_bias": "true"}) == ResNetSpec(conv_bias=True)


def test_parameters_of_others_are_left_alone() -> None:
    assert from_params({"page": "compare", "size": "96x96"}) == ResNetSpec()


def test_a_link_says_all_that_is_wrong_with_it() -> None:
    with pytest.raises(SpecError) as caught:
        from_params({"depths": "3,x", "groups": "1.5", "conv_bias": "maybe", "norm": "layer", "num_classes": "-1"})
    wrong = {problem.split()[0] for problem in caught.value.problems}
    assert wrong == {"depths", "groups", "conv_bias", "norm", "num_classes"}


@pytest.mark.parametrize(
    "params",
    [
        {NETWORK: "resnet51"},
        {NETWORK: ""},
        {"depths": "٣,٤,٦,٣"},
        {"depths": "3_0,4,6,3"},
        {"depths": " 3,4,6,3"},
        {"depths": "3,4,6,3,"},
        {"depths": ""},
        {"num_classes": "9" * 5000},
        {"num_classes": "1,2"},
        {"groups": "-1"},
        {"widths": "1000000000,1,1,1"},
        {"depths": "999999999,1,1,1"},
    ],
)
def test_a_link_with_a_wrong_value_is_refused(params: dict[str, str]) -> None:
    with pytest.raises(SpecError) as caught:
        from_params(params)
    assert all(len(problem) < 900 for problem in caught.value.problems)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(PARAMETERS), scraps, max_size=4))
def test_junk_in_a_link_is_a_spec_or_one_error(params: dict[str, str]) -> None:
    try:
        spec = from_params(params)
    except SpecError:
        return
    assert from_params(to_params(spec)) == spec


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.dictionaries(st.one_of(st.sampled_from(list(DEFAULTS)), st.text(max_size=5)), values), values))
def test_junk_in_a_file_is_a_spec_or_one_error(content: Any) -> None:
    try:
        spec = from_json(json.dumps(content))
    except SpecError:
        return
    assert from_json(to_json(spec)) == spec


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "null",
        "3",
        "[1, 2]",
        '"resnet50"',
        '{"self": 1}',
        '{"depth": 1}',
        '{"depths": [[3], 4]}',
        '{"groups": NaN}',
        '{"num_classes": 1e400}',
        '{"num_classes": 10.0}',
        '{"num_classes": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"depths": ' + "[" * 100_000,
        '{"depths": [3, 4',
        "\ufeff{}",
        "\x00",
    ],
)
def test_a_file_that_holds_no_network_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        from_json(text)


def test_fields_that_a_file_leaves_out_stand_at_their_defaults() -> None:
    assert from_json("{}") == ResNetSpec()
    assert from_json('{"block": "basic", "depths": [2, 2, 2, 2]}') == preset("resnet18")


def test_an_added_layer_is_in_link_and_file_and_without_one_they_are_as_they_were() -> None:
    spec = preset("resnet18").replace(added_classes=5)
    assert to_params(preset("resnet50").replace(added_classes=5)) == {"added_classes": "5"}
    assert from_params({NETWORK: "resnet18", "added_classes": "5"}) == from_json(to_json(spec)) == spec
    assert json.loads(to_json(spec))["added_classes"] == 5
    assert "added_classes" not in json.loads(to_json(preset("resnet18")))
    with pytest.raises(SpecError, match="added_classes is -1; it must be a whole number from 1 to 1,000,000, or 0 for"):
        ResNetSpec(added_classes=-1)
