"""Blocks appended to a trained network, and what becomes of its answers: identity blocks change none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from explorer.architecture.describe import describe
from explorer.labs.identity.identity import append_identity_blocks
from explorer.labs.identity.lesions import main_path_alone
from explorer.labs.identity.trained import Trained, held_out_logits
from explorer.labs.training.state import fill
from explorer.model.build import NetworkModule, build
from explorer.model.calibrate import calibrate

AppendedKind = Literal["nothing", "identity", "plain", "random", "calibrated"]
_CALIBRATION_PICTURES = 256


@dataclass(frozen=True, kw_only=True)
class Appended:
    """What a network with more blocks says of the test pictures.

    Attributes:
        kind: "nothing" for the network as it is; blocks whose main path is 0 ("identity"), the same without their
            shortcuts ("plain"), as they are drawn at random ("random"), or random with all running statistics taken
            anew from pictures ("calibrated").
        right: how many pictures it classifies correctly.
        pictures: of how many.
        changed: how many it names otherwise than the network as it is.
        largest: largest difference of a logit from that of the network as it is; infinite or NaN where it overflows.
    """

    kind: AppendedKind
    right: int
    pictures: int
    changed: int
    largest: float

    @property
    def accuracy(self) -> float:
        """Share of the pictures that are classified correctly, 0 to 1."""
        return self.right / self.pictures

    @property
    def exact(self) -> bool:
        """Whether every logit is the same to the last bit."""
        return self.largest == 0


def append_blocks(trained: Trained, *, stage: int, count: int) -> tuple[Appended, ...]:
    """Append blocks to a stage in every way there is, and test each.

    Args:
        trained: the network.
        stage: counted from 1.
        count: how many blocks.

    Returns:
        One of each kind, the network as it is first.

    Raises:
        LabError: the network's blocks cannot be the identity, there is no such stage, or no room.
    """
    deeper, weights = append_identity_blocks(trained.spec, trained.weights, stage=stage, count=count)
    first = trained.spec.depths[stage - 1]
    names = [f"layer{stage}.{first + place}" for place in range(count)]
    data = trained.data
    before = held_out_logits(trained.model(), data)
    identity = build(describe(deeper), device="cpu")
    fill(identity, weights)
    found = [_compared("nothing", before, before, trained), _tested("identity", identity, before, trained)]
    with main_path_alone(identity, names):
        found.append(_tested("plain", identity, before, trained))
    random = build(describe(deeper), device="cpu", seed=0)
    fill(random, trained.weights)
    found.append(_tested("random", random, before, trained))
    calibrate(random, data.as_input(data.train_pixels[:_CALIBRATION_PICTURES]))
    found.append(_tested("calibrated", random, before, trained))
    return tuple(found)


def _tested(kind: AppendedKind, model: NetworkModule, before: Tensor, trained: Trained) -> Appended:
    return _compared(kind, held_out_logits(model, trained.data), before, trained)


def _compared(kind: AppendedKind, logits: Tensor, before: Tensor, trained: Trained) -> Appended:
    named, labels = logits.argmax(1), trained.data.test_labels
    return Appended(
        kind=kind,
        right=int((named == labels).sum()),
        pictures=len(labels),
        changed=int((named != before.argmax(1)).sum()),
        # equal infinities would differ by NaN
        largest=0.0 if torch.equal(logits, before) else float((logits - before).abs().max()),
    )
