"""Several networks as tables: side by side stage by stage, and every named network in one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from explorer.architecture.families import family_of, known_networks, network_of
from explorer.architecture.plan import Plan
from explorer.architecture.published import PUBLISHED
from explorer.architecture.trace import trace
from explorer.errors import ExplorerError
from explorer.views.aligned import aligned
from explorer.views.frames import QUANTITIES, frame_of, sums
from explorer.views.numbers import shape_text
from explorer.views.structure import stage_paper_name

TOTAL = "total"
FEWEST_COMPARED, MOST_COMPARED = 2, 6


def compare(plans: Mapping[str, Plan] | Sequence[Plan]) -> pd.DataFrame:
    """Two to six networks aligned by stage or by stride, as ``aligned`` says, each beside the first.

    Args:
        plans: the networks by the name they shall have, or just the networks, which then go by their titles.

    Returns:
        One row per stage and network, stage by stage and in the order of ``plans``, the ``total`` at the end. Columns
        ``stage``, ``paper_name``, ``network``, ``output_size``, ``structure``, ``blocks``, and for each of params, macs
        and activation_bytes the number, ``…_difference`` (minus the first network's) and ``…_ratio`` (over the first
        network's, missing where that is 0). A stage that a network does not have counts as 0; the blocks of a measured
        network are missing.

    Raises:
        ExplorerError: for fewer than two or more than six networks.
    """
    named = _named(plans)
    found = aligned(named)
    tables = {name: {**found.records[name], TOTAL: _total(plan)} for name, plan in named.items()}
    first = next(iter(tables.values()))
    records = []
    for part in (*found.parts, TOTAL):
        for name, table in tables.items():
            own, base = table.get(part, {}), first.get(part, {})
            record = {
                "stage": part,
                "paper_name": own.get("paper_name") or stage_paper_name(part),
                "network": name,
                "output_size": own.get("output_size", ""),
                "structure": own.get("structure", ""),
                "blocks": own.get("blocks", 0),
            }
            for quantity in QUANTITIES:
                value, reference = own.get(quantity, 0), base.get(quantity, 0)
                record[quantity] = value
                record[f"{quantity}_difference"] = value - reference
                record[f"{quantity}_ratio"] = value / reference if reference else None
            records.append(record)
    return frame_of(records, tuple(records[0]))


def side_by_side(plans: Mapping[str, Plan] | Sequence[Plan], column: str = "params") -> pd.DataFrame:
    """One column of ``compare`` with a column per network, as Table 1 of arXiv 1512.03385 is laid out.

    Args:
        plans: two to six networks, as in ``compare``.
        column: ``structure``, ``output_size``, ``blocks``, or one of params, macs and activation_bytes, which also get
            the columns ``{network} difference`` and ``{network} ratio`` for each network after the first.

    Returns:
        One row per stage with ``stage``, ``paper_name`` and a column per network; the total last, but for text.

    Raises:
        ExplorerError: for fewer than two or more than six networks.
    """
    tidy = compare(plans)
    names = list(dict.fromkeys(tidy["network"]))
    wide = tidy.loc[tidy["network"] == names[0], ["stage", "paper_name"]].reset_index(drop=True)
    for name in names:
        wide[name] = tidy.loc[tidy["network"] == name, column].array
    if column in QUANTITIES:
        for name in names[1:]:
            for what in ("difference", "ratio"):
                wide[f"{name} {what}"] = tidy.loc[tidy["network"] == name, f"{column}_{what}"].array
    return wide if column in (*QUANTITIES, "blocks") else wide[wide["stage"] != TOTAL]


def all_networks() -> pd.DataFrame:
    """Every named network that is described here, at its own input size, one row each.

    Returns:
        Columns ``name``, ``title``, ``group``, ``input_size``, ``weighted_layers``, ``params``,
        ``params_without_classifier``, ``macs``, ``activation_bytes``, ``weights_bytes``; torchvision's published
        accuracy on ImageNet in percent and its recipe (simple or new, see ``published.RECIPES``), V1 beside V2:
        ``acc1_v1``, ``acc5_v1``, ``recipe_v1``, ``recipe_url_v1``, and the same with ``v2``, missing or empty where
        there is none; and ``source``.
    """
    records = []
    for named in known_networks():
        if family_of(named.spec).measured:  # counted only when it is built
            continue
        plan = trace(network_of(named.spec), named.input_size)
        records.append(
            {
                "name": named.name,
                "title": named.title,
                "group": named.group,
                "input_size": shape_text(named.input_size),
                "weighted_layers": plan.weighted_layers,
                "params": plan.params,
                "params_without_classifier": sum(row.params for row in plan.layers if row.kind != "linear"),
                "macs": plan.macs,
                "activation_bytes": plan.activation_bytes,
                "weights_bytes": plan.weights_bytes,
                **_accuracy(named.name, "V1"),
                **_accuracy(named.name, "V2"),
                "source": named.source,
            }
        )
    return frame_of(records, tuple(records[0]))


def _accuracy(name: str, version: str) -> dict[str, float | str | None]:
    """What torchvision publishes for one set of weights of a named network."""
    found = next((weights for weights in PUBLISHED.get(name, ()) if weights.tag.endswith(version)), None)
    end = version.lower()
    return {
        f"acc1_{end}": found.acc1 if found else None,
        f"acc5_{end}": found.acc5 if found else None,
        f"recipe_{end}": found.recipe if found else "",
        f"recipe_url_{end}": found.recipe_url if found else "",
    }


def _named(plans: Mapping[str, Plan] | Sequence[Plan]) -> dict[str, Plan]:
    """The networks by name; equal titles are told apart by input size, then by number."""
    if not FEWEST_COMPARED <= len(plans) <= MOST_COMPARED:
        raise ExplorerError(
            f"Networks are compared two to six at a time, and there {'is' if len(plans) == 1 else 'are'} {len(plans)}; "
            f"{'add' if len(plans) < FEWEST_COMPARED else 'remove'} some."
        )
    if isinstance(plans, Mapping):
        return dict(plans)
    titles = [plan.network.title for plan in plans]
    if len(set(titles)) < len(titles):
        titles = [f"{title} at {shape_text(plan.input_size)}" for title, plan in zip(titles, plans, strict=True)]
    names: dict[str, Plan] = {}
    for title, plan in zip(titles, plans, strict=True):
        count = sum(name == title or name.startswith(f"{title} (") for name in names)
        names[f"{title} ({count + 1})" if count else title] = plan
    return names


def _total(plan: Plan) -> dict[str, Any]:
    """What a whole network has."""
    return {**sums(plan.layers), "blocks": None if plan.network.measured else len(plan.blocks)}
