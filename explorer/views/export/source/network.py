"""A network as PyTorch that stands alone, as a person would write it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.describe import describe
from explorer.architecture.families import Spec, named, network_of, title_of
from explorer.architecture.one_block import block_title
from explorer.architecture.operations import Op
from explorer.architecture.own import OwnSpec
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.architecture.values import shown
from explorer.errors import SpecError
from explorer.views.export.source.block import BlockClass
from explorer.views.export.source.elsewhere import elsewhere
from explorer.views.export.source.layers import BLUR_POOL, SAME_AVG_POOL, SQUEEZE_EXCITE, made, sequence
from explorer.views.export.source.lines import WIDTH, Call, indented
from explorer.views.export.source.stargan import generator

_IMPORTS = {
    "math.": "import math\n",
    "torch.": "import torch",
    "": "from torch import Tensor, nn",
    "F.": "from torch.nn import functional as F",
}
"""What is imported, by how its use begins."""
_HELPERS = {"BlurPool(": BLUR_POOL, "SameAvgPool(": SAME_AVG_POOL, "SqueezeExcite(": SQUEEZE_EXCITE}
_INSIDE = 2
"""Depth of what stands in a method."""
_TEXT = WIDTH - len('"""')


def source(wanted: Spec | BlockSpec | str, *, block: str = "") -> str:
    """The network as a Python file that needs torch alone: a class for each kind of block, and ``build()``.

    The names of parameters and buffers are those of ``explorer.model.build``, so that weights go from one to the
    other; with the same seed, ``torch.manual_seed``, both draw the same ones.

    Args:
        wanted: a network's specification or name, or the specification of one block.
        block: name of the network's block that is written alone, ``layer2.0``; the whole network when empty.

    Returns:
        The text, formatted as by ruff and typed.

    Raises:
        SpecError: when there is no such network or block, or it is a network of torchvision's, which is not described
            here.

    Examples:
        >>> print(source("resnet18").splitlines()[-1])
            return model
    """
    spec = named(wanted).spec if isinstance(wanted, str) else wanted
    if block and isinstance(spec, ResNetSpec | StarGANSpec):
        return _one_of(spec, block)
    match spec:
        case ResNetSpec():
            classes, call, about = _resnet(spec), "ResNet()", _about(spec)
        case BlockSpec():
            kind = BlockClass([spec], fixed=True)
            classes, call, about = [kind.lines()], str(kind.call(spec)), f"{block_title(spec)}, alone."
        case StarGANSpec():
            classes, call, about = generator(spec), "Generator()", _about(spec)
        case TorchvisionSpec():
            call = elsewhere(spec)["torchvision"]
            raise SpecError(f"{spec.title} is torchvision's own and has no source here; {call} makes it.")
        case OwnSpec():
            raise SpecError(
                f"{spec.facts.title} was given as a module: its source is yours, and nothing here writes it."
            )
        case _:
            raise SpecError(f"{shown(spec)} is no network; give a spec, or a name such as resnet50.")
    return _file(about, classes, call, fan_out=not isinstance(spec, StarGANSpec))


def _one_of(spec: ResNetSpec | StarGANSpec, block: str) -> str:
    names = [node.name for node in network_of(spec).blocks()]
    if block not in names:
        there = f"its blocks are {names[0]} to {names[-1]}" if names else "it has none"
        raise SpecError(f"{title_of(spec)} has no block {shown(block)}; {there}.")
    if isinstance(spec, ResNetSpec):
        return source(spec.blocks()[block])
    unit, _ = generator(spec)
    return _file(f"A residual unit of the {title_of(spec)}.", [unit], "ResidualUnit()", fan_out=False)


def _file(about: str, classes: Iterable[Sequence[str]], call: str, *, fan_out: bool) -> str:
    written = "\n\n\n".join("\n".join(lines) for lines in classes)
    helpers = [text.rstrip() for use, text in _HELPERS.items() if use in written]
    body = "\n\n\n".join([*helpers, written, "\n".join(_build(call, fan_out=fan_out))])
    imports = "\n".join(line for use, line in _IMPORTS.items() if use in body)
    return f'"""{about}"""\n\n{imports}\n\n\n{body}\n'


def _about(spec: ResNetSpec | StarGANSpec) -> str:
    called = f"{title_of(spec)}."
    same = [f"The same in {library}: {call}" for library, call in elsewhere(spec).items()]
    paragraphs = [
        *([called] if len(called) <= _TEXT else ["A convolutional network.", "", called]),
        "",
        *(same or ["Neither torchvision nor timm has this network."]),
    ]
    wrapped = (textwrap.fill(line, _TEXT, subsequent_indent="    ", break_long_words=False) for line in paragraphs)
    return "\n".join(wrapped) + "\n"


def _build(call: str, *, fan_out: bool) -> list[str]:
    head = ["def build() -> nn.Module:", '    """The module with random weights."""']
    if not fan_out:
        return [*head, f"    return {call}"]
    return [
        *head,
        f"    model = {call}",
        "    for module in model.modules():",
        "        if isinstance(module, nn.Conv2d):",
        '            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
        "    return model",
    ]


def _resnet(spec: ResNetSpec) -> list[list[str]]:
    """The class of its blocks, and that of the network."""
    blocks = list(spec.blocks().values())
    block = BlockClass(blocks)
    stem, *stages, head = describe(spec).sections
    stem_ops, head_ops = _ops(stem.nodes), _ops(head.nodes)
    outputs = f"logits of {spec.outputs:,} classes" if spec.outputs else f"{head_ops[-1].channels_out:,} features"
    per_stage = iter(blocks)
    lines = [
        "class ResNet(nn.Module):",
        f'    """From pictures (N, {spec.in_channels}, H, W) to {outputs}."""',
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *_kept(stem_ops),
    ]
    for stage in stages:
        lines += _stage(block, stage.name, [next(per_stage) for _ in stage.nodes])
    names = [stage.name for stage in stages]
    lines += [
        *_kept(head_ops),
        "",
        "    def forward(self, x: Tensor) -> Tensor:",
        *indented(_INSIDE, [*_run(stem_ops), *(f"x = self.{name}(x)" for name in names), *_run(head_ops), "return x"]),
    ]
    return [block.lines(), lines]


def _stage(block: BlockClass, name: str, blocks: Sequence[BlockSpec]) -> list[str]:
    """The blocks of one stage in a row: the first, and the equal ones behind it."""
    first, others = block.call(blocks[0]), [block.call(one) for one in blocks[1:]]
    if others and others[0] == first:
        arguments = [f"*({first} for _ in range({len(blocks)}))"]
    elif len(others) > 1:
        arguments = [str(first), f"*({others[0]} for _ in range({len(others)}))"]
    else:
        arguments = [str(first), *map(str, others)]
    call, target = Call("nn.Sequential", arguments), f"self.{name}"
    return call.assigned(_INSIDE, target) if len(arguments) == 1 else call.spread(_INSIDE, target)


def _ops(nodes: Iterable[object]) -> list[Op]:
    return [node for node in nodes if isinstance(node, Op)]


def _parts(ops: Iterable[Op]) -> dict[str, list[Op]]:
    """Operations by the first part of their name: those of one sequence together."""
    parts: dict[str, list[Op]] = {}
    for op in ops:
        parts.setdefault(op.name.partition(".")[0], []).append(op)
    return parts


def _kept(ops: Sequence[Op]) -> Iterator[str]:
    """The lines that make the modules of a stem or a head."""
    for name, several in _parts(ops).items():
        if "." in several[0].name:
            layers = {int(op.name.rpartition(".")[2]): made(op) for op in several}
            yield from sequence(_INSIDE, f"self.{name}", layers)
        elif several[0].kind not in ("relu", "flatten"):
            yield from made(several[0]).assigned(_INSIDE, f"self.{name}")


def _run(ops: Sequence[Op]) -> Iterator[str]:
    """The lines that call them: a pool on a line of its own, all else in a line up to it."""
    value = "x"
    for name, several in _parts(ops).items():
        match several[0].kind:
            case "maxpool" | "avgpool" if value != "x":
                yield f"x = {value}"
                value = f"self.{name}(x)"
            case "relu" if name == several[0].name:
                value = f"torch.relu({value})"
            case "flatten":
                yield f"x = {value}"
                value = "torch.flatten(x, 1)"
            case _:
                value = f"self.{name}({value})"
    yield f"x = {value}"
