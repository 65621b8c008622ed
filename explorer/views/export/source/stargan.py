"""The StarGAN generator as classes that stand alone."""

from explorer.architecture.operations import Op
from explorer.architecture.stargan import StarGANSpec, describe_stargan
from explorer.views.export.source.layers import made, sequence
from explorer.views.export.source.lines import Call

_FORWARD = ["", "    def forward(self, x: Tensor) -> Tensor:"]


def generator(spec: StarGANSpec) -> list[list[str]]:
    """The class of its residual units, where it has any, and that of the generator."""
    network = describe_stargan(spec)
    units = [node.main for node in network.blocks()]
    arguments: list[str] = []
    for section in network.sections:
        ops = [node for node in section.nodes if isinstance(node, Op)]
        arguments += [str(made(op)) for op in ops] or [f"*(ResidualUnit() for _ in range({len(section.nodes)}))"]
    whole = [
        "class Generator(nn.Module):",
        f'    """From (N, {spec.in_channels}, H, W), a picture and a map for each domain, to a picture."""',
        *_init(Call("nn.Sequential", arguments).spread(2, "self.main")),
        *_FORWARD,
        "        x = self.main(x)",
        "        return x",
    ]
    if not units:
        return [whole]
    layers = {int(op.name.rpartition(".")[2]): made(op) for op in units[0] if isinstance(op, Op)}
    unit = [
        "class ResidualUnit(nn.Module):",
        '    """Two 3x3 convolutions, added to the input; nothing follows the addition."""',
        *_init(sequence(2, "self.main", layers)),
        *_FORWARD,
        "        out: Tensor = self.main(x)",
        "        return x + out",
    ]
    return [unit, whole]


def _init(lines: list[str]) -> list[str]:
    return ["", "    def __init__(self) -> None:", "        super().__init__()", *lines]
