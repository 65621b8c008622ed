"""A set of one's own: every combination of the networks and settings that are chosen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.architecture.spec import ResNetSpec
from explorer.errors import ExplorerError, LabError
from explorer.labs.runs.runs import MAX_ACTIVE
from explorer.labs.training.config import CLASSES, ZIP, RunConfig
from explorer.ui import state, widgets, zip_upload
from explorer.ui.params import PARAMS
from explorer.ui.training.weights import class_names
from explorer.ui.widgets import bound

DATA = {
    "digits": "Digits, 8×8",
    "digits-0-4": "Digits 0 to 4",
    "digits-5-9": "Digits 5 to 9",
    "fashion-mnist": "Fashion-MNIST",
    "cifar10": "CIFAR-10",
}
_ZIP = "zip"
_KINDS = {"plain": "plain", "residual": "residual"}
_NORMS = {"batch": "batch", "instance": "instance", "group": "group", "none": "none"}
_SCHEDULES = {"constant": "constant", "steps": "steps: ÷10 at ½ and ¾", "cosine": "cosine, down to 0"}
OPTIMISERS = {"sgd": "SGD, momentum 0.9", "adam": "Adam", "adamw": "AdamW"}
_MEGABYTES = {"cifar10": 170, "fashion-mnist": 30}


def configs() -> tuple[RunConfig, ...]:
    """Draw the form.

    Returns:
        The runs that it stands for; none while something is wrong or missing, which is said.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="t_networks"):
        _several("t_kinds", "Kinds", _KINDS, help="Plain networks have no shortcuts.")
        _text(
            "t_depths", "Depths", help="Layers of each network, with commas between: 20, 56. With three stages 6n + 2."
        )
        _text("t_widths", "Widths", help="Channels of each stage, with commas between; as many stages as numbers.")
        _several("t_norms", "Norm", _NORMS, help="Behind every convolution.")
        if "residual" in state.get("t_kinds"):
            _several(
                "t_shortcuts",
                "Shortcut",
                {"A": "A", "B": "B", "C": "C"},
                help="Where shapes change: A pads with zeros, B projects; C projects everywhere.",
            )
        _number("t_seeds", "Seeds", 1, 10, help="Every network is trained with so many, from 0 on.")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="t_settings"):
        data = _data()
        widgets.choose("t_optimiser", "Optimiser", OPTIMISERS, help="With its usual constants.", width=190)
        _real("t_rate", "Learning rate", 1e-6, 100.0, help="At the start.")
        widgets.choose("t_schedule", "Schedule", _SCHEDULES, help="Of the learning rate.", width=190)
        _real("t_decay", "Weight decay", 0.0, 10.0, help="L2 penalty on every parameter.")
        _number("t_batch", "Batch", 1, 4096, help="Pictures in one step.")
        _number("t_epochs", "Epochs", 1, 1000, help="How often every picture is seen.")
    if data == _ZIP:
        zip_upload.upload("t", lambda name: state.update(t_data=name))
    zip_upload.notes("t")
    if data == _ZIP:
        return ()
    _say_missing(data)
    try:
        return combined(data)
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
    classes = CLASSES.get(data) or len(class_names(data) or ())
    if not classes:
        raise LabError("The zip that was chosen is no longer here: upload it again.")
    coloured = data == "cifar10" or data.startswith(ZIP)
    settings = {
        "data": data,
        "optimiser": state.get("t_optimiser"),
        "learning_rate": state.get("t_rate"),
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


def _data() -> str:
    current = state.get("t_data")
    options = {**DATA, _ZIP: "A zip of your pictures"}
    if current.startswith(ZIP):
        options = {current: "Your pictures", **options}
    st.selectbox(
        "Pictures",
        list(options),
        format_func=lambda name: options[name],
        help="A quarter of every class is held out and tested with, where the set has no test pictures of its own.",
        width=210,
        **bound("t_data", current, lambda name: state.update(t_data=name)),
    )
    return str(current)


def _say_missing(data: str) -> None:
    if data not in _MEGABYTES:
        return
    from explorer.labs.data.known_sets import is_there  # torchvision, for who asks for its sets

    if not is_there(data):
        st.warning(
            f"{DATA[data]} is not on this machine: the first run fetches its {_MEGABYTES[data]} MB where there is a "
            "network connection, and ends with a sentence where there is none. The digits are always here.",
            icon=":material/warning:",
        )


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


def _real(name: str, label: str, low: float, high: float, *, help: str) -> None:
    st.number_input(
        label, low, high, step=None, format="%g", help=help, width=130, **bound(name, state.get(name), _set(name))
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
