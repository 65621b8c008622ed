"""A spec of any family as one word, so that several stand in one URL parameter, and back.

A network with a name is written as that name (``resnet50``), any other as the fields that differ from the defaults:
``block~basic~depths~2.2.2.2``.
"""

from explorer.architecture.codec import PARAMETERS, from_params, to_params
from explorer.architecture.families import Spec, known_networks, known_of, named
from explorer.architecture.names import nearest
from explorer.architecture.values import shortened
from explorer.errors import LinkError, SpecError

_BETWEEN_FIELDS, _BETWEEN_NUMBERS = "~", "."


def token_of(spec: Spec) -> str:
    """A network as it stands in the URL: a network's name, or the fields that differ from the defaults."""
    known = known_of(spec)
    if known is not None:
        return known.name
    parts = (part for field in to_params(spec).items() for part in field)
    return _BETWEEN_FIELDS.join(parts).replace(",", _BETWEEN_NUMBERS)


def spec_of(token: str) -> Spec:
    """The network that a text in the URL stands for.

    Args:
        token: a network's name, or fields and values with ``~`` between them.

    Raises:
        LinkError: when it is neither.
    """
    if _BETWEEN_FIELDS not in token:
        try:
            return named(token).spec
        except SpecError:
            near = nearest(token, [known.name for known in known_networks()])
            hint = f"; nearest are {', '.join(near)}" if near else ""
            raise LinkError(f"{_short(token)} is no network to compare and was left out{hint}.") from None
    parts = token.split(_BETWEEN_FIELDS)
    names, values = parts[::2], [value.replace(_BETWEEN_NUMBERS, ",") for value in parts[1::2]]
    wrong = [name for name in names if name not in PARAMETERS]
    if wrong or len(names) != len(values) or len(set(names)) < len(names):
        raise LinkError(
            f"{_short(token)} is no network to compare and was left out; "
            "a network is written as its fields and values, such as block~basic~depths~2.2.2.2."
        )
    try:
        return from_params(dict(zip(names, values, strict=True)))
    except SpecError as error:
        raise LinkError(f"{_short(token)} was left out of the comparison: {error}") from None


def _short(token: str) -> str:
    return repr(shortened(token, 60))
