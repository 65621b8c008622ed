"""Networks that this process was given by ``explorer.show``: what addresses, plans and pages know of them.

Each is of this process alone: another one has no network of that name, so an address that leaves it says so.
"""

import re
from dataclasses import dataclass
from typing import Any, Self

from explorer.architecture.values import shown
from explorer.errors import SpecError

PREFIX = "own:"
"""Before the name of such a network in an address."""
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_.-]+")
_LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class OwnFacts:
    """What is known of a network that was given.

    Attributes:
        title: for people.
        given: what it was given to look at, in words: ``2 tensors: 3×32×32, 7``.
        input_size: height and width in pixels of the picture; of another input its last two sides.
        channels: of the picture; of another input 1.
        takes_pictures: whether the first tensor that it takes can be any picture ``(N, C, H, W)``.
        outputs: classes that were named; 0 where none were.
    """

    title: str
    given: str
    input_size: tuple[int, int]
    channels: int
    takes_pictures: bool
    outputs: int = 0


_facts: dict[str, OwnFacts] = {}


@dataclass(frozen=True, kw_only=True)
class OwnSpec:
    """A network that this process was given, by its name.

    Attributes:
        name: without ``own:``.

    Raises:
        SpecError: when this process was given none of that name.
    """

    name: str

    def __post_init__(self) -> None:
        if self.name not in _facts:
            raise SpecError(
                f"There is no network {shown(PREFIX + self.name)} here: it is known to the process alone that shows it "
                "with explorer.show."
            )

    @property
    def facts(self) -> OwnFacts:
        """What is known of it."""
        return _facts[self.name]

    @property
    def in_channels(self) -> int:
        """Channels of the picture that goes in."""
        return self.facts.channels

    def replace(self, /, **changes: Any) -> Self:
        """Itself; it has no field that can be changed.

        Raises:
            SpecError: when a field is given.
        """
        if changes:
            raise SpecError(
                f"{self.facts.title} was given as it is and has no field {shown(min(changes))}; change it in Python "
                "and show it again."
            )
        return self

    def as_dict(self) -> dict[str, Any]:
        """No fields: all of it stands in Python."""
        return {}


def enter(facts: OwnFacts, wanted: str) -> OwnSpec:
    """Make a network known to this process.

    Args:
        facts: what is known of it.
        wanted: its name; one that is taken gets a number, ``tiny-2``, so that what was shown before stays.
    """
    plain = _NOT_IN_A_NAME.sub("-", wanted.lower()).strip("-.")[:_LONGEST_NAME] or "network"
    name, number = plain, 1
    while name in _facts:
        number += 1
        name = f"{plain}-{number}"
    _facts[name] = facts
    return OwnSpec(name=name)


def own_networks() -> tuple[OwnSpec, ...]:
    """All that this process was given, the newest first."""
    return tuple(OwnSpec(name=name) for name in reversed(_facts))
