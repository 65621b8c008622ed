"""A spec of any family as URL parameters and as a file, and back."""

import json
import re
from collections.abc import Mapping
from typing import Any

from explorer.architecture.families import Spec, family_of, known_of, named
from explorer.architecture.spec import CHOICES, DEFAULTS, FLAGS, TUPLES, ResNetSpec
from explorer.architecture.stargan import STARGAN_DEFAULTS
from explorer.architecture.values import shown
from explorer.errors import SpecError

NETWORK = "network"
PARAMETERS = (NETWORK, *DEFAULTS, *STARGAN_DEFAULTS)
_TRUTH = {"yes": True, "no": False, "true": True, "false": False}
_WHOLE_NUMBERS = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*", re.ASCII)


def to_params(spec: Spec) -> dict[str, str]:
    """A spec as URL parameters: the name of a network, or the fields that differ from the defaults."""
    if spec == ResNetSpec():
        return {}
    known = known_of(spec)
    if known is not None:
        return {NETWORK: known.name}
    start = family_of(spec).start
    usual = _network(start).as_dict()
    changed = {field: _to_text(value) for field, value in spec.as_dict().items() if value != usual.get(field)}
    return _named(start) | changed


def from_params(params: Mapping[str, str]) -> Spec:
    """The spec that URL parameters stand for.

    ``network`` names a network to start from; single fields are written over it. Parameters that are no field of a
    network are left to others.

    Raises:
        SpecError: naming every value that is wrong, or a field that the network does not have.
    """
    given = {name: params[name] for name in PARAMETERS if name in params and name != NETWORK}
    return _made(params.get(NETWORK), {name: _from_text(name, text) for name, text in given.items()})


def to_json(spec: Spec) -> str:
    """A spec as a JSON object of all its fields; a network that is no ResNet has its ``network`` in it."""
    return json.dumps(_named(family_of(spec).start) | spec.as_dict(), indent=2)


def from_json(text: str) -> Spec:
    """The spec that a JSON object stands for; fields that are left out stand at their defaults.

    Raises:
        SpecError: when it is no JSON object of spec fields.
    """
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):  # brackets nested too deep are no JSON of ours either
        raise SpecError("The text is no JSON; save a network from the app to see the form.") from None
    if not isinstance(fields, dict):
        raise SpecError("The JSON is no object of fields; save a network from the app to see the form.")
    return _made(fields.pop(NETWORK, None), fields)


def _made(name: Any, fields: dict[str, Any]) -> Spec:
    """The network of a name, with some fields changed."""
    if name is not None and not isinstance(name, str):
        raise SpecError(f"network is {shown(name)}; it must be the name of a network.")
    return _network(name).replace(**fields)


def _network(start: str | None) -> Spec:
    """The network that fields are written over."""
    return ResNetSpec() if start is None else named(start).spec


def _named(start: str | None) -> dict[str, str]:
    return {} if start is None else {NETWORK: start}


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _from_text(name: str, text: str) -> Any:
    """A field's value; a text that is none stays as it is, and the spec says what is wrong with it."""
    if name in FLAGS:
        return _TRUTH.get(text, text)
    if name in CHOICES or not _WHOLE_NUMBERS.fullmatch(text):
        return text
    numbers = tuple(map(int, text.split(",")))
    return numbers if name in TUPLES else numbers[0] if len(numbers) == 1 else text
