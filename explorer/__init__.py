"""ResNet Explorer: describe, measure and look into residual networks. Importing it loads no torch."""

from typing import TYPE_CHECKING, Any

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset, presets
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec, describe_stargan
from explorer.architecture.trace import trace
from explorer.views.export.source.network import source

__version__ = "0.1.0"

__all__ = [
    "ResNetSpec",
    "StarGANSpec",
    "describe",
    "describe_stargan",
    "load",
    "preset",
    "presets",
    "show",
    "source",
    "trace",
]

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from torch import nn

    from explorer.model.opened import Opened
    from explorer.ui.show import Shown


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

    Examples:
        >>> import torch, torchvision
        >>> torch.save(torchvision.models.resnet18(num_classes=10).state_dict(), "mine.pth")
        >>> opened = load("mine.pth", device="cpu")
        >>> opened.plan.network.title, opened.plan.params
        ('ResNet-18, 10 classes', 11181642)
    """
    from explorer.model.opened import open_file

    return open_file(path, where=where, device=device)


def show(
    model: "nn.Module",
    x: Any,
    *,
    name: str = "",
    classes: "Sequence[str] | None" = None,
    mean: "Sequence[float] | None" = None,
    std: "Sequence[float] | None" = None,
    port: int = 0,
    wait: bool | None = None,
    browser: bool | None = None,
) -> "Shown":
    """A module of your own in the app: its rows, shapes, counts, feature maps and norms, and what was not followed.

    It is shown as it is now: the module is copied, neither changed nor kept, and what becomes of it later is shown by
    another call. The page is served from this process to this machine alone (127.0.0.1, an address that cannot be
    guessed), and ends with it. In a notebook the answer is the page itself.

    Args:
        model: any module that goes by the shapes of its input, not by the values; parts that are called several times,
            work in place, are functions or put out tuples and dictionaries are followed.
        x: what it is called with, the examples on the first axis: a tensor, ``(N, C, H, W)`` for pictures; a tuple of
            arguments by place; or a dictionary of them by name.
        name: for the address and for people; the module's class where it is empty.
        classes: what its outputs are called, where they are classes.
        mean: of the training data per channel, from 0 to 1, for pictures that are added on the page; ImageNet's where
            neither is given. What is given as ``x`` goes in as it is.
        std: likewise.
        port: of this machine, at the first call; 0 takes one that is free.
        wait: whether the call goes on until Ctrl+C, as a script would end otherwise; None does so in scripts, not in
            a notebook or at Python's prompt.
        browser: whether to open a browser; None does where it waits.

    Returns:
        Its ``url``, ``plan`` and ``table``.

    Raises:
        ExplorerError: when what the module does cannot be followed, in one sentence why.

    Examples:
        >>> import torch
        >>> model = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU())
        >>> shown = show(model, torch.zeros(1, 3, 32, 32), name="small", wait=False)
        >>> shown.plan.params
        224
        >>> shown.table["layer"].tolist()
        ['0', '1']
    """
    from explorer.ui.show import show

    return show(model, x, name=name, classes=classes, mean=mean, std=std, port=port, wait=wait, browser=browser)


def __getattr__(name: str) -> Any:
    """``explorer.runs`` without an import of its own; torch is imported for it."""
    if name == "runs":
        from importlib import import_module

        return import_module("explorer.runs")
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
