"""A set of one's own: every combination of the networks and settings that are chosen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.architecture.spec import ResNetSpec
from explorer.errors import ExplorerError, LabError
from explorer.labs.runs.runs import MAX_ACTIVE
from explorer.labs.training.config import CLASSES, INITIALISATION_TITLES, ZIP, RunConfig
from explorer.ui import state, widgets
from explorer.ui.params import MAX_MOMENTUM, PARAMS
from explorer.ui.training import pictures
from explorer.ui.widgets import bound

OPTIMISERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
SCHEDULES = {"constant": "constant", "steps": "steps: ÷10 at ½ and ¾", "cosine": "cosine, down to 0"}
_KINDS = {"plain": "plain", "residual": "residual"}
_NORMS = {"batch": "batch", "instance": "instance", "group": "group", "none": "none"}
_SHORTCUTS = {"A": "A", "B": "B", "C": "C"}


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
        st.warning(str(error), icon=":material/warning:")
        return ()


def combined(data: str) -> tuple[RunConfig, ...]:
    """Every combination of what is chosen.

    Args:
        data: as in a run's config.

    Raises:
        LabError: something is missing, or they are too many.
        SpecError: there is no such network.
    """
    depths, widths = _numbers("t_depths", "Depths"), _numbers("t_widths", "Widths")
    kinds, norms, shortcuts = state.get("t_kinds"), state.get("t_norms"), state.get("t_shortcuts")
    if not kinds or not norms or ("residual" in kinds and not shortcuts):
        raise LabError("Choose at least one kind, one norm and one shortcut.")
    chosen = [*(["none"] if "plain" in kinds else []), *(shortcuts if "residual" in kinds else [])]
    count = len(chosen) * len(depths) * len(norms) * state.get("t_seeds")
    if count > MAX_ACTIVE:
        raise LabError(f"These are {count:,} runs and {MAX_ACTIVE:,} are allowed at once: take fewer.")
    classes = CLASSES.get(data) or len(pictures.facts(data).classes)
    coloured = data == "cifar10" or data.startswith(ZIP)
    settings = {
        "data": data,
        "initialisation": state.get("t_initialisation"),
        "optimiser": state.get("t_optimiser"),
        "learning_rate": state.get("t_rate"),
        "momentum": state.get("t_momentum") if state.get("t_optimiser") == "sgd" else RunConfig.momentum,
        "schedule": state.get("t_schedule"),
        "weight_decay": state.get("t_decay"),
        "batch": state.get("t_batch"),
        "epochs": state.get("t_epochs"),
    }
    return tuple(
        RunConfig(
            spec=_network(depth, widths, shortcut, norm, channels=3 if coloured else 1, classes=classes),
            seed=seed,
            **settings,
        )
        for norm, shortcut, depth, seed in itertools.product(norms, chosen, depths, range(state.get("t_seeds")))
    )


def _network(
    depth: int, widths: tuple[int, ...], shortcut: str, norm: str, *, channels: int, classes: int
) -> ResNetSpec:
    """A network of the paper's CIFAR family: 2 layers a block, as many blocks in every stage."""
    a_round = 2 * len(widths)
    if depth < a_round + 2 or (depth - 2) % a_round:
        near = ", ".join(str(a_round * blocks + 2) for blocks in (1, 2, 3))
        raise LabError(f"With {len(widths)} stages there is no depth of {depth:,} layers; there are {near} and so on.")
    return ResNetSpec(
        block="basic",
        depths=((depth - 2) // a_round,) * len(widths),
        widths=widths,
        stem="cifar",
        shortcut=shortcut,  # type: ignore[arg-type]  # the parameter holds no other
        norm=norm,  # type: ignore[arg-type]  # likewise
        in_channels=channels,
        num_classes=classes,
    )


def _numbers(name: str, what: str) -> tuple[int, ...]:
    found = tuple(dict.fromkeys(int(part) for part in state.get(name).replace(",", " ").split()))
    if name == "t_widths":
        found = tuple(int(part) for part in state.get(name).replace(",", " ").split())
    if not found or max(found) > 4096 or min(found) < 1 or len(found) > 6:
        raise LabError(f"{what}: one to six whole numbers up to 4,096 with commas between.")
    return found


def _networks() -> None:
    _several("t_kinds", "Kinds", _KINDS, help="Plain networks have no shortcuts.")
    _text("t_depths", "Depths", help="Layers of each network, with commas between: 20, 56. With three stages 6n + 2.")
    _text("t_widths", "Widths", help="Channels of each stage, with commas between; as many stages as numbers.")
    _several("t_norms", "Norm", _NORMS, help="Behind every convolution.")
    if "residual" in state.get("t_kinds"):
        _several(
            "t_shortcuts",
            "Shortcut",
            _SHORTCUTS,
            help="Where shapes change: A pads with zeros, B projects; C projects everywhere.",
        )
    widgets.choose(
        "t_initialisation",
        "Initialisation",
        dict[str, str](INITIALISATION_TITLES.items()),
        help="How the weights of the convolutions are drawn before training.",
        width=190,
    )
    _number("t_seeds", "Seeds", 1, 10, help="Every network is trained with so many, from 0 on.")


def _settings() -> None:
    widgets.choose(
        "t_optimiser", "Optimiser", OPTIMISERS, help="Adam and AdamW have their usual 0.9 and 0.999.", width=120
    )
    _real("t_rate", "Learning rate", 1e-6, 100.0, help="At the start.")
    if state.get("t_optimiser") == "sgd":
        _real(
            "t_momentum", "Momentum", 0.0, MAX_MOMENTUM, step=0.1, help="Share of the last step that goes on; 0: none."
        )
    widgets.choose("t_schedule", "Schedule", SCHEDULES, help="Of the learning rate, over all steps.", width=190)
    _real("t_decay", "Weight decay", 0.0, 10.0, step=1e-4, help="L2 penalty on every parameter.")
    _number("t_batch", "Batch", 1, 4096, help="Pictures in one step.")
    _number("t_epochs", "Epochs", 1, 1000, help="How often every picture is seen.")


def _several(name: str, label: str, options: Mapping[str, str], *, help: str) -> None:
    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=lambda value: options[value],
        help=help,
        **bound(name, [*state.get(name)], _set(name, tuple)),
    )


def _text(name: str, label: str, *, help: str) -> None:
    st.text_input(label, help=help, width=130, max_chars=60, **bound(name, state.get(name), _set_numbers(name, label)))


def _number(name: str, label: str, low: int, high: int, *, help: str) -> None:
    st.number_input(label, low, high, step=1, help=help, width=120, **bound(name, state.get(name), _set(name)))


def _real(name: str, label: str, low: float, high: float, *, step: float = 0.01, help: str) -> None:
    st.number_input(
        label, low, high, step=step, format="%g", help=help, width=130, **bound(name, state.get(name), _set(name))
    )


def _set(name: str, convert: Callable[[Any], Any] = lambda value: value) -> Callable[[Any], None]:
    return lambda value: state.update(**{name: convert(value)})


def _set_numbers(name: str, label: str) -> Callable[[str], None]:
    def change(text: str) -> None:
        if set(text) <= set("0123456789, "):
            state.update(**{name: text or None})
        else:
            state.refuse(f"{label}: whole numbers with commas between, such as {PARAMS[name].default}.")

    return change
