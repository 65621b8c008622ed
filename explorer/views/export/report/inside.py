"""What a report shows of a run: plain numbers and pictures, handed in by whoever ran the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.views.depth import Measured
from explorer.views.norms import NormNumbers


@dataclass(frozen=True, eq=False, kw_only=True)
class Inside:
    """One picture in a network with its weights.

    Attributes:
        weights: the words for the weights.
        picture: the picture's title.
        seen: the picture as the network gets it, a PNG.
        how: mode, device and preprocessing, in a line.
        answers: classes with their shares in words, the likeliest first; none where the outputs are no classes.
        said: a sentence on the answer, such as that the weights are random; may be empty.
        returned: the picture that a generator makes of it, a PNG; empty elsewhere.
        maps: what some rows output, ``(C, H, W)``.
        norms: what the norms hold, in the order of the calls.
        measured: what each row put out, in numbers.
        ratios: ‖F(x)‖ / ‖shortcut(x)‖ by block.
    """

    weights: str
    picture: str
    seen: bytes
    how: str
    answers: tuple[tuple[str, str], ...] = ()
    said: str = ""
    returned: bytes = b""
    maps: Mapping[str, np.ndarray] = field(default_factory=dict)
    norms: tuple[NormNumbers, ...] = ()
    measured: tuple[Measured, ...] = ()
    ratios: Mapping[str, float] = field(default_factory=dict)
