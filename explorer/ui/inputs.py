"""What a network is given: the picture as its weights want it, and of a generator the domains that are asked for."""

from __future__ import annotations

from PIL import Image

from explorer.architecture.families import Spec
from explorer.architecture.plan import Plan
from explorer.architecture.stargan import PICTURE_CHANNELS, StarGANSpec, domain_names
from explorer.model.images import Prepared, Preprocess, prepare
from explorer.ui import state, widgets
from explorer.ui.params.shared import DOMAINS

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
    return tuple(number in state.get(DOMAINS) for number in range(1, spec.c_dim + 1))


def choose_domains(spec: StarGANSpec) -> None:
    """Draw the choice of domains."""
    words = dict(enumerate(domain_names(spec), 1))
    shown = [number for number in words if number in state.get(DOMAINS)]

    def change(numbers: list[int]) -> None:
        state.update({DOMAINS: tuple(sorted(numbers))})

    if spec.c_dim <= MOST_PILLS:
        widgets.several(DOMAINS, words, shown=shown, changed=change, width="stretch", wrap=True)
    else:
        widgets.gather(DOMAINS, words, shown, changed=change, width=320)
