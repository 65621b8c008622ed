"""What a network is given: the picture as its weights want it, and of a generator the domains that are asked for."""

from __future__ import annotations

from PIL import Image

from explorer.architecture.families import Spec, family_of
from explorer.architecture.plan import Plan
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
    return prepare(
        picture,
        size=plan.input_size,
        in_channels=family_of(spec).picture_channels,
        preprocess=preprocess,
        domains=asked(spec),
    )


def asked(spec: Spec) -> tuple[bool, ...]:
    """Of each domain of a generator, whether it is asked for; nothing for other networks."""
    return tuple(number in state.get(DOMAINS) for number, _ in enumerate(family_of(spec).domains, 1))


def choose_domains(spec: Spec) -> None:
    """Draw the choice of domains; nothing for a network that has none."""
    words = dict(enumerate(family_of(spec).domains, 1))
    if not words:
        return
    shown = [number for number in words if number in state.get(DOMAINS)]

    def change(numbers: list[int]) -> None:
        state.update({DOMAINS: tuple(sorted(numbers))})

    if len(words) <= MOST_PILLS:
        widgets.several(DOMAINS, words, shown=shown, changed=change, width="stretch", wrap=True)
    else:
        widgets.gather(DOMAINS, words, shown, changed=change, width=320)
