"""How networks differ as wholes: their totals beside each other, what is said about them, what their papers report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from explorer.architecture.families import Spec
from explorer.architecture.flops import FlopFigure, flop_figures
from explorer.architecture.plan import Plan
from explorer.architecture.work import MACS, Work
from explorer.views.comparison import all_networks
from explorer.views.frames import frame_of
from explorer.views.numbers import percent
from explorer.views.structure import stage_paper_name
from explorer.views.tables import shortcut_counts, stage_table

TOTAL_QUANTITIES: dict[str, str] = {
    "weighted_layers": "Weighted layers",
    "blocks": "Blocks",
    "params": "Parameters",
    "macs": "MACs",
    "activation_bytes": "Activations",
    "weights_bytes": "Weights file",
    "receptive_field": "Receptive field",
}
"""What is set side by side for whole networks; the receptive field is that of the last maps, in pixels."""

NOT_MEASURED = ("blocks", "receptive_field")
"""Those of them that nobody knows of a network that is measured and not described; nor is its shortcuts' kind."""

IMAGENET_ERRORS = {
    "plain18": 27.94,
    "plain34": 28.54,
    "resnet34": 24.52,
    "resnet50v1": 22.85,
    "resnet101v1": 21.75,
    "resnet152v1": 21.43,
}
"""Top-1 error in percent, ten crops: tables 2 and 3 of arXiv 1512.03385, whose 50, 101 and 152 stride in the 1×1."""

CIFAR_ERRORS = {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43, 1202: 7.93}
"""Test error on CIFAR-10 in percent by layers: its table 6, the best of five runs at 110."""

IN_THE_PAPER = {
    **{name: f"ImageNet top-1 error {percent(error / 100, 2)}, 10 crops" for name, error in IMAGENET_ERRORS.items()},
    **{f"resnet{depth}": f"CIFAR-10 error {percent(error / 100, 2)}" for depth, error in CIFAR_ERRORS.items()},
}
IN_THE_PAPER["resnet110"] += ", best of 5"


def totals(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """The totals of networks, each beside the first.

    Args:
        plans: the networks by name.

    Returns:
        One row per network with ``network``, ``input_size``, ``block_kind`` (basic, bottleneck, residual or nothing),
        the counts of ``identity``, ``projection`` and ``padding`` shortcuts, and each of ``TOTAL_QUANTITIES`` with
        ``…_difference`` (minus the first network's) and ``…_ratio`` (over the first network's, missing where that
        is 0). What is not known of a measured network is missing, and so is what would be worked out from it.
    """
    records: list[dict[str, Any]] = []
    for name, plan in plans.items():
        own = _quantities(plan)
        first = records[0] if records else own
        record: dict[str, Any] = {
            "network": name,
            "input_size": "×".join(map(str, plan.input_size)),
            "block_kind": block_kind(plan),
            **{
                kind: None if plan.network.measured else count
                for kind, count in shortcut_counts(plan).items()
                if kind != "none"
            },
        }
        for quantity, value in own.items():
            record[quantity] = value
            reference = first[quantity]
            known = value is not None and reference is not None
            record[f"{quantity}_difference"] = value - reference if known else None
            record[f"{quantity}_ratio"] = value / reference if known and reference else None
        records.append(record)
    return frame_of(records, tuple(records[0]))


def headline(plans: Mapping[str, Plan], *, work: Work = MACS) -> tuple[str, str]:
    """How the networks differ, and where the parameters and the work are, a sentence each.

    With two networks the second is set against the first, with more the largest against the smallest.
    """
    names = list(plans) if len(plans) == 2 else sorted(plans, key=lambda name: plans[name].params)
    base, other = names[0], names[-1]
    a, b = plans[base], plans[other]
    blocks = f": {_blocks(b)} each" if _blocks(a) == _blocks(b) else f": {_blocks(b)} against {_blocks(a)}"
    if a.network.measured or b.network.measured:
        blocks = ""  # how many are residual is not known
    difference = (
        f"{other} has {_times(b.params, a.params)} the parameters and {_times(b.macs, a.macs)} the work ({work.title}) "
        f"of {base}{blocks}."
    )
    return difference, _where(other, b)


def block_kind(plan: Plan) -> str:
    """``basic`` or ``bottleneck``, by the convolutions on the main path of its first block.

    ``residual`` for the units of other families, empty where there are no blocks.
    """
    first = next(plan.network.blocks(), None)
    if first is None:
        return ""
    if not first.name.startswith("layer"):
        return "residual"
    return "bottleneck" if sum(getattr(op, "kind", "") == "conv" for op in first.main) == 3 else "basic"


def paper_figure(spec: Spec, plan: Plan) -> FlopFigure | None:
    """The FLOPs that Table 1 of arXiv 1512.03385 prints for a network; None where it has none."""
    return next((figure for figure in flop_figures(plan, spec=spec) if figure.source == "The paper"), None)


def catalogue() -> pd.DataFrame:
    """Every named network with its totals and all accuracies that are published for it.

    Returns:
        The columns of ``all_networks`` and ``in_the_paper``, in words, empty where the paper has nothing.
    """
    frame = all_networks()
    frame.insert(len(frame.columns) - 1, "in_the_paper", [IN_THE_PAPER.get(name, "") for name in frame["name"]])
    return frame


def recipes_compared(frame: pd.DataFrame) -> str:
    """For how many networks torchvision has weights of both recipes, and what the new one gains, in a sentence.

    Args:
        frame: from ``catalogue``.
    """
    published = frame[frame["acc1_v1"].notna()]
    gains = (published["acc1_v2"] - published["acc1_v1"]).dropna()
    return (
        f"torchvision has both for {len(gains)} of its {len(published)} residual networks: the new recipe gains "
        f"{gains.min():.1f} to {gains.max():.1f} percentage points."
    )


def _quantities(plan: Plan) -> dict[str, Any]:
    maps = [
        row for row in plan.layers if len(row.output_shape) == 3 and row.path != "gate" and not row.op.is_global_pool
    ]
    found = {
        "weighted_layers": plan.weighted_layers,
        "blocks": len(plan.blocks),
        "params": plan.params,
        "macs": plan.macs,
        "activation_bytes": plan.activation_bytes,
        "weights_bytes": plan.weights_bytes,
        "receptive_field": maps[-1].receptive_field if maps else 0,
    }
    return found | dict.fromkeys(NOT_MEASURED) if plan.network.measured else found


def _times(value: int, base: int) -> str:
    """``2.19 times``, or ``exactly`` for what is equal."""
    return "exactly" if value == base else f"{value / base:.3g} times"


def _blocks(plan: Plan) -> str:
    count = len(plan.blocks)
    return f"{count:,} {block_kind(plan)} block{'s' if count > 1 else ''}" if count else "no residual blocks"


def _where(name: str, plan: Plan) -> str:
    """Which stage holds most of the parameters, and how much of the work it does."""
    stages = stage_table(plan)
    most = stages.iloc[int(stages["params_share"].argmax())]
    named = next(section for section in plan.network.sections if section.name == most["stage"])
    stage = named.name if named.paper else stage_paper_name(named.name)  # a part of another paper has many stages
    return (
        f"In {name} {stage} holds {percent(most['params_share'], 0)} of the parameters and does "
        f"{percent(most['macs_share'], 0)} of the work."
    )
