import torch
from torch import nn
from torchvision.models import resnet18

network = resnet18()  # weights="DEFAULT" loads the published ones
network.requires_grad_(False)  # freeze everything
network.fc = nn.Linear(network.fc.in_features, 5)  # a new last layer, which is trained


def train():
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()  # frozen norms keep their statistics, too


train()
before = network.bn1.running_mean.clone()
network(torch.rand(4, 3, 64, 64))
trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
print(sum(parameter.numel() for parameter in trained))  # 2565
print(torch.equal(network.bn1.running_mean, before))  # True
