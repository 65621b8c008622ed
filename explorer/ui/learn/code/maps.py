"""A kernel that finds vertical edges."""

import torch
from torch.nn import functional as F

kernel = torch.tensor([[-1, 0, 1]] * 3).view(1, 1, 3, 3)
picture = torch.tensor([[0, 0, 0, 1, 1, 1]] * 6).view(1, 1, 6, 6)  # dark on the left, bright on the right

print(F.conv2d(picture, kernel)[0, 0, 0].tolist())  # [0, 3, 3, 0]: the edge is found
print(F.conv2d(picture.flip(-1), kernel)[0, 0, 0].tolist())  # [0, -3, -3, 0]: bright on the left
print(F.conv2d(torch.ones_like(picture), kernel)[0, 0, 0].tolist())  # [0, 0, 0, 0]: no edge
