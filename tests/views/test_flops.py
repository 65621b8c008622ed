"""The table of FLOP figures adds up, and the way between two of them is drawn from end to end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from explorer import describe, preset, trace
from explorer.architecture.flops import FlopFigure, flop_figures, steps_between
from explorer.views.flops import difference_words, figures_html, steps_figure, steps_frame, steps_html
from explorer.views.numbers import NO_BREAK

SPEC = preset("resnet50")
FIGURES: dict[str, FlopFigure] = {
    figure.tool: figure for figure in flop_figures(trace(describe(SPEC), (224, 224)), spec=SPEC)
}
TOOLS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "flop_tools.json").read_text(encoding="utf-8")
)
RESNET50 = next(one for one in TOOLS["networks"] if (one["network"], one["input_size"]) == ("resnet50", [224, 224]))


def lines(html: str) -> list[list[str]]:
    """The rows of a table, cell by cell, without the head; a line break within a cell is a space."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)[1:]
    return [
        [re.sub(r"<[^>]+>", "", cell.replace("<small>", " ")) for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in rows
    ]


def count(text: str) -> int:
    return 0 if text == "–" else int(re.sub(r"[^\d−]", "", text).replace("−", "-"))


def test_every_line_of_the_table_adds_up_to_what_the_tool_gives() -> None:
    names = {figure.source: tool for tool, figure in FIGURES.items()}
    seen = set()
    for name, printed, *parts in lines(figures_html(list(FIGURES.values()))):
        tool = names[name]
        total = sum(map(count, parts))
        assert f"{total:,}" in printed
        if tool in RESNET50:
            assert total == RESNET50[tool]
            seen.add(tool)
    assert seen == {"torch", "torchinfo", "fvcore", "thop", "ptflops", "calflops", "deepspeed", "torchprofile"}


def test_the_reasons_and_their_rows_add_up_to_the_difference() -> None:
    first, second = FIGURES["paper"], FIGURES["ptflops"]
    steps = steps_between(first, second)
    *reasons, (_, _, rows, in_all) = lines(steps_html(first, second, steps))
    difference = RESNET50["ptflops"] - first.value
    assert count(in_all) == difference == sum(count(line[-1]) for line in reasons)
    frame = steps_frame(steps)
    assert frame["difference"].sum() == difference
    assert rows == f"{len(frame):,} rows"


def test_each_bar_begins_where_the_one_before_it_ends() -> None:
    first, second = FIGURES["deepspeed"], FIGURES["thop"]
    steps = steps_between(first, second)
    drawn = steps_figure(first, second, steps, "light").data[0]
    at = 0
    for start, length in zip(drawn.base[1:-1], drawn.x[1:-1], strict=True):
        assert start == at
        at += length
    assert at == drawn.x[-1] == second.value - first.value


def test_a_sentence_says_by_how_much_and_by_what_two_figures_differ() -> None:
    first, second = FIGURES["torchvision"], FIGURES["thop"]
    said = difference_words(first, second, steps_between(first, second)).replace(NO_BREAK, " ")
    assert said == "thop's 4.13 G and torchvision's 4.09 G differ by 44.6 M: norms +44.5 M, average pools +102 k."
    same = difference_words(FIGURES["here"], first, ()).replace(NO_BREAK, " ")
    assert same == "torchvision's 4.09 G and this app's 4.09 G are the same number: 4,089,184,256."
