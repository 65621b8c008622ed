"""Widgets made from parameters: they show what stands in the state, and a change is one step of Back.

Label, help, bounds and words are the parameter's own. Something else is said only where it depends on what is chosen:
the last channel of this layer, the runs that are kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from mimetypes import guess_type
from typing import Any, Literal, TypedDict, TypeVar, Unpack

import streamlit as st

from explorer.ui import state
from explorer.ui.params.kinds import Choice, Number, Param, Several

T = TypeVar("T")
Option = TypeVar("Option", bound=str)
N = TypeVar("N", int, float)
Changed = Callable[[Any], None]


class Instead(TypedDict, total=False):
    """What a widget has in place of what its parameter says.

    Attributes:
        label: other words for what is chosen.
        help: another sentence.
        key: its name, where one page has two widgets of a parameter.
        changed: what a new value does, where it does more than change the parameter.
        width: as Streamlit has it.
        disabled: whether it cannot be changed.
        label_visibility: as Streamlit has it.
    """

    label: str
    help: str
    key: str
    changed: Changed
    width: Literal["stretch", "content"] | int
    disabled: bool
    label_visibility: Literal["visible", "hidden", "collapsed"]


_ENDED, _ANEW = "_run_ended", "_told_anew"


@contextmanager
def run() -> Iterator[None]:
    """A run of the script. One that is broken off takes along what widgets were told, so the next tells them anew."""
    st.session_state[_ANEW] = not st.session_state.get(_ENDED, True)
    st.session_state[_ENDED] = False
    yield
    st.session_state[_ENDED] = True
    st.session_state[_ANEW] = False


def bound(
    name: str, value: Any, changed: Changed, *, words: Mapping[Any, str] | None = None, typed: bool = False
) -> dict[str, Any]:
    """Key and callback that bind a widget to a value held elsewhere.

    A browser keeps an option by its words: where they have changed it is told anew, and what it sends in words that are
    no option's is no choice.

    Args:
        name: the widget's name; its key is ``w_`` and the name.
        value: what the widget shall show; a list where it shows several options.
        changed: called with the new value when a person changes it.
        words: the options with their words, where there are any.
        typed: whether others can be typed in.

    Returns:
        Keyword arguments for any Streamlit widget.
    """
    key, said = f"w_{name}", f"said_{name}"
    # another page's widget of that name is another to the browser
    reads = (state.page(), [words.get(one, one) for one in _listed(value)] if words else None)
    told = key in st.session_state and not st.session_state.get(_ANEW, False)
    if not told or st.session_state[key] != value or st.session_state.get(said) != reads:
        st.session_state[key] = value
    st.session_state[said] = reads

    def take() -> None:
        new = st.session_state[key]
        if words is None or typed or all(one in words for one in _listed(new)):
            changed(new)

    return {"key": key, "on_change": take}


def choose(
    param: Param[T], options: Mapping[T, str] | None = None, *, shown: T | None = None, **instead: Unpack[Instead]
) -> T:
    """A drop-down; it falls back to the first option when the value is none of them.

    Args:
        param: what is chosen.
        options: values with their words, where they are not the parameter's own.
        shown: what stands in it, where that is not the parameter's value.
        **instead: of what the parameter says.
    """
    words: Mapping[T, str] = _words(param, options)
    asked = state.get(param) if shown is None else shown
    value = asked if asked in words else next(iter(words))
    st.selectbox(**_options(words), **_made(param, value, instead, words))
    return value


def switch(
    param: Param[Option],
    options: Mapping[Option, str] | None = None,
    *,
    shown: Option | None = None,
    **instead: Unpack[Instead],
) -> Option:
    """A row of options, one of them chosen; what is said is as for ``choose``."""
    words = _words(param, options)
    value = state.get(param) if shown is None else shown
    st.segmented_control(**_options(words), required=True, **_made(param, value, instead, words))
    return value


def parts(param: Choice[Option], **instead: Unpack[Instead]) -> Option:
    """The row of a page's parts, or of the views of one; on a phone it is one line, which scrolls.

    Args:
        param: what is chosen.
        **instead: of what the parameter says.
    """
    instead.setdefault("label_visibility", "collapsed")
    with st.container(width="content", key=f"parts_{param.name}"):
        return switch(param, **instead)


def several(
    param: Param[Any],
    options: Mapping[Any, str] | None = None,
    *,
    shown: Sequence[Any] | None = None,
    wrap: bool | None = None,
    **instead: Unpack[Instead],
) -> None:
    """A row of options, any number of them chosen; ``wrap`` is as Streamlit has it, the rest as for ``choose``."""
    words = _words(param, options)
    value = list(state.get(param) if shown is None else shown)
    instead.setdefault("changed", lambda values: state.update({param: tuple(values)}))
    st.pills(**_options(words), selection_mode="multi", wrap=wrap, **_made(param, value, instead, words))


def gather(
    param: Param[Any],
    options: Mapping[Any, str],
    shown: Sequence[Any],
    *,
    placeholder: str | None = None,
    most: int | None = None,
    typed: bool = False,
    **instead: Unpack[Instead],
) -> None:
    """A field in which any number of many options are gathered.

    Args:
        param: what is chosen.
        options: values with their words.
        shown: what is chosen now.
        placeholder: what stands in it while nothing is chosen, in place of Streamlit's words.
        most: how many can be chosen.
        typed: whether others can be typed in.
        **instead: of what the parameter says.
    """
    st.multiselect(
        **_options(options),
        placeholder=placeholder,
        max_selections=most,
        accept_new_options=typed,
        **_made(param, list(shown), instead, options, typed=typed),
    )


def number(param: Number[N | None], *, shown: N | None = None, high: N | None = None, **instead: Unpack[Instead]) -> N:
    """A field for a number.

    Args:
        param: what is chosen.
        shown: what stands in it, where that is not the parameter's value.
        high: the largest, where that is not the parameter's; never below the smallest.
        **instead: of what the parameter says.
    """
    value = _number(param, shown)
    st.number_input(
        min_value=param.low,
        max_value=param.high if high is None else max(param.low, high),
        step=param.step,
        format="%g" if isinstance(value, float) else None,
        **_made(param, value, instead),
    )
    return value


def slide(
    param: Number[N | None],
    *,
    usual: N | None = None,
    low: N | None = None,
    high: N | None = None,
    **instead: Unpack[Instead],
) -> N:
    """A slider, held within its bounds; nothing is drawn where there is one value only.

    Args:
        param: what is chosen.
        usual: what it stands at when nobody has chosen, where the parameter does not say.
        low: the smallest, where that is not the parameter's.
        high: the largest, likewise.
        **instead: of what the parameter says.
    """
    value = _number(param, None if state.get(param) is not None else usual)
    value = value if low is None else max(value, low)
    value = value if high is None else min(value, high)
    least, most = param.low if low is None else low, param.high if high is None else high
    if least >= most:
        return value
    st.slider(min_value=least, max_value=most, step=param.step, **_made(param, value, instead))
    return value


def text(
    param: Param[Any], *, max_chars: int, placeholder: str = "", shown: str | None = None, **instead: Unpack[Instead]
) -> None:
    """A field for text.

    Args:
        param: what is written.
        max_chars: how long it can be.
        placeholder: what stands in it while it is empty.
        shown: what stands in it, where that is not the parameter's value.
        **instead: of what the parameter says.
    """
    value = state.get(param) if shown is None else shown
    st.text_input(max_chars=max_chars, placeholder=placeholder, **_made(param, value, instead))


def field(param: Param[T], *, shown: T, high: T | None = None, **instead: Unpack[Instead]) -> None:
    """The widget that fits the kind of a parameter.

    Args:
        param: what is chosen.
        shown: what stands in it.
        high: the largest number, where that is not the parameter's.
        **instead: of what the parameter says.
    """
    if isinstance(param, Choice):
        choose(param, shown=shown, **instead)
    elif isinstance(param, Number):
        number(param, shown=shown, high=high, **instead)
    else:
        st.toggle(**_made(param, shown, {**instead, "width": "content"}))


def tick(param: Param[bool], **instead: Unpack[Instead]) -> bool:
    """An on-off switch."""
    value = state.get(param)
    st.toggle(**_made(param, value, instead))
    return value


def save(label: str, content: Callable[[], str | bytes] | str | bytes, file_name: str, *, key: str, help: str) -> None:
    """A button that saves a file; pressing it changes nothing on the page.

    Args:
        label: the words of the button.
        content: the file, or what makes it when the button is pressed.
        file_name: with its ending.
        key: of the button.
        help: one sentence on what is saved.
    """
    st.download_button(
        label,
        content,
        file_name=file_name,
        mime=guess_type(file_name)[0],
        key=key,
        help=help,
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def _words(param: Param[Any], options: Mapping[Any, str] | None) -> Mapping[Any, str]:
    if options is None:
        assert isinstance(param, Choice | Several), "other parameters have no options of their own"
        return param.words
    return options


def _number(param: Number[N | None], shown: N | None) -> N:
    value: N | None = state.get(param) if shown is None else shown
    assert value is not None, "what stands in the field has to be said where the parameter has no value"
    return value


def _options(words: Mapping[Any, str]) -> dict[str, Any]:
    return {"options": list(words), "format_func": lambda value: words.get(value, value)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _made(
    param: Param[Any], value: Any, instead: Instead, words: Mapping[Any, str] | None = None, *, typed: bool = False
) -> dict[str, Any]:
    """What every widget of a parameter is given, for Streamlit's own functions."""
    looks = dict(instead)
    changed = instead.get("changed", lambda new: state.update({param: new}))
    name = instead.get("key", param.name)
    for ours in ("changed", "key"):
        looks.pop(ours, None)
    return {"label": param.label, "help": param.help, **looks, **bound(name, value, changed, words=words, typed=typed)}
