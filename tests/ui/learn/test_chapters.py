"""Learn: every chapter can be read, every link leads where it says, and the source material is covered."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.architecture.codec import PARAMETERS, from_params, to_params
from explorer.architecture.families import usual_size
from explorer.architecture.presets import D2L
from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.ui.cached import plan_of
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.contents import BOOKS, BY_NAME, CHAPTERS, GLOSSARY
from explorer.ui.learn.params import CHAPTER
from explorer.ui.learn.quantities import fill
from explorer.ui.pages import PAGES
from explorer.ui.params.shared import SIZE
from explorer.views.selection import subject
from tests.ui.app import open_app, sentences, url
from tests.ui.learn.opened import FILLED, as_read, opened

# the lines of the source material: how many each article has, and its traps
LINES = {"000": 9, "001": 5, "002": 3, "003": 8, "004": 5}
SEEDS = {f"{article}.{n}" for article, count in LINES.items() for n in [*range(1, count + 1), "trap"]}
EARLIER = re.findall(
    r"\S+",
    """
    addition batch-norm bias-before-norm block bottleneck covariate-shift d2l-block d2l-network degradation
    easy-identity eighteen epsilon feature-maps four-steps gradients idle-blocks instance-norm matrix-on-skip
    not-only-vanishing plain-to-residual preprocessing residual-function residual-unit resnet18 results-2015 shapes
    skip-length solid-and-dashed stages standardised-input stargan-trunk thousand-layers train-and-eval
    training-and-depth transfer-ways weight-decay what-breaks
    """,
)
"""The chapters of the first version: links to them were sent."""
MOST_WORDS = 600


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages that show kept runs find those that come with the app."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    made = Runs(Store(Archive(tmp_path / "runs"), shipped=shipped()))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    yield
    made.close()


def links(chapter: Chapter) -> list[Link]:
    return [*chapter.tries, *(trap.see for trap in chapter.traps)]


LINKS = {link.address: link for chapter in CHAPTERS for link in links(chapter)}


def all_words(chapter: Chapter) -> str:
    """Everything that is read in a chapter but for its figures' own words."""
    traps = [f"{trap.written} {trap.so} {trap.source.text}" for trap in chapter.traps]
    labels = [link.label for link in links(chapter)]
    return " ".join([chapter.title, chapter.text, *(source.text for source in chapter.sources), *traps, *labels])


# --- the contents ---


def test_names_are_unique_and_a_bare_address_shows_the_first_chapter():
    assert len(BY_NAME) == len(CHAPTERS)
    assert CHAPTER.default == CHAPTERS[0].name
    assert all(CHAPTER.parse(name) == name for name in BY_NAME)


def test_every_line_of_the_source_material_is_in_a_chapter():
    covered = {seed for chapter in CHAPTERS for seed in chapter.seeds}
    assert covered - SEEDS == set()
    assert SEEDS - covered == set()


def test_every_term_of_the_glossary_is_marked_in_a_chapter_and_every_mark_is_a_term():
    for book in BOOKS.values():
        words = " ".join(all_words(chapter) for chapter in book.chapters)
        marked = {name or shown for shown, name in re.findall(r"\[\[([^]|]+)(?:\|([^]]+))?\]\]", words)}
        assert marked == set(GLOSSARY), book.language
    assert all(terms.keys() >= {"en", "zh"} for terms in GLOSSARY.values())


def test_names_of_earlier_chapters_open_the_one_that_took_them_over():
    earlier = [name for chapter in CHAPTERS for name in chapter.takes_over]
    assert len(set(earlier)) == len(earlier)
    assert set(earlier).isdisjoint(BY_NAME)
    assert set(EARLIER) <= BOOKS["en"].by_name.keys()
    for chapter in CHAPTERS:
        assert all(BOOKS["en"].by_name[name] is chapter for name in chapter.takes_over)


@pytest.mark.parametrize("chapter", FILLED.values(), ids=FILLED)
def test_a_chapter_is_short_has_a_source_and_somewhere_to_try_it(chapter):
    assert len(chapter.text.split()) <= MOST_WORDS
    assert chapter.tries
    assert chapter.sources
    assert all(source.text and not source.text.endswith(".") for source in chapter.sources)
    assert all(trap.source.text and trap.so.endswith(".") for trap in chapter.traps)
    assert "!" not in all_words(chapter)


# --- reading ---


@pytest.mark.parametrize("name", BY_NAME)
def test_every_chapter_can_be_read(name):
    at = opened(name)
    assert sentences(at) == []
    html = "".join(element.proto.body for element in at.get("html"))
    assert f"<h2 class='chapter'>{BY_NAME[name].title}" in html
    shown = [link.proto.label for link in at.get("page_link")]
    assert all(link.label in shown for link in BY_NAME[name].tries)
    words = " ".join(element.value for element in [*at.markdown, *at.caption])
    assert not re.search(r"\{[a-z]", re.sub(r"\$\$.*?\$\$|\$.*?\$", "", words, flags=re.DOTALL))
    assert "[[" not in words
    assert "::" not in words


def test_all_that_can_be_read_at_once_needs_no_torch():
    code = (
        "import sys, explorer.ui.learn.show; from explorer.ui.learn.questions.question import makers; makers(); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_chapter_that_does_not_exist_is_said_and_the_first_is_shown():
    at = open_app("learn", chapter="nothing")
    assert not at.exception
    assert sentences(at) == ["There is no chapter named 'nothing'; the first is shown. Choose another from the list."]


def test_neighbours_open_other_chapters():
    at = open_app("learn")
    second = CHAPTERS[1].name
    at.button(key="learn_after").click().run()
    assert url(at) == {"chapter": second}
    assert BY_NAME[second].title in "".join(element.proto.body for element in at.get("html"))
    at.button(key="learn_before").click().run()
    assert url(at) == {}
    assert not at.exception


@pytest.mark.parametrize(
    ("holds", "verdicts"),
    [
        (False, {"true": "It is not so.", "false": "Right, it is not so."}),
        (True, {"true": "Right, it is so.", "false": "It is so."}),
    ],
)
def test_a_claim_is_a_question_before_it_opens_whichever_answer_is_given(holds, verdicts):
    name, trap = next((one.name, trap) for one in FILLED.values() for trap in one.traps if trap.holds == holds)
    place = f"{name}-{FILLED[name].traps.index(trap) + 1}"
    for answer, verdict in verdicts.items():
        at = open_app("learn", chapter=name)
        assert trap.so not in as_read(" ".join(element.value for element in at.markdown))
        at.radio(key=f"learn_answer_{place}").set_value(answer).run()
        words = as_read(" ".join(element.value for element in at.markdown))
        assert f"**{verdict}** {trap.so}" in words.replace("\u00a0", " ")
        assert trap.see.label in [link.proto.label for link in at.get("page_link")]
        assert f"learn_answer_{place}" not in [radio.key for radio in at.radio]


# --- links ---


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_link_holds_what_its_page_understands_and_nothing_that_is_so_anyway(link):
    known = PAGES[link.page].known
    spec = from_params(link.query)
    assert to_params(spec).items() <= dict(link.query).items()
    size = SIZE.parse(link.query["size"]) if "size" in link.query else usual_size(spec)
    for name in link.query.keys() - set(PARAMETERS):
        if link.query == {**link.query, "weights": "random"} and spec == from_params({}):
            continue  # without them a page that shows weights would choose others
        assert known[name].parse(link.query[name]) != known[name].default or name == "size", name
    if "row" in link.query:
        assert subject(plan_of(spec, size), link.query["row"]) is not None


# --- sources ---


def test_the_section_of_each_source_is_that_of_the_edition_and_paper_it_names():
    sources = {
        name: " ".join(fill(source.text) for source in [*chapter.sources, *(trap.source for trap in chapter.traps)])
        for name, chapter in FILLED.items()
    }
    of_the_textbook = {name for name, words in sources.items() if "Dive into Deep Learning" in words}
    assert of_the_textbook == {"block", "network", "shapes", "counting"}
    assert all(sources[name].count(D2L) == sources[name].count("Dive into Deep Learning") for name in of_the_textbook)
    # its contents: 3, identity skip connections; 4, activation functions; 4.1, experiments with them
    source = FILLED["identity"].traps[0].source
    assert source.text == "He et al. 2016, section 4, which puts the last ReLU elsewhere"
    assert source.url.endswith("/1603.05027")
