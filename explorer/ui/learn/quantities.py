"""Numbers and names in the words of chapters, filled in from the code so that they cannot part from it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from explorer.architecture.codec import from_params, to_params
from explorer.architecture.context import reaches
from explorer.architecture.examples import DIGIT_READER
from explorer.architecture.families import usual_size
from explorer.architecture.memory import training_memory
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.presets import D2L
from explorer.architecture.published import PUBLISHED
from explorer.errors import SpecError
from explorer.ui.cached import plan_of
from explorer.views.numbers import NO_BREAK, in_short, percent, written
from explorer.views.tables import shortcut_counts

_IN_BRACES = re.compile(r"(\$\$.*?\$\$|\$.*?\$)|\{([^{}\s]+)\}", re.DOTALL)
"""A formula, whose braces are LaTeX's, or a name in braces."""

NAMED: dict[str, str] = {
    "d2l.source": D2L,
    "on_example": urlencode({**to_params(DIGIT_READER.spec), "weights": DIGIT_READER.name}),
    "0.9^10": f"{0.9**10:.2f}",
    "0.9^50": f"{0.9**50:.3f}",
    "1.1^50": f"{1.1**50:.0f}",
    "2^8": f"{2**8}",
    "2^16": f"{2**16:,}",
    "kaiming64": written(math.sqrt(2 / (9 * 64)), 2),
    "digit_blocks": f"{sum(DIGIT_READER.spec.depths)}",
}
"""What has a name of its own; ``on_example`` is the trained example in an address."""

OF_A_NETWORK: dict[str, Callable[[Plan], str]] = {
    "params": lambda plan: f"{plan.params:,}",
    "million_params": lambda plan: f"{plan.params / 1e6:.1f}",
    "macs": lambda plan: in_short(plan.macs),
    "params_of_last_stage": lambda plan: _of_last_stage(plan, "params"),
    "macs_of_last_stage": lambda plan: _of_last_stage(plan, "macs"),
    "receptive_field": lambda plan: f"{max(row.receptive_field for row in plan.layers if row.stage != 'head'):,}",
    "shortest_field": lambda plan: f"{_shortest_field(plan):,}",
    "blocks": lambda plan: f"{len(plan.blocks):,}",
    "identity_shortcuts": lambda plan: f"{shortcut_counts(plan)['identity']:,}",
    "projections": lambda plan: f"{shortcut_counts(plan)['projection']:,}",
    "norms": lambda plan: f"{len(_norms(plan)):,}",
    "norm_params": lambda plan: f"{sum(row.params for row in _norms(plan)):,}",
    "biases": lambda plan: f"{sum(biases(plan.layers)):,}",
    "biases_before_norms": lambda plan: f"{biases(plan.layers)[0]:,}",
    "biases_of_projections": lambda plan: f"{biases(plan.layers)[1]:,}",
    "kept_mib": lambda plan: f"{training_memory(plan).peak(1).picture_bytes / 2**20:.0f}",
}
"""What can be said of every network that has a name: ``resnet50.params``, at the size it was made for."""
_TOP1 = ("top1_v1", "top1_v2")
"""The accuracy of a network's published weights, in the order of ``PUBLISHED``."""


def biases(rows: Iterable[Layer]) -> tuple[int, int]:
    """Biases of convolutions on the main path, which a norm follows, and of those on shortcuts, which none follows."""
    of = [row for row in rows if row.kind == "conv" and row.op.bias]
    beside = sum(row.output_shape[0] for row in of if row.path == "shortcut")
    return sum(row.output_shape[0] for row in of) - beside, beside


def _shortest_field(plan: Plan) -> int:
    """What one value behind the last block sees along all shortcuts, pixels across."""
    last = list(plan.blocks.values())[-1][-1]
    return max(reaches(plan, "shortest")[last.layer].sizes)


def _of_last_stage(plan: Plan, what: str) -> str:
    """The share of the network's parameters or MACs that is in its last stage."""
    rows = plan.stages["layer4"]
    return percent(sum(getattr(row, what) for row in rows) / getattr(plan, what), 0)


def _norms(plan: Plan) -> list[Layer]:
    return [row for row in plan.layers if row.kind == "norm"]


def fill(words: str, own: Mapping[str, object] | None = None) -> str:
    """Words with what stands in braces replaced by what it names, and no line break before a percent sign.

    Args:
        words: such as ``ResNet-50 has {resnet50.params} parameters``.
        own: names that hold here alone, as those that a figure returns for its caption.

    Raises:
        ValueError: when nothing has a name that stands in braces.
    """
    return _IN_BRACES.sub(lambda found: found[1] or _named(found[2], own or {}), words).replace(" %", f"{NO_BREAK}%")


def _named(name: str, own: Mapping[str, object]) -> str:
    if name in own:
        return str(own[name])
    if name in NAMED:
        return NAMED[name]
    network, _, what = name.rpartition(".")
    if network in PUBLISHED and what in _TOP1:
        return percent(PUBLISHED[network][_TOP1.index(what)].acc1 / 100)
    try:
        spec = from_params({"network": network})
        return OF_A_NETWORK[what](plan_of(spec, usual_size(spec)))
    except (KeyError, SpecError):
        raise ValueError(f"Nothing is named {{{name}}}.") from None
