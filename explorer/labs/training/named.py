"""The run that somebody means by the name of a network and a few settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.architecture.codec import NETWORK, from_json, from_params
from explorer.architecture.spec import ResNetSpec
from explorer.errors import LabError
from explorer.labs.data.data import load_data
from explorer.labs.data.sets import KNOWN_SETS, ZIP, is_coloured, is_data
from explorer.labs.training.config import RunConfig
from explorer.labs.training.sets import digit_net_of


def config_of(network: object, settings: Mapping[str, Any]) -> RunConfig:
    """The run of a network, whose input and output are made to fit the data.

    Args:
        network: a spec; "plain-20" or "residual-56" for networks of the sets; a preset's name; or a JSON file of a
            network's or a run's fields, of which a run's brings its own settings and takes the seed alone.
        settings: fields of the config.

    Raises:
        ExplorerError: when there is no such network, or the settings are wrong.
    """
    if not isinstance(network, str):
        return _fitted(network, settings)
    file = Path(network)
    if file.suffix == ".json" and file.is_file():
        text = file.read_text(encoding="utf-8")
        if '"spec"' in text:
            config = RunConfig.from_json(text)
            return config.replace(seed=settings.get("seed", config.seed))
        return _fitted(from_json(text), settings)
    net = digit_net_of(network)
    if net is None:
        return _fitted(from_params({NETWORK: network}), settings)
    if not net.exists:
        raise LabError(f"{network} has {net.depth} layers; these networks have 6n + 2: 8, 14, 20, 26 and so on.")
    return _fitted(net.spec, settings)


def _fitted(spec: object, settings: Mapping[str, Any]) -> RunConfig:
    if not isinstance(spec, ResNetSpec):
        raise LabError("Only residual and plain networks are trained here.")
    data = settings.get("data", "digits")
    if not is_data(data):
        raise LabError(f"There is no data named {str(data)[:40]!r}; choose one of {', '.join(KNOWN_SETS)}.")
    classes = len(load_data(data, in_channels=3).classes) if data.startswith(ZIP) else KNOWN_SETS[data].classes
    fitted = spec.replace(num_classes=classes, in_channels=3 if is_coloured(data) else 1)
    return RunConfig(spec=fitted, data=data).replace(**settings)
