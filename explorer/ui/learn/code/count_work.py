import torch
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import resnet50

network = resnet50().eval()


def flops(side):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.rand(1, 3, side, side))
    return counter.get_total_flops()  # multiplications and additions


print(flops(224))  # 8178368512
print(flops(224) // 2)  # 4089184256: multiply-accumulates
print(flops(448) // 2)  # 16350593024: four times as many, but for the last layer
