"""Every page owns itself: its folder says what it is, and nothing else has to be told."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import explorer.ui
from explorer.architecture.codec import PARAMETERS
from explorer.ui.page import Page
from explorer.ui.pages import FIRST, PAGES
from explorer.ui.params import shared
from explorer.ui.params.kinds import Choice, Number, Several, defined_in
from tests.ui.app import open_app, open_part, sentences, totals, url, widget

FOLDER = Path(explorer.ui.__file__).parent
PARAMS = [pytest.param(param, id=param.name) for page in PAGES.values() for param in page.parameters]


def test_pages_stand_in_the_order_of_their_groups_and_places() -> None:
    assert [(page.group, page.title) for page in PAGES.values()] == [
        ("Explore", "Architecture"),
        ("Explore", "Feature maps"),
        ("Explore", "Look inside"),
        ("Explore", "BatchNorm"),
        ("Explore", "Block"),
        ("Explore", "Compare"),
        ("Explore", "Cost"),
        ("Explore", "Checkpoint"),
        ("Explore", "Take home"),
        ("Experiment", "Training"),
        ("Experiment", "Gradient flow"),
        ("Experiment", "Transfer learning"),
        ("Learn", "Learn"),
        ("Learn", "Lecture"),
    ]
    assert len({(page.group, page.place) for page in PAGES.values()}) == len(PAGES)


def test_every_parameter_that_a_folder_defines_is_known_to_a_page() -> None:
    modules: list[ModuleType] = [
        import_module(".".join(("explorer.ui", *file.relative_to(FOLDER).with_suffix("").parts)))
        for file in FOLDER.rglob("params.py")
    ]
    assert set(defined_in(*modules)) == {param for page in PAGES.values() for param in page.parameters}


def test_no_two_parameters_have_one_name_nor_that_of_a_field_of_the_network() -> None:
    there = {*(param for page in PAGES.values() for param in page.parameters), *defined_in(shared)}
    names = [param.name for param in there]
    assert len(names) == len(set(names))
    assert not set(names) & set(PARAMETERS)


@pytest.mark.parametrize("param", PARAMS)
def test_the_default_is_a_value_within_the_bounds(param) -> None:
    if param.default not in (None, ""):
        assert param.parse(param.write(param.default)) == param.default
    if isinstance(param, Number):
        assert param.low <= param.high
    if isinstance(param, Choice | Several):
        assert all(param.words.values())


@pytest.mark.parametrize("param", PARAMS)
def test_what_is_said_of_a_parameter_is_a_sentence(param) -> None:
    assert not param.help or param.help.endswith((".", "?")) or "default:" in param.help


@pytest.mark.parametrize(
    ("page", "query", "above"),
    [
        (FIRST, {}, "totals"),
        ("compare", {}, "none"),
        ("compare", {"nets": "this,resnet50"}, "row"),
        ("compare", {"nets": "this,resnet50", "part": "all"}, "none"),
        ("block", {}, "none"),
        ("transfer", {}, "none"),
        ("transfer", {"x_source": "network"}, "row"),
        ("gradient-flow", {}, "none"),
        ("gradient-flow", {"g_nets": "this,plain-56"}, "row"),
        ("gradient-flow", {"g_nets": "this,plain-56", "g_by": "epoch"}, "none"),
        ("training", {}, "none"),
        ("learn", {}, "none"),
    ],
)
def test_a_page_has_above_it_what_it_asks_for(page, query, above, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Page, "draw", lambda self: None)
    at = open_app(page.replace("-", "_"), **query)
    assert not at.exception
    assert any(element.key == "w_network" for element in at.selectbox) == (above != "none")
    assert ("Parameters" in totals(at)) == (above == "totals")


def own_page() -> None:
    """A page that ignores the row on top: all of it is said here."""
    import streamlit as st

    from explorer.ui import shell, state, widgets
    from explorer.ui.page import Page
    from explorer.ui.params.kinds import flag, one_of, real, some_of, whole

    kind = one_of("n_kind", {"a": "First", "b": "Second"}, "Kind", "Which one.")
    size = whole("n_size", 1, 4096, 128, "Size", "How many.")
    rate = real("n_rate", 0, 1, 0.1, "Rate", "How fast.")
    more = some_of("n_more", ("x", "y"), "More", "What else.", default=("x",))
    loud = flag("n_loud", "Loud", "Whether it is loud.")
    page = Page(
        title="New", path="new", group="Explore", place=6, parameters=(kind, size, rate, more, loud), top="none"
    )
    state.read("new", {"new": page})
    shell.say_problems()
    chosen = widgets.switch(kind), widgets.number(size), widgets.slide(rate), widgets.tick(loud)
    widgets.several(more)
    st.text(f"{chosen} {state.get(more)}")


def test_a_new_page_needs_its_own_folder_alone() -> None:
    at = open_part(own_page, n_kind="b", n_size="4096")
    assert at.text[0].value == "('b', 4096, 0.1, False) ('x',)"
    assert [element.label for element in at.number_input] == ["Size"]
    assert (at.number_input[0].min, at.number_input[0].max) == (1, 4096)
    widget(at, "n_rate").set_value(0.5).run()
    widget(at, "n_loud").set_value(True).run()
    assert at.text[0].value == "('b', 4096, 0.5, True) ('x',)"
    assert url(at) == {"n_kind": "b", "n_size": "4096", "n_rate": "0.5", "n_loud": "yes"}


def test_a_link_into_a_new_page_is_refused_in_words() -> None:
    at = open_part(own_page, n_size="4097", chapter="stages")
    assert sentences(at) == [
        "The link's n_size is '4097'; it must be a whole number from 1 to 4,096. It was left out.",
        "The link has parameters that do not exist here and were left out: chapter.",
    ]
