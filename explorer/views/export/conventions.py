"""Whose names weights can leave under, and which networks have none there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from explorer.architecture.families import Spec, title_of
from explorer.architecture.spec import DEFAULTS, ResNetSpec
from explorer.views.export.source.elsewhere import elsewhere

Names = Literal["own", "timm", "hf"]
CONVENTIONS: dict[str, str] = {"own": "PyTorch, torchvision", "timm": "timm", "hf": "Hugging Face"}
"""Whose names a file can have."""
_IN_HUGGING_FACE = frozenset(
    ("block", "depths", "widths", "stride_on", "zero_init_residual", "in_channels", "num_classes")
)
"""The fields that a ``ResNetConfig`` of transformers can say; the others have to be torchvision's usual ones."""
_IN_TIMM = frozenset(
    ("block", "depths", "groups", "base_width", "antialias", "zero_init_residual", "in_channels", "num_classes")
)
"""The same of timm, which can say of some others more than one value."""
_USUAL = {
    "widths": "its stages have 64, 128, 256 and 512 channels before they widen",
    "groups": "its convolutions are not in groups",
    "base_width": "its bottlenecks are a quarter as wide inside as outside",
    "stem": "its stem is one 7×7 convolution and a max pool",
    "shortcut": "its shortcuts are the identity, or projections where shapes differ",
    "order": "its norms stand behind the convolutions",
    "stride_on": "the stride of its bottlenecks is on the 3×3",
    "norm": "its norms are batch norms",
    "conv_bias": "its convolutions have no bias",
    "shortcut_norm": "its projections have a norm",
    "squeeze_excite": "it has no gates",
    "antialias": "it has no blur pools",
    "added_classes": "nothing stands behind its classifier",
}
"""What is so in a library's network, by the field that asks for something else."""
_USUAL_IN_TIMM = _USUAL | {
    "stem": "its stem has a stride and a max pool",
    "squeeze_excite": "the gates of its basic blocks have another width",
}


def refusal(spec: Spec, convention: Names) -> str:
    """One sentence why a convention has no names for a network; empty where it has."""
    if convention == "own":
        return ""
    owner = {"timm": "timm's ResNet", "hf": "Hugging Face's ResNet"}[convention]
    if not isinstance(spec, ResNetSpec):
        return f"{owner} cannot be {title_of(spec)}, which is no ResNet: its names are those of its own library."
    reason = {"timm": _not_timm, "hf": _not_hugging_face}[convention](spec)
    return f"{owner} cannot be {title_of(spec)}: {reason}." if reason else ""


def _not_hugging_face(spec: ResNetSpec) -> str:
    return next((_USUAL.get(name, f"it has no {name}") for name in _unusual(spec, _IN_HUGGING_FACE)), "")


def _not_timm(spec: ResNetSpec) -> str:
    if "timm" in elsewhere(spec):
        return ""
    if len(spec.depths) != len(DEFAULTS["depths"]):
        return "it has four stages"
    more = {
        "stem": spec.stem == "deep",
        "shortcut": spec.shortcut == "D",
        "squeeze_excite": spec.block == "bottleneck",
    }
    said = {*_IN_TIMM, *(name for name, is_said in more.items() if is_said)}
    return next((_USUAL_IN_TIMM.get(name, f"it has no {name}") for name in _unusual(spec, said)), "")


def _unusual(spec: ResNetSpec, said: Collection[str]) -> Iterator[str]:
    """The fields that are not at their usual value, but for those that can be said."""
    return (name for name, usual in DEFAULTS.items() if name not in said and getattr(spec, name) != usual)
