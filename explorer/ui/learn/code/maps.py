"""A kernel that finds vertical edges."""

import torch
from torch.nn import functional as F

kernel = torch.tensor([[-1, 0, 1]] * 3).view(1, 1, 3, 3)
dark_then_bright = torch.tensor([[0, 0, 0, 1, 1, 1]] * 6).view(1, 1, 6, 6)
bright_then_dark = dark_then_bright.flip(-1)
even = torch.ones_like(dark_then_bright)


def first_row(picture):
    return F.conv2d(picture, kernel)[0, 0, 0].tolist()


print(first_row(dark_then_bright))  # [0, 3, 3, 0]
print(first_row(bright_then_dark))  # [0, -3, -3, 0]
print(first_row(even))  # [0, 0, 0, 0]
