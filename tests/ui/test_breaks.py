"""What breaks under AppTest: a block is chosen, its sizes are changed, and the page says what torch does."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.wrong_blocks import CASES
from tests.ui.app import listings, mounted, open_part, sentences, url, widget


def part() -> None:
    from explorer.ui import shell, state
    from explorer.ui.block import breaks
    from explorer.ui.pages import PAGES

    state.read("block", PAGES)
    shell.say_problems()
    breaks.show()


def opened(**query: str) -> AppTest:
    return open_part(part, **query)


def words(at: AppTest) -> str:
    return "\n".join([*(element.value for element in [*at.markdown, *at.caption]), *listings(at)])


def drawings(at: AppTest) -> list[str]:
    return [drawn["svg"] for drawn in mounted(at, "network_diagram")]


def test_it_opens_with_the_block_without_padding_and_its_mended_version() -> None:
    at = opened()
    assert listings(at)[0] == (
        "RuntimeError: The size of tensor a (2) must match the size of tensor b (6) at non-singleton dimension 3"
    )
    assert "main path 6 → 4 → 2, shortcut 6" in words(at)
    broken, mended = drawings(at)
    assert "cannot be added" in broken
    assert "equal shapes" in mended


def test_another_size_gives_another_message_and_stands_in_the_address() -> None:
    at = opened()
    widget(at, "case_side").set_value(3).run()
    assert url(at) == {"case_side": "3"}
    assert "Kernel size can't be greater than actual input size" in listings(at)[0]
    widget(at, "case_side").set_value(5).run()
    assert not listings(at)
    assert "What the sum really is" in words(at)
    widget(at, "case_side").set_value(6).run()
    assert url(at) == {}  # the source's own size


def test_another_block_starts_with_its_own_sizes() -> None:
    at = opened(case="no-projection", case_in="1", case_out="9", case_side="4")
    assert "the one channel of the shortcut is added to all 9 channels" in words(at)
    widget(at, "case").select("as-printed").run()
    assert url(at) == {"case": "as-printed"}
    assert "expected input[1, 2, 64, 56, 56] to have 64 channels, but got 2 channels" in listings(at)[0]


def test_next_goes_through_the_list_and_back_to_its_start() -> None:
    at = opened(case="right-odd")
    assert len(drawings(at)) == 1
    assert not listings(at)
    at.button(key="next_case").click().run()
    assert url(at) == {}
    at.button(key="next_case").click().run()
    assert url(at) == {"case": list(CASES)[1]}


def test_a_bias_is_measured_and_counted() -> None:
    at = opened(case="bias")
    assert "wastes 6 parameters" in words(at)
    assert "4,800 such biases: 3,904 in front of norms, and 896 in projections" in words(at)
    assert at.dataframe[0].value["batches"].tolist() == ["–", "0", "1", "10", "100"]


def test_a_mistake_that_does_not_show_is_said() -> None:
    assert "with these sizes the mistake does not show" in words(opened(case="no-projection", case_in="6"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"case": "nonsense"}, "The link's case is 'nonsense'; it must be one of no-padding"),
        ({"case_side": "65"}, "it must be a whole number from 1 to 64"),
        ({"case_in": "0"}, "it must be a whole number from 1 to 128"),
    ],
)
def test_a_bad_link_is_told_and_the_first_block_shown(query: dict[str, str], sentence: str) -> None:
    at = opened(**query)
    assert sentence in " ".join(sentences(at))
    assert "shortcut 6" in words(at)
