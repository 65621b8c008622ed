import torch


def trained(added, length=10, start=0.1, rate=0.003, steps=200):
    w = torch.tensor(start, requires_grad=True)
    for _ in range(steps):
        loss = ((w + added) ** length - 2) ** 2 / 2
        (gradient,) = torch.autograd.grad(loss, w)
        w = (w - rate * gradient).detach().requires_grad_()
    return ((w + added) ** length).item()


print(f"{trained(added=0):.3f}")  # 0.000: the plain chain has not moved
print(f"{trained(added=1):.3f}")  # 2.000: with shortcuts it gives 2
