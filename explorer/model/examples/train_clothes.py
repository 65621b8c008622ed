"""Trains the clothes reader whose weights lie beside this file: a ResNet-20 on Fashion-MNIST.

Run it as ``python -m explorer.model.examples.train_clothes --data FOLDER``, where FOLDER holds the set's four gzip
files. It takes some forty minutes on one processor core. Every epoch is kept in ``--work``, so that a run that was
ended goes on where it was. Beside the weights it writes ``clothes_resnet20.log.jsonl``, a line for each epoch, and
``clothes_samples.png``, ten test pictures of every class, a row for each.

The epoch is chosen by pictures of the training part that are set apart, never by the test pictures; these are
counted once, with the weights of the chosen epoch.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from explorer.architecture.codec import to_json
from explorer.architecture.describe import describe
from explorer.architecture.examples import CLOTHES_READER
from explorer.model.build import NetworkModule, build
from explorer.model.examples.writing import write
from explorer.model.images import FASHION_MNIST

EPOCHS = 30
BATCH = 128
# He et al. 2015, section 4.2, but Nesterov's momentum and a learning rate that rises for a fifth of the steps and
# falls to nothing by a cosine, as for the digits
LEARNING_RATE = 0.2
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
WARM_UP = 0.2
SHIFT = 2
"""Pixels that a picture is moved by at most, each way."""
ERASED = 8
"""Side in pixels of the square that is made grey in half of the pictures (Zhong et al. 2017; DeVries et al. 2017)."""
SET_APART = 500
"""Pictures of each class of the training part that choose the epoch."""
MEAN, STD = FASHION_MNIST.mean[0], FASHION_MNIST.std[0]
"""Of the training part's pixels, from 0 to 1."""
SEED = 0
SHOWN = 10
"""Test pictures of each class that are in the repository: the first ones, whatever the network says of them."""
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pictures:
    """Pictures with their classes.

    Attributes:
        images: ``(N, 1, 28, 28)``, uint8.
        labels: ``(N,)``, 0 to 9.
    """

    images: Tensor
    labels: Tensor

    def __getitem__(self, index: Tensor) -> Pictures:
        return Pictures(self.images[index], self.labels[index])


def read(folder: Path, part: str) -> Pictures:
    """The set's training part ("train") or test part ("t10k") from its gzip files."""
    images = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    return Pictures(
        torch.from_numpy(np.frombuffer(images, np.uint8, offset=16).copy().reshape(-1, 1, 28, 28)),
        torch.from_numpy(np.frombuffer(labels, np.uint8, offset=8).astype(np.int64)),
    )


def split(training: Pictures) -> tuple[Pictures, Pictures]:
    """The training part without, and with only, the pictures that choose the epoch: as many of every class."""
    draw = np.random.RandomState(SEED)
    labels = training.labels.numpy()
    apart = np.sort(
        np.concatenate([draw.permutation(np.flatnonzero(labels == label))[:SET_APART] for label in range(10)])
    )
    rest = np.setdiff1d(np.arange(len(labels)), apart)
    return training[torch.from_numpy(rest)], training[torch.from_numpy(apart)]


def normalised(images: Tensor) -> Tensor:
    """Pictures as the network takes them, float32."""
    return images.float().div(255).sub(MEAN).div(STD).contiguous(memory_format=torch.channels_last)


def varied(images: Tensor, draw: torch.Generator) -> Tensor:
    """Normalised pictures, some mirrored, all shifted, half of them with a grey square.

    Args:
        images: ``(N, 1, H, W)``, normalised, so that 0 is the mean.
        draw: of the chances.
    """
    count, _, height, width = images.shape
    mirrored = torch.rand(count, 1, 1, 1, generator=draw) < 0.5
    images = torch.where(mirrored, images.flip(3), images)
    padded = F.pad(images, (SHIFT,) * 4, value=-MEAN / STD)
    down, across = torch.randint(0, 2 * SHIFT + 1, (2, count, 1, 1), generator=draw)
    rows = down + torch.arange(height).view(1, height, 1)
    columns = across + torch.arange(width).view(1, 1, width)
    images = padded[torch.arange(count).view(-1, 1, 1), 0, rows, columns].unsqueeze(1)
    top = torch.randint(0, height, (count, 1, 1, 1), generator=draw) - ERASED // 2
    left = torch.randint(0, width, (count, 1, 1, 1), generator=draw) - ERASED // 2
    y, x = torch.arange(height).view(1, 1, -1, 1), torch.arange(width).view(1, 1, 1, -1)
    inside = (y >= top) & (y < top + ERASED) & (x >= left) & (x < left + ERASED)
    erased = inside & (torch.rand(count, 1, 1, 1, generator=draw) < 0.5)
    return images.masked_fill(erased, 0.0).contiguous(memory_format=torch.channels_last)


def train(learn: Pictures, choose: Pictures, work: Path, *, epochs: int = EPOCHS) -> list[dict[str, float]]:
    """Train, keep the weights of every epoch in a folder, and go on after the last one that is there.

    Args:
        learn: the pictures to learn from.
        choose: those that are set apart.
        work: folder of the epochs, ``epoch_03.pt``.
        epochs: in all.

    Returns:
        A line for each epoch: its number, its mean loss, how many of the pictures set apart are right, its seconds.
    """
    work.mkdir(parents=True, exist_ok=True)
    model = build(describe(CLOTHES_READER.spec), device="cpu", seed=SEED).to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(
        model.parameters(), LEARNING_RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, nesterov=True
    )
    steps = len(learn.labels) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps * epochs, pct_start=WARM_UP, cycle_momentum=False
    )
    lines: list[dict[str, float]] = []
    if kept := sorted(work.glob("epoch_*.pt")):
        state = torch.load(kept[-1])
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        lines = state["lines"]
    for epoch in range(len(lines), epochs):
        start, losses = time.monotonic(), []
        draw = torch.Generator().manual_seed(SEED * 1000 + epoch)
        model.train()
        for batch in torch.randperm(len(learn.labels), generator=draw)[: steps * BATCH].view(steps, BATCH):
            picked = learn[batch]
            loss = F.cross_entropy(model(varied(normalised(picked.images), draw)), picked.labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.detach())
        lines.append(
            {
                "epoch": epoch + 1,
                "loss": round(float(torch.stack(losses).mean()), 4),
                "set_apart_correct": correct(model, choose),
                "seconds": round(time.monotonic() - start),
            }
        )
        log.info("%s", json.dumps(lines[-1]))
        torch.save(
            {
                "model": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "lines": lines,
            },
            work / f"epoch_{epoch + 1:02}.pt",
        )
    return lines


def correct(model: NetworkModule, pictures: Pictures) -> int:
    """How many pictures a network classifies correctly, in eval mode."""
    return int((answers_of(model, pictures.images) == pictures.labels).sum())


@torch.no_grad()
def answers_of(model: NetworkModule, images: Tensor) -> Tensor:
    """The class that a network gives to each picture, ``(N,)``; it is left in eval mode."""
    model.eval()
    return torch.cat([model(normalised(some)).argmax(1) for some in images.split(500)])


def export(work: Path, folder: Path, choose_count: int, test: Pictures) -> dict[str, int]:
    """Write the weights of the epoch that did best on the pictures set apart, and a balanced hundred of test pictures.

    Args:
        work: folder of the epochs.
        folder: where the files of the example go.
        choose_count: how many pictures were set apart.
        test: the test part, counted here and nowhere else.

    Returns:
        The chosen epoch, and how many of the test pictures are right.
    """
    state = torch.load(sorted(work.glob("epoch_*.pt"))[-1])
    chosen = max(state["lines"], key=lambda line: (line["set_apart_correct"], line["epoch"]))
    model = build(describe(CLOTHES_READER.spec), device="cpu", seed=SEED)
    model.load_state_dict(torch.load(work / f"epoch_{chosen['epoch']:02}.pt")["model"])
    answers = answers_of(model, test.images)
    shown = torch.cat([torch.nonzero(test.labels == label)[:SHOWN, 0] for label in range(10)])
    facts = {
        "spec": json.loads(to_json(CLOTHES_READER.spec)),
        "input_size": CLOTHES_READER.input_size,
        "preprocess": FASHION_MNIST.name,
        "classes": CLASSES,
        "seed": SEED,
        "epoch": chosen["epoch"],
        "set_apart": choose_count,
        "set_apart_correct": chosen["set_apart_correct"],
        "tested": len(test.labels),
        "tested_correct": int((answers == test.labels).sum()),
        "samples": shown.tolist(),
        "data": "Fashion-MNIST, H. Xiao, K. Rasul and R. Vollgraf 2017, Zalando SE, MIT licence",
    }
    write(model, facts, folder / "clothes_resnet20.safetensors")
    tiles = test.images[shown].reshape(10, SHOWN, 28, 28).permute(0, 2, 1, 3).reshape(280, SHOWN * 28)
    Image.fromarray(tiles.numpy()).save(folder / "clothes_samples.png", optimize=True)
    text = "".join(f"{json.dumps(line)}\n" for line in state["lines"])
    (folder / "clothes_resnet20.log.jsonl").write_text(text, encoding="utf-8")
    return {"epoch": chosen["epoch"], "tested": facts["tested"], "tested_correct": facts["tested_correct"]}


def main() -> None:
    """Train, as far as it is not done, and write the example's files."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description="Train the clothes reader on Fashion-MNIST.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the four gzip files of the set")
    parser.add_argument("--work", type=Path, default=Path("clothes_epochs"), help="folder that keeps every epoch")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="in all; the learning rate falls over them")
    parser.add_argument("--out", type=Path, default=here, help="folder for the weights, the log and the samples")
    parser.add_argument("--export-only", action="store_true", help="train no further: export the best epoch so far")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)  # sums are taken in the same order on one thread
    learn, choose = split(read(asked.data, "train"))
    if not asked.export_only:
        train(learn, choose, asked.work, epochs=asked.epochs)
    log.info("%s", json.dumps(export(asked.work, asked.out, len(choose.labels), read(asked.data, "t10k"))))


if __name__ == "__main__":
    main()
