"""What the chosen network is estimated to take for each use, as far as that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.architecture.memory import Memory, Needs, Use, training_memory_of_measured
from explorer.architecture.plan import Plan
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import SpecError
from explorer.model.families import model_family
from explorer.model.kept_seen import kept_seen
from explorer.ui import cached, state
from explorer.views.memory import memories_of
from explorer.views.memory_words import OPTIMISERS

_BYTES = 200


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """What is known of a network.

    Attributes:
        memories: what it takes, by use; those that are not known are not there.
        why_not: why none is known; empty where that is plain.
    """

    memories: Mapping[Use, Memory]
    why_not: str = ""


def estimates(plan: Plan) -> Estimates:
    """What the chosen network takes: worked out for one that is described, for torchvision's as autograd shows it.

    Args:
        plan: the network at its input size.
    """
    spec = state.spec()
    if not plan.network.measured:
        return Estimates(memories=memories_of(plan))
    if not isinstance(spec, TorchvisionSpec):
        return Estimates(memories={})

    def seen() -> Needs:
        return kept_seen(model_family(spec).build(device="meta").torch_module, plan)

    try:
        needs = cached.result(("kept", spec, plan.input_size), seen, lambda _: _BYTES)
    except SpecError as error:
        return Estimates(memories={}, why_not=str(error))
    return Estimates(
        memories={
            Use(optimiser=optimiser): training_memory_of_measured(plan, needs, optimiser=optimiser)
            for optimiser in OPTIMISERS
        }
    )
