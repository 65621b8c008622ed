"""A set of one's own: every combination of the networks and settings that are chosen."""

from __future__ import annotations

import itertools

import streamlit as st

from explorer.architecture.block_spec import Norm
from explorer.architecture.spec import ResNetSpec, Shortcut
from explorer.errors import ExplorerError, LabError
from explorer.labs.data.sets import is_coloured
from explorer.labs.runs.runs import MAX_ACTIVE
from explorer.labs.training.config import RunConfig
from explorer.labs.training.sets import digit_net
from explorer.ui import state, widgets
from explorer.ui.params.kinds import Param
from explorer.ui.runs import pictures
from explorer.ui.shell import warn
from explorer.ui.training.params import (
    BATCH,
    DECAY,
    DEPTHS,
    EPOCHS,
    INITIALISATION,
    KINDS,
    MOMENTUM,
    NORMS,
    OPTIMISER,
    RATE,
    SCHEDULE,
    SEEDS,
    SHORTCUTS,
    WIDTHS,
)

MOST = 4096  # layers of a network and channels of a stage


def configs() -> tuple[RunConfig, ...]:
    """Draw the form.

    Returns:
        The runs that it stands for; none while something is wrong or missing, which is said.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="t_networks"):
        _networks()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="t_settings"):
        data = pictures.choose()
        _settings()
    try:
        pictures.below(data)
        return combined(data) if data else ()
    except ExplorerError as error:
        warn(str(error))
        return ()


def combined(data: str) -> tuple[RunConfig, ...]:
    """Every combination of what is chosen.

    Args:
        data: as in a run's config.

    Raises:
        LabError: something is missing, or they are too many.
        SpecError: there is no such network.
    """
    depths, widths = _numbers(DEPTHS, once=True), _numbers(WIDTHS)
    kinds, norms, shortcuts = state.get(KINDS), state.get(NORMS), state.get(SHORTCUTS)
    if not kinds or not norms or ("residual" in kinds and not shortcuts):
        raise LabError("Choose at least one kind, one norm and one shortcut.")
    plain: tuple[Shortcut, ...] = ("none",) if "plain" in kinds else ()
    chosen = (*plain, *(shortcuts if "residual" in kinds else ()))
    count = len(chosen) * len(depths) * len(norms) * state.get(SEEDS)
    if count > MAX_ACTIVE:
        raise LabError(f"These are {count:,} runs and {MAX_ACTIVE:,} are allowed at once: take fewer.")
    return tuple(
        RunConfig(
            spec=_network(
                depth,
                widths,
                shortcut,
                norm,
                channels=3 if is_coloured(data) else 1,
                classes=pictures.class_count(data),
            ),
            seed=seed,
            data=data,
            initialisation=state.get(INITIALISATION),
            optimiser=state.get(OPTIMISER),
            learning_rate=state.get(RATE),
            momentum=state.get(MOMENTUM) if state.get(OPTIMISER) == "sgd" else RunConfig.momentum,
            schedule=state.get(SCHEDULE),
            weight_decay=state.get(DECAY),
            batch=state.get(BATCH),
            epochs=state.get(EPOCHS),
        )
        for norm, shortcut, depth, seed in itertools.product(norms, chosen, depths, range(state.get(SEEDS)))
    )


def _network(
    depth: int, widths: tuple[int, ...], shortcut: Shortcut, norm: Norm, *, channels: int, classes: int
) -> ResNetSpec:
    """A network of the paper's CIFAR family: 2 layers a block, as many blocks in every stage."""
    a_round = 2 * len(widths)
    if depth < a_round + 2 or (depth - 2) % a_round:
        near = ", ".join(str(a_round * blocks + 2) for blocks in (1, 2, 3))
        raise LabError(f"With {len(widths)} stages there is no depth of {depth:,} layers; there are {near} and so on.")
    return digit_net(depth, shortcut, norm=norm, widths=widths).replace(in_channels=channels, num_classes=classes)


def _numbers(param: Param[str], *, once: bool = False) -> tuple[int, ...]:
    """The numbers of a text; with ``once`` each of them once."""
    found = tuple(int(part) for part in state.get(param).replace(",", " ").split())
    found = tuple(dict.fromkeys(found)) if once else found
    if not found or max(found) > MOST or min(found) < 1 or len(found) > 6:
        raise LabError(f"{param.label}: one to six whole numbers up to {MOST:,} with commas between.")
    return found


def _networks() -> None:
    widgets.several(KINDS)
    _text(DEPTHS)
    _text(WIDTHS)
    widgets.several(NORMS)
    if "residual" in state.get(KINDS):
        widgets.several(SHORTCUTS)
    widgets.choose(INITIALISATION, width=190)
    widgets.number(SEEDS, width=120)


def _settings() -> None:
    widgets.choose(OPTIMISER, width=120)
    widgets.number(RATE, width=130)
    if state.get(OPTIMISER) == "sgd":
        widgets.number(MOMENTUM, width=130)
    widgets.choose(SCHEDULE, width=190)
    widgets.number(DECAY, width=130)
    widgets.number(BATCH, width=120)
    widgets.number(EPOCHS, width=120)


def _text(param: Param[str]) -> None:
    def change(text: str) -> None:
        if set(text) <= set("0123456789, "):
            state.update({param: text or None})
        else:
            state.refuse(f"{param.label}: whole numbers with commas between, such as {param.default}.")

    widgets.text(param, changed=change, max_chars=60, width=130)
