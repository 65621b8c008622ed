import torch

torch.manual_seed(0)
shape, colour = 2.0 * torch.randint(2, (2, 400)) - 1  # of 400 pictures, each -1 or 1
mix, _ = torch.linalg.qr(torch.randn(8, 8))
features = torch.outer(shape, mix[0]) + torch.outer(colour, mix[1])
features = features + 0.2 * torch.randn(400, 8)


def probed(fact):  # fitted on 300 pictures, accuracy on the other 100
    probe = torch.linalg.lstsq(features[:300], fact[:300, None]).solution[:, 0]
    return ((features[300:] @ probe).sign() == fact[300:]).float().mean().item()


answers = features @ mix[0]  # the network goes on with the shape alone
changed = (features - 2 * torch.outer(colour, mix[1])) @ mix[0]  # the other colour
print(f"{probed(shape):.2f}, {probed(colour):.2f}")  # 1.00, 1.00
print(f"{(changed - answers).abs().max():.2f}")  # 0.00
