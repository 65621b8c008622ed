"""The call that gives the same network in torchvision or timm, where there is one."""

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.families import Spec
from explorer.architecture.presets import preset_of
from explorer.architecture.published import PUBLISHED
from explorer.architecture.spec import DEFAULTS, OUTPUT_STRIDE, ResNetSpec
from explorer.architecture.torchvision_list import CLASSES, TorchvisionSpec

_TORCHVISION = {"block", "depths", "groups", "base_width", "num_classes", "zero_init_residual", OUTPUT_STRIDE}
_TIMM = _TORCHVISION | {"in_channels", "stem", "shortcut", "squeeze_excite", "antialias"}
"""The fields that the arguments of a library's ``ResNet`` can say; the others have to be torchvision's usual ones."""
_IN_TIMM = {
    *("resnet50c", "resnet50d", "resnet18d", "resnetblur18", "resnetblur50", "resnetblur50d", "resnetblur101d"),
    *("seresnet50", *PUBLISHED),
}
"""Networks that have a name of their own in timm 1.0, torchvision's among them."""
_TIMM_NAMED = "timm.create_model("
_CLASSES = {"basic": "BasicBlock", "bottleneck": "Bottleneck"}


def elsewhere(spec: Spec | BlockSpec) -> dict[str, str]:
    """Calls that give the same network, by library: parameters of the same names and shapes, and equal outputs.

    Args:
        spec: the network; a block alone is in none.
    """
    if isinstance(spec, TorchvisionSpec):
        classes = f"num_classes={spec.num_classes}" if spec.num_classes != CLASSES else ""
        return {"torchvision": f"torchvision.models.{spec.name}({classes})"}
    if not isinstance(spec, ResNetSpec):
        return {}
    calls = {}
    dilates = spec.output_stride != DEFAULTS[OUTPUT_STRIDE]
    # torchvision's basic block refuses dilation
    if _says(spec, _TORCHVISION) and spec.num_classes and not (dilates and spec.block == "basic"):
        calls["torchvision"] = _torchvision(spec)
    gates_alike = spec.block == "bottleneck" or not spec.squeeze_excite  # timm's squeeze 64 channels to 8, not to 4
    if _says(spec, _TIMM) and spec.stem in ("imagenet", "deep") and spec.shortcut in ("B", "D") and gates_alike:
        calls["timm"] = _timm(spec)
    return calls


def backbone(spec: ResNetSpec) -> dict[str, str]:
    """Lines that make a backbone of the maps of all stages, by library: equal to what the stages put out here.

    Args:
        spec: the network; whether it has a classifier does not matter.

    Returns:
        By library, lines that give the name ``backbone`` to it; none where the library has no such call.
    """
    spec = spec.replace(num_classes=CLASSES, added_classes=0)
    calls, found = elsewhere(spec), {}
    stages = range(1, len(spec.depths) + 1)
    if "torchvision" in calls:
        maps = ", ".join(f'"layer{number}": "C{number + 1}"' for number in stages)
        # what torchvision's own detectors and segmenters are made with
        found["torchvision"] = (
            "import torchvision\nfrom torchvision.models._utils import IntermediateLayerGetter\n\n"
            f"model = {calls['torchvision']}\nbackbone = IntermediateLayerGetter(\n    model, {{{maps}}}\n)"
        )
    if calls.get("timm", "").startswith(_TIMM_NAMED):
        call = calls["timm"].removesuffix(")")
        found["timm"] = f"import timm\n\nbackbone = {call}, features_only=True, out_indices={tuple(stages)})"
    return found


def _says(spec: ResNetSpec, fields: set[str]) -> bool:
    usual = all(getattr(spec, name) == value for name, value in DEFAULTS.items() if name not in fields)
    return usual and len(spec.depths) == len(DEFAULTS["widths"])


def _torchvision(spec: ResNetSpec) -> str:
    name, zero = _name(spec), "zero_init_residual=True" if spec.zero_init_residual else ""
    classes = f"num_classes={spec.num_classes}" if spec.num_classes != CLASSES else ""
    dilated = [dilation > 1 for dilation in spec.dilations()[1:]]
    dilation = f"replace_stride_with_dilation={dilated}" if any(dilated) else ""
    if name in PUBLISHED:
        return f"torchvision.models.{name}({_listed(classes, zero, dilation)})"
    groups = f"groups={spec.groups}" if spec.groups > 1 else ""
    width = f"width_per_group={spec.base_width}" if spec.base_width != DEFAULTS["base_width"] else ""
    module = "torchvision.models.resnet"
    first = f"{module}.{_CLASSES[spec.block]}, {list(spec.depths)}"
    return f"{module}.ResNet({_listed(first, classes, zero, groups, width, dilation)})"


def _timm(spec: ResNetSpec) -> str:
    name, zero = _name(spec), "" if spec.zero_init_residual else "zero_init_last=False"
    classes = f"num_classes={spec.num_classes}" if spec.num_classes != CLASSES else ""
    channels = f"in_chans={spec.in_channels}" if spec.in_channels != DEFAULTS["in_channels"] else ""
    stride = f"output_stride={spec.output_stride}" if spec.output_stride != DEFAULTS[OUTPUT_STRIDE] else ""
    if name in _IN_TIMM:
        quoted = f'"{name}"'
        return f"{_TIMM_NAMED}{_listed(quoted, classes, channels, stride, zero)})"
    arguments = [
        f"timm.models.resnet.{_CLASSES[spec.block]}, {list(spec.depths)}",
        classes,
        channels,
        stride,
        f"cardinality={spec.groups}" if spec.groups > 1 else "",
        f"base_width={spec.base_width}" if spec.base_width != DEFAULTS["base_width"] else "",
        'stem_type="deep", stem_width=32' if spec.stem == "deep" else "",
        "avg_down=True" if spec.shortcut == "D" else "",
        "aa_layer=timm.layers.BlurPool2d" if spec.antialias else "",
        'block_args={"attn_layer": "se"}' if spec.squeeze_excite else "",
        zero,
    ]
    return f"timm.models.resnet.ResNet({_listed(*arguments)})"


def _name(spec: ResNetSpec) -> str:
    """Of the network that it is but for its classes, its input's channels and its start; empty where it has none."""
    known = preset_of(spec.replace(num_classes=CLASSES, in_channels=3, zero_init_residual=False, output_stride=32))
    return known.name if known else ""


def _listed(*arguments: str) -> str:
    return ", ".join(argument for argument in arguments if argument)
