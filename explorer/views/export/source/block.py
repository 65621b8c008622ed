"""A kind of residual block as a class: as general as the blocks of a network are, or for one block alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explorer.architecture.block import describe_block
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.operations import Op
from explorer.architecture.parts import GROUP_NORM_GROUPS
from explorer.architecture.tree import Gate, ops_of
from explorer.views.export.source.layers import made, sequence
from explorer.views.export.source.lines import WIDTH, Call, indented

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
            key=lambda one: (one.step > 1, one.shortcut != "identity", one.shortcut == "padding-both"),
        )
        self.node = describe_block(self.spec, "block")
        self.strides = self.spec.step > 1
        dilated = any(block.dilation > 1 or block.dilate for block in self.blocks)
        # 3×3 convolutions, each with its dilation; none where nothing is dilated
        self.dilations = len(_dilations(self.spec)) if dilated and not fixed else 0
        self.may_keep_x = any(block.shortcut == "identity" for block in self.blocks)
        self.name = NAMES[self.spec.type]

    def call(self, block: BlockSpec) -> Call:
        """The call that makes one of the blocks."""
        if self.fixed:
            return Call(self.name, ())
        values = {"c_in": block.channels_in, "c_mid": block.inner_channels, "c_out": block.channels_out}
        more = [f"stride={block.step}"] if block.step > 1 else []
        dilations = _dilations(block)
        if max(dilations) > 1 and self.dilations:
            more.append(f"dilation={dilations[0]}" if self.dilations == 1 else f"dilations={dilations}")
        if block.dilate and self._keeps_pools():
            more.append("dilate=True")
        return Call(self.name, [*(str(values[name]) for name in self._channels()), *more])

    def lines(self) -> list[str]:
        """The class."""
        return [
            f"class {self.name}(nn.Module):",
            f'    """{self._docstring()}"""',
            "",
            *self._init(),
            "        super().__init__()",
            *self._layers(),
            "",
            "    def forward(self, x: Tensor) -> Tensor:",
            *indented(_INSIDE, self._forward()),
        ]

    def _init(self) -> list[str]:
        parameters = self._parameters()
        line = f"    def __init__({', '.join(parameters)}) -> None:"
        if len(line) <= WIDTH:
            return [line]
        return ["    def __init__(", *(f"        {parameter}," for parameter in parameters), "    ) -> None:"]

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
        more = ["stride: int = 1"] if self.strides else []
        if self.dilations == 1:
            more.append("dilation: int = 1")
        elif self.dilations:
            more.append("dilations: tuple[int, int] = (1, 1)")
        if self._keeps_pools():
            more.append("dilate: bool = False")
        return ["self", *(f"{name}: int" for name in self._channels()), *more]

    def _keeps_pools(self) -> bool:
        """Whether a blur or a pool stays where dilation stands in for the stride, as timm has it."""
        return self.dilations > 0 and (self.spec.antialias or self.spec.shortcut == "pooled")

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
            when = "stride > 1 or dilate" if self._keeps_pools() else "stride > 1"
            yield from indented(_INSIDE, [f"self.{op.name} = {call} if {when} else nn.Identity()"])
        else:
            yield from call.assigned(_INSIDE, f"self.{op.name}")
        if op.zero_init:
            yield from indented(_INSIDE, [f"nn.init.zeros_(self.{op.name}.weight)"])

    def _shortcut(self) -> Iterator[str]:
        if self.node.shortcut[0].kind == "pad":
            if self.strides and not self.fixed:
                yield from indented(_INSIDE, ["self.stride = stride"])
            return
        layers: dict[int, Call | str] = {
            int(op.name.rpartition(".")[2]): self._made(op, "c_in", "c_out") for op in self.node.shortcut
        }
        if self.spec.shortcut == "pooled" and self._keeps_pools():
            layers[0] = f"SameAvgPool(2) if dilate else {layers[0]}"
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
        dilation = ""
        if self.dilations and op.kind == "conv" and op.kernel == 3:
            number = 0 if op.name == "conv1" else 1
            dilation = "dilation" if self.dilations == 1 else f"dilations[{number}]"
        return made(op, c_in=c_in, c_out=c_out, stride="stride", dilation=dilation, norm_groups=groups)

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


def _dilations(spec: BlockSpec) -> tuple[int, ...]:
    """The dilations of its 3×3 convolutions, in order."""
    return tuple(op.dilation for op in ops_of(describe_block(spec, "")) if op.kind == "conv" and op.kernel == 3)


def _is_conv(op: Op | Gate) -> bool:
    return isinstance(op, Op) and op.kind == "conv"


def _nested(step: Sequence[Op | Gate], value: str) -> str:
    for op in step:
        if isinstance(op, Gate):
            value = f"self.se({value})"
        else:
            value = f"torch.relu({value})" if op.kind == "relu" else f"self.{op.name}({value})"
    return value
