"""The output stride that weights were trained with, which they do not show: it is asked, and never guessed."""

from __future__ import annotations

from dataclasses import replace

from explorer.architecture.families import Spec
from explorer.architecture.spec import ResNetSpec
from explorer.model.checkpoint.finding import Match
from explorer.model.checkpoint.unseen import assumed
from explorer.ui import state, widgets
from explorer.ui.checkpoint.params import STRIDE

_WIDTH = 280


def as_trained(match: Match) -> Match:
    """The network that a file was found to be of, with the output stride that a person says.

    A model that was pickled whole says it itself; that stays.
    """
    chosen = state.get(STRIDE)
    if chosen == STRIDE.default or chosen not in _options(match.spec):
        return match
    assert isinstance(match.spec, ResNetSpec)
    spec = match.spec.replace(output_stride=int(chosen))
    return replace(match, spec=spec, assumed=assumed(spec))


def ask_stride(match: Match) -> None:
    """Ask for it, where the network could have another than its own and the file does not say which.

    Args:
        match: from ``as_trained``.
    """
    options = _options(match.spec)
    if options and state.get(STRIDE) == str(getattr(match.spec, "output_stride", "")):
        widgets.choose(STRIDE, options, width=_WIDTH)


def _options(spec: Spec) -> dict[str, str]:
    """Output strides with which the network has the same parameters; none where there is nothing to choose."""
    if not isinstance(spec, ResNetSpec):
        return {}
    options = {
        value: words
        for value, words in STRIDE.words.items()
        if value == STRIDE.default
        or (int(value) < spec.own_stride and _shortcuts(spec.replace(output_stride=int(value))) == _shortcuts(spec))
    }
    return options if len(options) > 1 else {}


def _shortcuts(spec: ResNetSpec) -> list[str]:
    return [block.shortcut for block in spec.blocks().values()]
