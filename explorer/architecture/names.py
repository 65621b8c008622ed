"""Names of networks as people write them: case, hyphens and spaces do not matter."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from explorer.architecture.values import shown
from explorer.errors import SpecError

NEAREST = 3


def meant(name: object, titles: Mapping[str, str]) -> str | None:
    """The network that somebody means by a name or a title, however it is spelled; None where there is none.

    Args:
        name: such as ``resnet50``, ``ResNet-50`` or ``wide resnet 50 2``.
        titles: the known networks' titles for people, by name.
    """
    if not isinstance(name, str) or name in titles:
        return name if isinstance(name, str) else None
    wanted = _spelled(name)
    return next((one for one, title in titles.items() if wanted and wanted in (_spelled(one), _spelled(title))), None)


def nearest(name: object, names: Collection[str]) -> tuple[str, ...]:
    """Up to three known names that are spelled almost like a wrong one, the nearest first."""
    if not isinstance(name, str):
        return ()
    spelled = {_spelled(one): one for one in names}
    return tuple(spelled[one] for one in difflib.get_close_matches(_spelled(name[:60]), spelled, NEAREST))


def no_network(name: object, names: Collection[str], choices: str) -> SpecError:
    """What is said of a name that no network has, the nearest ones first.

    Args:
        name: the wrong one.
        names: of all networks.
        choices: what there is to choose from, in words.
    """
    near = nearest(name, names)
    choose = f"; nearest are {', '.join(near)}. Choose" if near else "; choose"
    return SpecError(f"There is no network named {shown(name)}{choose} one of {choices}.")


def _spelled(name: str) -> str:
    """A name without what people write differently; between two numbers a gap stays one (``1_6gf`` is no ``16gf``)."""
    words = re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("×", "x")).strip()
    return re.sub(r"(?<![0-9]) | (?![0-9])", "", words)


def told_apart(labels: Iterable[str]) -> list[str]:
    """The same labels, with a number behind one that was there before."""
    seen: Counter[str] = Counter()
    apart = []
    for label in labels:
        seen[label] += 1
        apart.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return apart
