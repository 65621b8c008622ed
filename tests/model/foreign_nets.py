"""Small modules that do what modules of other people do."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Busy(nn.Module):
    """In place, called twice, functions, a parameter of its own, a part that is never called, a tuple put out."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((1, 6, 1, 1), 2.0))
        self.first = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(inplace=True))
        self.twice = nn.Conv2d(6, 6, (1, 3), padding=(0, 1), bias=False)
        self.act = nn.Hardswish(inplace=True)
        self.drop = nn.Dropout(0.5)
        self.unused = nn.Linear(5, 7)
        self.fc = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.first(x) * self.scale
        y = self.twice(x)
        y += x
        z = self.act(self.twice(y))
        pooled = torch.flatten(F.adaptive_avg_pool2d(torch.cat([x, z], 1), 1), 1)
        return self.fc(self.drop(pooled)), x


class Attentive(nn.Module):
    """Attention by matrix products of its own, and torch's own, whose projection is no call."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.qkv = nn.Linear(8, 24)
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, images: Tensor) -> Tensor:
        tokens = self.patches(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(images), -1, -1), tokens], 1)
        q, k, v = self.qkv(self.norm(tokens)).chunk(3, -1)
        tokens = tokens + (q @ k.transpose(1, 2)).softmax(-1) @ v
        tokens = tokens + self.attention(tokens, tokens, tokens, need_weights=False)[0]
        return self.head(self.layer(tokens)[:, 0])


def lively(module: nn.Module, seed: int = 0) -> nn.Module:
    """Random weights and running statistics that are not 0 and 1, in eval mode."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.dim() > 1:
                bound = (3 / tensor[0].numel()) ** 0.5
                tensor.uniform_(-bound, bound, generator=generator)
            elif tensor.is_floating_point():
                low = 0.5 if name.endswith("running_var") else -0.5
                tensor.uniform_(low, 1, generator=generator)
    return module.eval()


def pictures(count: int = 2, side: int = 16, seed: int = 1) -> Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(seed))
