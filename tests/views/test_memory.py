"""Figure and tables of memory: the parts add up, and everything is in them once."""

from __future__ import annotations

import pytest

from explorer.architecture.memory import Use, memory_of, usable_bytes
from explorer.views.memory import largest_html, memories_of, memory_figure, rows_table
from explorer.views.memory_words import error_text, use_words
from tests.architecture.plans import plan_of

PLAN = plan_of("resnet50d", (64, 64))
USES = [
    Use(),
    Use(optimiser="adam", precision="bfloat16"),
    Use(training=False),
    Use(training=False, precision="bfloat16"),
]


@pytest.mark.parametrize("use", USES, ids=use_words)
def test_rows_add_up_to_the_activations_of_the_batch(use: Use) -> None:
    memory = memory_of(PLAN, use, on_gpu=True)
    frame = rows_table(PLAN, memory, use, 5)
    assert frame["bytes"].sum() == memory.parts(5)[-1].size.value
    assert frame["layer"].is_unique or not use.training
    for formula, size in zip(frame["formula"], frame["bytes"], strict=True):
        assert eval(formula.replace("·", "*").replace(",", "")) == size


@pytest.mark.parametrize("use", USES, ids=use_words)
def test_areas_of_the_figure_add_up_to_all_bytes_and_end_at_the_largest_batch(use: Use) -> None:
    memory = memory_of(PLAN, use)
    figure = memory_figure(memory, batch=7, card=8, theme="light")
    largest = memory.largest_batch(usable_bytes(8))
    batches = list(figure.data[0].x)
    assert batches[0] == 0
    assert batches[-1] == largest
    assert 7 in batches
    for place, batch in enumerate(batches):
        assert sum(trace.y[place] for trace in figure.data) == memory.bytes_at(batch)
    assert [note.text for note in figure.layout.annotations] == ["8\u00a0GB"]


def test_table_of_largest_batches_says_how_each_comes_about() -> None:
    written = largest_html(memories_of(PLAN), Use())
    memory = memory_of(PLAN, Use(), on_gpu=True)
    for card in (8, 80):
        batch = memory.largest_batch(card * 2**30 * 9 // 10)
        assert f"= {batch:,}'>{batch:,}</td>" in written


def test_error_of_an_estimate_is_a_share_of_what_was_measured() -> None:
    assert error_text(90, 100) == "−10.0\u00a0%"
    assert error_text(110, 100) == "+10.0\u00a0%"
