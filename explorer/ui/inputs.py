"""What a network is given: the picture as its weights want it, and of a generator the domains that are asked for."""

from __future__ import annotations

from PIL import Image

from explorer.architecture.families import Spec, family_of
from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.errors import ImageError
from explorer.model.images import Prepared, Preprocess, prepare
from explorer.model.own import own
from explorer.ui import state, widgets
from explorer.ui.params.shared import DOMAINS
from explorer.views.numbers import shape_text

# More are easier found by typing.
MOST_PILLS = 8


def input_key(spec: Spec, plan: Plan, preprocess: Preprocess) -> tuple:
    """What an input depends on besides the picture, by which results are cached."""
    return plan.input_size, plan.network.in_channels, preprocess, asked(spec)


def prepared(picture: Image.Image, spec: Spec, plan: Plan, preprocess: Preprocess) -> Prepared:
    """A picture as a network gets it, at the plan's input size, with the chosen domains.

    Raises:
        ImageError: the network takes neither one nor three channels of a picture, or no picture at all.
    """
    check_takes_pictures(spec)
    return prepare(
        picture,
        size=plan.input_size,
        in_channels=family_of(spec).picture_channels,
        preprocess=preprocess,
        domains=asked(spec),
    )


def given(spec: OwnSpec, drawn: Image.Image, plan: Plan) -> Prepared:
    """What a network of one's own was given, the first example as it is.

    Args:
        spec: the network.
        drawn: the input as a picture.
        plan: of the network at the size that is chosen.

    Raises:
        ImageError: it was given at another size.
    """
    if plan.input_size != spec.facts.input_size:
        size, asked_for = shape_text(spec.facts.input_size), shape_text(plan.input_size)
        raise ImageError(
            f"What {spec.facts.title} was given is {size}, not {asked_for}: choose that size, or a picture."
        )
    return Prepared(tensor=own(spec).input[:1], seen=drawn, resized_size=drawn.size, offset=(0, 0))


def check_takes_pictures(spec: Spec) -> None:
    """Refuse pictures for a network of one's own that takes something else.

    Raises:
        ImageError: it takes no pictures.
    """
    if isinstance(spec, OwnSpec) and not spec.facts.takes_pictures:
        raise ImageError(
            f"{spec.facts.title} takes no pictures, but {spec.facts.given}: what it makes of what it was given stands "
            "on the page Feature maps."
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
