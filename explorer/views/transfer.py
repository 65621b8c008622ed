"""A way of transfer learning drawn: which cards of a diagram are frozen, and its numbers as tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from explorer.architecture.plan import Plan, learns
from explorer.views.diagram import layout
from explorer.views.drawing import Box, Card, Drawing, Mark, Orientation, Rect, Text, text_width
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import percent

COLUMNS: tuple[str | Cell, ...] = ("Part", "", *(Cell(title, "number") for title in ("Trained", "Frozen", "Norms")))
NOTE_SIZE = 12.0
ABOVE_CARD = 5.0
ABOVE_BOX = 4.0


def frozen_drawing(
    plan: Plan, words: Mapping[str, str], trainable: Collection[str] | None, *, orientation: Orientation
) -> Drawing:
    """The diagram of a network with all that is frozen hatched, and a word above each card.

    A card of which a part learns, such as a head with an old classifier and a new layer, is hatched down to that part.

    Args:
        plan: the network at one input size.
        words: what stands above a card, by section.
        trainable: names of the modules that learn, or of modules that hold them; None for all.
        orientation: ``wide`` or ``narrow``.
    """
    drawing = layout(plan, orientation=orientation)
    cards = tuple(
        replace(card, note=_note(card, words[card.id], orientation), hatched=_frozen_part(plan, card, trainable))
        for card in drawing.cards
    )
    said = "; ".join(f"{card.title.text}: {words[card.id]}" for card in cards)
    return replace(drawing, cards=cards, description=f"{said}.")


def sections_html(rows: Sequence[Sequence[str]]) -> str:
    """What a way does with each part of the network, as a table.

    Args:
        rows: of each part its name, what becomes of it, parameters trained and frozen, and its norms.
    """
    return html_table(COLUMNS, rows, kind="parts")


def preprocessed_html(rows: Sequence[tuple[str, bool, int, int]]) -> str:
    """What one network is worth under several preprocessings: a bar for each, with its numbers.

    Args:
        rows: of each its title, whether it is the right one, pictures classified correctly, and all of them.
    """
    cells = [
        (
            title,
            "✓ right" if is_right else "✕ wrong",
            Cell(html=f"<i style='width:{100 * right / pictures:.1f}%'></i>"),
            f"{right:,} of {pictures:,}",
            Cell(html=f"<b>{percent(right / pictures)}</b>"),
        )
        for title, is_right, right, pictures in rows
    ]
    return html_table(("Pixels become", "", Cell("", "bar wide"), "Correct", "Accuracy"), cells)


def _note(card: Card, word: str, orientation: Orientation) -> Text:
    y = card.rect.y - ABOVE_CARD
    if orientation == "wide" and text_width(word, NOTE_SIZE) <= card.rect.width:
        return Text(card.rect.x, y, word, NOTE_SIZE, "start", "ink", True)
    # in a narrow drawing the path goes down on the left
    return Text(card.rect.x + card.rect.width, y, word, NOTE_SIZE, "end", "ink", True)


def _frozen_part(plan: Plan, card: Card, trainable: Collection[str] | None) -> Rect | None:
    """What of a card is hatched: all above the first thing in it that learns."""
    learning = {row.layer for row in plan.stages[card.id] if row.params and learns(row.layer, trainable)}
    if not learning:
        return card.rect
    things: list[Box | Mark] = []
    for column in card.columns:
        things += [*column.boxes, *column.marks]
    tops = [thing.rect.y for thing in things if thing.id in learning]
    frozen = any(row.params and row.layer not in learning for row in plan.stages[card.id])
    if not frozen or not tops:
        return None
    return replace(card.rect, height=min(tops) - ABOVE_BOX - card.rect.y)
