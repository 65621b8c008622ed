import torch

torch.manual_seed(0)
shape, colour = 2.0 * torch.randint(2, (2, 400)) - 1  # two facts about 400 pictures, each -1 or 1
mix, _ = torch.linalg.qr(torch.randn(8, 8))
features = torch.outer(shape, mix[0]) + torch.outer(colour, mix[1]) + 0.2 * torch.randn(400, 8)
answer = features @ mix[0]  # the network goes on with the shape alone


def probed(fact):  # fitted on 300 pictures, accuracy on the other 100
    probe = torch.linalg.lstsq(features[:300], fact[:300, None]).solution[:, 0]
    return ((features[300:] @ probe).sign() == fact[300:]).float().mean().item()


other = features - 2 * torch.outer(colour, mix[1])  # every colour turned into the other
print(f"{probed(shape):.2f}, {probed(colour):.2f}")  # 1.00, 1.00
print(f"{(other @ mix[0] - answer).abs().max():.2f}")  # 0.00: the answers do not change
