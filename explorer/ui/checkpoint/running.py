"""Checkpoints at work: the network with its weights, and the pictures that go through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from explorer.architecture.examples import PictureKind
from explorer.architecture.families import Spec, usual_size
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.model.checkpoint.own_weights import OwnWeights
from explorer.model.samples import sample_batch
from explorer.ui import cached, state
from explorer.ui.cached import Ready
from explorer.ui.checkpoint.source import Opened
from explorer.ui.inputs import input_key, prepared
from explorer.ui.models import model_of
from explorer.ui.params.shared import DEVICE
from explorer.ui.pictures import Chosen, add_pictures, added, samples_of, say_refused

_WORDS: dict[PictureKind, str] = {
    "photo": "sample photographs, whole and in parts",
    "digit": "handwritten digits",
    "clothes": "sample pictures of clothes",
}
_MOST_PARTS = 24


@dataclass(frozen=True, eq=False, kw_only=True)
class AtWork:
    """A checkpoint that pictures go through.

    Attributes:
        spec: the network.
        plan: at the size of its pictures.
        own: its weights and what belongs to them.
    """

    spec: Spec
    plan: Plan
    own: OwnWeights

    @property
    def tells_classes(self) -> bool:
        """Whether its outputs are classes: not a picture, nor the features of a network without a classifier."""
        return not self.plan.makes_pictures and not (isinstance(self.spec, ResNetSpec) and self.spec.outputs == 0)

    @property
    def ready(self) -> Ready:
        """The network with its weights.

        Raises:
            ExplorerError: when there is no room for it.
        """
        return model_of(self.spec, own=self.own, input_size=self.plan.input_size, device=state.get(DEVICE))

    def images(self, pictures: Sequence[Chosen]) -> Tensor:
        """Pictures as the network gets them, ``(N, C, H, W)``.

        Raises:
            ImageError: it takes neither one nor three channels.
        """
        made = [prepared(one.picture, self.spec, self.plan, self.own.preprocess).tensor for one in pictures]
        return torch.cat(made)

    def key(self, pictures: Sequence[Chosen]) -> tuple:
        """Weights and pictures, by which results are cached."""
        digests = tuple(one.digest for one in pictures)
        return (self.own.checkpoint.sha256, digests, *input_key(self.spec, self.plan, self.own.preprocess))


def at_work(spec: Spec, opened: Opened, own: OwnWeights) -> AtWork:
    """A checkpoint at the size of picture that it was trained at, where that is known, else at the network's usual one.

    Raises:
        ExplorerError: when the network cannot take such pictures.
    """
    return AtWork(spec=spec, plan=cached.plan_of(spec, opened.input_size or usual_size(spec)), own=own)


def few(one: AtWork, most: int) -> tuple[Chosen, ...]:
    """Pictures to show answers for: those that a person has added, else samples of the kind that fits the weights."""
    return added()[:most] or samples_of(_kind(one), most)


def many(one: AtWork, most: int) -> tuple[tuple[Chosen, ...], str]:
    """Pictures to estimate statistics from, and what they are in words."""
    own = added()
    if own:
        return own[:most], f"{min(len(own), most)} of your {len(own)} pictures"
    kind = _kind(one)
    pictures = sample_batch(kind, count=min(most, _MOST_PARTS) if kind == "photo" else most)
    made = tuple(
        Chosen(name=kind, title=kind, picture=picture, digest=f"batch:{kind}-{place}", note="", kind=kind)
        for place, picture in enumerate(pictures)
    )
    return made, f"{len(made)} {_WORDS[kind]}"


def upload() -> None:
    """Draw the upload of the pictures that the checkpoints are run on."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="run_on"):
        with st.container(width=280):
            add_pictures()
        count = len(added())
        used = f"your {count} pictures" if count > 1 else "your picture" if count else "samples, while you add none"
        st.caption(f"Pictures for the two parts below: {used}.", width="content")
    say_refused()


def _kind(one: AtWork) -> PictureKind:
    known = one.own.trained_on
    return (known.kind if known else None) or "photo"
