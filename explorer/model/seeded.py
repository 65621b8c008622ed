"""Random numbers from a generator of their own, in code of other people that names none."""

from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class Seeded(TorchFunctionMode):
    """Whatever draws random numbers in this thread draws them from a generator of its own; nothing on ``meta``.

    What draws without taking a generator, as dropout does, is not caught.
    """

    def __init__(self, seed: int, device: str | torch.device) -> None:
        """Make the generator.

        Args:
            seed: of it.
            device: where numbers are drawn, and where what names no device is made.
        """
        super().__init__()
        self.place = torch.device(device)
        self.generator = None if str(device) == "meta" else torch.Generator(device).manual_seed(seed)

    def __enter__(self) -> "Seeded":
        self.place.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self.place.__exit__(*error)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = dict(kwargs or {})
        if self.generator is not None and func.__name__ in _DRAW and given.get("generator") is None:
            given["generator"] = self.generator
        elif func.__name__ in _COUNT and given.get("device") is None:
            given["device"] = "cpu"  # RegNet works out its depths with them, on meta too
        return func(*args, **given)


_COUNT = ("arange", "linspace", "tensor")
_DRAW = frozenset(
    (
        *("uniform_", "normal_", "trunc_normal_", "bernoulli_", "exponential_", "random_"),
        *("kaiming_uniform_", "kaiming_normal_", "xavier_uniform_", "xavier_normal_", "orthogonal_"),
        *("rand", "randn", "randint", "randperm", "rand_like", "randn_like", "normal", "bernoulli"),
    )
)
