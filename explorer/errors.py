"""The errors that a person can cause, each with one plain sentence.

ExplorerError
├── SpecError         a network that cannot be built or means nothing
├── InputSizeError    an input that the network cannot take
│   └── ShapesError   two shapes that meet and do not agree
├── ImageError        a file that is no usable picture
├── WeightsError      weights that cannot be loaded into the network
├── DeviceError       a device that is not there, or has too little memory
├── LinkError         a link whose parameters do not exist or are out of range
└── LabError          an experiment that cannot be carried out
    └── FlatLossError a loss that is flat at a picture, so that it has no direction in which it rises

The library raises them, the pages show ``str(error)``; nothing else of an error reaches the screen.
"""

from typing import Any


class ExplorerError(Exception):
    """Base of all errors with a sentence for the person who caused them."""


class SpecError(ExplorerError):
    """A combination of ResNetSpec fields that cannot be built or means nothing.

    Attributes:
        problems: every single thing that is wrong, one sentence each.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class InputSizeError(ExplorerError):
    """An input size that the network, or one of its norms, cannot take."""


class ShapesError(InputSizeError):
    """Two shapes that meet in a network and do not agree, so that it cannot run.

    Attributes:
        layer: the row that they meet in.
        shapes: what arrives there on the main path and on the shortcut or gate, each ``(C, H, W)``.
        ran: the rows of the plan up to there.
    """

    def __init__(
        self, sentence: str, *, layer: str, shapes: tuple[tuple[int, ...], tuple[int, ...]], ran: tuple[Any, ...]
    ) -> None:
        self.layer = layer
        self.shapes = shapes
        self.ran = ran
        super().__init__(sentence)


class ImageError(ExplorerError):
    """A file that is not a picture, or a picture that cannot be used."""


class WeightsError(ExplorerError):
    """Weights that cannot be fetched, read or loaded into the network."""


class DeviceError(ExplorerError):
    """A device that is not there, or that has too little free memory."""


class LinkError(ExplorerError):
    """A link whose parameters do not exist or are out of range."""


class LabError(ExplorerError):
    """An experiment that cannot be carried out: its settings, its data or its measurement.

    Attributes:
        problems: every single thing that is wrong, one sentence each.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class FlatLossError(LabError):
    """A loss whose gradient is 0 at every pixel of a picture."""
