"""The experiment that is always there: a net that reads the digits 0 to 4 learns 5 to 9 from a handful of pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from explorer.architecture.spec import ResNetSpec
from explorer.labs.data.sets import KNOWN_SETS
from explorer.labs.runs.jobs import FromRun, Job
from explorer.labs.training.config import RunConfig
from explorer.labs.training.sets import digit_net
from explorer.labs.transfer.ways import SOURCE, USUAL_WAYS, Transfer, Way, transfer

SOURCE_DATA, TARGET_DATA = "digits-0-4", "digits-5-9"
PER_CLASS = 5
EPOCHS = 30


def digits_source(seed: int = 0) -> RunConfig:
    """The run whose network is carried over: residual-20 on all pictures of the digits 0 to 4, right on 99 of 100."""
    spec = digit_net(20).replace(num_classes=KNOWN_SETS[SOURCE_DATA].classes)
    return RunConfig(spec=spec, data=SOURCE_DATA, schedule="cosine", epochs=10, seed=seed)


def digits_ways(
    source: ResNetSpec, ways: Iterable[Way], *, per_class: int = PER_CLASS, epochs: int = EPOCHS, seed: int = 0
) -> dict[Way, RunConfig]:
    """The runs that carry a network over to the digits 5 to 9, each way with the same settings.

    The learning rate is one at which every way is about as good as it gets: of 0.01, 0.03, 0.1 and 0.3 the best from
    scratch, and none of the others is better with another one by more than seeds differ.

    Args:
        source: the network that is carried over.
        ways: which ways.
        per_class: pictures of each class that are learned from, 0 for all.
        epochs: how often they are seen.
        seed: of what is drawn and of the order of the pictures.

    Raises:
        LabError: one of them is no way of the network, or a setting is wrong.
    """
    return {
        way: RunConfig(
            spec=transfer(source, way, classes=KNOWN_SETS[TARGET_DATA].classes).spec,
            data=TARGET_DATA,
            learning_rate=0.1,
            schedule="cosine",
            batch=25,
            per_class=per_class,
            epochs=epochs,
            seed=seed,
        )
        for way in ways
    }


def digits_jobs(source_id: str, *, seed: int = 0) -> dict[Way, Job]:
    """The whole experiment: the source, and every way that is shown when nobody has chosen others.

    Args:
        source_id: of the run that the ways begin with.
        seed: of all that is drawn and of the order of the pictures.

    Returns:
        By way, ``SOURCE`` first.
    """
    config = digits_source(seed)
    jobs = {SOURCE: Job(config=config, name=source_name(config))}
    for way, settings in digits_ways(config.spec, USUAL_WAYS, seed=seed).items():
        applied = transfer(config.spec, way, classes=KNOWN_SETS[TARGET_DATA].classes)
        job = job_of(applied, settings, source_id)
        jobs[way] = replace(job, name=f"{job.name}, {KNOWN_SETS[TARGET_DATA].title.lower()}")
    return jobs


def source_name(config: RunConfig) -> str:
    """What the run is called that the ways begin with."""
    return f"Source: {config.network} on the digits 0 to 4, seed {config.seed}"


def job_of(way: Transfer, config: RunConfig, start: Mapping[str, np.ndarray] | str | Job) -> Job:
    """The job of a way.

    Args:
        way: what it does with the source.
        config: its settings.
        start: the source's weights by name; or the run that learns them, by its id, or its job where both are submitted
            together.
    """
    begins: Mapping[str, np.ndarray] | FromRun | None = None
    if isinstance(start, str | Job):
        begins = FromRun(run=start, leave_out=way.left_out)
    else:
        begins = {name: start[name] for name in way.loaded}
    pictures = f"{config.per_class:,} per class" if config.per_class else "all pictures"
    return Job(
        config=config,
        name=f"{way.title}, {pictures}",
        start=begins if way.loaded else None,
        trainable=way.trainable,
    )
