"""What several tests share: random valid specs, a small spec for every kind of block, models, and what a model is."""

import itertools
import random
from functools import cache
from typing import Any

import torch
from torch import Tensor

from explorer import describe
from explorer.architecture.spec import CHOICES, ResNetSpec
from explorer.errors import SpecError
from explorer.model import build
from explorer.model.build import NetworkModule, ObservableModule

SMALL: dict[str, Any] = {"widths": (8, 16), "depths": (2, 2), "stem": "cifar", "num_classes": 5}
SMALL_SPEC = ResNetSpec().replace(**SMALL)


@cache
def random_specs(count: int = 50, seed: int = 20) -> tuple[ResNetSpec, ...]:
    """As many different valid specs, small enough to build in milliseconds, the same in every run."""
    draw = random.Random(seed)
    found: dict[ResNetSpec, None] = {}
    while len(found) < count:
        try:
            found[_draw(draw)] = None
        except SpecError:
            continue
    return tuple(found)


def dilated_kinds() -> tuple[ResNetSpec, ...]:
    """Every block × order × shortcut with dilation, on five stages that reach an output stride of 8."""
    turns = itertools.cycle(itertools.product((False, True), ("3x3", "1x1"), (False, True)))
    kinds = []
    for block, order, shortcut in itertools.product(CHOICES["block"], CHOICES["order"], CHOICES["shortcut"]):
        gate, stride_on, antialias = next(turns)
        fields: dict[str, Any] = {
            "block": block,
            "order": order,
            "shortcut": shortcut,
            "stride_on": stride_on,
            "squeeze_excite": gate,
        }
        stages: dict[str, Any] = {"depths": (1, 1, 1, 2, 2, 2), "widths": (4, 4, 6, 8, 8, 12), "stem": "cifar"}
        kinds.append(ResNetSpec(**fields, **stages, antialias=antialias, num_classes=5, output_stride=8))
    return tuple(kinds)


def block_kinds() -> tuple[ResNetSpec, ...]:
    """Every block × order × shortcut, each with the four norms in turn, and with and without a gate."""
    norms = itertools.cycle(CHOICES["norm"])
    gates = itertools.cycle((False, True, True))
    kinds = itertools.product(CHOICES["block"], CHOICES["order"], CHOICES["shortcut"], range(2))
    return tuple(
        ResNetSpec().replace(
            **SMALL, block=block, order=order, shortcut=shortcut, norm=next(norms), squeeze_excite=next(gates)
        )
        for block, order, shortcut, _ in kinds
    )


def short_name(spec: ResNetSpec) -> str:
    """What distinguishes a spec, for the list of tests."""
    words = [spec.block, spec.order, spec.shortcut, spec.norm, spec.stem]
    return "-".join(
        [*words, *(["se"] if spec.squeeze_excite else []), *(["added"] if spec.added_classes else []), *_dilated(spec)]
    )


def _dilated(spec: ResNetSpec) -> list[str]:
    return [] if spec.output_stride == 32 else [f"os{spec.output_stride}"]


def lively(spec: ResNetSpec, seed: int = 0) -> NetworkModule:
    """A model whose norms have learned something: statistics, γ and β that are not 0 and 1."""
    model = build(describe(spec), device="cpu", seed=seed)
    generator = torch.Generator().manual_seed(seed + 100)
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.fill_(3)
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 2, generator=generator)
        elif name.endswith("running_mean") or tensor.dim() == 1:
            tensor.uniform_(-0.5, 1, generator=generator)
    return model


def pictures(spec: ResNetSpec, count: int = 2, size: tuple[int, int] = (12, 15), seed: int = 1) -> Tensor:
    return torch.randn(count, spec.in_channels, *size, generator=torch.Generator().manual_seed(seed))


def snapshot(model: ObservableModule) -> dict[str, Any]:
    """Everything about a model that a probe might change, and the random numbers."""
    modules = dict(model.named_modules())
    return {
        "training": {name: module.training for name, module in modules.items()},
        "momentum": {name: getattr(module, "momentum", None) for name, module in modules.items()},
        "hooks": {
            name: (len(module._forward_hooks), len(module._forward_pre_hooks), len(module._backward_hooks))
            for name, module in modules.items()
        },
        "attributes": {name: sorted(vars(module)) for name, module in modules.items()},
        "requires_grad": {name: parameter.requires_grad for name, parameter in model.named_parameters()},
        "grad": {
            name: None if parameter.grad is None else (id(parameter.grad), parameter.grad.sum().item())
            for name, parameter in model.named_parameters()
        },
        "tensors": {
            name: (id(tensor), tensor._version) for name, tensor in [*model.named_parameters(), *model.named_buffers()]
        },
        "values": {name: tensor.clone().numpy().tobytes() for name, tensor in model.state_dict().items()},
        "keys": list(model.state_dict()),
        "rng": torch.random.get_rng_state().numpy().tobytes(),
        "grad_mode": torch.is_grad_enabled(),
    }


def _draw(draw: random.Random) -> ResNetSpec:
    stages = draw.randint(1, 4)
    return ResNetSpec().replace(
        **{name: draw.choice(values) for name, values in CHOICES.items()},
        depths=tuple(draw.randint(1, 3) for _ in range(stages)),
        widths=tuple(draw.choice((8, 12, 16, 24, 32, 48)) for _ in range(stages)),
        groups=draw.choice((1, 1, 2, 4)),
        base_width=draw.choice((64, 64, 32, 96)),
        conv_bias=draw.random() < 0.3,
        shortcut_norm=draw.random() < 0.7,
        squeeze_excite=draw.random() < 0.3,
        zero_init_residual=draw.random() < 0.3,
        antialias=stages % 2 == 0,
        in_channels=draw.choice((1, 3, 3, 4)),
        num_classes=draw.choice((1, 2, 10, 37)),
        added_classes=draw.choice((0, 0, 0, 4)),
        output_stride=draw.choice((32, 32, 16, 8)),
    )
