"""Accuracy against cost: figures that are torchvision's, and the front by its definition."""

from __future__ import annotations

import pytest
import torchvision.models

from explorer.architecture.published import PUBLISHED
from explorer.views.accuracy import (
    QUANTITIES,
    SHORT,
    Against,
    Among,
    Weights,
    accuracy_figure,
    front_in_words,
    on_front,
    published_weights,
)
from explorer.views.differences import catalogue
from explorer.views.palette import BACKGROUND, TEXT, Theme

SECONDS = {name: 0.01 * place for place, name in enumerate(PUBLISHED, start=1)}
BOTH: tuple[Among, ...] = ("residual", "torchvision")


def points(among: Among = "residual") -> tuple[Weights, ...]:
    return published_weights(catalogue(), among, SECONDS)


@pytest.mark.parametrize("among", BOTH)
def test_every_published_set_of_weights_is_there_with_torchvisions_figures(among: Among) -> None:
    found = {}
    for name in torchvision.models.list_models(torchvision.models):
        if among == "residual" and "resne" not in name:
            continue
        for enum in torchvision.models.get_model_weights(name):
            if enum.meta["categories"]:
                version = enum.name.removeprefix("IMAGENET1K_").replace("_", " ")
                found[name, version] = enum.meta
    drawn = {(one.name, one.version): one for one in points(among)}
    assert drawn.keys() == found.keys()
    for key, meta in found.items():
        assert drawn[key].acc1 == meta["_metrics"]["ImageNet-1K"]["acc@1"]
        assert drawn[key].params == meta["num_params"]
        assert round(drawn[key].macs / 1e9, 3) == pytest.approx(meta["_ops"], abs=0.0011)


def beaten(one: Weights, all_of_them: tuple[Weights, ...], against: Against) -> bool:
    cost = QUANTITIES[against].of
    mine = cost(one)
    assert mine is not None
    return any(
        theirs <= mine and other.acc1 >= one.acc1 and (theirs < mine or other.acc1 > one.acc1)
        for other in all_of_them
        if (theirs := cost(other)) is not None
    )


@pytest.mark.parametrize("against", QUANTITIES)
@pytest.mark.parametrize("among", BOTH)
def test_on_the_front_is_what_no_other_beats(among: Among, against: Against) -> None:
    all_of_them = points(among)
    known = [one for one in all_of_them if QUANTITIES[against].of(one) is not None]
    expected = {one for one in known if not beaten(one, all_of_them, against)}
    assert set(on_front(all_of_them, against)) == expected
    said = front_in_words(all_of_them, against)
    assert said.startswith(f"{len(expected)} of {len(known)} are on the front")
    assert all(one.label in said for one in expected)
    assert (f"Of {len(all_of_them) - len(known)} more it is not known." in said) == (len(known) < len(all_of_them))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("against", QUANTITIES)
def test_the_chart_has_a_point_for_each_and_the_front_as_steps(against: Against, theme: Theme) -> None:
    figure = accuracy_figure(points(), against, theme)
    drawn = [data[0] for line in figure.data if line.name != "front" for data in line.customdata]
    assert sorted(drawn) == sorted(one.label for one in points())
    line = next(one for one in figure.data if one.name == "front")
    assert list(line.y)[:-1] == [one.acc1 for one in on_front(points(), against)]
    assert list(line.x) == sorted(line.x)


def test_open_circles_are_the_simple_recipe_and_no_stages_colour_is_used() -> None:
    figure = accuracy_figure(points(), "macs", "light")
    colours = {
        (data[1].split()[0], colour)
        for line in figure.data
        if line.name != "front"
        for data, colour in zip(line.customdata, line.marker.color, strict=True)
    }
    assert colours == {("simple", BACKGROUND["light"]), ("new", TEXT["light"])}


def test_time_and_activations_are_of_the_described_networks_alone() -> None:
    figure = accuracy_figure(points("torchvision"), "seconds", "light")
    assert {line.name for line in figure.data} == {*SHORT, "front"}
    assert list(next(line for line in figure.data if line.name == "resnet34").x) == pytest.approx([20])


@pytest.mark.parametrize("among", BOTH)
@pytest.mark.parametrize("against", QUANTITIES)
def test_every_network_on_the_front_is_named_once_or_has_no_room(among: Among, against: Against) -> None:
    texts = [note.text for note in accuracy_figure(points(among), against, "light").layout.annotations]
    assert len(texts) == len(set(texts))
    best = {SHORT.get(one.name, one.title) for one in on_front(points(among), against)}
    assert len(best & set(texts)) >= min(len(best) - 2, 7)
