import torch

torch.manual_seed(0)
maps = torch.randn(1000, 256, 7, 7)  # 256 channels: noise
labels = torch.arange(1000) % 10  # ten classes

strongest = maps.amax(dim=(2, 3)).topk(9, dim=0).indices  # nine a channel
counts = torch.stack([(labels[strongest] == one).sum(dim=0) for one in range(10)])
pure = counts.amax(dim=0)  # of the nine, the commonest class

print(tuple(strongest.shape))  # (9, 256)
print(f"{pure.float().mean():.1f}")  # 2.6: of nine, on average
print(pure.max().item())  # 5: the purest channel
