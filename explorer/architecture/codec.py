"""A spec as URL parameters and as a file, and back."""

import json
import re
from collections.abc import Mapping
from typing import Any

from explorer.architecture.presets import preset, preset_of
from explorer.architecture.spec import CHOICES, DEFAULTS, FLAGS, TUPLES, ResNetSpec
from explorer.errors import SpecError

NETWORK = "network"
PARAMETERS = (NETWORK, *DEFAULTS)
_TRUTH = {"yes": True, "no": False, "true": True, "false": False}
_WHOLE_NUMBERS = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*", re.ASCII)


def to_params(spec: ResNetSpec) -> dict[str, str]:
    """A spec as URL parameters: a preset's name, or the fields that differ from the defaults."""
    known = preset_of(spec)
    if spec == ResNetSpec():
        return {}
    if known is not None:
        return {NETWORK: known.name}
    return {name: _to_text(value) for name, value in spec.as_dict().items() if value != DEFAULTS[name]}


def from_params(params: Mapping[str, str]) -> ResNetSpec:
    """The spec that URL parameters stand for.

    ``network`` names a preset to start from; single fields are written over it. Parameters that are no field of a spec
    are left to others.

    Raises:
        SpecError: naming every value that is wrong.
    """
    base = preset(params[NETWORK]) if NETWORK in params else ResNetSpec()
    return base.replace(**{name: _from_text(name, params[name]) for name in DEFAULTS if name in params})


def to_json(spec: ResNetSpec) -> str:
    """A spec as a JSON object of all its fields."""
    return json.dumps(spec.as_dict(), indent=2)


def from_json(text: str) -> ResNetSpec:
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
    return ResNetSpec().replace(**fields)


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
