"""The StarGAN generator: another family, described by the same tree."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from explorer.architecture.notebook import fields_table
from explorer.architecture.operations import Kind, Op
from explorer.architecture.plan import Plan
from explorer.architecture.tree import Network, Residual, Section
from explorer.architecture.values import is_whole, shown, whole
from explorer.errors import SpecError

SOURCE = "Choi et al. 2017, arXiv 1711.09020; yunjey/stargan model.py at commit 94dd002"
TITLE = "StarGAN generator"
PICTURE_CHANNELS = 3
INPUT_SIZE = (128, 128)
SHRINKS_BY = 4
"""Two strides of 2: sides that are no multiple of it come back smaller."""

DOMAINS = ("Black hair", "Blond hair", "Brown hair", "Male", "Young")
"""What the five domains of the published generator are, attributes of CelebA."""

_DOWN, _TRUNK, _UP = "Down-sampling", "Bottleneck", "Up-sampling"  # the parts of Table 4 of the paper

BOUNDS: dict[str, tuple[int, int]] = {"conv_dim": (1, 2048), "c_dim": (1, 1000), "repeat_num": (0, 500)}


@dataclass(frozen=True, kw_only=True)
class StarGANSpec:
    """Everything that distinguishes one StarGAN generator from another, under the names of its source.

    Attributes:
        conv_dim: channels of the first convolution; twice and four times as many deeper in.
        c_dim: domains that it translates between, one input channel each.
        repeat_num: residual units in its trunk.

    Raises:
        SpecError: naming all that is wrong.
    """

    conv_dim: int = 64
    c_dim: int = 5
    repeat_num: int = 6

    def __post_init__(self) -> None:
        for name in BOUNDS:
            object.__setattr__(self, name, whole(getattr(self, name)))
        problems = [
            f"{name} is {shown(getattr(self, name))}; it must be a whole number from {low:,} to {high:,}."
            for name, (low, high) in BOUNDS.items()
            if not is_whole(getattr(self, name), low, high)
        ]
        if problems:
            raise SpecError(*problems)

    @property
    def in_channels(self) -> int:
        """Channels of the input: the picture's, and a constant one for each domain."""
        return PICTURE_CHANNELS + self.c_dim

    @property
    def norm(self) -> str:
        """Its kind of norm."""
        return "instance"

    def replace(self, /, **changes: Any) -> Self:
        """A copy with some fields changed, checked anew.

        Raises:
            SpecError: when a field is unknown or a value is wrong.
        """
        unknown = sorted(set(changes) - set(STARGAN_DEFAULTS))
        if unknown:
            raise SpecError(
                f"A StarGAN generator has no field {shown(unknown[0])}; its fields are {', '.join(STARGAN_DEFAULTS)}."
            )
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """All fields by name, in their order."""
        return asdict(self)

    def _repr_html_(self) -> str:
        """All fields, for a notebook."""
        return fields_table("StarGANSpec", self.as_dict())


STARGAN_DEFAULTS: dict[str, int] = {field.name: field.default for field in fields(StarGANSpec)}  # type: ignore[misc]  # ints all


def describe_stargan(spec: StarGANSpec) -> Network:
    """The generator as the same tree as a ResNet's; parameter names are those of the source's ``main``.

    Picture and domains arrive as one input of ``3 + c_dim`` channels, a picture of 3 channels leaves. Its instance
    norms are affine and keep running statistics; nothing follows the addition of its residual units.

    Args:
        spec: a checked specification.

    Returns:
        Its tree: stem, down1, down2, bottleneck, up1, up2 and head, without sizes.
    """
    width = spec.conv_dim
    trunk = 4 * width
    first_up = 9 + spec.repeat_num
    sections = [
        _step("stem", "conv", 0, spec.in_channels, width, kernel=7),
        _step("down1", "conv", 3, width, 2 * width, kernel=4),
        _step("down2", "conv", 6, 2 * width, trunk, kernel=4),
        Section("bottleneck", tuple(_unit(f"main.{i}", trunk) for i in range(9, first_up)), _TRUNK),
        _step("up1", "convtranspose", first_up, trunk, 2 * width, kernel=4),
        _step("up2", "convtranspose", first_up + 3, 2 * width, width, kernel=4),
        Section(
            "head",
            (
                _conv(f"main.{first_up + 6}", width, PICTURE_CHANNELS, kernel=7),
                Op(
                    kind="tanh",
                    name=f"main.{first_up + 7}",
                    channels_in=PICTURE_CHANNELS,
                    channels_out=PICTURE_CHANNELS,
                ),
            ),
            _UP,
        ),
    ]
    return Network(
        stargan_title(spec), spec.in_channels, tuple(part for part in sections if part.nodes), weights="default"
    )


def stargan_title(spec: StarGANSpec) -> str:
    """Its name for people: "StarGAN generator", with its three numbers where they are not the published ones."""
    if spec == StarGANSpec():
        return TITLE
    return f"{TITLE} {spec.conv_dim} / {spec.c_dim} / {spec.repeat_num}"


def domain_names(spec: StarGANSpec) -> tuple[str, ...]:
    """What its domains are called: the published five, else by their number."""
    if spec.c_dim == len(DOMAINS):
        return DOMAINS
    return tuple(f"domain {number}" for number in range(1, spec.c_dim + 1))


def returned_size_note(plan: Plan) -> str:
    """One sentence when a generator returns another size than it was given; empty when it returns the same."""
    given, returned = plan.input_size, plan.layers[-1].output_shape[1:]
    if returned == given:
        return ""
    fitting = "×".join(str(max(SHRINKS_BY, side - side % SHRINKS_BY)) for side in given)
    return (
        f"A picture of {given[0]}×{given[1]} comes back as {returned[0]}×{returned[1]}: two strides of 2 halve it "
        f"twice and drop what is left over; choose sides that are multiples of {SHRINKS_BY}, such as {fitting}."
    )


def _step(name: str, kind: Kind, index: int, channels_in: int, channels_out: int, *, kernel: int) -> Section:
    """Convolution, instance norm and ReLU; a 4×4 halves or doubles the size."""
    return Section(
        name,
        (
            _conv(f"main.{index}", channels_in, channels_out, kernel=kernel, kind=kind),
            _norm(f"main.{index + 1}", channels_out),
            Op(kind="relu", name=f"main.{index + 2}", channels_in=channels_out, channels_out=channels_out),
        ),
        _UP if kind == "convtranspose" else _DOWN,
    )


def _unit(name: str, channels: int) -> Residual:
    """A residual unit: convolution, norm, ReLU, convolution, norm, and the addition."""
    return Residual(
        name,
        (),
        (
            _conv("main.0", channels, channels, kernel=3),
            _norm("main.1", channels),
            Op(kind="relu", name="main.2", channels_in=channels, channels_out=channels),
            _conv("main.3", channels, channels, kernel=3),
            _norm("main.4", channels),
        ),
        (),
        Op(kind="add", name="add", channels_in=channels, channels_out=channels),
        (),
    )


def _conv(name: str, channels_in: int, channels_out: int, *, kernel: int, kind: Kind = "conv") -> Op:
    halves_or_doubles = kernel == 4
    return Op(
        kind=kind,
        name=name,
        channels_in=channels_in,
        channels_out=channels_out,
        kernel=kernel,
        stride=2 if halves_or_doubles else 1,
        padding=1 if halves_or_doubles else kernel // 2,
    )


def _norm(name: str, channels: int) -> Op:
    return Op(
        kind="norm", name=name, channels_in=channels, channels_out=channels, norm="instance", takes_one_value=True
    )
