"""Ways of transfer learning drawn: what is hatched is what the way freezes."""

from __future__ import annotations

import re

import pytest

from explorer import describe, preset, trace
from explorer.architecture.plan import Plan
from explorer.views.diagram import layout
from explorer.views.drawing import Card, Drawing, Orientation
from explorer.views.svg import to_page_svg
from explorer.views.transfer import frozen_drawing

WORDS = {"stem": "frozen", "layer1": "frozen", "layer2": "frozen", "layer3": "trained", "layer4": "trained"} | {
    "head": "new, trained"
}
ORIENTATIONS: tuple[Orientation, ...] = ("wide", "narrow")


def plan(**changes: object) -> Plan:
    return trace(describe(preset("resnet18").replace(**changes)), (224, 224))


def cards(drawing: Drawing) -> dict[str, Card]:
    return {card.id: card for card in drawing.cards}


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_whole_cards_are_hatched_where_nothing_learns(orientation: Orientation) -> None:
    drawn = cards(frozen_drawing(plan(), WORDS, ("layer3", "layer4", "fc"), orientation=orientation))
    assert {name for name, card in drawn.items() if card.hatched == card.rect} == {"stem", "layer1", "layer2"}
    assert [name for name, card in drawn.items() if card.hatched is None] == ["layer3", "layer4", "head"]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_nothing_is_hatched_where_all_learns(orientation: Orientation) -> None:
    assert not any(card.hatched for card in frozen_drawing(plan(), WORDS, None, orientation=orientation).cards)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_head_with_a_new_layer_is_hatched_down_to_it(orientation: Orientation) -> None:
    head = cards(frozen_drawing(plan(added_classes=5), WORDS, ("added",), orientation=orientation))["head"]
    boxes = {box.id: box.rect for column in head.columns for box in column.boxes}
    assert head.hatched is not None
    end = head.hatched.y + head.hatched.height
    assert boxes["fc"].y + boxes["fc"].height <= end < boxes["added"].y


def test_the_norm_in_the_head_of_pre_activation_is_frozen_with_what_is_before_it() -> None:
    head = cards(frozen_drawing(plan(order="pre"), WORDS, ("fc",), orientation="wide"))["head"]
    assert head.hatched is not None
    assert 0 < head.hatched.height < head.rect.height


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_words_stand_above_their_cards_and_within_the_picture(orientation: Orientation) -> None:
    drawing = frozen_drawing(plan(), WORDS, ("fc",), orientation=orientation)
    _, top, width, height = map(float, re.findall(r'viewBox="([^"]*)"', to_page_svg(drawing))[0].split())
    assert top + height == pytest.approx(drawing.height, abs=0.1)
    for before, card in zip((None, *drawing.cards), drawing.cards, strict=False):
        assert card.note is not None
        assert card.note.text == WORDS[card.id]
        assert top <= card.note.y - card.note.size
        assert card.note.y < card.rect.y
        assert card.note.span[0] >= 0
        assert card.note.span[1] <= width
        if before is not None and orientation == "narrow":
            assert before.rect.y + before.rect.height <= card.note.y - 0.8 * card.note.size


def test_hatching_stays_within_its_part_and_the_picture_says_it_in_words() -> None:
    drawing = frozen_drawing(plan(), WORDS, ("layer2", "layer3", "layer4", "fc"), orientation="wide")
    svg = to_page_svg(drawing, clickable=False)
    assert "data-id" not in svg
    assert 'role="img"' in svg
    assert "conv2_x · layer1: frozen" in svg
    paths = re.findall(r'class="hatched" d="([^"]+)"', svg)
    assert len(paths) == 2
    for path, card in zip(paths, drawing.cards, strict=False):
        points = [tuple(map(float, pair.split())) for pair in re.findall(r"[ML]([-\d.]+ [-\d.]+)", path)]
        x, y, rect = [p[0] for p in points], [p[1] for p in points], card.rect
        assert len(points) > 20
        assert rect.x - 0.1 <= min(x)
        assert max(x) <= rect.x + rect.width + 0.1
        assert rect.y - 0.1 <= min(y)
        assert max(y) <= rect.y + rect.height + 0.1


def test_a_diagram_that_is_not_of_a_way_is_as_it_was() -> None:
    svg = to_page_svg(layout(plan()))
    assert 'viewBox="0 0 ' in svg
    assert "hatched" not in svg
