"""One network, several "FLOP" figures: what each tool prints, and by which rows two of them differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from explorer.architecture.describe import describe
from explorer.architecture.expressions import number
from explorer.architecture.families import Spec, family_of
from explorer.architecture.flop_conventions import CONVENTIONS, PARTS, PRODUCTS, Convention, Part, Tool
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.presets import DEPTHS
from explorer.architecture.spec import ResNetSpec, Shortcut
from explorer.architecture.trace import trace

PAPER_SIZE = (224, 224)
PAPER_FLOPS = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}
"""Multiply-adds in units of 10⁹ by depth, last row of Table 1 of arXiv 1512.03385."""

OF_MODULES: tuple[Tool, ...] = ("here", "torchvision", "torch")
"""Those that are known of a network that is measured: others look into its modules, which have no rows here."""
_BILLION = 10**9


@dataclass(frozen=True)
class FlopFigure:
    """What one source gives as the cost of a network.

    Attributes:
        tool: which source.
        printed: the figure as the source prints it.
        why: what is counted.
        plan: the network that it counts: the paper's own is another.
        by_row: what it counts of each row, by part; rows of which it counts nothing are missing.
    """

    tool: Tool
    printed: str
    why: str
    plan: Plan
    by_row: Mapping[str, Mapping[Part, int]]

    @property
    def source(self) -> str:
        """Who prints it."""
        return self.convention.name

    @property
    def convention(self) -> Convention:
        """How it counts."""
        return CONVENTIONS[self.tool]

    @property
    def value(self) -> int:
        """The exact figure, in the source's own unit of one."""
        return sum(self.parts.values())

    @property
    def parts(self) -> dict[Part, int]:
        """What it is made of, without zeros."""
        sums = {part: sum(counts.get(part, 0) for counts in self.by_row.values()) for part in PARTS}
        return {part: value for part, value in sums.items() if value}


class Step(NamedTuple):
    """A reason why one figure is not another.

    Attributes:
        what: what is counted otherwise, in a word or two.
        how: how it is counted, and how before.
        amount: what it adds; all amounts lead exactly from one figure to the other.
        rows: the rows that make it, with what each adds, in the order of the calls.
    """

    what: str
    how: str
    amount: int
    rows: tuple[tuple[str, int], ...]


def flop_figures(plan: Plan, *, spec: Spec | None = None) -> tuple[FlopFigure, ...]:
    """The figures that different sources give for one network, each exact for this plan.

    Args:
        plan: the plan.
        spec: the network's specification; with it the figures of torchvision and of the paper are there too, where
            they have the network at this input size.

    Returns:
        One for each source that is known to count the network, in the order of ``CONVENTIONS``: of a measured network
        those that count products alone.
    """
    figures = []
    for tool in CONVENTIONS:
        if plan.network.measured and tool not in OF_MODULES:
            continue
        if tool == "torchvision" and (spec is None or not _in_torchvision(spec, plan)):
            continue
        if tool == "paper":
            depth = _paper_depth(spec) if isinstance(spec, ResNetSpec) and plan.input_size == PAPER_SIZE else None
            if depth is not None and isinstance(spec, ResNetSpec):
                figures.append(_paper_figure(spec, depth))
            continue
        figures.append(_figure(tool, plan))
    return tuple(figures)


def steps_between(first: FlopFigure, second: FlopFigure) -> tuple[Step, ...]:
    """By which rows two figures of one network differ.

    Args:
        first: from ``flop_figures``.
        second: likewise, of the same plan.

    Returns:
        Part by part, then where the paper's own network is another; the amounts add up to the difference exactly.
    """
    # of a measured network the figures themselves know what is counted of each row
    counted = second.by_row if first.plan is second.plan else _by_row(second.convention, first.plan)
    steps = [_part_step(part, first, second, counted) for part in PARTS]
    if first.plan is not second.plan:
        steps += _network_steps(first.plan.rows, second.plan.rows, counted, second.by_row)
    found = tuple(step for step in steps if step.rows)
    assert first.value + sum(step.amount for step in found) == second.value
    return found


def _by_row(convention: Convention, plan: Plan) -> dict[str, dict[Part, int]]:
    return {row.layer: counts for row in plan.layers if (counts := convention.of(row))}


def _figure(tool: Tool, plan: Plan) -> FlopFigure:
    by_row = _by_row(CONVENTIONS[tool], plan)
    figure = FlopFigure(tool, "", "", plan, by_row)
    return FlopFigure(tool, _printed(figure), _why(figure), plan, by_row)


def _printed(figure: FlopFigure) -> str:
    if figure.tool == "torchvision":
        return f"{figure.value / _BILLION:.3f} GFLOPS"
    return f"{number(figure.value)} {figure.convention.unit}"


def _why(figure: FlopFigure) -> str:
    """What is counted, in a sentence."""
    if figure.tool == "torchvision":
        return "The same multiply-accumulates in units of 10⁹, although the unit says FLOPS."
    if figure.tool == "here":
        return (
            "Multiply-accumulates of convolutions and linear layers for one picture: a multiplication and its addition "
            "are one."
        )
    rules, plan = figure.convention.rules, figure.plan
    twice = rules["conv"].words.startswith("twice")
    base = "Two for each multiply-accumulate" if twice else "The multiply-accumulates"
    fixed = sum(row.macs for row in plan.layers if row.kind == "blurpool") if "fixed" not in rules else 0
    more = figure.parts.get("transposed", 0) - sum(row.macs for row in plan.layers if row.kind == "convtranspose")
    added = [
        *(f"{number(value)} of {_said(part, figure)}" for part, value in figure.parts.items() if part not in PRODUCTS),
        *([f"{number(more)} for transposed convolutions counted at every output pixel"] if _at_outputs(figure) else []),
    ]
    without = f", without {number(fixed)} of fixed filters" if fixed else ""
    if not added:
        return f"{base}{without}, and nothing else." if without or not twice else f"{base}: {_TWO}."
    return f"{base}{without}{', and ' if without else ' and '}{_listed(added)}."


_TWO = "the multiplication and the addition"


def _at_outputs(figure: FlopFigure) -> bool:
    rule = figure.convention.rules.get("transposed")
    return rule is not None and "output pixel" in rule.words and "transposed" in figure.parts


def _said(part: Part, figure: FlopFigure) -> str:
    """A part and how it is counted: ``norms (4 for each value …)``."""
    return f"{_in_text(PARTS[part])} ({figure.convention.rules[part].words})"


def _in_text(title: str) -> str:
    return title if title.isupper() or title == "ReLU" else title.lower()


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _part_step(part: Part, first: FlopFigure, second: FlopFigure, counted: Mapping[str, Mapping[Part, int]]) -> Step:
    rows = []
    for row in first.plan.layers:
        change = counted.get(row.layer, {}).get(part, 0) - first.by_row.get(row.layer, {}).get(part, 0)
        if change:
            rows.append((row.layer, change))
    before, after = first.convention.rules.get(part), second.convention.rules.get(part)
    how = f"{after.words if after else 'not counted'} instead of {before.words if before else 'nothing'}"
    return Step(PARTS[part], how, sum(amount for _, amount in rows), tuple(rows))


def _network_steps(
    before: Mapping[str, Layer],
    after: Mapping[str, Layer],
    counted: Mapping[str, Mapping[Part, int]],
    wanted: Mapping[str, Mapping[Part, int]],
) -> Iterable[Step]:
    """Where two networks differ that are counted alike: in the shortcuts, and in the stride of the bottlenecks."""
    changes: dict[bool, list[tuple[str, int]]] = {True: [], False: []}
    for name in dict.fromkeys([*before, *after]):
        change = sum(wanted.get(name, {}).values()) - sum(counted.get(name, {}).values())
        if change:
            row = before.get(name) or after[name]
            changes[row.path == "shortcut"].append((name, change))
    for is_shortcut, rows in changes.items():
        what, how = _NETWORK[is_shortcut]
        yield Step(what, how, sum(amount for _, amount in rows), tuple(rows))


_NETWORK = {
    True: ("Shortcuts", "zero padding in the one network, projections in the other"),
    False: ("Stride", "a bottleneck's stride on the 1×1 in the one network, on the 3×3 in the other"),
}


def _in_torchvision(spec: Spec, plan: Plan) -> bool:
    """Whether torchvision has the network and gives its figure for this input; it gives none where it dilates."""
    family = family_of(spec)
    if isinstance(spec, ResNetSpec) and spec.stride != spec.own_stride:
        return False
    return bool(family.torchvision_name) and plan.input_size == family.usual_size


def _paper_depth(spec: ResNetSpec) -> int | None:
    """The depth under which Table 1 of the paper has this network, whatever its shortcuts and stride."""
    for depth, (block, depths) in DEPTHS.items():
        standard = ResNetSpec(block=block, depths=depths)
        if spec.replace(shortcut="B", stride_on="3x3", shortcut_norm=True, zero_init_residual=False) == standard:
            return depth
    return None


def _paper_figure(spec: ResNetSpec, depth: int) -> FlopFigure:
    """The paper's figure: option A for basic blocks, B for bottlenecks, the stride on the 1×1."""
    shortcut: Shortcut = "A" if spec.block == "basic" else "B"
    original = trace(
        describe(ResNetSpec(block=spec.block, depths=spec.depths, shortcut=shortcut, stride_on="1x1")), PAPER_SIZE
    )
    printed = PAPER_FLOPS[depth]
    cut = "" if round(original.macs / _BILLION, 1) == printed else ", cut off and not rounded"
    layout = "zero padding shortcuts (option A)" if shortcut == "A" else "the stride on the first 1×1 (v1)"
    return FlopFigure(
        "paper",
        f"{printed} × 10⁹ FLOPs",
        f"Multiply-adds of the paper's own network, with {layout}: {number(original.macs)}{cut}.",
        original,
        _by_row(CONVENTIONS["paper"], original),
    )
