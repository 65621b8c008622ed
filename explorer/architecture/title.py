"""What a network is called: by its name where it has one, else by what distinguishes it."""

from explorer.architecture.presets import CIFAR_WIDTHS, DEPTHS, preset_of
from explorer.architecture.spec import DEFAULTS, ResNetSpec, has_projection
from explorer.architecture.values import counted

_NORMS = {"batch": "", "instance": " with instance norm", "group": " with group norm", "none": " without norms"}
_FLAGS = {"conv_bias": "biases in the convolutions", "zero_init_residual": "residuals start at 0"}


def title(spec: ResNetSpec) -> str:
    """A network's name for people.

    A preset's, or what it is one of and how it differs: ``SE-ResNeXt-50 32×4d``, ``ResNet-50 with group norm``,
    ``ResNet-18, CIFAR stem``, ``ResNet-26: bottleneck, 2-2-2-2``. Networks that differ have names that do.
    """
    known = preset_of(spec)
    if known is not None:
        return known.title
    return ", ".join((f"{_name(spec)}{_NORMS[spec.norm]}", *_differences(spec)))


def _name(spec: ResNetSpec) -> str:
    kind = "Plain" if spec.is_plain else "ResNetBlur" if spec.antialias else "ResNet"
    after = ""
    if spec.groups > 1:
        kind, after = kind.replace("ResNet", "ResNeXt"), f" {spec.groups}×{spec.base_width}d"
    elif _is_wide(spec):
        kind, after = f"Wide {kind}", f"-{spec.base_width // 64}"
    before = "Pre-activation " if spec.order == "pre" else ""
    gate = "SE-" if spec.squeeze_excite else ""
    variant = "-D" if _is_d(spec) else "-C" if spec.stem == "deep" else ""
    version = " v1" if spec.stride_on == "1x1" else ""
    stages = ""
    if _is_cifar(spec):
        stages = " (CIFAR)"
    elif (spec.block, spec.depths) not in DEPTHS.values():
        stages = f": {spec.block}, {'-'.join(map(str, spec.depths))}"
    return f"{before}{gate}{kind}-{spec.nominal_depth}{variant}{after}{version}{stages}"


def _differences(spec: ResNetSpec) -> list[str]:
    """In what it departs from the usual network of its name, in words."""
    said = []
    cifar = spec.stem == "cifar"
    if cifar and not _is_cifar(spec):
        said.append("CIFAR stem")
    usual = CIFAR_WIDTHS if cifar and len(spec.depths) == 3 else DEFAULTS["widths"]
    if spec.widths != usual[: len(spec.widths)]:
        said.append(f"widths {'-'.join(map(str, spec.widths))}")
    if spec.groups == 1 and spec.base_width != 64 and not _is_wide(spec):
        said.append(f"base width {spec.base_width}")
    if not spec.is_plain and spec.shortcut != ("A" if _is_cifar(spec) else "D" if _is_d(spec) else "B"):
        said.append("zeros on both sides" if spec.shortcut == "A-both" else f"option {spec.shortcut} shortcuts")
    if has_projection(spec) and spec.norm != "none" and spec.shortcut_norm == (spec.order == "pre"):
        said.append(f"projections {'with' if spec.shortcut_norm else 'without'} a norm")
    if spec.is_plain and spec.antialias:
        said.append("blur pools")
    said += [words for flag, words in _FLAGS.items() if getattr(spec, flag)]
    if spec.output_stride != DEFAULTS["output_stride"]:
        said.append(f"output stride {spec.output_stride}")
    if spec.in_channels != 3:
        said.append(counted(spec.in_channels, "input channel"))
    if spec.num_classes != (10 if cifar else 1000):
        said.append(counted(spec.num_classes, "class", "classes") if spec.num_classes else "no classifier")
    if spec.added_classes:
        said.append(counted(spec.added_classes, "class after fc", "classes after fc"))
    return said


def _is_cifar(spec: ResNetSpec) -> bool:
    """Whether it is one of the paper's for CIFAR: 6n + 2 layers in three stages."""
    return spec.stem == "cifar" and spec.block == "basic" and spec.depths == spec.depths[:1] * 3


def _is_d(spec: ResNetSpec) -> bool:
    return spec.stem == "deep" and spec.shortcut == "D"


def _is_wide(spec: ResNetSpec) -> bool:
    return spec.groups == 1 and spec.base_width > 64 and spec.base_width % 64 == 0
