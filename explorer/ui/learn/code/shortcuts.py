"""Option B is a matrix on the channels; option A has no weights."""

import torch
from torch import nn
from torch.nn import functional as F

x = torch.randn(2, 128, 28, 28)
every_second = x[:, :, ::2, ::2]

projection = nn.Conv2d(128, 256, kernel_size=1, stride=2, bias=False)
matrix = projection.weight.view(256, 128)
by_hand = torch.einsum("oi,nihw->nohw", matrix, every_second)
print(tuple(projection(x).shape))  # (2, 256, 14, 14)
print(torch.allclose(projection(x), by_hand, atol=1e-5))  # True
print(matrix.numel())  # 32768

zeros_behind = F.pad(every_second, (0, 0, 0, 0, 0, 128))
print(tuple(zeros_behind.shape))  # (2, 256, 14, 14)
