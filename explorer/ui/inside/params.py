"""The parameters of the page Look inside that more than one of its parts has."""

from __future__ import annotations

from explorer.architecture.weights import RUN, RUN_ID
from explorer.ui.params.kinds import matching, one_of

AUTO, ADDED = "auto", "added"
NONE, UNTRAINED, CUT = "none", "untrained", "cut"
PART = one_of(
    "i_part",
    {
        "sees": "What it sees",
        "why": "Why this answer",
        "worth": "What a layer is worth",
        "likes": "What a channel likes",
        "landscape": "Landscape",
    },
    "Look at",
    "What is asked of the network.",
)
SET = matching(
    "i_set",
    r"auto|added|photos|clothes|digits|fashion-mnist|cifar10|zip|zip:[0-9a-f]{64}",
    "auto, digits, clothes, fashion-mnist, cifar10, photos, added or zip",
    "Pictures",
    "The pictures that the network is looked at with.",
    default=AUTO,
)
BESIDE = matching(
    "i_beside",
    rf"auto|none|untrained|cut|{RUN}{RUN_ID}@[0-9]{{1,5}}",
    f"auto, none, untrained, cut, or {RUN}, the id of a run, @ and an epoch, such as {RUN}plain_56@5",
    "Beside it",
    "A second network on the same pictures: the same one with random weights or without its shortcuts, or an epoch of "
    "a kept run.",
    default=AUTO,
)
