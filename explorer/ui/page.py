"""What the app knows of a page before the page is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from explorer.architecture.families import Spec
from explorer.ui.params import shared
from explorer.ui.params.kinds import Param, defined_in

Top = Literal["none", "row", "totals"]
Group = Literal["Explore", "Experiment", "Learn"]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: a folder of its own whose ``show.py`` draws it, with rules of layout in a ``style.css`` if it needs some.

    Attributes:
        title: what people read.
        path: its place in the address, Streamlit's ``url_path``, and the name of its folder.
        group: under which heading it belongs.
        place: among the pages of its group, from 1.
        parameters: its own, beside those that all pages share.
        of_a_network: those of them that mean something in one network alone.
        takes_given: whether it shows what a network of one's own was given to look at.
        shows_weights: whether it looks into a network's weights; a function where it depends on what is chosen.
        heading: what it shows, in a few words beside its title, where that is not the network.
        sized_for: the network whose usual input size the page opens at, from the values by parameter and the network of
            the row on top; where it says nothing, that of the row.
        taken_up: what it takes up again where the address says nothing of it, such as runs that go on.
        taken_up_unless: what an address must not say for that; any of its parameters where it names none.
        top: what stands above it: nothing ("none"), the row that chooses a network ("row"), or that and what the
            network comes to ("totals"); a function where it depends on what is chosen.
    """

    title: str
    path: str
    group: Group
    place: int
    parameters: tuple[Param[Any], ...]
    of_a_network: tuple[Param[Any], ...] = ()
    takes_given: bool = False
    shows_weights: bool | Callable[[], bool] = False
    heading: Callable[[], str] = lambda: ""
    sized_for: Callable[[Mapping[str, Any], Spec], Spec] = lambda values, spec: spec
    taken_up: Callable[[], Mapping[Param[Any], Any]] = dict
    taken_up_unless: tuple[Param[Any], ...] = ()
    top: Top | Callable[[], Top] = "totals"

    @property
    def known(self) -> dict[str, Param[Any]]:
        """The parameters that a link to it may hold, by name, beside the network's fields."""
        return {param.name: param for param in (*defined_in(shared), *self.parameters)}

    def needs(self) -> Top:
        """What stands above it now."""
        return self.top() if callable(self.top) else self.top

    def needs_weights(self) -> bool:
        """Whether it looks into a network's weights now."""
        return self.shows_weights() if callable(self.shows_weights) else self.shows_weights

    @property
    def style(self) -> Path:
        """Rules of layout of its own, where it has some."""
        return Path(__file__).parent / self._folder / "style.css"

    @property
    def _folder(self) -> str:
        return self.path.replace("-", "_")

    def draw(self) -> None:
        """Draw it; what is slow to import is imported only now, when the row on top is on the screen."""
        import_module(f"explorer.ui.{self._folder}.show").show()
