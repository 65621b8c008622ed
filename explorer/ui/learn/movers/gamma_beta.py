"""What the mover ``gamma-beta`` works with: the values of a channel in front of a norm of the trained example."""

from __future__ import annotations

from typing import Any

from explorer.architecture.examples import DIGIT_READER
from explorer.architecture.weights import WeightsChoice
from explorer.labs.norm_lab.batches import held_out_digits
from explorer.model.batchnorm import before_after, norm_state
from explorer.model.weights import load

LAYER, CHANNEL, PICTURES = "bn1", 3, 2


def data() -> dict[str, Any]:
    """The values that arrive, ε, and the γ and β that were learned."""
    model, _ = load(DIGIT_READER.spec, WeightsChoice.from_text(DIGIT_READER.name), device="cpu")
    found = before_after(model, held_out_digits()[0][:PICTURES], LAYER, mode="train")
    state = norm_state(model, LAYER)
    return {
        "arriving": [round(float(value), 4) for value in found.before[:, CHANNEL].flatten()],
        "eps": state.eps,
        "gamma": round(float(state.gamma[CHANNEL]), 2),
        "beta": round(float(state.beta[CHANNEL]), 2),
        "layer": LAYER,
        "channel": CHANNEL,
        "pictures": PICTURES,
    }
