"""What a spec is set back to is what its fields said, held against a second reading of them that knows no spec."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings

from explorer import ResNetSpec, describe, trace
from explorer.architecture.operations import Op
from explorer.architecture.spec import CHOICES, DEFAULTS, inapplicable
from explorer.errors import SpecError
from tests.architecture.test_spec import FLAGS, combinations, valid_or_not

Fields = dict[str, Any]
Parts = Counter[tuple[Any, ...]]


def block_by_hand(
    fields: Fields, place: str, channels_in: int, width: int, taken_of: int, dilation: int, dilates: bool
) -> Parts:
    """Convolutions, norms and shortcut of one block: kind, channels in and out, and what else tells it apart."""
    stride = 1 if dilates else taken_of
    bias, norm = fields["conv_bias"], fields["norm"]
    if fields["block"] == "basic":
        channels_out = width
        convolutions = [(3, channels_in, width, taken_of, 1), (3, width, width, 1, 1)]
    else:
        channels_out, inner = 4 * width, int(width * (fields["base_width"] / 64)) * fields["groups"]
        first, middle = (taken_of, 1) if fields["stride_on"] == "1x1" else (1, taken_of)
        convolutions = [
            (1, channels_in, inner, first, 1),
            (3, inner, inner, middle, fields["groups"]),
            (1, inner, channels_out, 1, 1),
        ]
    parts: list[tuple[Any, ...]] = [
        (place, "begins", "conv" if fields["order"] == "post" else "activation"),
        (place, "adds", fields["shortcut"] != "none"),
    ]
    for number, (kernel, arrive, leave, step, groups) in enumerate(convolutions, start=1):
        blurs = fields["antialias"] and step > 1  # timm's: the convolution takes every pixel, the blur the stride
        # timm's: what lies behind the convolution that had the stride is dilated by as much more
        parts.append((place, "conv", arrive, leave, kernel, 1 if blurs or dilates else step, groups, bias))
        parts += [(place, "dilated", arrive, leave, dilation)] if kernel == 3 and dilation > 1 else []
        dilation *= step if dilates else 1
        parts += [(place, "blurpool", leave, stride), (place, "blurs behind", number)] if blurs else []
        if norm != "none":
            # torchvision and the paper start residuals at 0, and a plain block has none
            starts_at_0 = fields["zero_init_residual"] and number == len(convolutions) and fields["shortcut"] != "none"
            parts.append((place, "norm", leave if fields["order"] == "post" else arrive, norm, starts_at_0))
    changes, option = stride != 1 or channels_in != channels_out, fields["shortcut"]
    if option in ("A", "A-both") and changes:
        first = (channels_out - channels_in) // 2 if option == "A-both" else 0
        parts.append((place, "pad", channels_in, channels_out, stride, first))
    if option == "D" and changes and taken_of > 1:
        parts.append((place, "avgpool", channels_in, stride))
    if option == "C" or (option in "BD" and changes):
        parts.append((place, "conv", channels_in, channels_out, 1, 1 if option == "D" else stride, 1, bias))
        if norm != "none" and fields["shortcut_norm"]:
            parts.append((place, "norm", channels_out, norm, False))
    if fields["squeeze_excite"]:
        squeezed = max(1, channels_out // 16)
        parts += [
            (place, "conv", channels_out, squeezed, 1, 1, 1, True),
            (place, "conv", squeezed, channels_out, 1, 1, 1, True),
        ]
    return Counter(parts)


def blocks_by_hand(fields: Fields) -> Parts:
    """Every block of a network, from the fields as they were given."""
    expansion = 1 if fields["block"] == "basic" else 4
    channels, parts = fields["widths"][0], Parts()
    if fields["stem"] != "cifar":
        parts["stem", "maxpool", 1 if fields["antialias"] else 2] = 1
        parts["stem", "blurpool", channels, 2] = int(fields["antialias"])
    reached, dilation = 1 if fields["stem"] == "cifar" else 4, 1
    for stage, (depth, width) in enumerate(zip(fields["depths"], fields["widths"], strict=True)):
        for number in range(depth):
            stride = 2 if stage and not number else 1
            dilates = stride == 2 and fields["output_stride"] < 32 and reached == fields["output_stride"]
            place = f"layer{stage + 1}.{number}"
            parts += block_by_hand(fields, place, channels, width, stride, dilation, dilates)
            channels = width * expansion
            reached, dilation = (reached, 2 * dilation) if dilates else (reached * stride, dilation)
    return +parts


def part(place: str, op: Op) -> tuple[Any, ...] | None:
    match op.kind:
        case "conv":
            return place, "conv", op.channels_in, op.channels_out, op.kernel, op.stride, op.groups, op.bias
        case "norm":
            return place, "norm", op.channels_in, op.norm, op.zero_init
        case "maxpool":
            return place, "maxpool", op.stride
        case "blurpool":
            return place, "blurpool", op.channels_in, op.stride
        case "pad":
            return place, "pad", op.channels_in, op.channels_out, op.stride, op.zeros_before
        case "avgpool" if op.kernel:
            return place, "avgpool", op.channels_in, op.stride
    return None


@cache
def blocks_described(spec: ResNetSpec) -> Parts:
    """Every block of what is described."""
    plan = trace(describe(spec), (64, 64))
    found = [part(name, row.op) for name, rows in plan.blocks.items() for row in rows]
    found += [part("stem", row.op) for row in plan.stages["stem"] if "pool" in row.kind]
    for name, rows in plan.blocks.items():
        found += [
            (name, "dilated", row.op.channels_in, row.op.channels_out, row.op.dilation)
            for row in rows
            if row.op.dilation > 1
        ]
        found.append((name, "begins", "conv" if rows[0].kind == "conv" else "activation"))
        found.append((name, "adds", any(row.kind == "add" for row in rows)))
        kinds = [row.kind for row in rows if row.path == "main"]
        if "blurpool" in kinds:
            found.append((name, "blurs behind", kinds[: kinds.index("blurpool")].count("conv")))
    return Counter(one for one in found if one is not None)


def made(fields: Fields) -> ResNetSpec | None:
    try:
        return ResNetSpec(**fields)
    except SpecError:
        return None


@pytest.mark.parametrize("norm", ["group", "none"])
@pytest.mark.parametrize("block", CHOICES["block"])
def test_every_combination_is_the_network_that_its_fields_say(block: str, norm: str) -> None:
    seen = 0
    for fields in combinations(block, norm):
        spec = made(fields)
        if spec is not None:
            seen += 1
            assert blocks_described(spec) == blocks_by_hand({**DEFAULTS, **fields}), fields
    assert seen > 100


@settings(max_examples=300, deadline=None)
@given(valid_or_not)
def test_any_spec_is_the_network_that_its_fields_say(fields: Fields) -> None:
    spec = made(fields)
    if spec is not None:
        assert blocks_described(spec) == blocks_by_hand(fields)


@pytest.mark.parametrize("norm", ["group", "none"])
@pytest.mark.parametrize("block", CHOICES["block"])
def test_what_a_picker_disables_changes_nothing_and_all_else_does(block: str, norm: str) -> None:
    """And what stands beside its default is needed: with the default it is another network, or none."""
    for spec in {spec for fields in combinations(block, norm) if (spec := made(fields)) is not None}:
        own, off = {**DEFAULTS, **spec.as_dict()}, inapplicable(spec)
        network = blocks_by_hand({**DEFAULTS, **own})
        values = {name: CHOICES[name] for name in ("stride_on", "shortcut", "order")} | dict.fromkeys(
            FLAGS, (False, True)
        )
        for name, options in values.items():
            others = [value for value in options if value != own[name]]
            networks = [
                blocks_by_hand({**DEFAULTS, **own, name: value}) for value in others if made({**own, name: value})
            ]
            if name in off and name != "shortcut":
                assert all(one == network for one in networks), (spec, name)
                assert own[name] == DEFAULTS[name]
            elif own[name] != DEFAULTS[name]:
                changed = {**own, name: DEFAULTS[name]}
                assert made(changed) is None or blocks_by_hand({**DEFAULTS, **changed}) != network, (spec, name)
            elif name != "shortcut":
                assert not networks or any(one != network for one in networks), (spec, name)
