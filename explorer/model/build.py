"""From a tree to the real thing: a torch module, every call a module of its own, nothing in place."""

import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn import init

from explorer.architecture.families import DescribedSpec, network_of
from explorer.architecture.operations import Kind, Op
from explorer.architecture.plan import Plan
from explorer.architecture.trace import trace
from explorer.architecture.tree import Gate, Network, Residual, Section, ops_of
from explorer.model.device import choose
from explorer.model.out_of_memory import enough_memory

# Told of every call while it happens: the row's name, what arrived, what was put out.
Observer = Callable[[str, tuple[Tensor, ...], Tensor], None]


class Add(nn.Module):
    """The sum of the main path and the shortcut."""

    def forward(self, main: Tensor, shortcut: Tensor) -> Tensor:
        """Add two tensors of the same shape, ``(N, C, H, W)``."""
        return main + shortcut


class Concat(nn.Module):
    """The main path and the shortcut side by side."""

    def forward(self, main: Tensor, shortcut: Tensor) -> Tensor:
        """From ``(N, C, H, W)`` and ``(N, D, H, W)`` to ``(N, C + D, H, W)``."""
        return torch.cat((main, shortcut), dim=1)


class Scale(nn.Module):
    """A gate's last step: every channel times its weight."""

    def forward(self, x: Tensor, gate: Tensor) -> Tensor:
        """Multiply ``(N, C, H, W)`` by ``(N, C, 1, 1)``."""
        return x * gate


class PadShortcut(nn.Module):
    """Option A of He et al. 2015: every ``stride``-th pixel, and zero channels behind the ones that are there.

    Some have a part of the zeros, ``before``, in front of them.
    """

    def __init__(self, stride: int, channels: int, before: int = 0) -> None:
        super().__init__()
        self.stride = stride
        self.channels = channels
        self.before = before

    def forward(self, x: Tensor) -> Tensor:
        """From ``(N, C, H, W)`` to ``(N, C + channels, ⌈H/stride⌉, ⌈W/stride⌉)``."""
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.before, self.channels - self.before))

    def extra_repr(self) -> str:
        """What stands in brackets when it is printed."""
        return f"stride={self.stride}, channels={self.channels}, before={self.before}"


class BlurPool(nn.Module):
    """A fixed filter of 1, 2, 1 in both directions, and every ``stride``-th pixel; the border is mirrored.

    As in timm the filter is no parameter and in no file of weights.
    """

    filter: Tensor

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride
        self.register_buffer("filter", torch.empty(channels, 1, 3, 3), persistent=False)
        self.reset_filter()

    def reset_filter(self) -> None:
        """Fill in the filter: a module that was made on ``meta`` has none."""
        weights = torch.tensor([1.0, 2.0, 1.0], device=self.filter.device) / 4
        self.filter.copy_((weights[:, None] * weights).expand_as(self.filter))

    def forward(self, x: Tensor) -> Tensor:
        """From ``(N, C, H, W)`` to ``(N, C, ⌈H/stride⌉, ⌈W/stride⌉)``."""
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), self.filter, stride=self.stride, groups=self.channels)

    def extra_repr(self) -> str:
        """What stands in brackets when it is printed."""
        return f"channels={self.channels}, stride={self.stride}"


class SameAvgPool(nn.AvgPool2d):
    """An average at every position, beside which stand zeros that count: TensorFlow's "SAME", as in timm.

    Where the window is even there is one more of them behind than in front.
    """

    def __init__(self, kernel: int) -> None:
        super().__init__(kernel, stride=1, padding=(kernel - 1) // 2)
        self.side = kernel

    def forward(self, x: Tensor) -> Tensor:
        """From ``(N, C, H, W)`` to the same shape."""
        front, behind = (self.side - 1) // 2, self.side // 2
        return F.avg_pool2d(F.pad(x, (front, behind, front, behind)), self.side, stride=1)


class Block(nn.Module):
    """A residual or plain block: the two paths of a ``Residual``, each call a child named as in the tree."""

    def __init__(self, node: Residual, device: torch.device) -> None:
        super().__init__()
        self.node = node
        _add_calls(self, node, device)

    def forward(self, x: Tensor, observe: Observer | None = None) -> Tensor:
        """Carry x of shape ``(N, C, H, W)`` through the block, telling ``observe`` of every call."""
        return self._through(self.node.after, self._joined(x, observe), observe)

    def _joined(self, x: Tensor, observe: Observer | None) -> Tensor:
        """Both paths and their sum; what the paths put out is let go before anything follows."""
        node = self.node
        forked = self._through(node.before, x, observe)
        main = self._through(node.main, forked, observe)
        if node.add is None:
            return main
        # what stands before the fork is shared with a projection alone; all else takes the raw input
        shortcut = self._through(node.shortcut, forked if node.shortcut else x, observe)
        return self._call(node.add, (main, shortcut), observe)

    def _through(self, ops: tuple[Op | Gate, ...], x: Tensor, observe: Observer | None) -> Tensor:
        for op in ops:
            if isinstance(op, Gate):
                x = self._call(op.mul, (x, self._through(op.branch, x, observe)), observe)
            else:
                x = self._call(op, (x,), observe)
        return x

    def _call(self, op: Op, arriving: tuple[Tensor, ...], observe: Observer | None) -> Tensor:
        output = self.get_submodule(op.name)(*arriving)
        if observe is not None:
            observe(f"{self.node.name}.{op.name}", arriving, output)
        return output


class Stage(nn.Sequential):
    """The blocks of one stage, one behind the other."""

    def forward(self, x: Tensor, observe: Observer | None = None) -> Tensor:
        """Carry x of shape ``(N, C, H, W)`` through all blocks, telling ``observe`` of every call."""
        for block in self:
            x = block(x, observe)
        return x


class ObservableModule(nn.Module):
    """What every probe takes: a module with its tree, which tells an observer of every call.

    Attributes:
        network: the tree.
        takes_pictures: whether what goes in are pictures, ``(N, C, H, W)``.
    """

    network: Network
    takes_pictures = True

    @property
    def torch_module(self) -> nn.Module:
        """The network as torch knows it, without what stands around it here."""
        return self

    def plan_at(self, input_size: tuple[int, int]) -> Plan:
        """The plan at a height and width in pixels: worked out from the tree, or measured where that is not enough.

        Raises:
            InputSizeError: when the network cannot take such pictures.
        """
        return trace(self.network, input_size)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next((parameter.device for parameter in self.parameters()), torch.device("cpu"))


class NetworkModule(ObservableModule):
    """A network that can be run, with the tree that it was built from.

    Every row of the plan is a submodule of the row's name, none works in place, and parameters and buffers have
    torchvision's names.

    Attributes:
        network: the tree.
    """

    def __init__(self, network: Network, device: torch.device) -> None:
        super().__init__()
        self.network = network
        for section in network.sections:
            if section.is_stage:
                self.add_module(section.name, Stage(*(Block(node, device) for node in _blocks(section))))
                continue
            for node in section.nodes:
                if isinstance(node, Residual):
                    _add(self, node.name, Block(node, device))
                else:
                    _add_calls(self, node, device)

    def forward(self, images: Tensor, observe: Observer | None = None) -> Tensor:
        """Carry images through the network.

        Args:
            images: ``(N, C, H, W)``, on the model's device.
            observe: told of every call in the order of the plan's rows; it must not change what it is shown.

        Returns:
            Logits ``(N, classes)`` of a classifier, pictures ``(N, C, H, W)`` of a generator.
        """
        x = images
        for section in self.network.sections:
            if section.is_stage:
                x = self.get_submodule(section.name)(x, observe)
                continue
            for node in section.nodes:
                # by one name alone, so that nothing is held any longer than it is needed
                x = self._through(node, x, observe)
        return x

    def _through(self, node: Op | Residual, x: Tensor, observe: Observer | None) -> Tensor:
        if isinstance(node, Residual):
            return self.get_submodule(node.name)(x, observe)
        output = self.get_submodule(node.name)(x)
        if observe is not None:
            observe(node.name, (x,), output)
        return output


def build(
    network: Network | DescribedSpec | str, *, device: str | torch.device | None = None, seed: int = 0
) -> NetworkModule:
    """Make the module that a tree describes, with random weights.

    The weights are those that torchvision draws: for its networks bit for bit what
    ``torch.manual_seed(seed); torchvision.models.resnet50()`` gives. They are drawn on the CPU, so that a seed means
    the same weights on every device, and from a generator of their own, so that nobody else's random numbers change.

    Args:
        network: from ``describe``, or its spec or name.
        device: where it shall live; None chooses (CUDA, then MPS, then CPU). On ``meta`` nothing is allocated.
        seed: of the random weights.

    Returns:
        The module, in training mode as torch makes it.

    Raises:
        DeviceError: when the device is not there.
        SpecError: when there is no such network, or it has no description.

    Examples:
        >>> model = build("resnet18", device="cpu").eval()
        >>> tuple(model(torch.zeros(2, 3, 64, 64)).shape)
        (2, 1000)
    """
    target = _device(device)
    model = NetworkModule(network_of(network), torch.device("meta"))
    if target.type == "meta":
        return model
    with enough_memory(target, f"the weights of {model.network.title}", "choose a smaller network"):
        model.to_empty(device="cpu")
        _initialise(model, torch.Generator().manual_seed(seed))
        return model.to(target)


def calls(network: Network) -> Iterator[tuple[str, Op]]:
    """Every call of a network with its row's name, in the order of the plan."""
    for section in network.sections:
        for node in section.nodes:
            prefix = f"{node.name}." if isinstance(node, Residual) else ""
            for op in ops_of(node):
                yield prefix + op.name, op


def _device(device: str | torch.device | None) -> torch.device:
    if str(device) == "meta":
        return torch.device("meta")
    return choose(None if device is None else str(device))


def _blocks(section: Section) -> list[Residual]:
    return [node for node in section.nodes if isinstance(node, Residual)]


def _add_calls(parent: nn.Module, node: Op | Residual, device: torch.device) -> None:
    """Register every call under its name."""
    for op in ops_of(node):
        _add(parent, op.name, _module(op, device))


def _add(parent: nn.Module, name: str, child: nn.Module) -> None:
    """Register a module under a dotted name; its parts become containers within each other."""
    *path, leaf = name.split(".")
    owner = parent
    for part in path:
        if not hasattr(owner, part):
            owner.add_module(part, nn.Module())
        owner = owner.get_submodule(part)
    owner.add_module(leaf, child)


def _module(op: Op, device: torch.device) -> nn.Module:
    assert op.kind in MODULES, f"no network of ours has a {op.kind}"
    with device:
        return MODULES[op.kind](op)


def _convolution(layer: type[nn.Conv2d | nn.ConvTranspose2d], op: Op) -> nn.Module:
    return layer(
        op.channels_in,
        op.channels_out,
        op.kernel,
        stride=op.stride,
        padding=op.padding,
        dilation=op.dilation,
        groups=op.groups,
        bias=op.bias,
    )


def _average(op: Op) -> nn.Module:
    if op.is_global_pool:
        return nn.AdaptiveAvgPool2d((1, 1))
    if op.same:
        return SameAvgPool(op.kernel)
    return nn.AvgPool2d(op.kernel, op.stride, op.padding, ceil_mode=op.ceil_mode, count_include_pad=False)


NORM_MODULES: dict[str, Callable[[Op], nn.Module]] = {
    "batch": lambda op: nn.BatchNorm2d(op.channels_out),
    "instance": lambda op: nn.InstanceNorm2d(op.channels_out, affine=True, track_running_stats=True),
    "group": lambda op: nn.GroupNorm(op.groups, op.channels_out),
}
"""The module of a norm, by its name."""

MODULES: dict[Kind, Callable[[Op], nn.Module]] = {
    "conv": partial(_convolution, nn.Conv2d),
    "convtranspose": partial(_convolution, nn.ConvTranspose2d),
    "norm": lambda op: NORM_MODULES[op.norm](op),
    "linear": lambda op: nn.Linear(op.channels_in, op.channels_out, bias=op.bias),
    "maxpool": lambda op: nn.MaxPool2d(op.kernel, op.stride, op.padding, ceil_mode=op.ceil_mode),
    "avgpool": _average,
    "blurpool": lambda op: BlurPool(op.channels_out, op.stride),
    "pad": lambda op: PadShortcut(op.stride, op.channels_out - op.channels_in, op.zeros_before),
    "relu": lambda op: nn.ReLU(),
    "tanh": lambda op: nn.Tanh(),
    "sigmoid": lambda op: nn.Sigmoid(),
    "add": lambda op: Add(),
    "concat": lambda op: Concat(),
    "mul": lambda op: Scale(),
    "flatten": lambda op: nn.Flatten(),
}
"""The module of every kind of operation that a network of ours has; what it does is its record's to say."""


def _initialise(model: NetworkModule, generator: torch.Generator) -> None:
    """Draw every layer's own default, and for ``fan_out`` the convolutions again, as torchvision's ResNet does.

    What the first pass draws for the convolutions is lost then, but moves the generator to where torchvision's is.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            _default(module, generator)
        elif isinstance(module, nn.BatchNorm2d | nn.InstanceNorm2d | nn.GroupNorm):
            module.reset_parameters()
        elif isinstance(module, BlurPool):
            module.reset_filter()
    for module in model.modules():
        if model.network.weights == "fan_out" and isinstance(module, nn.Conv2d):
            init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=generator)
    for name, op in calls(model.network):
        if op.zero_init:
            init.zeros_(model.get_parameter(f"{name}.weight"))


def _default(module: nn.Conv2d | nn.ConvTranspose2d | nn.Linear, generator: torch.Generator) -> None:
    """What their ``reset_parameters`` does, from a generator of our own."""
    init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=generator)
    if module.bias is not None:
        bound = 1 / math.sqrt(module.weight[0].numel())
        init.uniform_(module.bias, -bound, bound, generator=generator)
