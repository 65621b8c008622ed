"""LaTeX that leaves the app: every cell stands in it under its column, and TeX sets it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from explorer import describe, preset, trace
from explorer.architecture.families import network_of
from explorer.views.export.latex import in_latex
from explorer.views.export.loading import input_table
from explorer.views.export.tables import latex_text
from explorer.views.tables import all_networks, block_table, compare, layer_table, stage_table
from tests.views.export.tex import compiled, needs_tex

PLAN = trace(describe(preset("resnet50")), (224, 224))
SMALL = trace(describe(preset("resnet20")), (32, 32))
FRAMES = {
    "stages": stage_table(PLAN),
    "blocks": block_table(PLAN),
    "layers": layer_table(PLAN),
    "compare": compare({"resnet50": PLAN, "resnet20": SMALL}),
    "generator": stage_table(trace(network_of("stargan"), (128, 128))),
    "all": all_networks(),
}
HOSTILE = r"a & b_c % 50 # {d} ~ ^ \end{tabular} $x$ [3pt] <p> | “β” 名"


def rows(text: str) -> list[list[str]]:
    """The cells of a table, its header first, without the air below a row."""
    found = re.findall(r"^(?!%|\\(?:toprule|midrule|bottomrule|begin|end))(.*?) \\\\(?:\[\w+\])?$", text, re.MULTILINE)
    return [re.split(r"(?<!\\) & ", line) for line in found]


def test_the_stages_of_resnet50_are_those_of_the_papers_table() -> None:
    header, *lines = rows(latex_text(FRAMES["stages"]))
    assert header == ["In the paper", "Output size", "Made of", "Params", "MACs"]
    # Table 1 of arXiv 1512.03385, the column of 50 layers
    paper = {
        "conv2\\_x": (64, 256, 3),
        "conv3\\_x": (128, 512, 4),
        "conv4\\_x": (256, 1024, 6),
        "conv5\\_x": (512, 2048, 3),
    }
    for name, _, made, *_ in lines[1:5]:
        inner, outer, times = paper[name]
        said = re.findall(r"\\mbox\{(\d)\$\\times\$\d, (\d+)\}", made)
        assert said == [("1", str(inner)), ("3", str(inner)), ("1", str(outer))]
        assert made.endswith(rf"\right]$ $\times$ {times}")
    assert [line[3] for line in lines] == [f"{count:,}" for count in FRAMES["stages"]["params"]]


@pytest.mark.parametrize(("by", "name"), [("blocks", "block"), ("layers", "layer")])
def test_every_row_has_its_own_numbers(by: str, name: str) -> None:
    header, *lines = rows(latex_text(FRAMES[by]))
    frame = FRAMES[by]
    place = {word: header.index(word) for word in ("Params", "MACs")}
    assert [line[0] for line in lines] == frame[name].tolist()
    assert [line[place["Params"]] for line in lines] == [f"{count:,}" for count in frame["params"]]
    assert [line[place["MACs"]] for line in lines] == [f"{count:,}" for count in frame["macs"]]


def test_a_long_table_goes_over_pages_and_a_short_one_does_not() -> None:
    assert latex_text(FRAMES["layers"]).startswith("% \\usepackage{booktabs,longtable}\n\\begin{longtable}{llrrlrrr}\n")
    assert latex_text(FRAMES["stages"]).startswith("% \\usepackage{booktabs}\n\\begin{tabular}{lllrr}\n")


def test_what_is_a_command_in_latex_is_a_sign_in_a_table() -> None:
    assert in_latex("50 % of x_1 & {y}") == r"50 \% of x\_1 \& \{y\}"
    assert in_latex("−1 × 2 → β") == r"$-$1 $\times$ 2 $\to$ $\beta$"
    assert in_latex("Zürich 名") == "Zürich ?"
    assert in_latex("\N{NO-BREAK SPACE}") == "~"


def test_what_is_missing_is_empty_and_a_share_is_in_percent() -> None:
    frame = pd.DataFrame({"a_b": ["x"], "n": pd.array([None], dtype="Int64"), "params_share": [0.125]})
    assert rows(latex_text(frame)) == [["A b", "N", "Params, share"], ["x", "", r"12.50 \%"]]


@needs_tex
def test_tex_sets_every_table_and_every_sign(tmp_path: Path) -> None:
    texts = {name: latex_text(frame) for name, frame in FRAMES.items()}
    texts["hostile"] = latex_text(pd.DataFrame({"name_1": [HOSTILE, f"[{HOSTILE}"]}))
    for name, text in texts.items():
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
    loaded = [f"\\input{{{name}}}" if "longtable" in text else input_table(name) for name, text in texts.items()]
    read = compiled(tmp_path, "\n\n".join(loaded), "booktabs,longtable")
    assert "14,964,736" in read
    assert "25,557,032" in read  # of all networks
    assert "a & b" in read
    assert "50 # {d}" in read
