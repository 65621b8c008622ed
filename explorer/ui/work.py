"""How work is counted on every page, as it is chosen."""

from typing import Unpack

from explorer.architecture.expressions import number
from explorer.architecture.work import WORKS, Work
from explorer.ui import state, widgets
from explorer.ui.params.shared import WORK
from explorer.ui.widgets import Instead


def chosen() -> Work:
    """The unit that is chosen."""
    return WORKS[state.get(WORK)]


def text(macs: int) -> str:
    """So many multiply-accumulates as they are counted: ``118,013,952 MACs``."""
    unit = chosen()
    return f"{number(unit.of(macs))} {unit.title}"


def switch(**instead: Unpack[Instead]) -> None:
    """The switch on a page that has something to count; what is said is as for any widget."""
    widgets.switch(WORK, **instead)


def option() -> None:
    """The same among the options of every page; by another name, as both may stand there."""
    switch(key="work_option")
