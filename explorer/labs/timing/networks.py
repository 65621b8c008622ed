"""How long whole networks take, one after the other on the same machine."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from explorer.architecture.families import Spec, usual_size
from explorer.architecture.plan import Plan
from explorer.architecture.timed import Runs, Setting
from explorer.labs.cost import pass_seconds
from explorer.labs.timing.alone import Progress
from explorer.labs.timing.clock import WARM_UPS
from explorer.labs.timing.rows import WHOLE_RUNS, WHOLE_SECONDS, time_pass
from explorer.model.device import admit_plan
from explorer.model.families import model_family

_BUILD_SECONDS = 1.0


def networks_estimate(plans: Mapping[str, Plan]) -> float:
    """Seconds that ``time_networks`` takes on one core of an idle machine, about.

    Args:
        plans: of the networks.
    """
    each = [(pass_seconds(plan, 1), plan) for plan in plans.values()]
    return sum(_BUILD_SECONDS + WARM_UPS * one + min(WHOLE_RUNS * one, WHOLE_SECONDS) for one, _ in each)


def time_networks(
    specs: Mapping[str, Spec], device: torch.device, *, progress: Progress | None = None
) -> dict[str, Runs]:
    """The whole pass of each network for one picture of the size that it was made for, in float32.

    Each is built with random weights, timed and dropped before the next.

    Args:
        specs: the networks by name.
        device: where they are built.
        progress: told the share that is done, 0 to 1, and a sentence; what it raises ends the measurement.

    Raises:
        DeviceError: when one does not fit into the device's memory.
    """
    tell = progress or (lambda share, words: None)
    found = {}
    for number, (name, spec) in enumerate(specs.items()):
        family, size = model_family(spec), usual_size(spec)
        plan = family.plan(size)
        tell(number / len(specs), plan.network.title)
        admit_plan(plan, device)
        found[name] = time_pass(family.build(device=device), size, Setting())
    return found
