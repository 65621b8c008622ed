"""What files are called that leave the app: after their network."""

import re

from explorer.architecture.families import Spec, known_of, title_of

_LONGEST = 60


def file_stem(spec: Spec) -> str:
    """The name of a network's files without what tells them apart: letters, digits and ``_``, as Python imports them.

    Args:
        spec: the network.

    Returns:
        ``resnet50`` for a network that has a name, else its title, ``resnet_50_10_classes``.
    """
    known = known_of(spec)
    return known.name if known else re.sub(r"[^a-z0-9]+", "_", title_of(spec).casefold()).strip("_")[:_LONGEST]
