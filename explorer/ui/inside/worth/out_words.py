"""What is said of blocks taken out."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from explorer.labs.identity.endurance import LEARNED
from explorer.labs.worth.taken_out import DRAWS
from explorer.ui.inside.beside import distinct
from explorer.ui.inside.worth.out_measured import Singly, Subject
from explorer.ui.markup import without_markup
from explorer.views.numbers import percent, written
from explorer.views.taken_out import RandomLine

NOT_SAID = (
    "What this does not say: that a block which hardly matters here could have been left out from the start. The other "
    "blocks learned with it, and nothing is trained again. A network whose answers stay may still be less sure of "
    "them: see the change of the logits. And on few pictures a share is rough."
)


def plain_label(one: Subject, subjects: Sequence[Subject]) -> str:
    """What a network is called beside the others."""
    return distinct(one.network, [other.network for other in subjects])


def label(one: Subject, subjects: Sequence[Subject]) -> str:
    """The same as Markdown."""
    return without_markup(plain_label(one, subjects))


def named(subjects: Sequence[Subject]) -> str:
    """All of them."""
    return " and ".join(plain_label(one, subjects) for one in subjects)


def share(*, labelled: bool) -> str:
    """What the shares are."""
    return "accuracy" if labelled else "first answers that stay"


def each_heading(made: Singly, *, labelled: bool) -> str:
    """What one block is worth on average."""
    mean = percent(fmean(lesion.accuracy if labelled else lesion.stays for lesion in made.blocks))
    if labelled:
        return f"Without one block {mean} are classified correctly on average, instead of {percent(made.accuracy)}"
    return f"Without one block {mean} of the first answers stay, on average"


def extremes(one: Subject, made: Singly, subjects: Sequence[Subject], *, labelled: bool) -> str:
    """The blocks that matter most and least."""
    shares = {lesion.name: lesion.accuracy if labelled else lesion.stays for lesion in made.blocks}
    most, least = (best(shares, key=lambda name: shares[name]) for best in (min, max))
    moved = {lesion.name: lesion.moved for lesion in made.blocks}
    what = "are classified correctly" if labelled else "of the first answers stay"
    name = f"{label(one, subjects)}: " if len(subjects) > 1 else ""
    return (
        f"{name}{most} matters most: without it {percent(shares[most])} {what}, and the logits change by "
        f"{written(moved[most], 2)} × their standard deviation. {least} matters least: {percent(shares[least])}, "
        f"{written(moved[least], 2)} ×."
    )


def random_heading(line: RandomLine, floor: float) -> str:
    """How many blocks can go until half is lost."""
    if floor and line.shares[0] - floor < LEARNED:
        return f"With all blocks {percent(line.shares[0])} are classified correctly: it has hardly learned"
    half = floor + (line.shares[0] - floor) / 2
    what = "the accuracy above guessing" if floor else "the first answers"
    gone = next((count for count, left in zip(line.counts, line.shares, strict=True) if left < half), None)
    if gone is None:
        return f"More than half of {what} is left without all {line.blocks} blocks that keep the shape"
    return f"Half of {what} is lost when {gone} of {line.blocks} blocks are taken out at random"


def first_ones(line: RandomLine, *, alone: bool, labelled: bool) -> str:
    """The numbers at the beginning of a line."""
    name = "" if alone else f"{without_markup(line.label)}: "
    what = "are classified correctly" if labelled else "of the first answers stay"
    left = [
        f"{percent(share)} without {count}" for count, share in zip(line.counts[1:4], line.shares[1:4], strict=True)
    ]
    whole = f"{percent(line.shares[0])} {what} with all blocks, " if labelled else ""
    return f"{name}{whole}{', '.join(left)}{'' if labelled else f' {what}'}."


def staying(blocks: Sequence[str]) -> str:
    """The blocks that nothing leads around."""
    verb = "stays" if len(blocks) == 1 else "stay"
    return f"{' and '.join(blocks)} {verb}: nothing leads around a change of shape."


def made_of(subjects: Sequence[Subject], *, at_random: bool) -> str:
    """Of which weights and pictures, in which mode, and how it was measured."""
    weights = "; ".join(f"{label(one, subjects)}: {without_markup(one.network.ready.loaded.label)}" for one in subjects)
    first = subjects[0]
    return " ".join([f"{weights}.", _pictures(first), _labels(subjects), _how(at_random=at_random)])


def _pictures(one: Subject) -> str:
    some = f"{len(one.places):,} of the" if len(one.places) < one.of else "all"
    held_out = "pictures that networks of this set do not learn from" if one.seen.pictures.learned.any() else "pictures"
    return f"{without_markup(one.seen.pictures.title)}: {some} {one.of:,} {held_out}, eval mode."


def _labels(subjects: Sequence[Subject]) -> str:
    if all(one.labels is not None for one in subjects):
        return ""
    pictures = subjects[0].seen.pictures
    if pictures.labels is None:
        return "Nobody has said what these pictures show, so it is counted how many first answers stay."
    return "The classes of these pictures are not those of the network, so it is counted how many first answers stay."


def _how(*, at_random: bool) -> str:
    what = (
        f"Drawn are blocks that keep the shape, which a plain network can lose too; {DRAWS} sets of each number, or "
        "all where there are fewer, the same for all networks; bands: 95 % (Student's t over the sets)."
        if at_random
        else "Change of the logits: its mean size over the standard deviation of all logits of the whole network. "
        "Dotted: nothing taken out, and guessing."
    )
    return (
        f"Of a residual block the shortcut is left with what follows the addition; a plain block passes its input on. "
        f"Nothing is trained again. {what} [Veit et al. 2016](https://arxiv.org/abs/1605.06431)."
    )
