"""Which checkpoint the shown one is held against: of its file, an example, published, of a run, or a second file."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.architecture.examples import EXAMPLES, IMAGENET_PICTURES
from explorer.architecture.families import Spec
from explorer.architecture.hub import is_here, place_of
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.torchvision_list import CLASSES, TorchvisionSpec
from explorer.architecture.weights import RUN
from explorer.errors import WeightsError
from explorer.model.checkpoint.against import check_one_network
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.finding import Match
from explorer.model.checkpoint.identify import identify
from explorer.model.download import is_whole
from explorer.model.published import hash_in_name, publication, published_weights
from explorer.ui import cached, state, widgets
from explorer.ui.checkpoint.params import AGAINST, OPENED
from explorer.ui.checkpoint.source import Opened, choose_epoch, drop_zone, forget, kept, last_read, run_and_epoch
from explorer.ui.runs.kept import names, openable

_SECOND = "second"
_HERE, _FILE, _NONE = "here-", "file", ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Other:
    """The second checkpoint.

    Attributes:
        match: its network and weights.
        opened: where they are from.
        name: for people; any text at all.
    """

    match: Match
    opened: Opened
    name: str


def choose_other(match: Match, opened: Opened) -> Other | None:
    """Draw the choice.

    Args:
        match: the network that is shown.
        opened: the file that it is in.

    Returns:
        The second checkpoint; None while there is none.

    Raises:
        ExplorerError: when it cannot be had, or is of another network.
    """
    second = last_read(_SECOND)
    asked = state.get(AGAINST) or (_FILE if second else _NONE)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_other"):
        run_id, _ = run_and_epoch(asked)
        shown = f"{RUN}{run_id}" if run_id else asked
        words = _words(match, opened, second)
        words.setdefault(shown, f"as in the link: {shown}")  # it can ask for what is not offered
        widgets.choose(AGAINST, words, shown=shown, changed=_choose, width=320)
        choose_epoch(AGAINST, "against_epoch", _choose)
        with st.container(width=280, key="second_file"):
            drop_zone(
                "Or drop a second file",
                _SECOND,
                then=lambda: _choose(_FILE),
                help="A checkpoint of the same network, as torch.save or safetensors wrote it.",
            )
    if asked == _NONE:
        return None
    if asked.startswith(_HERE):
        return _of_same_file(opened, int(asked.removeprefix(_HERE)))
    found = second if asked == _FILE else _opened(asked, match.spec)
    assert found is not None, "a second file is asked for only while there is one"
    return Other(match=_same_network(match, found), opened=found, name=found.contents.name)


def _words(match: Match, opened: Opened, second: Opened | None) -> dict[str, str]:
    """All that can be chosen, with its words."""
    words = {_NONE: "none"}
    if second is not None:
        words[_FILE] = second.contents.name
    for number, one in enumerate(opened.finding.candidates, 1):
        if one is not match and _is_one_network(match.spec, one.spec):
            words[f"{_HERE}{number}"] = f"in the same file: {one.where or one.title}"
    examples = [name for name, one in EXAMPLES.items() if one.fits(match.spec) and name != state.get(OPENED)]
    words |= {name: f"trained example: {name}" for name in examples}
    there = [weights for weights in published_weights(_of_imagenet(match.spec)) if is_here(weights)]
    words |= {weights.tag: f"published: {weights.title}" for weights in there}
    runs = [run for run in openable().values() if _is_one_network(match.spec, run.config.spec)]
    return words | {f"{RUN}{run_id}": f"kept run: {name}" for run_id, name in names(runs).items()}


def _choose(asked: str) -> None:
    if asked == _NONE:
        forget(_SECOND)
    state.update({AGAINST: None if asked == _FILE else asked or None})


def _of_same_file(opened: Opened, number: int) -> Other:
    candidates = opened.finding.candidates
    if not 0 < number <= len(candidates):
        raise WeightsError(f"The file holds {len(candidates)} networks to choose from, and no number {number}.")
    one = candidates[number - 1]
    return Other(match=one, opened=opened, name=one.where or one.title)


def _opened(asked: str, spec: Spec) -> Opened:
    """A checkpoint that a link can name.

    Raises:
        ExplorerError: when it is not here.
    """
    if asked in EXAMPLES or asked.startswith(RUN):
        return kept(asked)
    which = publication(_of_imagenet(spec), asked)
    path = place_of(which.weights)
    if not is_whole(path, hash_in_name(which.weights)):
        raise WeightsError(
            f"The published weights of {which.network} are not on this disk, or damaged: fetch them first."
        )

    def make() -> Opened:
        contents = read_contents(path)
        return Opened(
            contents=contents,
            finding=identify(contents),
            preprocess=which.preprocess,
            trained_on=IMAGENET_PICTURES,
        )

    return cached.result(("checkpoint", str(path)), make, lambda made: made.contents.byte_count)


def _same_network(match: Match, other: Opened) -> Match:
    """The network in a second checkpoint that the first can be held against.

    Raises:
        WeightsError: when there is none.
    """
    finding = other.finding
    if not finding.matches:
        raise WeightsError(finding.refused or f"{finding.name} holds no network that is known here.")
    fitting = (one for one in finding.matches if _is_one_network(match.spec, one.spec))
    found = next(fitting, finding.matches[0])
    check_one_network(match.spec, found.spec)
    return found


def _of_imagenet(spec: Spec) -> Spec:
    """The same network with ImageNet's classes: behind transfer learning it has others than the published one."""
    match spec:
        case ResNetSpec():
            return spec.replace(num_classes=CLASSES, added_classes=0)
        case TorchvisionSpec():
            return spec.replace(num_classes=CLASSES)
    return spec


def _is_one_network(one: Spec, other: Spec) -> bool:
    try:
        check_one_network(one, other)
    except WeightsError:
        return False
    return True
