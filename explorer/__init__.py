"""ResNet Explorer: describe, measure and look into residual networks. Importing it loads no torch."""

from typing import TYPE_CHECKING

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset, presets
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec, describe_stargan
from explorer.architecture.trace import trace
from explorer.views.export.source.network import source

__version__ = "0.1.0"

__all__ = ["ResNetSpec", "StarGANSpec", "describe", "describe_stargan", "load", "preset", "presets", "source", "trace"]

if TYPE_CHECKING:
    import os

    from explorer.model.opened import Opened


def load(path: "str | os.PathLike[str]", *, where: str | None = None, device: str | None = None) -> "Opened":
    """A file of weights as the network that it is of; torch is imported for it.

    Args:
        path: of the file, whatever it ends with; nothing in it is run.
        where: which of several networks in the file, ``encoder_q``; None where there is one.
        device: cpu, cuda or mps; None chooses.

    Returns:
        The network, built and filled (``model``), its ``plan``, and the ``report`` on the file.

    Raises:
        WeightsError: when the file cannot be read, holds no network that is known here, or several.
    """
    from explorer.model.opened import open_file

    return open_file(path, where=where, device=device)
