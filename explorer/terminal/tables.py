"""Networks as tables: one by its parts, several beside each other, and all that have a name."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from explorer.terminal.words import NETWORK_HELP, add_format, add_network, add_size, plan_of, say_table
from explorer.views.tables import all_networks, block_table, compare, layer_table, stage_table

if TYPE_CHECKING:
    from explorer.terminal.words import Commands

_TABLES = {"stages": stage_table, "blocks": block_table, "layers": layer_table}


def add(commands: Commands) -> None:
    """The commands ``table``, ``layers``, ``compare`` and ``networks``."""
    table = commands.add_parser("table", help="a network by stages, blocks or layers")
    add_network(table)
    table.add_argument("--by", choices=_TABLES, default="stages", help="a row for each of them; default stages")
    table.set_defaults(answer=_table)

    layers = commands.add_parser("layers", help="every layer of a network, as table --by layers")
    add_network(layers)
    layers.set_defaults(answer=_table, by="layers")

    comparison = commands.add_parser("compare", help="two to six networks, stage by stage")
    comparison.add_argument("networks", nargs="+", metavar="network", help=NETWORK_HELP)
    comparison.set_defaults(answer=_compare)

    everything = commands.add_parser("networks", help="all named networks")
    everything.set_defaults(answer=_networks)

    for command in (table, layers, comparison):
        add_size(command)
    for command in (table, layers, comparison, everything):
        add_format(command)


def _table(chosen: argparse.Namespace) -> None:
    say_table(_TABLES[chosen.by](plan_of(chosen.network, chosen.size)), chosen)


def _compare(chosen: argparse.Namespace) -> None:
    say_table(compare({name: plan_of(name, chosen.size) for name in chosen.networks}), chosen)


def _networks(chosen: argparse.Namespace) -> None:
    say_table(all_networks(), chosen)
