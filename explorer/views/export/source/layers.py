"""Layers as the calls that make them, and the small modules that torch does not have."""

from collections.abc import Mapping

from explorer.architecture.operations import Op
from explorer.views.export.source.lines import Call

BLUR_POOL = '''\
class BlurPool(nn.Module):
    """Averages 3x3 pixels with the weights 1, 2, 1 each way, and takes a stride."""

    kernel: Tensor

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        row = torch.tensor([1.0, 2.0, 1.0]) / 4
        kernel = (row[:, None] * row).repeat(channels, 1, 1, 1)
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(x, self.kernel, stride=self.stride, groups=x.shape[1])
'''
SAME_AVG_POOL = '''\
class SameAvgPool(nn.Module):
    """Averages a window at every pixel; zeros stand beyond the border, and count."""

    def __init__(self, window: int) -> None:
        super().__init__()
        self.window = window

    def forward(self, x: Tensor) -> Tensor:
        front, behind = (self.window - 1) // 2, self.window // 2
        x = F.pad(x, (front, behind, front, behind))
        return F.avg_pool2d(x, self.window, stride=1)
'''
SQUEEZE_EXCITE = '''\
class SqueezeExcite(nn.Module):
    """Weighs every channel by what the means of all channels say."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = max(1, channels // 16)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        means = F.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.fc2(torch.relu(self.fc1(means))))
'''


def made(
    op: Op, *, c_in: str = "", c_out: str = "", stride: str = "", dilation: str = "", norm_groups: str = ""
) -> Call:
    """The call that makes a layer's module, ``nn.Conv2d(c_in, c_out, 3, padding=1)``.

    Args:
        op: the layer.
        c_in: what the channels that arrive are called; their number where it is empty, and so for the others.
        c_out: what the channels that leave are called.
        stride: what its stride is called, where it has one.
        dilation: what its dilation is called, which its padding is then too.
        norm_groups: what the groups of a group norm are called.
    """
    c_in, c_out, stride = c_in or str(op.channels_in), c_out or str(op.channels_out), stride or str(op.stride)
    match op.kind:
        case "conv" | "convtranspose":
            more = {"stride": stride} if op.stride > 1 else {}
            more |= {"padding": dilation or str(op.padding)} if op.padding else {}
            more |= {"dilation": dilation or str(op.dilation)} if dilation or op.dilation > 1 else {}
            more |= {"groups": str(op.groups)} if op.groups > 1 else {}
            more |= {} if op.bias else {"bias": "False"}
            return _call("Conv2d" if op.kind == "conv" else "ConvTranspose2d", c_in, c_out, str(op.kernel), **more)
        case "norm" if op.norm == "batch":
            return _call("BatchNorm2d", c_out)
        case "norm" if op.norm == "instance":
            return _call("InstanceNorm2d", c_out, affine="True", track_running_stats="True")
        case "norm":
            return _call("GroupNorm", norm_groups or str(op.groups), c_out)
        case "linear":
            return _call("Linear", c_in, c_out)
        case "maxpool":
            return _call("MaxPool2d", str(op.kernel), stride=stride, padding=str(op.padding))
        case "avgpool" if op.is_global_pool:
            return _call("AdaptiveAvgPool2d", "1")
        case "avgpool" if op.same:
            return Call("SameAvgPool", (str(op.kernel),))
        case "avgpool":
            return _call("AvgPool2d", stride, ceil_mode="True")
        case "blurpool":
            return Call("BlurPool", (c_out, stride))
        case "relu":
            return _call("ReLU")
        case "tanh":
            return _call("Tanh")
        case _:
            raise AssertionError(f"no module of its own is written for a {op.kind}")


def sequence(depth: int, target: str, layers: Mapping[int, Call | str]) -> list[str]:
    """The lines that make a sequence of layers, each at its number; nothing stands where a number is missing.

    Args:
        depth: of the indentation, in steps of four spaces.
        target: what the sequence is called.
        layers: by their numbers.
    """
    nothing = _call("Identity")
    call = _call("Sequential", *(str(layers.get(number, nothing)) for number in range(max(layers) + 1)))
    return call.assigned(depth, target) if len(layers) == 1 else call.spread(depth, target)


def _call(layer: str, *first: str, **more: str) -> Call:
    return Call(f"nn.{layer}", (*first, *(f"{name}={value}" for name, value in more.items())))
