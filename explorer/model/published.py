"""torchvision's published weights: where they are, what they need, and fetching them once.

They are kept where ``torch.hub`` keeps them, so that what was fetched by other programs is not fetched again.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from explorer.architecture.families import Spec, family_of, named
from explorer.architecture.hub import OFFLINE, is_offline, place_of
from explorer.architecture.published import PublishedWeights
from explorer.architecture.weights import published
from explorer.errors import WeightsError
from explorer.model.checkpoint.checkpoint import Checkpoint, read_checkpoint
from explorer.model.download import DownloadError, Progress, download, is_whole
from explorer.model.images import IMAGENET, IMAGENET_V2, Preprocess

MIRROR = "EXPLORER_WEIGHTS_URL"
_PUBLISHED_AT = "https://download.pytorch.org/models"
# The end of the name is the beginning of the content's SHA-256: resnet50-11ad3fa6.pth.
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.\w+$")


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One set of published weights, as torchvision describes it.

    Attributes:
        network: title of the network.
        weights: name, file, accuracy and recipe.
        preprocess: what pictures must go through.
        classes: what the outputs mean.
        smallest_side: of the pictures that the weights take, in pixels; of a vision transformer the only one.
    """

    network: str
    weights: PublishedWeights
    preprocess: Preprocess
    classes: tuple[str, ...]
    smallest_side: int = 1

    @property
    def label(self) -> str:
        """What is shown of it: ``ImageNet-1K V2, torchvision``."""
        return f"{self.weights.title}, torchvision"


def publication(spec: Spec, tag: str) -> Publication:
    """What torchvision says about one set of weights; imports torchvision, which takes more than a second.

    Args:
        spec: one of torchvision's networks.
        tag: ``IMAGENET1K_V1``, ``IMAGENET1K_V2``; some of the others have more.

    Raises:
        WeightsError: when the network has no such weights.
    """
    family = family_of(spec)
    name = family.torchvision_name
    if not name:
        raise WeightsError(family.why_not_published)
    there = {weights.tag: weights for weights in published_weights(spec)}
    network = named(name).title
    if tag not in there:
        raise WeightsError(f"{network} has no published weights {tag[:40]}: choose {' or '.join(there)}.")
    import torchvision.models

    enum = torchvision.models.get_model_weights(name)[tag]
    return Publication(
        network=network,
        weights=there[tag],
        preprocess=_preprocess(enum.transforms()),
        classes=tuple(enum.meta["categories"]),
        smallest_side=max(enum.meta["min_size"]),
    )


def published_weights(spec: Spec) -> tuple[PublishedWeights, ...]:
    """The published weights of a network, the oldest first; imports torchvision for what is not a ResNet.

    Weights of a classifier that do not classify (the features of VGG-16 alone) are left out.
    """
    name = family_of(spec).torchvision_name
    return published(spec) or (_of_classifier(name) if name else ())


@cache
def _of_classifier(name: str) -> tuple[PublishedWeights, ...]:
    import torchvision.models

    return tuple(
        PublishedWeights(
            tag=enum.name,
            acc1=enum.meta["_metrics"]["ImageNet-1K"]["acc@1"],
            acc5=enum.meta["_metrics"]["ImageNet-1K"]["acc@5"],
            file_name=enum.url.rsplit("/", 1)[-1],
            file_mib=enum.meta["_file_size"],
            recipe=None,
            recipe_url=enum.meta["recipe"],
        )
        for enum in torchvision.models.get_model_weights(name)
        if enum.meta["categories"]
    )


def published_checkpoint(which: Publication, *, progress: Progress | None = None) -> Checkpoint:
    """The weights: from the folder of ``torch.hub``, and fetched into it where they are not yet there.

    Args:
        which: from ``publication``.
        progress: told the share that is done, 0 to 1, and a sentence; what it raises ends the download.

    Raises:
        WeightsError: when they cannot be fetched, or are not what was published.
    """
    # as bytes: one check of the hash and one reader for what is fetched and for what was there
    data = _read(which.weights)
    if data is None:
        fetch(which, progress=progress)
        data = _read(which.weights)
    if data is None:
        raise WeightsError(f"The published weights of {which.network} changed while they were read: try again.")
    return read_checkpoint(data, which.weights.file_name)


def fetch(which: Publication, *, progress: Progress | None = None) -> bool:
    """Bring published weights into the folder of ``torch.hub``.

    They come from ``download.pytorch.org``, or from below the address in ``EXPLORER_WEIGHTS_URL``.

    Args:
        which: from ``publication``.
        progress: told the share that is done, 0 to 1, and a sentence; what it raises ends the download.

    Returns:
        Whether they had to be fetched; False where they were there, whole.

    Raises:
        WeightsError: when they cannot be had, with the folder where their file can be put by hand.
    """
    weights = which.weights
    path, digest = place_of(weights), hash_in_name(weights)
    if is_whole(path, digest):
        return False
    if is_offline():
        state = "damaged, for their SHA-256 differs," if path.exists() else "not on this disk"
        raise WeightsError(
            f"The published weights of {which.network} are {state} and {OFFLINE} says not to ask the network: "
            f"{_by_hand(weights)}"
        )
    url = f"{_server()}/{weights.file_name}"
    try:
        download(
            url, path, digest=digest, about_bytes=int(weights.file_mib * 2**20), progress=progress or (lambda *_: None)
        )
    except DownloadError as error:
        raise WeightsError(
            f"The published weights of {which.network} could not be fetched: {error}; {_by_hand(weights)}"
        ) from error
    return True


def hash_in_name(weights: PublishedWeights) -> str:
    """How the SHA-256 of a file of torchvision's begins, in hexadecimal digits."""
    found = _HASH_IN_NAME.search(weights.file_name)
    assert found is not None, "torchvision's files carry their hash in their names"
    return found[1]


@cache
def imagenet_classes() -> tuple[str, ...]:
    """The names of ImageNet-1K's 1,000 classes in the order of the outputs, as torchvision has them."""
    import torchvision.models

    return tuple(torchvision.models.ResNet18_Weights.DEFAULT.meta["categories"])


def _preprocess(transforms: object) -> Preprocess:
    """Our own preprocessing for torchvision's ``ImageClassification``."""
    said = vars(transforms)
    numbers = {
        "resize": said["resize_size"][0],
        "crop": said["crop_size"][0],
        "interpolation": said["interpolation"].value,
        "mean": tuple(said["mean"]),
        "std": tuple(said["std"]),
    }
    ours = (known for known in (IMAGENET, IMAGENET_V2) if known.resize == numbers["resize"])
    own = f"of these weights, {numbers['crop']}×{numbers['crop']}"
    return Preprocess(name=next((known.name for known in ours), own), **numbers)


def _read(weights: PublishedWeights) -> bytes | None:
    """A file that is there and whole; None for one that is not, or is not what its name says."""
    path = place_of(weights)
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WeightsError(f"The weights in {path} are there but cannot be read: look at who may.") from error
    return data if hashlib.sha256(data).hexdigest().startswith(hash_in_name(weights)) else None


def _server() -> str:
    """Where weights are fetched from: the mirror, else where torchvision has them."""
    said = os.environ.get(MIRROR, "").strip() or _PUBLISHED_AT
    try:
        parts = urlsplit(said)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and parts.username is None
    except ValueError:
        fits = False
    if not fits:
        raise WeightsError(
            f"What {MIRROR} says is no address that weights can be fetched from: write https://host/path."
        )
    return said.rstrip("/")


def _by_hand(weights: PublishedWeights) -> str:
    place = place_of(weights)
    return f"put {place.name} ({weights.file_mib:,.1f} MiB) into {place.parent} by hand, or choose other weights."
