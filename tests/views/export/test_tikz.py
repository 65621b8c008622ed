"""A drawing as TikZ: the same shapes as in its SVG file, with every word, and TeX draws it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from explorer import describe, preset, trace
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.families import network_of
from explorer.architecture.one_block import trace_block
from explorer.views.block_drawing import block_drawing
from explorer.views.diagram import layout
from explorer.views.drawing import Drawing
from explorer.views.export.loading import input_diagram
from explorer.views.export.tikz import to_tikz
from explorer.views.svg import to_svg
from tests.views.export.tex import compiled, needs_tex

_CLASH = BlockSpec(channels_in=64, channels_out=128, shortcut="identity")
DRAWINGS: dict[str, Drawing] = {
    "wide": layout(trace(describe(preset("seresnet50")), (224, 224))),
    "narrow": layout(trace(describe(preset("resnet110")), (32, 32)), orientation="narrow"),
    "generator": layout(trace(network_of("stargan"), (128, 128))),
    "clash": block_drawing(_CLASH, trace_block(_CLASH, (56, 56)), batch=1),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_shape_of_the_svg_is_drawn_in_its_place(name: str) -> None:
    tikz, root = to_tikz(DRAWINGS[name]), ElementTree.fromstring(to_svg(DRAWINGS[name]))
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert len(re.findall(r"^\\node", tikz, re.MULTILINE)) == tags.count("text")
    assert len(re.findall(r"^\\path.* rectangle ", tikz, re.MULTILINE)) == tags.count("rect")
    assert len(re.findall(r"^\\path.* circle\[", tikz, re.MULTILINE)) == tags.count("circle")
    assert len(re.findall(r"^\\path", tikz, re.MULTILINE)) == sum(map(tags.count, ("rect", "circle", "path")))
    top = float(root.attrib["viewBox"].split()[1])
    places = [(float(one.attrib["x"]), float(one.attrib["y"]) - top) for one in root.iter() if one.tag.endswith("text")]
    said = re.findall(r"^\\node.* at \((-?[\d.]+),(-?[\d.]+)\)", tikz, re.MULTILINE)
    assert [(float(x), float(y)) for x, y in said] == [pytest.approx(place, abs=0.001) for place in places]


def test_every_colour_is_defined_once_and_used() -> None:
    tikz = to_tikz(DRAWINGS["wide"])
    defined = re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{([0-9A-F]{6})\}", tikz)
    assert len(dict(defined)) == len(defined)
    assert set(re.findall(r"(?:fill|draw|text)=(\w+)", tikz)) == set(dict(defined))
    assert "0F766E" in dict(defined).values()  # the first stage's, as the theme has it
    assert "#" not in tikz


def test_the_dark_drawing_has_the_dark_colours() -> None:
    assert to_tikz(DRAWINGS["clash"], theme="dark") != to_tikz(DRAWINGS["clash"])


@needs_tex
def test_the_lines_that_are_shown_set_it_as_wide_as_the_text(tmp_path: Path) -> None:
    (tmp_path / "resnet18-diagram.tex").write_text(to_tikz(DRAWINGS["clash"]), encoding="utf-8")
    assert "Clash" in compiled(tmp_path, input_diagram("resnet18-diagram"), "tikz")


@needs_tex
@pytest.mark.parametrize("name", DRAWINGS)
def test_tex_draws_it_with_every_word(name: str, tmp_path: Path) -> None:
    (tmp_path / "drawn.tex").write_text(to_tikz(DRAWINGS[name]), encoding="utf-8")
    read = compiled(tmp_path, r"\input{drawn}", "tikz")
    words = re.findall(r"<text[^>]*>([^<]*)</text>", to_svg(DRAWINGS[name]))
    letters = {word for text in words for word in re.findall(r"[A-Za-z0-9]{2,}", unescape(text))}
    # what TeX joins to one sign, such as the fi of five, is another letter in the file
    assert not [word for word in letters if word not in read and not re.search("f[fil]", word)]
