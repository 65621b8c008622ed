"""How numbers read: figures, shares, powers of ten, short forms, sizes in bytes, times, shapes."""

import math
from collections.abc import Sequence

NO_BREAK = "\u00a0"
"""A space at which no line breaks."""
QUANTITY_WORDS = {"params": "Parameters", "macs": "MACs", "activation_bytes": "Activation bytes"}
"""What is counted of a network."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNITS = ((10**18, "E"), (10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def true_minus(text: str) -> str:
    """A written number with a minus sign in place of the hyphen: ``−0.31``."""
    return text.replace("-", "−")


def written(value: float, figures: int = 4) -> str:
    """A number for people, rounded to some figures, with a true minus: ``−0.1234``, ``1.2e−6``, ``NaN``, ``∞``."""
    rounded = float(f"{float(value):.{figures}g}")
    text = f"{rounded:.{max(figures, 4)}g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return true_minus(text).replace("nan", "NaN").replace("inf", "∞")


def percent(share: float, digits: int = 1, *, figures: int | None = None) -> str:
    """A share, never parted from its sign by the end of a line: ``4.4 %``; a dash where it is not known.

    Args:
        share: from 0 to 1.
        digits: behind the point.
        figures: significant ones instead: ``97.7 %``, ``0.34 %``.
    """
    if not math.isfinite(share):
        return "–"
    text = f"{100 * share:.{digits}f}" if figures is None else written(100 * share, figures)
    return f"{text}{NO_BREAK}%"


def loss_text(value: float) -> str:
    """A loss or a norm in people's figures: ``0.051``, ``1.95``, ``1.58·10⁹``, ``NaN``, ``∞``."""
    if not math.isfinite(value) or abs(value) >= 1000:
        return power_text(value, figures=3)
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def power_text(value: float, *, figures: int = 2) -> str:
    """A number that may be very large or small: ``0.35``, ``510``, ``4.1·10⁻⁴``, ``NaN``, ``∞``, ``0``.

    Args:
        value: the number.
        figures: how many are written.
    """
    if not math.isfinite(value) or value == 0:
        return "NaN" if math.isnan(value) else "∞" if value else "0"
    figure, _, exponent = f"{value:.{figures - 1}e}".partition("e")
    if -2 <= int(exponent) < 4:
        return f"{float(f'{value:.{figures}g}'):,g}"
    return f"{figure}·{power_of_ten(int(exponent))}"


def duration(seconds: float) -> str:
    """How long something takes: ``12 s``, ``3 min``."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


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
