"""The one reader and writer of what was chosen: the URL is the truth, one choice is one step of Back.

The URL is read once a run, before any widget, and only when it differs from what was last written; all parameters are
checked and what is wrong is said. A widget shows what stands here and its callback calls ``update``, which writes all
parameters at once.

Weights that stand among the values were chosen, with a network or by the address of a certain one. While none do, a
page that shows weights chooses for the visitor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import streamlit as st

from explorer.architecture.codec import PARAMETERS, from_params, to_params
from explorer.architecture.examples import IMAGENET_PICTURES, TrainedOn
from explorer.architecture.families import Spec, family_of, title_of, usual_size
from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.weights import GIVEN
from explorer.errors import ExplorerError, SpecError
from explorer.ui import old_addresses
from explorer.ui.cached import plan_of
from explorer.ui.known_weights import first_choice, size_for, trained_on, weights_for
from explorer.ui.page import Page
from explorer.ui.params.kinds import Param
from explorer.ui.params.shared import (
    CHANNEL,
    DOMAINS,
    FILE,
    GIVEN_INPUT,
    OF_A_NETWORK,
    OWN,
    ROW,
    SAMPLE,
    SIZE,
    WEIGHTS,
)
from explorer.views.selection import subject

if TYPE_CHECKING:
    from explorer.model.checkpoint.own_weights import OwnWeights

T = TypeVar("T")
Changes = Mapping[Param[Any], Any]
"""Values by parameter; None sets one back to its default."""

_SPEC, _VALUES, _WRITTEN, _PROBLEMS = "_spec", "_values", "_written", "_problems"
_PAGE, _PAGES = "_page", "_pages"
_OWN, _FAILED = "_own_weights", "_failed_weights"


def read(page: str, pages: Mapping[str, Page]) -> None:
    """Take over the URL when it is not the one that was last written.

    Args:
        page: the path of the page that is shown.
        pages: all pages by their paths.
    """
    is_opened = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE], st.session_state[_PAGES] = page, pages
    query = st.query_params.to_dict()
    today = query
    if st.session_state.get(_WRITTEN) != query:
        today = old_addresses.as_today(query)
        _take_over(today)
    takes_up = is_opened and _take_up(pages[page], today)
    chooses = pages[page].needs_weights() and not has_weights()
    if chooses:
        chosen, weights = first_choice()
        st.session_state[_SPEC] = chosen
        st.session_state[_VALUES] = {**st.session_state[_VALUES], WEIGHTS.name: weights}
    st.session_state[_WRITTEN] = link(page) if chooses or takes_up or today != query else query


def _take_up(page: Page, query: dict[str, str]) -> bool:
    """Let a page go on with what it had, where an address says nothing of it; whether it had anything."""
    if any(param.name in query for param in page.taken_up_unless or page.parameters):
        return False
    taken_up = {param.name: value for param, value in page.taken_up().items()}
    st.session_state[_VALUES] = {**st.session_state[_VALUES], **taken_up}
    return bool(taken_up)


def _take_over(query: dict[str, str]) -> None:
    """Take over an address, and keep the sentences on what is wrong with it."""
    problems: list[str] = []
    st.session_state[_SPEC] = _read_spec(query, problems)
    st.session_state[_VALUES] = _read_values(query, problems)
    _check_row(problems)
    st.session_state[_PROBLEMS] = problems


def show_choice() -> None:
    """Put the address that was made of the opened one in its place, without a step of Back.

    Streamlit adds a step for every new address, unless the browser stands there already. So the browser goes there
    first, and ``write_choice`` at the end of the run tells Streamlit.
    """
    if st.query_params.to_dict() != st.session_state[_WRITTEN]:
        query = urlencode(st.session_state[_WRITTEN])
        st.html(
            f"<script>history.replaceState({{}}, '', location.pathname + '?{query}')</script>",
            unsafe_allow_javascript=True,
        )


def write_choice() -> None:
    """Tell Streamlit what ``show_choice`` has shown."""
    if st.query_params.to_dict() != st.session_state[_WRITTEN]:
        st.query_params.from_dict(st.session_state[_WRITTEN])


def page() -> str:
    """The path of the page that is shown."""
    return st.session_state[_PAGE]


def spec() -> Spec:
    """The network that is chosen, of whatever family."""
    return st.session_state[_SPEC]


def get(param: Param[T]) -> T:
    """The value of a parameter."""
    values = st.session_state[_VALUES]
    value: T = values[param.name] if param.name in values else _default(param, page(), spec(), values)
    return value


def has_weights() -> bool:
    """Whether weights were chosen, with a network or by the address of a certain one."""
    return WEIGHTS.name in st.session_state[_VALUES]


def plan() -> Plan:
    """The plan of the chosen network at the chosen input size.

    Raises:
        InputSizeError: when a norm of the network cannot take the size.
    """
    return plan_of(spec(), get(SIZE))


def problems() -> list[str]:
    """What was wrong with the link or the last choice, one sentence each."""
    return st.session_state.get(_PROBLEMS, [])


def update(changes: Changes) -> None:
    """Change parameters and write the URL, as one step of Back. To be called from a widget's callback."""
    _take(changes)
    _write()


def follow(query: dict[str, str]) -> None:
    """Take over a link into the page that is shown, as one step of Back. To be called from a widget's callback.

    Args:
        query: from ``link``.
    """
    st.query_params.from_dict(query)


def _take(changes: Changes) -> None:
    """Take over values without writing the URL."""
    values = _changed(changes)
    let_go = [
        param.name
        for param in changes
        if values[param.name] is None
        or (param is not WEIGHTS and values[param.name] == _default(param, page(), spec(), values))
    ]
    st.session_state[_VALUES] = {name: value for name, value in values.items() if name not in let_go}
    st.session_state[_PROBLEMS] = []


def _changed(changes: Changes) -> dict[str, Any]:
    """All values with some changes; a sample picture goes where the weights that come were trained on another kind."""
    before = st.session_state[_VALUES]
    values = {**before, **{param.name: value for param, value in changes.items()}}
    is_kept = SAMPLE in changes or values.get(SAMPLE.name, OWN) == OWN
    if not is_kept and suited(_weights(values)).kind != suited(_weights(before)).kind:
        del values[SAMPLE.name]
    return values


def set_spec(chosen: Spec, changes: Changes | None = None) -> None:
    """Choose a network; what does not exist in it is let go. To be called from a widget's callback."""
    refused = family_of(chosen).too_large
    if refused:
        refuse(*refused)
        return
    coming = _coming_with(chosen)
    st.session_state[_SPEC] = chosen
    there = len(family_of(chosen).domains)
    domains = tuple(number for number in get(DOMAINS) if number <= there) or None
    _take({**coming, DOMAINS: domains, **(changes or {})})
    if get(ROW) and not _row_exists():
        _take({ROW: None, CHANNEL: None})
    _write()


def _coming_with(chosen: Spec) -> Changes:
    """What another network brings: its weights, and its input size where the one before was made for another."""
    coming: dict[Param[Any], Any] = {WEIGHTS: weights_for(chosen, get(WEIGHTS))}
    return coming if usual_size(chosen) == usual_size(spec()) else {**coming, SIZE: None}


def refuse(*sentences: str) -> None:
    """Say what was wrong with a choice; everything stays as it was."""
    st.session_state[_PROBLEMS] = list(sentences)


def own_weights() -> OwnWeights | None:
    """The weights of the file that this session has read."""
    own: OwnWeights | None = st.session_state.get(_OWN)
    return own


def keep_own_weights(read: OwnWeights) -> None:
    """Keep the weights of the file that this session has read; only its tensors, not its bytes."""
    st.session_state[_OWN] = read


def suited(weights: str) -> TrainedOn:
    """What some weights, as in a link, are shown first: pictures as they learned from; photographs where none is known.

    Args:
        weights: as in a link.
    """
    own = own_weights() if weights == FILE else None
    known = own.trained_on if own is not None else trained_on(weights)
    return known if known and known.kind else IMAGENET_PICTURES


def failure(weights: str) -> str | None:
    """Why these weights could not be had for this network when they were last tried, or None."""
    return st.session_state.get(_FAILED, {}).get((spec(), weights))


def remember_failure(weights: str, sentence: str) -> None:
    """Do not try these weights again on every run; choosing them anew tries again."""
    st.session_state.setdefault(_FAILED, {})[spec(), weights] = sentence


def forget_failures() -> None:
    """Try all weights again."""
    st.session_state.pop(_FAILED, None)


def link(page: str, changes: Changes | None = None, *, spec: Spec | None = None) -> dict[str, str]:
    """The URL parameters that open a page in the present state, with some changes.

    Args:
        page: the path of the page; switches of other pages are left out.
        changes: values by parameter.
        spec: another network.
    """
    now: Spec = st.session_state[_SPEC]
    chosen = now if spec is None else spec
    changes = changes or {}
    if spec is not None:
        changes = {**({WEIGHTS: get(WEIGHTS)} if spec == now else _coming_with(spec)), **changes}
    values = _changed(changes)
    if chosen != now and ROW not in changes:
        values.pop(ROW.name, None)
        values.pop(CHANNEL.name, None)
    kept = {
        param.name: param.write(values[param.name])
        for param in _pages()[page].known.values()
        if values.get(param.name) is not None and values[param.name] != _default(param, page, chosen, values)
    }
    query = {**to_params(chosen), **kept}
    if values.get(WEIGHTS.name) and not _is_of_a_network(query):
        query[WEIGHTS.name] = _weights(values)  # they were chosen, and a page would choose others
    return query


def _pages() -> Mapping[str, Page]:
    pages: Mapping[str, Page] = st.session_state[_PAGES]
    return pages


def _default(param: Param[Any], page: str, chosen: Spec, values: Mapping[str, Any]) -> Any:
    """A parameter's value when the URL does not say; size and picture are those that suit network and weights."""
    if param is SIZE:
        return size_for(_pages()[page].sized_for(values, chosen), _weights(values))
    if isinstance(chosen, OwnSpec) and param is WEIGHTS:
        return GIVEN
    if isinstance(chosen, OwnSpec) and param is SAMPLE and _pages()[page].takes_given:
        return GIVEN_INPUT
    return suited(_weights(values)).sample if param is SAMPLE else param.default


def _weights(values: Mapping[str, Any]) -> str:
    weights: str = values.get(WEIGHTS.name) or WEIGHTS.default
    return weights


def _is_of_a_network(query: Mapping[str, str]) -> bool:
    """Whether an address names a network or weights, or anything that belongs to a certain one."""
    belonging = (*OF_A_NETWORK, *(param for page in _pages().values() for param in page.of_a_network))
    return not {*PARAMETERS, *(param.name for param in belonging)}.isdisjoint(query)


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
    refused = family_of(chosen).too_large
    problems.extend(refused)
    return ResNetSpec() if refused else chosen


def _read_values(query: dict[str, str], problems: list[str]) -> dict[str, Any]:
    known = {name: param for page in _pages().values() for name, param in page.known.items()}
    values: dict[str, Any] = {WEIGHTS.name: WEIGHTS.default} if _is_of_a_network(query) else {}
    unknown = []
    for name, text in query.items():
        if name in PARAMETERS:
            continue
        if name not in known:
            unknown.append(name)
            continue
        try:
            value = known[name].parse(text)
        except ValueError:
            problems.append(f"The link's {name} is {text[:40]!r}; it must be {known[name].expected}. It was left out.")
        else:
            values[name] = value
    _settle_given(values, problems)
    values = {
        name: value
        for name, value in values.items()
        if name == WEIGHTS.name or value != _default(known[name], page(), spec(), values)
    }
    if unknown:
        names = ", ".join(name[:40] for name in unknown)
        problems.append(f"The link has parameters that do not exist here and were left out: {names}.")
    if values.get(WEIGHTS.name) == FILE and own_weights() is None:
        values[WEIGHTS.name] = WEIGHTS.default
        problems.append(
            "The link was made with an uploaded weights file, which a link cannot carry; random weights are shown. "
            "Drop the file again on the page Checkpoint."
        )
    return values


def _settle_given(values: dict[str, Any], problems: list[str]) -> None:
    """The weights of a network that this process was given are its own, and nobody else's."""
    asked, is_own = values.get(WEIGHTS.name), isinstance(spec(), OwnSpec)
    if is_own:
        values[WEIGHTS.name] = GIVEN
        if asked not in (GIVEN, WEIGHTS.default):
            problems.append(f"{title_of(spec())} has the weights that it was given with; the link's were left out.")
    elif asked == GIVEN:
        values[WEIGHTS.name] = WEIGHTS.default
        problems.append("The link asks for the weights of a network that was given; random ones are shown.")


def _check_row(problems: list[str]) -> None:
    row = get(ROW)
    if row and not _row_exists():
        values = dict(st.session_state[_VALUES])
        values.pop(ROW.name)
        values.pop(CHANNEL.name, None)
        st.session_state[_VALUES] = values
        problems.append(f"The link's row {row[:40]!r} is no layer or block of this network. It was left out.")


def _row_exists() -> bool:
    try:
        return subject(plan(), get(ROW)) is not None
    except ExplorerError:
        return False
