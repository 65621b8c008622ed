import torch
from torch import nn

torch.manual_seed(0)
conv = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2), nn.ReLU())
fc = nn.Linear(16, 10)

maps = conv(torch.randn(1, 3, 33, 33))  # 16 maps of 16×16
logits = fc(maps.mean(dim=(2, 3)))
answer = int(logits.argmax())

cam = (fc.weight[answer].view(16, 1, 1) * maps[0]).sum(dim=0)
print(cam.shape)  # torch.Size([16, 16])
print(torch.allclose(cam.mean() + fc.bias[answer], logits[0, answer]))  # True

(gradient,) = torch.autograd.grad(logits[0, answer], maps)
grad_cam = (gradient.mean(dim=(2, 3), keepdim=True) * maps)[0].sum(dim=0)
print(torch.allclose(grad_cam * 256, cam, atol=1e-5))  # True: the same map, divided by its positions
print(torch.allclose(grad_cam.relu().sum(), grad_cam.sum()))  # False: after a ReLU it no longer adds up
