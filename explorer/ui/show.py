"""``explorer.show``: a module of one's own in the app, from Python, a notebook or a terminal."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from torch import nn

from explorer.architecture.own import PREFIX, OwnSpec
from explorer.architecture.plan import Plan
from explorer.model.images import IMAGENET, Preprocess
from explorer.model.own import own, take_in
from explorer.ui.serving import serve
from explorer.views.export.tables import markdown_text
from explorer.views.numbers import in_short
from explorer.views.tables import layer_table

if TYPE_CHECKING:
    import pandas as pd

_FRAME_HEIGHT = 900


@dataclass(frozen=True)
class Shown:
    """A network that is shown; in a notebook it is the page itself.

    Attributes:
        spec: what the pages know it by.
        url: where it is shown, on this machine alone, as long as this process lives.
    """

    spec: OwnSpec
    url: str

    @property
    def plan(self) -> Plan:
        """Its rows with shapes and counts, as the page Architecture has them."""
        return own(self.spec).module.plan

    @property
    def table(self) -> pd.DataFrame:
        """A row for each call, as the page's table."""
        return layer_table(self.plan)

    def wait(self) -> None:
        """Go on showing it until Ctrl+C."""
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return

    def __repr__(self) -> str:
        plan = self.plan
        return f"<{self.spec.facts.title}: {plan.params:,} parameters, {in_short(plan.macs)} MACs, {self.url}>"

    def _repr_html_(self) -> str:
        """The page in a frame, for a notebook that runs; below it the table, which stays when it does not."""
        title = escape(self.spec.facts.title)
        return (
            f'<iframe src="{escape(self.url)}" title="{title} in ResNet Explorer" '
            f'height="{_FRAME_HEIGHT}" style="width: 100%; border: 1px solid #D8DEE6"></iframe>'
            f"<details><summary>{title}: {self.plan.params:,} parameters, layer by layer</summary>"
            f"{self.table.to_html(index=False, border=0, na_rep='')}</details>"
        )

    def _repr_markdown_(self) -> str:
        return markdown_text(self.table)


def show(
    model: nn.Module,
    x: Any,
    *,
    name: str = "",
    classes: Sequence[str] | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    port: int = 0,
    wait: bool | None = None,
    browser: bool | None = None,
) -> Shown:
    """As ``explorer.show``, which has the words."""
    preprocess = IMAGENET
    if mean is not None or std is not None:
        preprocess = Preprocess(name="as given", mean=tuple(mean or (0.0,)), std=tuple(std or (1.0,)))
    spec = take_in(model, x, name=name, classes=classes, preprocess=preprocess)
    shown = Shown(spec, f"{serve(port)}?{urlencode({'network': f'{PREFIX}{spec.name}'})}")
    is_script = not hasattr(sys, "ps1") and "ipykernel" not in sys.modules
    waits = is_script if wait is None else wait
    if waits if browser is None else browser:
        webbrowser.open(shown.url)
    if waits:
        sys.stderr.write(f"{spec.facts.title} is shown at {shown.url} until Ctrl+C.\n")
        sys.stderr.flush()
        shown.wait()
    return shown
