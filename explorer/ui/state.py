"""The one reader and writer of what was chosen: the URL is the truth, one choice is one step of Back.

The URL is read once a run, before any widget, and only when it differs from what was last written; all parameters are
checked and what is wrong is said. A widget shows what stands here and its callback calls ``update``, which writes all
parameters at once.
"""

from typing import Any

import streamlit as st

from explorer.architecture.codec import PARAMETERS, from_params, to_params
from explorer.architecture.families import Spec, usual_size
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec
from explorer.errors import ExplorerError, SpecError
from explorer.ui.cached import plan_of
from explorer.ui.params import FILE, PARAMS
from explorer.views.selection import subject

MAX_BLOCKS = 2000
MAX_CHANNELS = 65_536
MAX_CLASSES = 1_000_000

_SPEC, _VALUES, _WRITTEN, _PROBLEMS, _PAGE = "_spec", "_values", "_written", "_problems", "_page"
_FILE, _FAILED = "_checkpoint", "_failed_weights"


def read(page: str) -> None:
    """Take over the URL when it is not the one that was last written.

    Args:
        page: the ``url_path`` of the page that is shown.
    """
    st.session_state[_PAGE] = page
    query = st.query_params.to_dict()
    if st.session_state.get(_WRITTEN) == query:
        return
    st.session_state[_WRITTEN] = query
    problems: list[str] = []
    st.session_state[_SPEC] = _read_spec(query, problems)
    st.session_state[_VALUES] = _read_values(query, problems)
    _check_row(problems)
    st.session_state[_PROBLEMS] = problems


def page() -> str:
    """The ``url_path`` of the page that is shown."""
    return st.session_state[_PAGE]


def spec() -> Spec:
    """The network that is chosen, of whatever family."""
    return st.session_state[_SPEC]


def get(name: str) -> Any:
    """The value of a parameter of ``params.PARAMS``."""
    return st.session_state[_VALUES].get(name, _default(name, spec()))


def plan() -> Plan:
    """The plan of the chosen network at the chosen input size.

    Raises:
        InputSizeError: when a norm of the network cannot take the size.
    """
    return plan_of(spec(), get("size"))


def problems() -> list[str]:
    """What was wrong with the link or the last choice, one sentence each."""
    return st.session_state.get(_PROBLEMS, [])


def update(**changes: Any) -> None:
    """Change parameters and write the URL, as one step of Back. To be called from a widget's callback.

    Args:
        **changes: values by parameter; None sets one back to its default.
    """
    _take(changes)
    _write()


def follow(query: dict[str, str]) -> None:
    """Take over a link into the page that is shown, as one step of Back. To be called from a widget's callback.

    Args:
        query: from ``link``.
    """
    st.query_params.from_dict(query)


def _take(changes: dict[str, Any]) -> None:
    """Take over values without writing the URL."""
    values = dict(st.session_state[_VALUES])
    for name, value in changes.items():
        if value is None or value == _default(name, spec()):
            values.pop(name, None)
        else:
            values[name] = value
    st.session_state[_VALUES] = values
    st.session_state[_PROBLEMS] = []


def set_spec(chosen: Spec, **changes: Any) -> None:
    """Choose a network; what does not exist in it is let go. To be called from a widget's callback."""
    refused = _out_of_bounds(chosen)
    if refused:
        refuse(*refused)
        return
    st.session_state[_SPEC] = chosen
    if not get("weights").startswith(("random", "fresh")):
        changes.setdefault("weights", None)  # those weights were the other network's
    if not isinstance(chosen, StarGANSpec):
        changes.setdefault("domains", None)
    elif get("domains") and max(get("domains")) > chosen.c_dim:
        changes.setdefault("domains", tuple(number for number in get("domains") if number <= chosen.c_dim) or None)
    _take(changes)
    if get("row") and not _row_exists():
        _take({"row": None, "channel": None})
    _write()


def refuse(*sentences: str) -> None:
    """Say what was wrong with a choice; everything stays as it was."""
    st.session_state[_PROBLEMS] = list(sentences)


def checkpoint() -> Any:
    """The weights file that this session has read (a ``Checkpoint``), or None."""
    return st.session_state.get(_FILE)


def keep_checkpoint(read_file: Any) -> None:
    """Keep the weights file that this session has read; only its tensors, not its bytes."""
    st.session_state[_FILE] = read_file


def failure(weights: str) -> str | None:
    """Why these weights could not be had for this network when they were last tried, or None."""
    return st.session_state.get(_FAILED, {}).get((spec(), weights))


def remember_failure(weights: str, sentence: str) -> None:
    """Do not try these weights again on every run; choosing them anew tries again."""
    st.session_state.setdefault(_FAILED, {})[spec(), weights] = sentence


def forget_failures() -> None:
    """Try all weights again."""
    st.session_state.pop(_FAILED, None)


def link(page: str, **changes: Any) -> dict[str, str]:
    """The URL parameters that open a page in the present state, with some changes.

    Args:
        page: the ``url_path`` of the page; switches of other pages are left out.
        **changes: ``spec`` for another network, and values by parameter.
    """
    chosen = changes.pop("spec", spec())
    values = {**st.session_state[_VALUES], **changes}
    if chosen != spec() and "row" not in changes:
        values.pop("row", None)
        values.pop("channel", None)
    kept = {
        name: PARAMS[name].write(value)
        for name, value in values.items()
        if value is not None and value != _default(name, chosen) and PARAMS[name].page in ("", page)
    }
    return {**to_params(chosen), **kept}


def _default(name: str, chosen: Spec) -> Any:
    """A parameter's value when the URL does not say; the input size is the one the network was made for."""
    return usual_size(chosen) if name == "size" else PARAMS[name].default


def _write() -> None:
    query = link(st.session_state[_PAGE])
    st.session_state[_WRITTEN] = query
    st.query_params.from_dict(query)


def _read_spec(query: dict[str, str], problems: list[str]) -> Spec:
    try:
        chosen = from_params(query)
    except SpecError as error:
        problems.append(f"The link describes no network: {error} ResNet-50 is shown instead.")
        return ResNetSpec()
    refused = _out_of_bounds(chosen)
    problems.extend(refused)
    return ResNetSpec() if refused else chosen


def _read_values(query: dict[str, str], problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    unknown = []
    for name, text in query.items():
        if name in PARAMETERS:
            continue
        if name not in PARAMS:
            unknown.append(name)
            continue
        try:
            value = PARAMS[name].parse(text)
        except ValueError:
            problems.append(f"The link's {name} is {text[:40]!r}; it must be {PARAMS[name].expected}. It was left out.")
        else:
            if value != _default(name, spec()):
                values[name] = value
    if unknown:
        names = ", ".join(name[:40] for name in unknown)
        problems.append(f"The link has parameters that do not exist here and were left out: {names}.")
    if values.get("weights") == FILE and checkpoint() is None:
        del values["weights"]
        problems.append(
            "The link was made with an uploaded weights file, which a link cannot carry; random weights are shown. "
            "Upload the file again under More options."
        )
    return values


def _check_row(problems: list[str]) -> None:
    row = get("row")
    if row and not _row_exists():
        values = dict(st.session_state[_VALUES])
        values.pop("row")
        values.pop("channel", None)
        st.session_state[_VALUES] = values
        problems.append(f"The link's row {row[:40]!r} is no layer or block of this network. It was left out.")


def _row_exists() -> bool:
    try:
        return subject(plan(), get("row")) is not None
    except ExplorerError:
        return False


def _out_of_bounds(chosen: Spec) -> list[str]:
    """What the library can describe but a shared server should not draw."""
    if not isinstance(chosen, ResNetSpec):
        return []
    sentences = []
    if sum(chosen.depths) > MAX_BLOCKS:
        sentences.append(f"The network has {sum(chosen.depths):,} blocks; at most {MAX_BLOCKS:,} are shown here.")
    widest = max(max(chosen.widths) * chosen.expansion, max(map(chosen.inner_width, chosen.widths)), chosen.in_channels)
    if widest > MAX_CHANNELS:
        sentences.append(f"The network has up to {widest:,} channels; at most {MAX_CHANNELS:,} are shown here.")
    if chosen.num_classes > MAX_CLASSES:
        sentences.append(f"The network has {chosen.num_classes:,} classes; at most {MAX_CLASSES:,} are shown here.")
    return sentences
