"""A network with its weights: random, published, from a file, or trained here. All of it, or nothing."""

from __future__ import annotations

from typing import overload

import torch

from explorer.architecture.families import DescribedSpec, network_of, title_of, usual_size
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import PICTURE_CHANNELS, StarGANSpec
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.architecture.trace import trace
from explorer.architecture.weights import (
    Source,
    WeightsChoice,
    WeightsSource,
    example_input_size,
    example_spec,
    fits_example,
    sources_for,
    why_not_published,
)
from explorer.errors import WeightsError
from explorer.model.build import NetworkModule, build
from explorer.model.calibrate import calibrate
from explorer.model.checkpoint import Checkpoint, LoadReport, proposed_spec, read_checkpoint
from explorer.model.example import example_checkpoint, example_facts
from explorer.model.foreign import ForeignModule
from explorer.model.images import DIGITS, HALF, IMAGENET, Preprocess, prepare
from explorer.model.loaded import Loaded, chosen_file, of_file, of_publication
from explorer.model.published import Progress, publication, published_checkpoint
from explorer.model.samples import sample_batch
from explorer.model.torchvision_weights import load_torchvision
from explorer.views.numbers import percent

__all__ = [
    "Checkpoint",
    "LoadReport",
    "Loaded",
    "Source",
    "WeightsChoice",
    "WeightsSource",
    "example_input_size",
    "example_spec",
    "load",
    "proposed_spec",
    "read_checkpoint",
    "sources_for",
]

# Pictures to estimate running statistics from, and the work that may take: a few seconds on two processor cores.
_PICTURES = 8
_MOST_MACS = 50 * 10**9
_CALIBRATED = ", calibrated on the sample photographs"


@overload
def load(
    spec: DescribedSpec,
    choice: WeightsChoice,
    *,
    device: str | torch.device | None = ...,
    progress: Progress | None = ...,
    checkpoint: Checkpoint | None = ...,
    preprocess: Preprocess = ...,
) -> tuple[NetworkModule, Loaded]: ...


@overload
def load(
    spec: TorchvisionSpec,
    choice: WeightsChoice,
    *,
    device: str | torch.device | None = ...,
    progress: Progress | None = ...,
    checkpoint: Checkpoint | None = ...,
    preprocess: Preprocess = ...,
) -> tuple[ForeignModule, Loaded]: ...


def load(
    spec: DescribedSpec | TorchvisionSpec,
    choice: WeightsChoice,
    *,
    device: str | torch.device | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    preprocess: Preprocess = IMAGENET,
) -> tuple[NetworkModule | ForeignModule, Loaded]:
    """Build a network and fill it.

    Args:
        spec: the network.
        choice: which weights.
        device: where it shall live; None chooses.
        progress: told the share that is done, 0 to 1, and a sentence.
        checkpoint: what was read of the file or is kept of the run, for a choice of one.
        preprocess: of the file's or the run's weights, which do not say it; others bring their own.

    Returns:
        The network in eval mode, and what it was filled with.

    Raises:
        WeightsError: when the weights cannot be had or do not fit; nothing is left half done.
        DeviceError: when the device is not there.
    """
    if isinstance(spec, TorchvisionSpec):
        return load_torchvision(
            spec, choice, device=device, progress=progress, checkpoint=checkpoint, preprocess=preprocess
        )
    match choice.source:
        case "random" | "fresh":
            return _random(spec, choice, device, progress)
        case "published":
            if isinstance(spec, StarGANSpec):
                raise WeightsError(why_not_published(spec))
            which = publication(spec, choice.tag)
            file = published_checkpoint(which, progress=progress)
            model, report = _filled(spec, file, device)
            loaded = of_publication(which, report)
        case "example":
            if not fits_example(spec):
                raise WeightsError(
                    f"The trained example is a network of its own and not {title_of(spec)}: choose its network with it."
                )
            model, report = _filled(spec, example_checkpoint(), device)
            facts = example_facts()
            loaded = Loaded(
                source="example",
                label=f"trained example: digits, {percent(facts.accuracy)} test accuracy",
                trained=True,
                preprocess=DIGITS,
                classes=facts.classes,
                report=report,
            )
        case "file":
            file = chosen_file(checkpoint, choice)
            model, report = _filled(spec, file, device)
            loaded = of_file(file, preprocess, report)
        case "run":
            if checkpoint is None:
                raise WeightsError("The weights of this run are not here: open them from the page Training.")
            model, report = _filled(spec, checkpoint, device)
            loaded = Loaded(
                source="run",
                label=f"trained here: {checkpoint.name}",
                trained=True,
                preprocess=preprocess,
                classes=checkpoint.class_names,
                report=report,
            )
    return model, loaded


def _filled(
    spec: DescribedSpec, checkpoint: Checkpoint, device: str | torch.device | None
) -> tuple[NetworkModule, LoadReport]:
    """A network with a file's weights, checked before anything is built."""
    report = checkpoint.check(spec)
    model = build(network_of(spec), device=device)
    # what the file has beyond the network, and the counters that it may lack, are in the report
    model.load_state_dict(checkpoint.tensors, strict=False)
    return model.eval(), report


def _random(
    spec: DescribedSpec, choice: WeightsChoice, device: str | torch.device | None, progress: Progress | None
) -> tuple[NetworkModule, Loaded]:
    model = build(network_of(spec), device=device, seed=choice.seed).eval()
    statistics = _statistics(spec, choice)
    if statistics == _CALIBRATED:
        if progress is not None:
            progress(0.5, "Estimating running statistics from the sample photographs")
        calibrate(model, _photographs(spec).to(model.device))
    label = f"random, seed {choice.seed:,}{statistics}"
    return model, Loaded(source=choice.source, label=label, trained=False, preprocess=usual_preprocess(spec))


def _statistics(spec: DescribedSpec, choice: WeightsChoice) -> str:
    """What the label says about running statistics; nothing where the norm has none."""
    if spec.norm not in ("batch", "instance"):
        return ""
    if choice.source == "fresh":
        return ", fresh running statistics"
    if isinstance(spec, ResNetSpec) and spec.in_channels not in (1, 3):
        return f", not calibrated: no photograph has {spec.in_channels:,} channels"
    return _CALIBRATED


def _photographs(spec: DescribedSpec) -> torch.Tensor:
    """A batch ``(N, C, H, W)`` that the network gets through in seconds, however large it is."""
    side, count = calibration_size(spec)
    pictures = sample_batch("photo", count=count)
    size, preprocess = (side, side), usual_preprocess(spec)
    if isinstance(spec, StarGANSpec):  # the domains take turns
        targets = [[domain == number % spec.c_dim for domain in range(spec.c_dim)] for number in range(count)]
        channels = PICTURE_CHANNELS
    else:
        targets, channels = [[]] * count, spec.in_channels
    prepared = [
        prepare(picture, size=size, in_channels=channels, preprocess=preprocess, domains=domains)
        for picture, domains in zip(pictures, targets, strict=True)
    ]
    return torch.cat([one.tensor for one in prepared])


def usual_preprocess(spec: DescribedSpec | TorchvisionSpec) -> Preprocess:
    """What pictures go through before a network that nobody trained: what its source trains it with."""
    return HALF if isinstance(spec, StarGANSpec) else IMAGENET


def calibration_size(spec: DescribedSpec) -> tuple[int, int]:
    """Side in pixels and number of the photographs that running statistics are estimated from.

    The size that the network is made for, 32 for CIFAR's stem, 128 for a generator and 224 for the others, and at least
    2×2 at the last stage, so that every norm sees more than one value. Large networks get fewer pictures, then smaller
    ones.
    """
    network = network_of(spec)
    if isinstance(spec, StarGANSpec):
        usual = usual_size(spec)[0]
        smallest = usual // 4
    else:
        usual, stem_stride = (32, 1) if spec.stem == "cifar" else (224, 4)
        smallest = max(usual // 4, stem_stride * 2 ** len(spec.depths))
    side = max(usual, smallest)
    macs = trace(network, (side, side)).macs
    while 2 * macs > _MOST_MACS and side > smallest:
        side = max(side // 2, smallest)
        macs = trace(network, (side, side)).macs
    return side, int(min(max(_MOST_MACS // max(macs, 1), 2), _PICTURES))
