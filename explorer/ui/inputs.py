"""What a network is given: the picture as its weights want it, and of a generator the domains that are asked for."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from explorer.architecture.families import Spec
from explorer.architecture.plan import Plan
from explorer.architecture.stargan import PICTURE_CHANNELS, StarGANSpec, domain_names
from explorer.model.images import Prepared, Preprocess, prepare
from explorer.ui import state
from explorer.ui.widgets import bound

# More are easier found by typing.
MOST_PILLS = 8


def input_key(spec: Spec, plan: Plan, preprocess: Preprocess) -> tuple:
    """What an input depends on besides the picture, by which results are cached."""
    return plan.input_size, plan.network.in_channels, preprocess, asked(spec)


def prepared(picture: Image.Image, spec: Spec, plan: Plan, preprocess: Preprocess) -> Prepared:
    """A picture as a network gets it, at the plan's input size, with the chosen domains.

    Raises:
        ImageError: the network takes neither one nor three channels of a picture.
    """
    channels = PICTURE_CHANNELS if isinstance(spec, StarGANSpec) else plan.network.in_channels
    return prepare(picture, size=plan.input_size, in_channels=channels, preprocess=preprocess, domains=asked(spec))


def asked(spec: Spec) -> tuple[bool, ...]:
    """Of each domain of a generator, whether it is asked for; nothing for other networks."""
    if not isinstance(spec, StarGANSpec):
        return ()
    return tuple(number in state.get("domains") for number in range(1, spec.c_dim + 1))


def choose_domains(spec: StarGANSpec) -> None:
    """Draw the choice of domains."""
    names = domain_names(spec)
    numbers = list(range(1, spec.c_dim + 1))
    shown = [number for number in numbers if number in state.get("domains")]
    help = "Behind the picture's three channels stands a map for each domain: 1 everywhere if it is asked for, else 0."
    here = bound("domains", shown, lambda values: state.update(domains=tuple(sorted(values))))
    if spec.c_dim <= MOST_PILLS:
        st.pills(
            "Domains",
            numbers,
            selection_mode="multi",
            format_func=lambda number: names[number - 1],
            help=help,
            width="stretch",
            wrap=True,
            **here,
        )
    else:
        st.multiselect("Domains", numbers, format_func=lambda number: names[number - 1], help=help, width=320, **here)
