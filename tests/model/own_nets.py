"""Modules as people bring them: several inputs, dictionaries, words, no parameters, branches for training alone."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.model.foreign_nets import lively


class Tiny(nn.Module):
    """A small classifier of pictures with a stem, blocks and norms; works in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.body = nn.Sequential(*(nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)) for _ in range(2)))
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = F.relu(x + self.body(x), inplace=True)
        return self.fc(x.mean((2, 3)))


def tiny() -> Tiny:
    """One with weights and running statistics that are not 0 and 1, in eval mode; the same at each call."""
    model = Tiny()
    lively(model)
    return model


class PictureAndNumbers(nn.Module):
    """Takes a picture and numbers beside it, and puts out a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(3, 4, 3)
        self.read = nn.Linear(5, 4)

    def forward(self, image: Tensor, numbers: Tensor) -> dict[str, Any]:
        return {"logits": self.look(image).mean((2, 3)) + self.read(numbers), "kept": [numbers]}


class Words(nn.Module):
    """Takes numbers of words, which are no picture and no fractions."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.norm = nn.LayerNorm(16)
        self.lstm = nn.LSTM(16, 8, batch_first=True)
        self.out = nn.Linear(8, 3)

    def forward(self, words: Tensor) -> Tensor:
        read, _ = self.lstm(self.norm(self.embedding(words)))
        return self.out(read[:, -1])


class NoParameters(nn.Module):
    """Has nothing to learn."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.fft.fft(x).abs()


class TrainOnly(nn.Module):
    """Has a head that works in training alone."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Conv2d(3, 3, 1)
        self.helper = nn.Conv2d(3, 8, 1)

    def forward(self, x: Tensor) -> Any:
        return (self.main(x), self.helper(x)) if self.training else self.main(x)


class Noisy(nn.Module):
    """Adds noise in evaluation too."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(x + torch.randn_like(x))


class AlwaysDropping(nn.Module):
    """Drops in evaluation too, with random numbers that everybody has."""

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, 0.5, training=True)


class ByValue(nn.Module):
    """Goes by the values of its input."""

    def forward(self, x: Tensor) -> Tensor:
        return x * 2 if x.sum() > 0 else x


class Counting(nn.Module):
    """Puts out more at every call."""

    calls: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))
        self.mix = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return self.mix(x) * self.calls


class Moving(nn.Module):
    """Moves what it makes to the processor."""

    def forward(self, x: Tensor) -> Tensor:
        return (x * 2).cpu()


class Restless(nn.Module):
    """Does something else at every call."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(3, 3, 1) for _ in range(3))
        self.calls: list[int] = []

    def forward(self, x: Tensor) -> Tensor:
        self.calls.append(1)
        for layer in self.layers[: 1 + x.is_meta]:
            x = layer(x)
        return x
