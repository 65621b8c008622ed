"""What torchvision publishes for its ten residual networks: names of the weights, accuracy and recipe.

The figures stand here as well as in torchvision, whose import takes more than a second; a test compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.architecture.values import shown
from explorer.errors import WeightsError

Recipe = Literal["simple", "new"]

RECIPES: dict[Recipe, str] = {
    "simple": "Simple recipe, close to the paper's: 90 to 100 epochs, steps of the learning rate, crops and flips.",
    "new": "torchvision's new recipe of 2021: 600 epochs, cosine learning rate, mixup, CutMix, label smoothing, EMA.",
}
_IMAGENET = "IMAGENET1K_"
_REFERENCES = "https://github.com/pytorch/vision/tree/main/references/classification"
_ISSUE = "https://github.com/pytorch/vision/issues/3995"


@dataclass(frozen=True, kw_only=True)
class PublishedWeights:
    """One set of weights, trained on ImageNet-1K.

    Attributes:
        tag: torchvision's name of it, ``IMAGENET1K_V1``.
        acc1: accuracy in percent, single crop of 224×224.
        acc5: accuracy in percent among the five best.
        file_name: of the download; it ends with the beginning of the content's SHA-256.
        file_mib: size of the download in MiB.
        recipe: how it was trained; see ``RECIPES``. None where only torchvision's page says it.
        recipe_url: where the recipe is written down.
    """

    tag: str
    acc1: float
    acc5: float
    file_name: str
    file_mib: float
    recipe: Recipe | None
    recipe_url: str

    @property
    def title(self) -> str:
        """Its name for people: ``ImageNet-1K V2``, ``ImageNet-1K SWAG E2E V1``."""
        return self.tag.replace(_IMAGENET, "ImageNet-1K ").replace("_", " ")

    @property
    def megabytes(self) -> str:
        """Size of the download as torchvision's pages write it: ``98 MB``, which are MiB."""
        return f"{self.file_mib:.0f} MB"


def _v1(
    file_name: str, acc1: float, acc5: float, file_mib: float, recipe_url: str = f"{_REFERENCES}#resnet"
) -> PublishedWeights:
    return PublishedWeights(
        tag="IMAGENET1K_V1",
        acc1=acc1,
        acc5=acc5,
        file_name=file_name,
        file_mib=file_mib,
        recipe="simple",
        recipe_url=recipe_url,
    )


def _v2(file_name: str, acc1: float, acc5: float, file_mib: float, section: str = "#new-recipe") -> PublishedWeights:
    return PublishedWeights(
        tag="IMAGENET1K_V2",
        acc1=acc1,
        acc5=acc5,
        file_name=file_name,
        file_mib=file_mib,
        recipe="new",
        recipe_url=_ISSUE + section,
    )


_NEXT = f"{_REFERENCES}#resnext"
_WIDE = "https://github.com/pytorch/vision/pull/912#issue-445437439"
_FIXRES = "#new-recipe-with-fixres"

PUBLISHED: dict[str, tuple[PublishedWeights, ...]] = {
    "resnet18": (_v1("resnet18-f37072fd.pth", 69.758, 89.078, 44.661),),
    "resnet34": (_v1("resnet34-b627a593.pth", 73.314, 91.420, 83.275),),
    "resnet50": (
        _v1("resnet50-0676ba61.pth", 76.130, 92.862, 97.781),
        _v2("resnet50-11ad3fa6.pth", 80.858, 95.434, 97.790, "#issuecomment-1013906621"),
    ),
    "resnet101": (
        _v1("resnet101-63fe2227.pth", 77.374, 93.546, 170.511),
        _v2("resnet101-cd907fc2.pth", 81.886, 95.780, 170.530),
    ),
    "resnet152": (
        _v1("resnet152-394f9c45.pth", 78.312, 94.046, 230.434),
        _v2("resnet152-f82ba261.pth", 82.284, 96.002, 230.474),
    ),
    "resnext50_32x4d": (
        _v1("resnext50_32x4d-7cdf4587.pth", 77.618, 93.698, 95.789, _NEXT),
        _v2("resnext50_32x4d-1a0047aa.pth", 81.198, 95.340, 95.833),
    ),
    "resnext101_32x8d": (
        _v1("resnext101_32x8d-8ba56ff5.pth", 79.312, 94.526, 339.586, _NEXT),
        _v2("resnext101_32x8d-110c445d.pth", 82.834, 96.228, 339.673, _FIXRES),
    ),
    "resnext101_64x4d": (
        # the only V1 that was trained with the new recipe from the start
        PublishedWeights(
            tag="IMAGENET1K_V1",
            acc1=83.246,
            acc5=96.454,
            file_name="resnext101_64x4d-173b62eb.pth",
            file_mib=319.318,
            recipe="new",
            recipe_url="https://github.com/pytorch/vision/pull/5935",
        ),
    ),
    "wide_resnet50_2": (
        _v1("wide_resnet50_2-95faca4d.pth", 78.468, 94.086, 131.820, _WIDE),
        _v2("wide_resnet50_2-9ba9bcbe.pth", 81.602, 95.758, 263.124, _FIXRES),
    ),
    "wide_resnet101_2": (
        _v1("wide_resnet101_2-32ee1156.pth", 78.848, 94.284, 242.896, _WIDE),
        _v2("wide_resnet101_2-d733dc28.pth", 82.510, 96.020, 484.747),
    ),
}
TAGS: tuple[str, ...] = tuple(dict.fromkeys(weights.tag for several in PUBLISHED.values() for weights in several))


def meant(there: Sequence[PublishedWeights], said: str = "", *, network: str) -> PublishedWeights:
    """The set of weights that somebody means.

    Args:
        there: the weights of one network, at least one.
        said: ``V2``, ``SWAG_E2E_V1`` or the whole tag, in any case; the most accurate ones where nothing is said.
        network: its title, for the sentence.

    Raises:
        WeightsError: when the network has no such weights.
    """
    if not said:
        return max(there, key=lambda weights: weights.acc1)
    short = {weights.tag.removeprefix(_IMAGENET): weights for weights in there}
    found = short.get(said.upper().removeprefix(_IMAGENET))
    if found is None:
        raise WeightsError(f"{network} has no published weights {shown(said)}: choose {' or '.join(short)}.")
    return found
