"""The parameters that all pages share: the input size, the weights, what is picked, how shapes are written."""

import re
from typing import Any

from explorer.architecture.stargan import BOUNDS
from explorer.architecture.weights import TEXTS, WeightsChoice
from explorer.architecture.work import Count
from explorer.errors import LinkError
from explorer.ui.params.kinds import Param, matching, one_of, refuse, whole

FILE = "file"
OWN = "own"
"""Value of the parameter ``sample`` for pictures of the visitor's, which no link can carry."""
GIVEN_INPUT = "given"
"""Value of the parameter ``sample`` for what a network of this process was given to look at."""
THIS = "this"
"""The network of the row on top, among several."""
MAX_SIDE = 2048
MOST = 10**6
"""The largest channel and the largest seed of an experiment."""
NAME = r"[A-Za-z0-9_.-]{1,80}"
Size = tuple[int, int]
SIZE_EXPECTED = f"a side such as 224, or height×width such as 192×320, each from 1 to {MAX_SIDE:,} pixels"


def parse_size(text: str) -> Size:
    """Height and width from ``224``, ``224x320`` or ``224×320``.

    Raises:
        ValueError: when it is no size, or a side is not 1 to 2,048 pixels.
    """
    sides = re.fullmatch(r"\s*(\d{1,5})\s*(?:[x×*]\s*(\d{1,5}))?\s*", text)
    if sides is None:
        raise ValueError(text)
    height = int(sides[1])
    size = (height, int(sides[2]) if sides[2] else height)
    if not all(1 <= side <= MAX_SIDE for side in size):
        raise ValueError(text)
    return size


def write_size(size: Size) -> str:
    """A size as it stands in the URL."""
    return str(size[0]) if size[0] == size[1] else f"{size[0]}x{size[1]}"


def _parse_device(text: str) -> str:
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,2})?", text):
        refuse(text)
    return "cuda:0" if text == "cuda" else text


def _parse_weights(text: str) -> str:
    """A choice of weights as a link carries it, or ``file`` for an uploaded one."""
    try:
        return text if text == FILE else WeightsChoice.from_text(text).to_text() or refuse(text)
    except LinkError as error:
        raise ValueError(text) from error


def _parse_domains(text: str) -> tuple[int, ...]:
    """Numbers of a generator's domains, counted from 1; ``none`` asks for no domain."""
    if text == "none":
        return ()
    numbers = [int(part) for part in text.split(",")]
    if not all(1 <= number <= BOUNDS["c_dim"][1] for number in numbers):
        raise ValueError(text)
    return tuple(sorted(set(numbers)))


SIZE = Param(
    name="size",
    default=(224, 224),
    parse=parse_size,
    expected=SIZE_EXPECTED,
    write=write_size,
    label="Input size",
    help=f"Height×width of the picture in pixels; type any other: {SIZE_EXPECTED}.",
)
"""Where the address does not say, it is the one that the chosen weights or network were made for."""
WEIGHTS = Param(
    name="weights",
    default="random",
    parse=_parse_weights,
    expected=TEXTS,
    write=str,
    label="Weights",
    help="Weights on this disk are marked; for others the size of the download is given. Random weights are "
    "calibrated: their running statistics are estimated from the sample pictures.",
)
DEVICE = Param(
    name="device",
    default="auto",
    parse=_parse_device,
    expected="auto, cpu, mps, cuda or cuda:n",
    write=str,
    label="Device",
    help="Where the model runs; automatic takes a CUDA or Apple GPU where there is one, else the CPU.",
)
ROW = matching("row", NAME, "the name of a layer or block")
CHANNEL = whole("channel", 0, MOST, 0, "Channel")
SOURCE = whole("source", 0, MOST, None)
"""The arriving channel whose part in one value is written out; None takes the one that adds most."""
SAMPLE = matching(
    "sample",
    NAME,
    "the name of a sample picture",
    "Picture",
    "What the network looks at: a sample, or one of the pictures that you added.",
    default="china",
)
"""Where the address does not say, it is one of the kind that the weights were trained on."""
SHAPES = one_of(
    "shapes",
    {"CHW": "64×56×56", "HWC": "[56, 56, 64]"},
    "Shapes",
    "Channels first, as in PyTorch, or last, as in TensorFlow.",
)
_COUNTS: dict[Count, str] = {"macs": "MACs", "flops": "FLOPs (2 × MACs)"}
WORK = one_of(
    "work",
    _COUNTS,
    "Count work as",
    "Multiply-accumulates, or each of their multiplications and additions apart; on every page.",
)
DOMAINS: Param[tuple[int, ...]] = Param(
    name="domains",
    default=(1,),
    parse=_parse_domains,
    expected="the numbers of domains, such as 1,3, or none",
    write=lambda domains: ",".join(map(str, domains)) or "none",
    label="Domains",
    help="After the picture's three channels comes a map for each domain: 1 everywhere if it is asked for, else 0.",
)
LANGUAGE = one_of("lang", {"en": "English", "zh": "中文"}, "Language", "Of the chapters of Learn.")
"""Known to every page, so that whoever comes back to Learn reads on in it."""
PRESENT = matching("present", r"1|[A-Za-z][A-Za-z0-9_-]{0,99}", "1 for the whole page, or the name of one figure on it")
"""What fills the screen, without a control."""
SLIDE = whole("slide", 1, 100, None)
LECTURE = matching("lecture", r"[A-Za-z0-9_-]{1,20000}", "a lecture, as the page Lecture writes it")
"""The views that are presented one after the other; ``SLIDE`` is the one that is shown."""
OF_A_NETWORK: tuple[Param[Any], ...] = (SIZE, WEIGHTS, ROW, CHANNEL, SOURCE, SAMPLE, DOMAINS)
"""What means something in one network alone; a link with any of it, and no network, is of ResNet-50."""
