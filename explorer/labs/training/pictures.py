"""The pictures of a run, as its network gets them."""

from __future__ import annotations

from explorer.labs.data.data import DataSet, few, load_data, preprocess_of
from explorer.labs.training.config import RunConfig


def data_of(config: RunConfig) -> DataSet:
    """The data of a run: with its channels, its size, its preprocessing and its few pictures.

    Args:
        config: the run.

    Raises:
        LabError: when the pictures are not here and cannot be had, or a class has fewer than the run learns from.
    """
    data = load_data(
        config.data,
        in_channels=config.spec.in_channels,
        size=config.input_size,
        preprocess=preprocess_of(config.data, config.preprocess),
    )
    return few(data, config.per_class) if config.per_class else data
