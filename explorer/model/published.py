"""torchvision's published weights: where they are, what they need, and fetching them once.

They are kept where ``torch.hub`` keeps them, so that what was fetched by other programs is not fetched again.
"""

from __future__ import annotations

import hashlib
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

import torch.hub

from explorer.architecture.families import Spec, family_of, named
from explorer.architecture.published import PublishedWeights
from explorer.architecture.weights import published
from explorer.errors import WeightsError
from explorer.model.checkpoint.checkpoint import Checkpoint, read_checkpoint
from explorer.model.images import IMAGENET, IMAGENET_V2, Preprocess

Progress = Callable[[float, str], None]

# Seconds without an answer, or without a byte, after which a server counts as not there.
TIMEOUT_SECONDS = 10.0
_CHUNK_BYTES = 2**18
# The end of the name is the beginning of the content's SHA-256: resnet50-11ad3fa6.pth.
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.\w+$")
_GOES_ON = "the app goes on with the weights that it has"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One set of published weights, as torchvision describes it.

    Attributes:
        network: title of the network.
        weights: name, accuracy and recipe.
        url: of the file.
        preprocess: what pictures must go through.
        classes: what the outputs mean.
        smallest_side: of the pictures that the weights take, in pixels; of a vision transformer the only one.
    """

    network: str
    weights: PublishedWeights
    url: str
    preprocess: Preprocess
    classes: tuple[str, ...]
    smallest_side: int = 1

    @property
    def file_name(self) -> str:
        """Name of the file, which ends with the beginning of its SHA-256."""
        return Path(urlsplit(self.url).path).name

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
        url=enum.url,
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
    path = Path(torch.hub.get_dir()) / "checkpoints" / which.file_name
    # as bytes: one check of the hash and one reader for what is fetched and for what was there
    data = _cached(path)
    if data is None:
        _fetch(which, path, progress or _silent)
        data = _cached(path)
    if data is None:
        raise WeightsError(f"The published weights of {which.network} changed while they were read: try again.")
    return read_checkpoint(data, which.file_name)


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


def _cached(path: Path) -> bytes | None:
    """A file that is there and whole; None for one that is not, or is not what its name says."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WeightsError(f"The weights in {path.name} are there but cannot be read; {_GOES_ON}.") from error
    return data if hashlib.sha256(data).hexdigest().startswith(_expected_hash(path.name)) else None


def _fetch(which: Publication, path: Path, progress: Progress) -> None:
    """Download to a file of its own and give it its name when it is whole and checked."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = _download(which, part, progress)
        if not digest.startswith(_expected_hash(path.name)):
            raise WeightsError(_failed(which, "what arrived is not what was published (its SHA-256 differs)"))
        part.replace(path)
    except urllib.error.HTTPError as error:
        raise WeightsError(_failed(which, f"{_host(which)} answered with error {error.code}")) from error
    except HTTPException as error:
        raise WeightsError(_failed(which, f"the connection to {_host(which)} broke off")) from error
    # URLError is an OSError, and so is a socket's time-out; a full disk is one too and has no host.
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise WeightsError(_failed(which, f"no connection to {_host(which)}")) from error
    except OSError as error:
        raise WeightsError(_failed(which, f"they could not be stored ({error.strerror or 'disk error'})")) from error
    finally:
        # where it could not even be begun there is nothing to take away
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _download(which: Publication, part: Path, progress: Progress) -> str:
    """Write the file and return its SHA-256."""
    digest, done = hashlib.sha256(), 0
    request = urllib.request.Request(which.url, headers={"User-Agent": "resnet-explorer"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer, part.open("wb") as file:
        said = int(answer.headers.get("Content-Length") or 0)
        total = said or int(which.weights.file_mib * 2**20)
        while chunk := answer.read(_CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(
                min(done / total, 1.0), f"Fetching {which.file_name}: {done / 2**20:,.1f} of {total / 2**20:,.1f} MiB"
            )
    if done < said:
        raise IncompleteRead(b"", said - done)
    return digest.hexdigest()


def _expected_hash(file_name: str) -> str:
    found = _HASH_IN_NAME.search(file_name)
    assert found is not None, "torchvision's files carry their hash in their names"
    return found[1]


def _failed(which: Publication, reason: str) -> str:
    return f"The published weights of {which.network} could not be fetched: {reason}; {_GOES_ON}."


def _host(which: Publication) -> str:
    return urlsplit(which.url).hostname or which.url


def _silent(_share: float, _what: str) -> None:
    """Nobody wants to know how far it is."""
