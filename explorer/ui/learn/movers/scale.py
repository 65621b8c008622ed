"""What the mover ``scale`` works with: a layer of 64 weights that tells the digit 3 from the digit 8."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.model.samples import digit_images, digit_labels

DIGITS = (3, 8)
PENALTY = 1.0
GAMMA = 5.0
"""The factor of the norm."""


def layer() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pictures ``(n, 64)``, labels 0 or 1 ``(n,)``, weights ``(64,)``, and a random direction as long as they are."""
    chosen = np.isin(digit_labels(), DIGITS)
    pictures = digit_images()[chosen].reshape(-1, 64) / 255
    labels = (digit_labels()[chosen] == DIGITS[1]).astype(float)
    around = pictures - pictures.mean(axis=0)
    weights = np.linalg.solve(around.T @ around + PENALTY * np.eye(64), around.T @ (labels - labels.mean()))
    direction = np.random.default_rng(0).standard_normal(64)
    return pictures, labels, weights, direction * np.linalg.norm(weights) / np.linalg.norm(direction)


def data() -> dict[str, Any]:
    """What the layer makes of every picture by its weights and by the direction, the labels, and the norm's factor."""
    pictures, labels, weights, direction = layer()
    return {
        "along": {
            "weights": np.round(pictures @ weights, 6).tolist(),
            "direction": np.round(pictures @ direction, 6).tolist(),
        },
        "labels": labels.astype(int).tolist(),
        "gamma": GAMMA,
    }
