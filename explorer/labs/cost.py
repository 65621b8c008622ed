"""Roughly how long networks take on one core of a machine that does nothing else."""

from __future__ import annotations

from explorer.architecture.plan import Plan

# measured: what a layer costs whatever its size, there and in a step of training; multiply-accumulates in a second
_LAYER_SECONDS, _LAYER_STEP_SECONDS, _MACS_PER_SECOND = 3e-4, 3e-3, 2e10
# the way back costs twice the way there
_BACK_AND_FORTH = 3


def pass_seconds(plan: Plan, pictures: int) -> float:
    """One pass forward in eval mode.

    Args:
        plan: the network.
        pictures: of the batch.
    """
    return layer_seconds(plan) + pictures * picture_seconds(plan)


def layer_seconds(plan: Plan) -> float:
    """What a pass costs whatever goes through."""
    return plan.weighted_layers * _LAYER_SECONDS


def picture_seconds(plan: Plan) -> float:
    """What a pass costs for each picture beside."""
    return plan.macs / _MACS_PER_SECOND


def gradient_seconds(plan: Plan, pictures: int) -> float:
    """One pass forward and back to the pictures, in eval mode.

    Args:
        plan: the network.
        pictures: of the batch.
    """
    return _BACK_AND_FORTH * pass_seconds(plan, pictures)


def step_seconds(plan: Plan, pictures: int) -> float:
    """One pass forward and back, in training a step.

    Args:
        plan: the network.
        pictures: of the batch.
    """
    return plan.weighted_layers * _LAYER_STEP_SECONDS + _BACK_AND_FORTH * pictures * picture_seconds(plan)
