"""Many pictures at once for the chosen network: a labelled set, a zip, one's own, or parts of the photographs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from explorer.architecture.families import Spec, family_of
from explorer.architecture.plan import Plan
from explorer.errors import LabError
from explorer.labs.data.known_sets import FETCHED, is_there
from explorer.labs.data.picture_sets import CLOTHES, PHOTO_PARTS, PHOTOS, PictureSet, picture_set, unlabelled
from explorer.labs.data.sets import KNOWN_SETS, ZIP
from explorer.model.images import Preprocess
from explorer.model.samples import CLOTHES_COUNT
from explorer.ui import cached, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.inputs import asked, check_takes_pictures, input_key
from explorer.ui.inside.beside import LookedAt
from explorer.ui.inside.params import ADDED, AUTO, SET
from explorer.ui.pictures import add_pictures, added, say_refused
from explorer.ui.runs import zip_upload
from explorer.ui.runs.pictures import say_zip

_UPLOAD = "zip"
_WORDS = {
    "digits": KNOWN_SETS["digits"].title,
    CLOTHES: "Clothes, 100 test pictures",
    "fashion-mnist": KNOWN_SETS["fashion-mnist"].title,
    "cifar10": KNOWN_SETS["cifar10"].title,
}
_NO_LABELS = {PHOTOS: "Parts of two photographs", ADDED: "Pictures that you add"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Seen:
    """Pictures, and how a network gets them.

    Attributes:
        pictures: as they are.
        key: of them and of what they go through, by which results are cached.
        spec: the network that gets them.
        plan: of it.
        preprocess: of its weights.
    """

    pictures: PictureSet
    key: tuple
    spec: Spec
    plan: Plan
    preprocess: Preprocess

    def inputs(self, places: Sequence[int] | range | np.ndarray) -> Tensor:
        """The pictures of some places as the network gets them, ``(n, C, H, W)``.

        Raises:
            ImageError: the network takes neither one nor three channels of a picture.
        """
        return self.pictures.inputs(places, **self._how())

    def picture(self, place: int) -> Image.Image:
        """What the network gets of one picture, before normalisation."""
        return self.pictures.prepared(place, **self._how()).seen

    def _how(self) -> dict[str, Any]:
        return {
            "size": self.plan.input_size,
            "in_channels": family_of(self.spec).picture_channels,
            "preprocess": self.preprocess,
            "domains": asked(self.spec),
        }

    def shown_to(self, network: LookedAt) -> Seen:
        """The same pictures for another network."""
        return _seen(self.pictures, network.spec, network.plan, network.preprocess)


def choose_set(ready: Ready, *, labelled: bool = False, least: int = 1) -> None:
    """Draw the choice, and what it needs: an uploader, or what is in a zip.

    Args:
        ready: the network; what its weights were trained on is taken while nobody has chosen.
        labelled: whether only pictures with labels will do.
        least: how many it takes; a set of ours that has fewer is not offered.

    Raises:
        LabError: a zip is no longer here.
    """
    there = {name: words for name, words in _WORDS.items() if name not in FETCHED or is_there(name)}
    own = state.get(SET)
    unnamed = (
        {}
        if labelled
        else {name: words for name, words in _NO_LABELS.items() if name != PHOTOS or least <= PHOTO_PARTS}
    )
    if least > CLOTHES_COUNT and own != CLOTHES:
        there.pop(CLOTHES)
    options = {**there, **unnamed, _UPLOAD: "A zip of your pictures"}
    if own.startswith(ZIP):
        options = {own: "Your pictures", **options}
    shown = own if own == _UPLOAD else _name(ready, labelled=labelled, least=least)
    widgets.choose(SET, options, shown=shown if shown in options else None, width=260)
    if own == _UPLOAD:
        zip_upload.upload("i", lambda name: state.update({SET: name}))
    elif own.startswith(ZIP):
        say_zip(own)
    elif shown == ADDED:
        add_pictures()
        say_refused()


def seen(ready: Ready, spec: Spec, plan: Plan, *, labelled: bool = False, least: int = 1) -> Seen:
    """The chosen pictures.

    Args:
        ready: the network that gets them.
        spec: likewise.
        plan: of it, at the size of the pictures.
        labelled: as for ``choose_set``.
        least: likewise.

    Raises:
        LabError: there are none yet, or they are not here and cannot be had.
    """
    check_takes_pictures(spec)
    name = _name(ready, labelled=labelled, least=least)
    if name == ADDED:
        own = added()
        if not own:
            raise LabError("Add pictures first, or choose others.")
        digest = hashlib.sha256("".join(one.digest for one in own).encode()).hexdigest()
        pictures = unlabelled(digest, f"{len(own)} of your pictures", [np.asarray(one.picture) for one in own])
    else:
        size = plan.input_size
        pictures = cached.result(
            ("picture set", name, size if name.startswith(ZIP) else None),
            lambda: picture_set(name, size=size),
            lambda made: sum(picture.nbytes for picture in made.pixels),
        )
    return _seen(pictures, spec, plan, ready.loaded.preprocess)


def _seen(pictures: PictureSet, spec: Spec, plan: Plan, preprocess: Preprocess) -> Seen:
    key = (pictures.name, *input_key(spec, plan, preprocess))
    return Seen(pictures=pictures, key=key, spec=spec, plan=plan, preprocess=preprocess)


def _name(ready: Ready, *, labelled: bool, least: int) -> str:
    """The set that is meant; AUTO stands for what the weights were trained on, as far as it is here."""
    chosen = state.get(SET)
    if chosen == _UPLOAD:
        raise LabError("Choose a zip with a folder of pictures per class, or another set.")
    too_few = chosen == PHOTOS and least > PHOTO_PARTS
    if chosen != AUTO and not too_few and not (labelled and chosen in _NO_LABELS):
        return chosen
    known = ready.loaded.trained_on
    kind = known.kind if known is not None else None
    if kind == "clothes" and is_there("fashion-mnist"):
        return "fashion-mnist"
    if kind == "clothes" and least <= CLOTHES_COUNT:
        return CLOTHES
    return "digits" if kind == "digit" or labelled or least > PHOTO_PARTS else PHOTOS
