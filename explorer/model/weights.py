"""A network with its weights: random, published, from a file, or trained here. All of it, or nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.architecture.examples import EXAMPLES, IMAGENET_PICTURES, TrainedOn, example_facts
from explorer.architecture.families import Spec, family_of
from explorer.architecture.memory import inference_memory
from explorer.architecture.own import OwnSpec
from explorer.architecture.weights import Source, WeightsChoice
from explorer.errors import InputSizeError, WeightsError
from explorer.model.batchnorm import TrackingNorm, norm_modules
from explorer.model.build import BlurPool, ObservableModule
from explorer.model.calibrate import calibrate
from explorer.model.checkpoint.checkpoint import Checkpoint, LoadReport
from explorer.model.device import admit, choose
from explorer.model.download import Progress
from explorer.model.example import PREPROCESS, example_checkpoint
from explorer.model.families import HEADS_FOR_TRAINING, model_family
from explorer.model.images import IMAGENET, Preprocess, prepare
from explorer.model.out_of_memory import enough_memory
from explorer.model.own import own
from explorer.model.published import publication, published_checkpoint
from explorer.model.samples import sample_batch
from explorer.views.numbers import percent

# Pictures to estimate running statistics from, and the work that may take: a few seconds on two processor cores.
_PICTURES = 8
_FEWEST_PICTURES = 2
_MOST_MACS = 50 * 10**9


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a network was filled with; holds no tensor and no byte of a file.

    Attributes:
        source: where the weights are from.
        label: the words that are always shown with whatever the network outputs.
        trained: whether the outputs mean anything.
        preprocess: what pictures go through before the network.
        classes: what the outputs mean, None where nobody said it.
        trained_on: pictures of what kind; None where that is not known, and for random weights.
        report: what became of a file's tensors, None for random weights.
        classifies: whether what it outputs are classes; without a classifier they are features.
    """

    source: Source
    label: str
    trained: bool
    preprocess: Preprocess
    classes: tuple[str, ...] | None = None
    trained_on: TrainedOn | None = None
    report: LoadReport | None = None
    classifies: bool = True


def load(
    spec: Spec,
    choice: WeightsChoice,
    *,
    device: str | torch.device | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    preprocess: Preprocess = IMAGENET,
    trained_on: TrainedOn | None = None,
) -> tuple[ObservableModule, Loaded]:
    """Build a network and fill it.

    A network that this process was given has its own weights, whatever is chosen. Published weights bring their input
    size: where a vision transformer's are for larger pictures, it is built for those.

    Args:
        spec: the network.
        choice: which weights.
        device: where it shall live; None chooses.
        progress: told the share that is done, 0 to 1, and a sentence.
        checkpoint: what was read of the file or is kept of the run, for a choice of one.
        preprocess: of the file's or the run's weights, which do not say it; others bring their own.
        trained_on: likewise, where it is known.

    Returns:
        The network in eval mode, and what it was filled with.

    Raises:
        WeightsError: when the weights cannot be had or do not fit; nothing is left half done.
        DeviceError: when the device is not there.
    """
    if isinstance(spec, OwnSpec):
        return _as_given(spec)
    family = model_family(spec)
    title = family_of(spec).title
    side: int | None = None
    classes: tuple[str, ...] | None
    match choice.source:
        case "random" | "fresh":
            return _random(spec, choice, device, progress)
        case "published":
            which = publication(spec, choice.tag)
            side = family.published_side(smallest=which.smallest_side, crop=which.preprocess.crop)
            file = published_checkpoint(which, progress=progress)
            label, preprocess, classes = which.label, which.preprocess, which.classes
            trained_on = IMAGENET_PICTURES
        case "example":
            example = EXAMPLES[choice.example]
            if not example.fits(spec):
                raise WeightsError(
                    f"The trained example is a network of its own and not {title}: choose its network with it."
                )
            facts, file = example_facts(example), example_checkpoint(example)
            label = f"trained example: {example.name}, {percent(facts.accuracy)} test accuracy"
            preprocess, classes, trained_on = PREPROCESS[example], facts.classes, example.pictures
        case "file":
            if checkpoint is None or checkpoint.sha256 != choice.digest:
                raise WeightsError("The file with the weights is no longer here: choose it again.")
            file, label, classes = checkpoint, f"your file {checkpoint.name}", checkpoint.class_names
        case "run":
            if not family.trained_here:
                raise WeightsError(
                    f"What was trained here is a network of its own and not {title}: choose its network with it."
                )
            if checkpoint is None:
                raise WeightsError("The weights of this run are not here: open them from the page Training.")
            file, label, classes = checkpoint, f"trained here: {checkpoint.name}", checkpoint.class_names
    model, report = filled(spec, file, device, side, preprocess)
    return model, Loaded(
        source=choice.source,
        label=label,
        trained=True,
        preprocess=preprocess,
        classes=classes,
        trained_on=trained_on,
        report=report,
        classifies=family_of(spec).outputs > 0,
    )


def filled(
    spec: Spec,
    checkpoint: Checkpoint,
    device: str | torch.device | None,
    side: int | None,
    preprocess: Preprocess = IMAGENET,
) -> tuple[ObservableModule, LoadReport]:
    """A network with a file's weights, checked before anything is allocated.

    Args:
        spec: the network.
        checkpoint: the weights.
        device: where it shall live; None chooses.
        side: of its pictures in pixels, where a network is built for them.
        preprocess: what these go through before it.

    Raises:
        DeviceError: when the device is not there.
        WeightsError: when the weights do not fit.
    """
    target = choose(None if device is None else str(device))
    report = checkpoint.check(spec, side=side)
    family = model_family(spec)
    model = family.build(device="meta", side=side)
    with enough_memory(target, f"the weights of {family_of(spec).title}", "choose a smaller network"):
        model = model.to_empty(device=target)
        _fill(model.torch_module, family.named_as_now(checkpoint.tensors))
    if (preprocess.mean, preprocess.std) == (IMAGENET.mean, IMAGENET.std):
        family.take_published_colours(model)
    return model.eval(), report


def _fill(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    # MNASNet asks for its version; a file whose shapes are right is of the one that was built
    own = module.state_dict()
    versioned = OrderedDict((name, t) for name, t in tensors.items() if name in own and t.shape == own[name].shape)
    versioned._metadata = {"": {"version": module._version}}  # type: ignore[attr-defined]
    for name, buffer in module.named_buffers():
        if name.endswith("num_batches_tracked"):
            buffer.zero_()  # older files have none
    for name, tensor in own.items():
        if name.startswith(HEADS_FOR_TRAINING):
            tensor.zero_()  # a file may have none, or one of other classes
    for part in module.modules():
        if isinstance(part, BlurPool):
            part.reset_filter()  # in no file
    # what the file has beyond the network, and the counters that it may lack, are in the report
    module.load_state_dict(versioned, strict=False)


def _as_given(spec: OwnSpec) -> tuple[ObservableModule, Loaded]:
    kept = own(spec)
    return kept.module, Loaded(
        source="given",
        label="as it was given",
        trained=True,
        preprocess=kept.preprocess,
        classes=kept.classes,
        classifies=kept.classes is not None,
    )


def _random(
    spec: Spec, choice: WeightsChoice, device: str | torch.device | None, progress: Progress | None
) -> tuple[ObservableModule, Loaded]:
    family = model_family(spec)
    model = family.build(device=device, seed=choice.seed).eval()
    statistics = ""
    if any(isinstance(norm, TrackingNorm) for norm in norm_modules(model).values()):
        channels = family_of(spec).picture_channels
        if choice.source == "fresh":
            statistics = ", fresh running statistics"
        elif channels not in (1, 3):
            statistics = f", not calibrated: no photograph has {channels:,} channels"
        else:
            if progress is not None:
                progress(0.5, "Estimating running statistics from the sample photographs")
            photographs = _photographs(spec)
            _admit_calibration(model, photographs)
            calibrate(model, photographs.to(model.device))
            statistics = ", calibrated on the sample photographs"
    label = f"random, seed {choice.seed:,}{statistics}"
    return model, Loaded(
        source=choice.source,
        label=label,
        trained=False,
        preprocess=family.usual_preprocess,
        classifies=family_of(spec).outputs > 0,
    )


def _admit_calibration(model: ObservableModule, photographs: Tensor) -> None:
    """Refuse a pass of several photographs for which the device has no room; the weights are there already."""
    count, _, height, width = photographs.shape
    plan = model.plan_at((height, width))
    if plan.network.measured:  # what is there at once is not known: all rows are more
        needed = count * plan.activation_bytes
    else:
        needed = inference_memory(plan).peak(count).at(count)
    admit(needed, model.device, what=f"Calibrating {plan.network.title} on {count} photographs of {height}×{width}")


def _photographs(spec: Spec) -> Tensor:
    """A batch ``(N, C, H, W)`` that the network gets through in seconds, however large it is; domains take turns."""
    side, count = calibration_size(spec)
    family, preprocess = family_of(spec), model_family(spec).usual_preprocess
    domains = range(len(family.domains))
    prepared = [
        prepare(
            picture,
            size=(side, side),
            in_channels=family.picture_channels,
            preprocess=preprocess,
            domains=[domain == number % len(domains) for domain in domains],
        )
        for number, picture in enumerate(sample_batch("photo", count=count))
    ]
    return torch.cat([one.tensor for one in prepared])


def calibration_size(spec: Spec) -> tuple[int, int]:
    """Side in pixels and number of the photographs that running statistics are estimated from.

    The size that the network is made for, 32 for CIFAR's stem, 128 for a generator and 224 for most others, and at
    least 2×2 at the last stage, so that every norm sees more than one value. Large networks get fewer pictures, then
    smaller ones where they take them.
    """
    family, plan = family_of(spec), model_family(spec).plan
    usual = family.usual_size[0]
    smallest = max(usual // 4, family.smallest_side)
    side = max(usual, smallest)
    macs = plan((side, side)).macs
    while _FEWEST_PICTURES * macs > _MOST_MACS and side > smallest:
        smaller = max(side // 2, smallest)
        try:
            macs = plan((smaller, smaller)).macs
        except InputSizeError:
            break
        side = smaller
    return side, int(min(max(_MOST_MACS // max(macs, 1), _FEWEST_PICTURES), _PICTURES))
