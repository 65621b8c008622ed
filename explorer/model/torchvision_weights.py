"""A classifier of torchvision with its weights: random, published, or from a file. All of it, or nothing."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import replace

import torch
from torch import Tensor, nn

from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.architecture.weights import WeightsChoice, WeightsSource
from explorer.errors import InputSizeError, WeightsError
from explorer.model.batchnorm import TrackingNorm, norm_modules
from explorer.model.calibrate import calibrate
from explorer.model.checkpoint import Checkpoint, LoadReport, misfits
from explorer.model.device import choose
from explorer.model.foreign import ForeignModule
from explorer.model.images import IMAGENET, Preprocess, prepare
from explorer.model.loaded import Loaded, chosen_file, of_file, of_publication
from explorer.model.published import Progress, publication, published_checkpoint, published_weights
from explorer.model.samples import sample_batch
from explorer.model.torchvision_models import build_torchvision
from explorer.views.numbers import percent

# As for ResNets: pictures to estimate running statistics from, and the work that may take.
_PICTURES = 8
_FEWEST_PICTURES = 2
_MOST_MACS = 50 * 10**9
_OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|relu|conv))\.([12]\.)")
_HEADS_FOR_TRAINING = ("aux1.", "aux2.", "AuxLogits.")


def torchvision_sources(spec: TorchvisionSpec, *, seed: int = 0) -> tuple[WeightsSource, ...]:
    """What weights there are to choose from for a classifier of torchvision; imports torchvision.

    Args:
        spec: the network.
        seed: that random and fresh weights shall have.
    """
    return (
        WeightsSource(choice=WeightsChoice(seed=seed), label="Random, calibrated"),
        WeightsSource(choice=WeightsChoice(source="fresh", seed=seed), label="Random, fresh statistics"),
        *(
            WeightsSource(
                choice=WeightsChoice(source="published", tag=weights.tag),
                label=f"{weights.title}, torchvision ({percent(weights.acc1 / 100)})",
            )
            for weights in published_weights(spec)
        ),
        WeightsSource(choice=WeightsChoice(source="file"), label="A file of yours"),
    )


def load_torchvision(
    spec: TorchvisionSpec,
    choice: WeightsChoice,
    *,
    device: str | torch.device | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    preprocess: Preprocess = IMAGENET,
) -> tuple[ForeignModule, Loaded]:
    """As ``load``, of which it is the part for classifiers of torchvision.

    Published weights bring their input size: where a vision transformer's are for larger pictures, it is built for
    those.

    Raises:
        WeightsError: when the weights cannot be had or do not fit; nothing is left half done.
        DeviceError: when the device is not there.
    """
    match choice.source:
        case "random" | "fresh":
            return _random(spec, choice, device, progress)
        case "published":
            which = publication(spec, choice.tag)
            side = which.smallest_side if spec.classifier.family == "ViT" else which.preprocess.crop
            file = published_checkpoint(which, progress=progress)
            model, report = _filled(spec, file, device, side)
            # the older weights are for colours that the network itself scales
            if hasattr(model.wrapped, "transform_input"):
                setattr(model.wrapped, "transform_input", True)  # noqa: B010 - GoogLeNet's and Inception's alone
            return model, of_publication(which, report)
        case "file":
            file = chosen_file(checkpoint, choice)
            model, report = _filled(spec, file, device, spec.classifier.side)
            return model, of_file(file, preprocess, report)
    what = "What was trained here" if choice.source == "run" else "The trained example"
    raise WeightsError(f"{what} is a network of its own and not {spec.classifier.title}: choose its network with it.")


def _filled(
    spec: TorchvisionSpec, checkpoint: Checkpoint, device: str | torch.device | None, side: int
) -> tuple[ForeignModule, LoadReport]:
    """A network with a file's weights, checked before anything is allocated."""
    target = choose(None if device is None else str(device))
    model = build_torchvision(spec, device="meta", side=side)
    renamed = {_OLD_DENSENET.sub(r"\1\2", name): tensor for name, tensor in checkpoint.tensors.items()}
    report = _checked(replace(checkpoint, tensors=renamed), model.wrapped, spec)
    model.to_empty(device=target)
    _load(model.wrapped, renamed)
    return model.eval(), report


def _checked(checkpoint: Checkpoint, module: nn.Module, spec: TorchvisionSpec) -> LoadReport:
    expected = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    report = checkpoint.compared(expected, spec.classifier.title)
    stray = tuple(name for name in report.unexpected if not name.startswith(_HEADS_FOR_TRAINING))
    parts = {name.split(".", 1)[0] for name in expected}
    if report.missing or report.misshapen or any(name.split(".", 1)[0] in parts for name in stray):
        raise WeightsError(
            f"{checkpoint.name} does not fit {report.network}: {'; '.join(misfits(replace(report, unexpected=stray)))};"
            " choose the network that it was made for, or another file."
        )
    return report


def _load(module: nn.Module, tensors: dict[str, Tensor]) -> None:
    # MNASNet asks for its version; a file whose shapes are right is of the one that was built
    versioned = OrderedDict(tensors)
    versioned._metadata = {"": {"version": module._version}}  # type: ignore[attr-defined]
    for name, buffer in module.named_buffers():
        if name.endswith("num_batches_tracked"):
            buffer.zero_()  # older files have none
    module.load_state_dict(versioned, strict=False)


def _random(
    spec: TorchvisionSpec, choice: WeightsChoice, device: str | torch.device | None, progress: Progress | None
) -> tuple[ForeignModule, Loaded]:
    model = build_torchvision(spec, device=device, seed=choice.seed)
    model.eval()
    statistics = ""
    if any(isinstance(norm, TrackingNorm) for norm in norm_modules(model).values()):
        statistics = ", fresh running statistics"
        if choice.source == "random":
            if progress is not None:
                progress(0.5, "Estimating running statistics from the sample photographs")
            calibrate(model, _photographs(model).to(model.device))
            statistics = ", calibrated on the sample photographs"
    label = f"random, seed {choice.seed:,}{statistics}"
    return model, Loaded(source=choice.source, label=label, trained=False, preprocess=IMAGENET)


def _photographs(model: ForeignModule) -> Tensor:
    """A batch ``(N, 3, H, W)`` that the network gets through in seconds, of smaller pictures where it takes them."""
    side, macs = model.plan.input_size[0], model.plan.macs
    while _FEWEST_PICTURES * macs > _MOST_MACS and side >= 128:
        try:
            macs = model.plan_at((side // 2, side // 2)).macs
        except InputSizeError:
            break
        side //= 2
    count = int(min(max(_MOST_MACS // macs, _FEWEST_PICTURES), _PICTURES))
    pictures = sample_batch("photo", count=count)
    return torch.cat([prepare(p, size=(side, side), in_channels=3, preprocess=IMAGENET).tensor for p in pictures])
