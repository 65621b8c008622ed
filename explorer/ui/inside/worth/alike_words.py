"""What is said of layers that are alike."""

from __future__ import annotations

import numpy as np

from explorer.labs.worth.cka import DRAWS, LEAST
from explorer.ui.inside.beside import LookedAt
from explorer.ui.markup import without_markup
from explorer.views.alike import Map, cka_text, interval_words

HOW_TO_READ = (
    "Points: CKA; upright lines: its 95 % interval; grey: where 95 % of the CKAs lie when the pictures of one side are "
    "shuffled. A white cross on the map: within that range, so no more alike than chance makes them."
)
NOT_SAID = (
    "What not to conclude: that two layers compute the same because their CKA is high, or that one of them can go. A "
    "few directions of large variance decide it, often those of a few unusual pictures: these make large blocks on the "
    "map that another seed does not have (Nguyen et al. 2022, [arXiv "
    "2202.07184](https://arxiv.org/abs/2202.07184)). Nor that layers do different things because it is low: moving "
    "some pictures far away in one direction lowers it, though the classes stay as separable (Davari et al. 2022, "
    "[arXiv 2210.16156](https://arxiv.org/abs/2210.16156)). The interval is for other pictures of this kind, not for "
    "another training; of layers that have nothing in common one cell in twenty has no cross."
)


def telling(found: Map, *, itself: bool) -> tuple[int, int]:
    """The cell that the heading is about: the largest step between neighbours, or the last layers of two networks."""
    columns, rows = found.alike.value.shape
    if not itself or columns < 2:
        return columns - 1, rows - 1
    steps = np.diagonal(found.alike.value, 1)
    at = int(np.nanargmin(steps)) if np.isfinite(steps).any() else 0
    return at, at + 1


def heading(found: Map, *, itself: bool) -> str:
    """The answer in one sentence."""
    value, names = found.alike.value, found.across.names
    if not np.isfinite(value).any():
        return "Nothing can be compared: the layers output the same for every picture, or values that are not finite"
    if itself:
        at, after = telling(found, itself=True)
        steps = np.diagonal(value, 1)
        if not np.isfinite(steps).any():
            return "Which layers are alike?"
        others = np.delete(steps, at)
        rest = (
            f"; other neighbours {cka_text(float(np.nanmean(others)))} on average" if np.isfinite(others).any() else ""
        )
        return f"The largest step is from {names[at]} to {names[after]}: CKA {cka_text(float(steps[at]))}{rest}"
    if names == found.up.names:
        own = np.diagonal(value)
        if not np.isfinite(own).any():
            return "Which layers of the two are alike?"
        most, least = int(np.nanargmax(own)), int(np.nanargmin(own))
        return (
            f"The same block in both networks: most alike at {names[most]}, CKA {cka_text(float(own[most]))}; "
            f"least at {names[least]}, {cka_text(float(own[least]))}"
        )
    last = value[-1]
    if not np.isfinite(last).any():
        return "Which layers of the two are alike?"
    best = int(np.nanargmax(last))
    return (
        f"{names[-1]} is most alike to {found.up.names[best]} of the other network: CKA {cka_text(float(last[best]))}"
    )


def cell(found: Map, across: int, up: int) -> str:
    """The picked cell in numbers."""
    alike = found.alike
    pair = f"**{found.across.names[across]}** and **{found.up.names[up]}**"
    value = alike.value[across, up]
    if not np.isfinite(value):
        return (
            f"{pair}: not defined, for one of them outputs the same for every picture, or values that are not finite."
        )
    ends = interval_words(alike.low[across, up], alike.high[across, up])
    chance = interval_words(alike.chance_low[across, up], alike.chance_high[across, up])
    same = " **That is no more than chance gives.**" if alike.by_chance[across, up] else ""
    return (
        f"{pair}: CKA **{cka_text(float(value))}**, 95 % interval {ends}. Pictures paired at random give "
        f"{chance}.{same}"
    )


def made_of(looked: tuple[LookedAt, ...], pictures: str, *, flattened: bool) -> str:
    """Of which weights and pictures, in which mode, and how it is worked out."""
    weights = " and ".join(f"{without_markup(one.ready.loaded.label)} ({without_markup(one.label)})" for one in looked)
    what = (
        "every value of the maps is a feature" if flattened else "features are the channels' means over the positions"
    )
    other = _other_kind(looked[0])
    return (
        f"Weights: {weights} · mode: eval · {pictures} · {what} · output of the stem and of every block. {other}"
        "Linear CKA with the unbiased estimator of HSIC ([Kornblith et al. 2019](https://arxiv.org/abs/1905.00414); "
        "[Song et al. 2012](https://jmlr.org/papers/v13/song12a.html)): 1 for the same up to rotation and scale, 0 on "
        f"average for independent ones, so that single values can be negative. Interval: {DRAWS} subsamples of three "
        f"quarters of the pictures, without replacement, the variance rescaled (delete-d jackknife). Below {LEAST} "
        "pictures nothing is shown."
    )


def _other_kind(one: LookedAt) -> str:
    known = one.ready.loaded.trained_on
    if known is None or known.kind != "photo":
        return ""
    return f"Trained on {known.words}: on other pictures the map can be another; add {LEAST} photographs, or a zip. "
