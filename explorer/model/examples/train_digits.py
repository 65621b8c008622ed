"""Trains the example whose weights lie beside this file, in about twenty seconds on one processor core.

Run it as ``python -m explorer.model.examples.train_digits``; it writes the same file again.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from explorer.architecture.codec import to_json
from explorer.architecture.describe import describe
from explorer.architecture.examples import DIGIT_READER
from explorer.model.build import NetworkModule, build
from explorer.model.example import digit_inputs
from explorer.model.examples.writing import write
from explorer.model.images import DIGITS
from explorer.model.samples import SPLIT_SEED, digit_labels, split

EPOCHS = 8
BATCH = 64
# He et al. 2015, section 4.2, but a learning rate that rises for a fifth of the steps and falls to nothing by a cosine
LEARNING_RATE = 0.1
MOMENTUM = 0.9
WEIGHT_DECAY = 1e-4
WARM_UP = 0.2

log = logging.getLogger(__name__)


def train(learn: np.ndarray, *, epochs: int = EPOCHS, seed: int = SPLIT_SEED) -> NetworkModule:
    """Train the example's network.

    Args:
        learn: indices of the digits to learn from.
        epochs: how often each is seen.
        seed: of the weights and of the order of the pictures.

    Returns:
        The trained network in eval mode, on the CPU.
    """
    images, labels = digit_inputs(learn), torch.from_numpy(digit_labels()[learn])
    model = build(describe(DIGIT_READER.spec), device="cpu", seed=seed)
    optimiser = torch.optim.SGD(model.parameters(), LEARNING_RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    steps = len(learn) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps * epochs, pct_start=WARM_UP, cycle_momentum=False
    )
    order = torch.Generator().manual_seed(seed)
    with _one_thread():
        model.train()
        for epoch in range(epochs):
            # the last few of a round are left out, so that every batch has the same size
            for batch in torch.randperm(len(learn), generator=order)[: steps * BATCH].view(steps, BATCH):
                loss = F.cross_entropy(model(images[batch]), labels[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
            log.info("epoch %d of %d: loss of the last batch %.4f", epoch + 1, epochs, float(loss.detach()))
    return model.eval()


@torch.no_grad()
def correct(model: NetworkModule, indices: np.ndarray) -> int:
    """How many digits a network in eval mode names rightly."""
    return int((model(digit_inputs(indices)).argmax(1) == torch.from_numpy(digit_labels()[indices])).sum())


def save(model: NetworkModule, held_out: np.ndarray, path: Path, *, seed: int = SPLIT_SEED) -> None:
    """Write the weights and, as JSON in the file's metadata, what they are and how well they do.

    Args:
        model: the trained network.
        held_out: indices of the digits that it has not seen.
        path: of the safetensors file.
        seed: that split, weights and order were drawn with.
    """
    facts = {
        "spec": json.loads(to_json(DIGIT_READER.spec)),
        "input_size": DIGIT_READER.input_size,
        "preprocess": DIGITS.name,
        "classes": [str(digit) for digit in range(10)],
        "seed": seed,
        "held_out": held_out.tolist(),
        "held_out_correct": correct(model, held_out),
        "data": "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI 1998",
    }
    write(model, facts, path)


def main() -> None:
    """Train, test and save."""
    parser = argparse.ArgumentParser(description="Train the example on scikit-learn's digits.")
    parser.add_argument("--out", type=Path, default=DIGIT_READER.file, help="where to write the safetensors file")
    out = parser.parse_args().out
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    learn, held_out = split(digit_labels())
    model = train(learn)
    save(model, held_out, out)
    log.info("%d of %d held-out digits are right; written to %s", correct(model, held_out), len(held_out), out)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums are taken in the same order on one thread; with several the last bits change from run to run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


if __name__ == "__main__":
    main()
