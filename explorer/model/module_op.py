"""A module as an operation of the tree: its kind and its hyper-parameters."""

from typing import Any

from torch import nn

from explorer.architecture.operations import Kind, Op, Shape

_NORMS: dict[str, tuple[type[nn.Module], ...]] = {
    "batch": (nn.modules.batchnorm._BatchNorm,),
    "instance": (nn.modules.instancenorm._InstanceNorm,),
    "group": (nn.GroupNorm,),
    "layer": (nn.LayerNorm,),
}
_KINDS: tuple[tuple[Kind, tuple[type[nn.Module], ...]], ...] = (
    ("convtranspose", (nn.modules.conv._ConvTransposeNd,)),
    ("conv", (nn.modules.conv._ConvNd,)),
    ("norm", tuple(kind for kinds in _NORMS.values() for kind in kinds)),
    ("relu", (nn.ReLU,)),
    ("tanh", (nn.Tanh,)),
    ("sigmoid", (nn.Sigmoid,)),
    ("maxpool", (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AdaptiveMaxPool2d)),
    ("avgpool", (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)),
    ("dropout", (nn.modules.dropout._DropoutNd,)),
    ("linear", (nn.Linear,)),
    ("flatten", (nn.Flatten,)),
)


def kind_of(module: nn.Module) -> Kind:
    """What a module is, by its class; ``other`` for what the tree has no word for."""
    for kind, classes in _KINDS:
        if isinstance(module, classes):
            return kind
    name = type(module).__name__
    if "Attention" in name:
        return "attention"
    if "Dropout" in name or name == "StochasticDepth":
        return "dropout"
    if type(module).__module__ == nn.modules.activation.__name__:
        return "activation"
    return "other"


def op_of(module: nn.Module, row: str, *, arriving: Shape, leaving: Shape) -> Op:
    """The operation that a module does.

    Args:
        module: a leaf, or what has a row of its own.
        row: the row's name.
        arriving: shape of what arrives, without the batch.
        leaving: shape of what is put out, without the batch.

    Returns:
        Kernel, stride and padding are those of a square window, and 0, 1 and 0 where there is none.
    """
    kind = kind_of(module)
    windowed = kind in ("conv", "convtranspose", "maxpool", "avgpool")
    return Op(
        kind=kind,
        name=row,
        channels_in=_channels(module, ("in_channels", "in_features", "num_features", "num_channels"), arriving),
        channels_out=_channels(module, ("out_channels", "out_features", "num_features", "num_channels"), leaving),
        kernel=(square(module, "kernel_size") or 0) if windowed else 0,
        stride=(square(module, "stride") or 1) if windowed else 1,
        padding=(square(module, "padding") or 0) if windowed else 0,
        dilation=(square(module, "dilation") or 1) if windowed else 1,
        groups=int(getattr(module, "num_groups" if kind == "norm" else "groups", 1)) if kind != "other" else 1,
        ceil_mode=bool(getattr(module, "ceil_mode", False)),
        bias=getattr(module, "bias", None) is not None,
        norm=next((name for name, classes in _NORMS.items() if isinstance(module, classes)), ""),
    )


def puts_channels_last(module: nn.Module, arriving_last: bool) -> bool:
    """Whether what a module outputs has its channels last.

    Args:
        module: a leaf.
        arriving_last: whether what arrives has them last, and the module keeps its shape.
    """
    if isinstance(module, nn.Linear | nn.LayerNorm | nn.Embedding | nn.RNNBase):
        return type(module).__name__ != "LayerNorm2d"  # torchvision's, which turns the axes there and back
    dims = getattr(module, "dims", None)
    if type(module).__name__ == "Permute" and dims is not None:
        return list(dims) == [0, 2, 3, 1]
    return arriving_last and kind_of(module) in ("activation", "relu", "dropout", "attention", "other")


def square(module: nn.Module, name: str) -> int | None:
    """A window's kernel, stride or padding where it is the same in both directions, else None."""
    value: Any = getattr(module, name, None)
    if isinstance(value, int):
        return value
    if isinstance(value, tuple) and value and all(side == value[0] and isinstance(side, int) for side in value):
        return int(value[0])
    return None


def _channels(module: nn.Module, names: tuple[str, ...], shape: Shape) -> int:
    for name in names:
        if isinstance(value := getattr(module, name, None), int):
            return value
    if isinstance(module, nn.LayerNorm):
        return int(module.normalized_shape[-1])
    return shape[0] if shape else 0
