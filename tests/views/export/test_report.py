"""A report says what torchvision's network has, is small, is safe, and is the same each time."""

from __future__ import annotations

import base64
import hashlib
from datetime import date

import numpy as np
import pytest
import torchvision

from explorer import describe, preset, trace
from explorer.architecture.families import network_of
from explorer.architecture.plan import Plan
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.work import FLOPS
from explorer.views.depth import Measured
from explorer.views.export.report.inside import Inside
from explorer.views.export.report.report import report
from explorer.views.norms import NormNumbers
from tests.views.export.opened_report import Opened, cells

MOST_BYTES = 5_000_000
MADE = date(2026, 12, 1)


def plan_of(name: str, side: int) -> Plan:
    return trace(describe(preset(name)), (side, side))


@pytest.fixture(scope="module")
def resnet18() -> Opened:
    return Opened(
        report(plan_of("resnet18", 64), made=MADE, address="https://school.example/?network=resnet18&size=64")
    )


def after(opened: Opened, label: str) -> str:
    """What stands behind a label."""
    return opened.words[opened.words.index(label) + 1]


def test_the_totals_are_those_of_torchvisions_network(resnet18: Opened) -> None:
    model = torchvision.models.resnet18(weights=None)
    params = sum(one.numel() for one in model.parameters())
    assert after(resnet18, "Parameters") == f"{params:,}"
    size = sum(one.numel() * one.element_size() for one in model.state_dict().values())
    assert after(resnet18, "Weights file") == f"{size / 1e6:.1f} MB"
    assert after(resnet18, "Weighted layers") == "18"
    assert "Input 3×64×64 · ResNet Explorer 0.1.0 · 1 December 2026" in resnet18.words


def test_the_table_of_layers_has_every_module_with_its_parameters(resnet18: Opened) -> None:
    head, *rows = cells(resnet18.data["tables"]["layer_table"])
    params = {row[0]: int(row[head.index("Params")].replace(",", "")) for row in rows}
    for name, module in torchvision.models.resnet18(weights=None).named_modules():
        own = sum(one.numel() for one in module.parameters(recurse=False))
        if own:
            assert params.pop(name) == own
    assert not any(params.values())
    assert len(cells(resnet18.data["tables"]["block_table"])) == 1 + 8
    assert [row[0] for row in cells(resnet18.data["tables"]["stage_table"])][1:] == [
        "stem",
        *(f"layer{n}" for n in range(1, 5)),
        "head",
    ]


def test_whatever_can_be_picked_has_its_numbers(resnet18: Opened) -> None:
    details = resnet18.data["details"]
    assert "3·3·64·64 = 36,864" in details["layer1.0.conv1"]
    in_the_drawing = {attributes["data-id"] for _, attributes in resnet18.tags if "data-id" in attributes}
    in_tables = {row[0] for html in resnet18.data["tables"].values() for row in cells(html)[1:]}
    assert in_the_drawing | in_tables <= details.keys()
    assert {"layer1.0", "layer2.0.shortcut", "layer4"} <= in_the_drawing
    assert resnet18.data["within"]["layer1.1.conv2"] == ["layer1.1", "layer1"]


def test_the_charts_are_in_both_themes_and_without_webgl(resnet18: Opened) -> None:
    figures = resnet18.data["charts"]["profile"]
    assert list(figures) == ["MACs", "Params", "Size", "Channels", "Activations"]
    # 64·64·64·3·7·7 / 4 multiply-accumulates of the first convolution at stride 2
    assert figures["MACs"]["light"]["data"][0]["y"][0] == 64 * 32 * 32 * 3 * 49
    for drawn in figures.values():
        light, dark = (drawn[theme]["data"][0] for theme in ("light", "dark"))
        assert light["y"] == dark["y"]
        assert light["marker"]["color"] != dark["marker"]["color"]


def test_it_may_run_its_own_scripts_and_reach_no_network(resnet18: Opened) -> None:
    rules = next(a for tag, a in resnet18.tags if a.get("http-equiv") == "Content-Security-Policy")["content"] or ""
    assert rules.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in rules
    assert "http" not in rules
    for script in (resnet18.texts["script"], resnet18.unpacked("plotly")):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in rules
    loaded = [str(a[name]) for _, a in resnet18.tags for name in ("src", "srcset", "data", "poster") if name in a]
    assert all(one.startswith("data:") for one in loaded)
    assert not any(tag in ("link", "iframe", "object", "embed", "base", "form") for tag, _ in resnet18.tags)
    assert "@import" not in resnet18.texts["style"]
    assert "url(http" not in resnet18.texts["style"]


def test_the_address_is_a_link_and_a_code(resnet18: Opened) -> None:
    address = "https://school.example/?network=resnet18&size=64"
    assert ("a", {"href": address}) in resnet18.tags
    assert any(a.get("alt") == f"QR code of {address}" for tag, a in resnet18.tags if tag == "img")


def test_what_the_address_cannot_carry_stands_beside_it() -> None:
    told = "without your file: a link cannot carry it"
    text = report(plan_of("resnet20", 32), made=MADE, address="https://school.example/", left_out=told)
    assert f"· {told}" in Opened(text).words


def test_an_address_that_is_no_web_page_is_no_link() -> None:
    opened = Opened(report(plan_of("resnet20", 32), made=MADE, address="javascript:alert(1)"))
    assert not any((a.get("href") or "").startswith("javascript") for _, a in opened.tags)


EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'"


def of_a_run(plan: Plan, words: str = "cat") -> Inside:
    """A run that is worst to pack: maps and norms of noise."""
    random = np.random.default_rng(0)
    rows = {row.layer: row for row in plan.layers if len(row.output_shape) == 3}
    shown = [rows[name] for name in list(rows)[:: max(1, len(rows) // 7)]][:8]
    return Inside(
        weights=words,
        picture=words,
        seen=b"\x89PNG" + random.bytes(60_000),
        how=words,
        answers=((words, "99.8 %"),),
        said=words,
        maps={row.layer: random.normal(size=row.output_shape).astype(np.float32) for row in shown},
        norms=tuple(
            NormNumbers(
                layer=row.layer,
                stage=row.stage,
                numbers={
                    "gamma": random.normal(size=row.output_shape[0]),
                    "beta": random.normal(size=row.output_shape[0]),
                    "running_mean": random.normal(size=row.output_shape[0]),
                    "running_var": random.gamma(2.0, size=row.output_shape[0]),
                },
            )
            for row in plan.layers
            if row.kind == "norm"
        ),
        measured=tuple(
            Measured(row=row, mean=random.normal(), std=random.gamma(2.0), zeros=random.random(), silent=())
            for row in plan.layers
        ),
        ratios={block: random.gamma(2.0) for block in plan.blocks},
    )


def test_names_that_people_gave_are_no_markup() -> None:
    plan = plan_of("resnet20", 32)
    usual = Opened(report(plan, made=MADE, address="https://x.example/", inside=of_a_run(plan)))
    evil = Opened(report(plan, made=MADE, address=f"https://x.example/?{EVIL}", inside=of_a_run(plan, EVIL)))
    assert [tag for tag, _ in evil.tags] == [tag for tag, _ in usual.tags]
    assert [sorted(a) for _, a in evil.tags] == [sorted(a) for _, a in usual.tags]
    assert any(EVIL in words for words in evil.words)


def test_what_a_run_gave_stands_at_its_label() -> None:
    plan = plan_of("resnet20", 32)
    inside = of_a_run(plan, "tabby")
    opened = Opened(report(plan, made=MADE, inside=inside))
    assert "Weights: tabby. Picture: tabby. tabby" in opened.words
    assert "tabby 99.8 %" in opened.words
    charts = opened.data["charts"]
    assert list(charts) == ["profile", "depth", "ratios", "norms"]
    assert charts["ratios"][""]["light"]["data"][0]["y"][:3] == list(inside.ratios.values())[:3]
    buttons = [a["data-row"] for _, a in opened.tags if "data-row" in a]
    assert buttons == list(inside.maps)
    # no run, no such part
    assert "With a picture" not in Opened(report(plan, made=MADE)).words


@pytest.mark.parametrize(("name", "side"), [("resnet50", 224), ("resnet152", 224), ("resnet1202", 32)])
def test_the_file_is_small_however_deep_the_network(name: str, side: int) -> None:
    plan = plan_of(name, side)
    inside = of_a_run(plan) if name != "resnet152" else None  # between the two others
    text = report(plan, made=MADE, address=f"http://10.0.0.2:8501/?network={name}", inside=inside)
    assert len(text.encode()) <= MOST_BYTES
    # WebGL writes programs while it runs, which the file's own rule forbids
    drawn = Opened(text).data["charts"]["profile"].values()
    assert {trace["type"] for figure in drawn for trace in figure["dark"]["data"]} <= {"bar", "scatter"}
    assert len(cells(Opened(text).data["tables"]["layer_table"])) == 1 + len(plan.layers)


def test_work_is_counted_as_it_is_chosen(resnet18: Opened) -> None:
    opened = Opened(report(plan_of("resnet18", 64), made=MADE, work=FLOPS))
    assert (after(resnet18, "MACs"), after(opened, "FLOPs")) == ("149 M", "297 M")
    assert "MACs" not in " ".join(opened.words)
    # two for each of 32·32·64·3·7·7
    assert " = 19,267,584" in opened.data["details"]["conv1"]
    assert cells(opened.data["tables"]["layer_table"])[0].count("FLOPs") == 1
    assert next(iter(opened.data["charts"]["profile"])) == "FLOPs"


def test_a_generator_has_its_drawing_and_its_picture() -> None:
    plan = trace(network_of(StarGANSpec()), (64, 64))
    opened = Opened(report(plan, made=MADE, inside=of_a_run(plan)))
    assert after(opened, "Weighted layers") == "18"
    assert any(a.get("data-id") == "bottleneck" for _, a in opened.tags)


def test_the_same_network_gives_the_same_file() -> None:
    plan = plan_of("resnet20", 32)
    assert report(plan, made=MADE) == report(plan, made=MADE)
