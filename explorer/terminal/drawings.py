"""A network as a drawing, and as source."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from explorer.architecture.plan import Plan
from explorer.errors import SpecError
from explorer.terminal.words import add_network, add_size, plan_of, say, spec_named
from explorer.views.diagram import layout
from explorer.views.drawing import Drawing, Orientation
from explorer.views.export.source.network import source
from explorer.views.svg import to_svg

if TYPE_CHECKING:
    from explorer.terminal.words import Commands


def add(commands: Commands) -> None:
    """The commands ``diagram`` and ``source``."""
    picture = commands.add_parser("diagram", help="a network as an SVG drawing")
    add_network(picture)
    add_size(picture)
    picture.add_argument(
        "--orientation", choices=("wide", "narrow"), default="wide", help="for a wide or a narrow screen; default wide"
    )
    picture.set_defaults(answer=_diagram)

    written = commands.add_parser("source", help="a network as PyTorch that needs nothing else")
    add_network(written)
    written.add_argument("--block", default="", help="one block alone, such as layer2.0; default the whole network")
    written.set_defaults(answer=_source)


def _diagram(chosen: argparse.Namespace) -> None:
    say(to_svg(drawn(plan_of(chosen.network, chosen.size), chosen.orientation)))


def _source(chosen: argparse.Namespace) -> None:
    say(source(spec_named(chosen.network), block=chosen.block))


def drawn(plan: Plan, orientation: Orientation = "wide") -> Drawing:
    """The drawing of a network.

    Raises:
        SpecError: when it was measured, so that there is none.
    """
    if plan.network.measured:
        raise SpecError(
            f"{plan.network.title} was measured, not described: how its parts are connected is not known, so there is "
            "no drawing of it; ask for its table."
        )
    return layout(plan, orientation=orientation)
