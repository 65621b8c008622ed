import torch
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(64, 3, 8, 8)
weight = torch.randn(16, 3, 3, 3) / 5  # of a trained convolution, before a norm
direction = torch.randn(16, 3, 3, 3)


def normed(weight):
    return F.batch_norm(F.conv2d(x, weight), None, None, training=True)


def moved(weight, step):
    return f"{(normed(weight + step) - normed(weight)).norm() / normed(weight).norm():.2f}"


def as_long_as(weight, direction):
    length = torch.linalg.vector_norm(torch.stack([weight, direction]), dim=(2, 3, 4), keepdim=True)
    return direction * length[0] / length[1]


print(moved(weight, direction), moved(100 * weight, direction))
# 1.22 0.05: the same network seems to stand still
print(moved(weight, as_long_as(weight, direction)), moved(100 * weight, as_long_as(100 * weight, direction)))
# 0.75 0.75: now both move alike
