"""A kind of residual block as a class: as general as the blocks of a network are, or for one block alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explorer.architecture.block import describe_block
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.operations import Op
from explorer.architecture.parts import GROUP_NORM_GROUPS
from explorer.architecture.tree import Gate, ops_of
from explorer.views.export.source.layers import made, sequence
from explorer.views.export.source.lines import Call, indented

NAMES = {"single": "OneLayerBlock", "basic": "BasicBlock", "triple": "ThreeLayerBlock", "bottleneck": "Bottleneck"}
_MAIN = {
    "single": "A 3x3 convolution",
    "basic": "Two 3x3 convolutions",
    "triple": "Three 3x3 convolutions",
    "bottleneck": "1x1, 3x3 and 1x1 convolutions",
}
_SHORTCUTS = {
    "identity": "the input",
    "projection": "projection",
    "pooled": "pooled projection",
    "padding": "the input padded with zero channels",
    "padding-both": "the input padded with zero channels",
}
_INSIDE = 2
"""Depth of what stands in a method."""


class BlockClass:
    """The class of all blocks of a network, which differ in their channels and strides alone.

    Args:
        blocks: specifications of all its blocks.
        fixed: whether the class is for one block, with numbers in the place of parameters.
    """

    def __init__(self, blocks: Sequence[BlockSpec], *, fixed: bool = False) -> None:
        self.blocks = tuple(dict.fromkeys(blocks))
        self.fixed = fixed
        # the class is written after the block that has all that any of them has
        self.spec = max(
            self.blocks,
            key=lambda one: (one.stride > 1, one.shortcut != "identity", one.shortcut == "padding-both"),
        )
        self.node = describe_block(self.spec, "block")
        self.strides = self.spec.stride > 1
        self.may_keep_x = any(block.shortcut == "identity" for block in self.blocks)
        self.name = NAMES[self.spec.type]

    def call(self, block: BlockSpec) -> Call:
        """The call that makes one of the blocks."""
        if self.fixed:
            return Call(self.name, ())
        values = {"c_in": block.channels_in, "c_mid": block.inner_channels, "c_out": block.channels_out}
        stride = [f"stride={block.stride}"] if block.stride > 1 else []
        return Call(self.name, [*(str(values[name]) for name in self._channels()), *stride])

    def lines(self) -> list[str]:
        """The class."""
        return [
            f"class {self.name}(nn.Module):",
            f'    """{self._docstring()}"""',
            "",
            f"    def __init__({', '.join(self._parameters())}) -> None:",
            "        super().__init__()",
            *self._layers(),
            "",
            "    def forward(self, x: Tensor) -> Tensor:",
            *indented(_INSIDE, self._forward()),
        ]

    def _docstring(self) -> str:
        main, spec = _MAIN[self.spec.type], self.spec
        if spec.shortcut == "none":
            return f"{main}, without a shortcut."
        joined = "added to" if spec.join == "add" else "set beside"
        arrives = _SHORTCUTS[spec.shortcut]
        if spec.shortcut in ("projection", "pooled"):
            arrives = f"the input or its {arrives}" if self.may_keep_x else f"a {arrives} of the input"
        return f"{main}, {joined} {arrives}."

    def _channels(self) -> list[str]:
        return ["c_in", "c_mid", "c_out"] if self.spec.type == "bottleneck" else ["c_in", "c_out"]

    def _parameters(self) -> list[str]:
        if self.fixed:
            return ["self"]
        return ["self", *(f"{name}: int" for name in self._channels()), *(["stride: int = 1"] if self.strides else [])]

    # --- layers ---

    def _layers(self) -> Iterator[str]:
        arriving, last = (
            "c_in",
            [op.name for op in ops_of(self.node) if op.kind == "conv" and op.name[:4] == "conv"][-1],
        )
        for op in (*self.node.before, *self.node.main):
            if isinstance(op, Gate):
                yield from Call("SqueezeExcite", [self._number(op.mul, "c_out")]).assigned(_INSIDE, "self.se")
                continue
            leaving = arriving
            if op.kind == "conv":
                leaving = "c_out" if op.name == last or self.spec.type != "bottleneck" else "c_mid"
            if op.kind != "relu":
                yield from self._kept(op, arriving, leaving)
            arriving = leaving
        if self.node.shortcut:
            yield from self._shortcut()

    def _kept(self, op: Op, c_in: str, c_out: str) -> Iterator[str]:
        call = self._made(op, c_in, c_out)
        if op.kind == "blurpool" and not self.fixed:
            yield from indented(_INSIDE, [f"self.{op.name} = {call} if stride > 1 else nn.Identity()"])
        else:
            yield from call.assigned(_INSIDE, f"self.{op.name}")
        if op.zero_init:
            yield from indented(_INSIDE, [f"nn.init.zeros_(self.{op.name}.weight)"])

    def _shortcut(self) -> Iterator[str]:
        if self.node.shortcut[0].kind == "pad":
            if self.strides and not self.fixed:
                yield from indented(_INSIDE, ["self.stride = stride"])
            return
        layers = {int(op.name.rpartition(".")[2]): self._made(op, "c_in", "c_out") for op in self.node.shortcut}
        if not self.may_keep_x:
            yield from sequence(_INSIDE, "self.downsample", layers)
            return
        changes = "stride != 1 or c_in != c_out" if self.strides else "c_in != c_out"
        without = "nn.Module | None = None" if self.node.before else "nn.Module = nn.Identity()"
        yield from indented(_INSIDE, [f"self.downsample: {without}", f"if {changes}:"])
        yield from sequence(_INSIDE + 1, "self.downsample", layers)

    def _made(self, op: Op, c_in: str, c_out: str) -> Call:
        if self.fixed:
            return made(op)
        everywhere = {op.groups for block in self.blocks for op in ops_of(describe_block(block, "")) if op.norm}
        groups = str(GROUP_NORM_GROUPS)
        if everywhere != {GROUP_NORM_GROUPS}:
            groups = f"math.gcd({GROUP_NORM_GROUPS}, {c_out})"
        return made(op, c_in=c_in, c_out=c_out, stride="stride", norm_groups=groups)

    def _number(self, op: Op, name: str) -> str:
        return str(op.channels_out) if self.fixed else name

    # --- forward ---

    def _forward(self) -> Iterator[str]:
        # what a module returns has no type of its own, so that of the result is said where nothing else says it
        first = "out" if self.node.after else "out: Tensor"
        value = "x"
        for step in self._steps(self.node.before):
            yield f"{first} = {_nested(step, value)}"
            first = value = "out"
        if self.node.before:
            projected = "self.downsample(out)"
            yield "shortcut: Tensor = " + (
                f"x if self.downsample is None else {projected}" if self.may_keep_x else projected
            )
        for step in self._steps(self.node.main):
            yield f"{first} = {_nested(step, value)}"
            first = value = "out"
        if self.node.add is None:
            yield "return out"
            return
        shortcut = "x"
        if self.node.shortcut:
            pads = self.node.shortcut[0].kind == "pad"
            shortcut = "shortcut" if pads or self.node.before else "self.downsample(x)"
            yield from self._padded() if pads else ()
        if shortcut.startswith("self") and not self.node.after:
            yield f"shortcut: Tensor = {shortcut}"
            shortcut = "shortcut"
        joined = f"out + {shortcut}" if self.node.add.kind == "add" else f"torch.cat((out, {shortcut}), dim=1)"
        yield f"return torch.relu({joined})" if self.node.after else f"return {joined}"

    def _padded(self) -> Iterator[str]:
        pad, taken = self.node.shortcut[0], "x"
        if pad.stride > 1:
            step = f"::{pad.stride}" if self.fixed else ":: self.stride"
            yield f"shortcut = x[:, :, {step}, {step}]"
            taken = "shortcut"
        both = self.spec.shortcut == "padding-both"
        yield "zeros = out.shape[1] - x.shape[1]"
        yield f"shortcut = F.pad({taken}, (0, 0, 0, 0, {'zeros // 2, zeros - zeros // 2' if both else '0, zeros'}))"

    def _steps(self, ops: Sequence[Op | Gate]) -> Iterator[list[Op | Gate]]:
        """Operations line by line: a convolution with the norm and the ReLU that belong to it, and a gate."""
        step: list[Op | Gate] = []
        for op in ops:
            begins = _is_conv(step[-1]) if step and self.spec.order == "pre" else isinstance(op, Gate) or _is_conv(op)
            if step and begins:
                yield step
                step = []
            step.append(op)
        if step:
            yield step


def _is_conv(op: Op | Gate) -> bool:
    return isinstance(op, Op) and op.kind == "conv"


def _nested(step: Sequence[Op | Gate], value: str) -> str:
    for op in step:
        if isinstance(op, Gate):
            value = f"self.se({value})"
        else:
            value = f"torch.relu({value})" if op.kind == "relu" else f"self.{op.name}({value})"
    return value
