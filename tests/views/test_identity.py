"""The table of blocks that pass their input on, and the figure of blocks taken out."""

from xml.etree import ElementTree

import pytest

from explorer.views.identity import VariantRow, variants_html
from explorer.views.taken_out import TakenOut, taken_out_figure


def test_the_table_says_exact_or_not_and_marks_the_picked_line():
    row = VariantRow(title="a < b", positive=True, signed=False, largest=float("nan"), why="so", picked=True)
    html = variants_html([row])
    ElementTree.fromstring(html)
    assert "class='picked'" in html
    cells = [cell.text for cell in ElementTree.fromstring(html).findall(".//tbody/tr/*")]
    assert cells == ["a < b", "✓ exact", "✕ no", "shape changes", "so"]


@pytest.mark.parametrize(("ratio", "panels"), [(0.5, 2), (None, 1)])
def test_plain_blocks_have_no_ratio_to_draw(ratio, panels):
    found = [TakenOut(block="layer1.0", stage="layer1", share=0.9, lower=ratio)]
    figure = taken_out_figure(found, levels=(0.95, 0.1), theme="light")
    assert len(figure.data) == panels
    assert figure.data[0].y == (0.9,)
    assert figure.data[0].hovertext == ("90.0\u00a0%",)
