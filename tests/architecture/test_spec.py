"""Every combination of fields is described rightly, normalised, or refused with all that is wrong."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import ResNetSpec, describe, preset, trace
from explorer.architecture.block_spec import MAX_CHANNELS
from explorer.architecture.spec import CHOICES, DEFAULTS, MAX_BLOCKS, MAX_CLASSES, OUTPUT_STRIDES, inapplicable
from explorer.errors import SpecError
from tests.architecture.plans import check_invariants

FLAGS = ("conv_bias", "shortcut_norm", "squeeze_excite", "zero_init_residual", "antialias")
STAGES = [((1,), (8,)), ((2,), (8,)), ((1, 1), (8, 16)), ((2, 1), (8, 8)), ((1, 2), (16, 8)), ((1, 2), (8,))]

valid_or_not = st.fixed_dictionaries(
    {
        **{name: st.sampled_from(values) for name, values in CHOICES.items()},
        **{name: st.booleans() for name in FLAGS},
        "depths": st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple),
        "widths": st.lists(st.integers(1, 24), min_size=1, max_size=3).map(tuple),
        "groups": st.integers(1, 4),
        "base_width": st.integers(1, 200),
        "in_channels": st.integers(1, 4),
        "num_classes": st.integers(1, 12),
        "added_classes": st.integers(0, 3),
        "output_stride": st.sampled_from(OUTPUT_STRIDES),
    }
)


def combinations(block: str, norm: str) -> list[dict[str, Any]]:
    """Every combination of a reduced grid; stem, bias, blur and base width, which meet few other fields, take turns."""
    turns = itertools.cycle(itertools.product(CHOICES["stem"], (False, True), (64, 32, 66), (False, True)))
    found = []
    for stages, groups, shortcut, order, stride_on, flags in itertools.product(
        STAGES,
        (1, 2, 3),
        CHOICES["shortcut"],
        CHOICES["order"],
        CHOICES["stride_on"],
        itertools.product((False, True), repeat=3),
    ):
        stem, conv_bias, base_width, antialias = next(turns)
        found.append(
            {
                "block": block,
                "norm": norm,
                "depths": stages[0],
                "widths": stages[1],
                "groups": groups,
                "base_width": base_width,
                "shortcut": shortcut,
                "order": order,
                "stride_on": stride_on,
                "stem": stem,
                "conv_bias": conv_bias,
                "antialias": antialias,
                **dict(zip(FLAGS[1:4], flags, strict=True)),
                "num_classes": 5,
            }
        )
    return found


@pytest.mark.parametrize("norm", CHOICES["norm"])
@pytest.mark.parametrize("block", CHOICES["block"])
def test_every_combination_is_described_or_refused_and_equal_networks_have_equal_specs(block: str, norm: str) -> None:
    by_network: dict[Any, ResNetSpec] = {}
    by_spec: dict[ResNetSpec, Any] = {}
    refused = 0
    for fields in combinations(block, norm):
        try:
            spec = ResNetSpec(**fields)
        except SpecError:
            refused += 1
            continue
        if spec in by_spec:
            continue
        network = describe(spec)
        check_invariants(trace(network, (64, 48)))
        assert by_network.setdefault(network.sections, spec) == spec, "two specs for one network"
        by_spec[spec] = network
    assert len(by_network) == len(by_spec)
    assert refused
    assert len(by_spec) > 100


@settings(max_examples=300, deadline=None)
@given(valid_or_not, valid_or_not, st.integers(-3, 3))
def test_specs_are_equal_exactly_when_their_networks_are(
    first: dict[str, Any], second: dict[str, Any], wider: int
) -> None:
    # the second is close to the first, so that equal networks do occur
    second["base_width"] = max(1, first["base_width"] + wider)
    for keep in (
        *list(CHOICES)[:4],
        "groups",
        "depths",
        "widths",
        "in_channels",
        "num_classes",
        "added_classes",
        "output_stride",
        *FLAGS,
    ):
        second[keep] = first[keep]
    try:
        a, b = ResNetSpec(**first), ResNetSpec(**second)
    except SpecError:
        return
    assert (a == b) == (describe(a).sections == describe(b).sections)


@settings(max_examples=200, deadline=None)
@given(valid_or_not)
def test_a_spec_made_from_its_own_fields_is_the_same(fields: dict[str, Any]) -> None:
    try:
        spec = ResNetSpec(**fields)
    except SpecError:
        return
    assert ResNetSpec(**spec.as_dict()) == spec
    assert hash(ResNetSpec(**spec.as_dict())) == hash(spec)
    check_invariants(trace(describe(spec), (70, 41)))
    assert all(getattr(spec, name) == DEFAULTS[name] for name in inapplicable(spec))


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec(
            block="wide",  # type: ignore[arg-type]
            depths=(2, 0),
            widths=(8, 16, 32),
            groups=-1,
            norm="layer",  # type: ignore[arg-type]
            conv_bias=1,  # type: ignore[arg-type]
            num_classes=-1,
        )
    wrong = {problem.split()[0] for problem in caught.value.problems}
    assert wrong == {"block", "depths", "groups", "norm", "conv_bias", "num_classes"}
    assert str(caught.value) == " ".join(caught.value.problems)


def test_wrong_values_and_wrong_combinations_are_said_together() -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec(depths=(2, 2), widths=(8, 6), groups=4, stem="none", shortcut="A", num_classes=True)  # type: ignore[arg-type]
    text = str(caught.value)
    assert "stem is 'none'" in text
    assert "num_classes is True" in text
    assert "does not divide the width 6" in text
    assert "layer2 would go from 32 to 24" in text
    assert len(caught.value.problems) == 4


def test_a_field_that_is_wrong_is_not_blamed_twice() -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec(depths="resnet", groups=3.5)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"depths": (2, 2)}, "depths has 2 stages and widths has 4"),
        ({"depths": (), "widths": ()}, "depths has 0 stages"),
        ({"depths": (1,) * 7, "widths": (8,) * 7}, "1 to 6"),
        ({"groups": 3}, "does not divide the width 64"),
        ({"base_width": 1, "widths": (8, 8, 8, 8)}, "leaves no channel inside a block of width 8"),
        ({"base_width": 60_000}, "channels inside a block of width 128; lower it"),
        ({"shortcut": "A", "widths": (64, 32, 16, 8)}, "cannot remove any: layer2 would go from 256 to 128"),
        ({"norm": "none", "zero_init_residual": True}, "norm is none"),
        ({"depths": (MAX_BLOCKS + 1,) * 4}, "from 1 to 500"),
        ({"widths": (MAX_CHANNELS + 1,) * 4}, "from 1 to 8,192"),
        ({"num_classes": MAX_CLASSES + 1}, "from 1 to 1,000,000"),
        ({"num_classes": 10**5000}, "too long to write"),
        ({"depths": [10**5000]}, "too long to write"),
        ({"stem": "x" * 10_000}, "stem is 'xxx"),
        ({"stem": ["imagenet"]}, "stem is ['imagenet']"),
        ({"norm": None}, "norm is None"),
        ({"in_channels": float("nan")}, "in_channels is nan"),
        ({"depths": {3, 4}}, "must be a list of whole numbers"),
        ({"depths": ((1, 2), (3,), 1, 1)}, "must be a list of whole numbers"),
        ({"conv_bias": "yes"}, "must be true or false"),
        ({"num_classes": True}, "num_classes is True"),
    ],
)
def test_what_cannot_be_built_is_refused_in_a_short_sentence(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec(**fields)
    assert words in str(caught.value)
    assert all(len(problem) < 250 and problem.endswith(".") for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({"block": "basic", "groups": 32, "base_width": 4, "stride_on": "1x1"}, {"block": "basic"}),
        ({"norm": "none", "shortcut_norm": False}, {"norm": "none"}),
        ({"shortcut": "A", "shortcut_norm": False}, {"shortcut": "A"}),
        ({"shortcut": "none", "zero_init_residual": True, "norm": "none"}, {"shortcut": "none", "norm": "none"}),
        ({"depths": (3,), "widths": (64,), "stride_on": "1x1"}, {"depths": (3,), "widths": (64,)}),
        ({"depths": (3,), "widths": (64,), "shortcut": "D"}, {"depths": (3,), "widths": (64,)}),
        ({"depths": (1, 1), "widths": (8, 16), "shortcut": "C"}, {"depths": (1, 1), "widths": (8, 16)}),
        (
            {"block": "basic", "depths": (2,), "widths": (8,), "shortcut": "A", "shortcut_norm": False},
            {"block": "basic", "depths": (2,), "widths": (8,)},
        ),
        ({"base_width": 67, "widths": (16, 16, 16, 16)}, {"widths": (16, 16, 16, 16)}),
        ({"depths": [3, 4, 6, 3], "widths": [64, 128, 256, 512]}, {}),
    ],
)
def test_a_field_that_does_not_apply_is_set_back_to_its_default(fields: dict[str, Any], same: dict[str, Any]) -> None:
    assert ResNetSpec(**fields) == ResNetSpec(**same)


def test_whole_numbers_of_numpy_are_whole_numbers_and_its_truth_values_are_not() -> None:
    spec = ResNetSpec(depths=tuple(np.array([3, 4, 6, 3])), num_classes=np.int64(10), groups=np.uint8(1))  # type: ignore[arg-type]
    assert spec == ResNetSpec(num_classes=10)
    assert type(spec.num_classes) is int
    assert {type(depth) for depth in spec.depths} == {int}
    with pytest.raises(SpecError, match="conv_bias"):
        ResNetSpec(conv_bias=np.True_)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="depths"):
        ResNetSpec(depths=np.array([3, 4, 6, 3]))  # type: ignore[arg-type]


def test_replace_checks_anew_and_knows_only_fields() -> None:
    assert preset("resnet50").replace(depths=(3, 4, 23, 3)) == preset("resnet101")
    assert preset("resnext50_32x4d").replace(block="basic") == preset("resnet34")
    with pytest.raises(SpecError, match="no field 'depth'; its fields are block"):
        preset("resnet50").replace(depth=3)
    with pytest.raises(SpecError, match="no field 'self'"):
        preset("resnet50").replace(self=3)


def test_the_largest_network_of_every_bound_is_still_described() -> None:
    spec = ResNetSpec(block="basic", depths=(MAX_BLOCKS,) * 6, widths=(MAX_CHANNELS,) * 6, num_classes=MAX_CLASSES)
    assert spec.nominal_depth == 6 * MAX_BLOCKS * 2 + 2
    assert sum(1 for _ in describe(spec).blocks()) == 6 * MAX_BLOCKS
