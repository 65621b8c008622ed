"""What weights do not show of a network, and what was assumed."""

from __future__ import annotations

from explorer.architecture.families import Spec
from explorer.architecture.own import OwnSpec
from explorer.architecture.spec import ResNetSpec, has_projection
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.torchvision_list import TorchvisionSpec

_NORMS = {
    "batch": "batch norms with ε 10⁻⁵",
    "instance": "instance norms with ε 10⁻⁵",
    "group": "group norms of 32 groups, or as many as divide the channels, with ε 10⁻⁵",
    "none": "no norms",
}
_WITHOUT_WEIGHTS = {
    "A": "zeros after the channels where a shortcut changes its shape",
    "A-both": "zeros on both sides of the channels where a shortcut changes its shape",
    "none": "no shortcuts",
}


def assumed(spec: Spec) -> str:
    """One sentence on what weights do not show of this network, and what is assumed."""
    if isinstance(spec, TorchvisionSpec):
        if spec.name in ("googlenet", "inception_v3"):
            return "Weights do not show which colours they expect; assumed: those of torchvision's published ones."
        return ""
    if isinstance(spec, OwnSpec):
        return ""  # it was given as a module
    if isinstance(spec, StarGANSpec):
        return "Weights do not show strides, padding and activations; assumed: those of StarGAN's authors."
    said = ", ".join(_of_resnet(spec))
    return (
        f"Weights do not show strides, dilation, padding, blur pools, activations or the norm's kind; assumed: {said}."
    )


def _strided_stages(spec: ResNetSpec) -> str:
    last = spec.dilations().count(1)
    if last == len(spec.depths):
        return "each stage from layer2 on"
    return "layer2" if last == 2 else f"each stage from layer2 to layer{last}"


def _dilation(spec: ResNetSpec) -> str:
    if spec.stride == spec.own_stride:
        return "no dilation"
    return f"dilation in place of the strides beyond an output stride of {spec.stride}"


def _of_resnet(spec: ResNetSpec) -> list[str]:
    said = []
    if len(spec.depths) > 1:
        first = "convolution" if spec.block == "basic" else "1×1" if spec.stride_on == "1x1" else "3×3"
        said.append(f"stride 2 on the first {first} of {_strided_stages(spec)}")
    if spec.stem == "cifar":
        said.append("no stride and no max pool in the stem")
    said += ["blur pools where it strides" if spec.antialias else "no blur pools", _dilation(spec), "ReLU"]
    said.append(_NORMS[spec.norm])
    changes = any(stride != 1 or arriving != leaving for arriving, leaving, stride in spec.block_ends())
    if spec.shortcut in _WITHOUT_WEIGHTS and (changes or spec.is_plain):
        said.append(_WITHOUT_WEIGHTS[spec.shortcut])
    if spec.order == "pre" and has_projection(spec):
        said.append("projections of the output of the first norm and ReLU")
    return said
