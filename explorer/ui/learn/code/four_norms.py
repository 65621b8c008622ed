import torch
from torch import nn

x = torch.randn(2, 6, 4, 4)  # pictures, channels, height, width


def normalised(x, over):
    mean = x.mean(dim=over, keepdim=True)
    variance = x.var(dim=over, correction=0, keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt(), mean.numel()


groups = x.view(2, 3, 2, 4, 4)  # three groups of two channels
batch, batch_means = normalised(x, (0, 2, 3))
layer, layer_means = normalised(x, (1, 2, 3))
group, group_means = normalised(groups, (2, 3, 4))
instance, instance_means = normalised(x, (2, 3))

print(torch.allclose(batch, nn.BatchNorm2d(6)(x), atol=1e-5))  # True
print(torch.allclose(layer, nn.LayerNorm([6, 4, 4])(x), atol=1e-5))  # True
print(torch.allclose(group.view_as(x), nn.GroupNorm(3, 6)(x), atol=1e-5))  # True
print(torch.allclose(instance, nn.InstanceNorm2d(6)(x), atol=1e-5))  # True
print(batch_means, layer_means, group_means, instance_means)  # 6 2 6 12
