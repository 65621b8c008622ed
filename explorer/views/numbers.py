"""How numbers read: short forms, sizes in bytes, shapes."""

from collections.abc import Sequence

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNITS = ((10**18, "E"), (10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def in_short(value: int) -> str:
    """A count in three figures: ``4.09 G``, ``25.6 M``, ``512``."""
    number, unit = _in_unit(value)
    return f"{number} {unit}".rstrip()


def in_bytes(value: int) -> str:
    """A size in decimal units: ``102 MB``, ``9.60 kB``."""
    number, unit = _in_unit(value)
    return f"{number} {unit}B"


def shape_text(shape: Sequence[int], order: str = "CHW") -> str:
    """A shape for people: ``64×56×56``, or ``[56, 56, 64]`` with the channels last."""
    if order == "HWC":
        return str([*shape[1:], shape[0]])
    return "×".join(map(str, shape))


def hwc_text(text: str) -> str:
    """A written shape with the channels last: ``64×56×56`` becomes ``[56, 56, 64]``."""
    return shape_text([int(size) for size in text.split("×")], "HWC")


def power_of_ten(exponent: int) -> str:
    """Ten to a power: ``10⁻⁴``."""
    return f"10{str(exponent).translate(_SUPERSCRIPT)}"


def _in_unit(value: int) -> tuple[str, str]:
    """A number and its unit; what would be rounded to 1000 of a unit is 1 of the next."""
    for step, unit in _UNITS:
        if abs(value) >= 0.9995 * step:
            return _three(value / step), unit
    return f"{value}", ""


def _three(value: float) -> str:
    size = abs(value)
    return f"{value:.0f}" if size >= 99.95 else f"{value:.1f}" if size >= 9.995 else f"{value:.2f}"
