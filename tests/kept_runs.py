"""Runs that are carried out while they are submitted, in this process: nothing has to be waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explorer.labs.runs.jobs import FromRun, Job, new_run
from explorer.labs.runs.runs import Runs
from explorer.labs.training.events import Epoch
from explorer.labs.training.train import train


class AtOnce(Runs):
    """Carries runs out while they are submitted, those that begin with another one's weights too.

    Attributes:
        taken: the jobs that were submitted last.
    """

    taken: tuple[Job, ...] = ()

    def submit(self, jobs: Sequence[Job], *, owner: str) -> tuple[str, ...]:
        self.taken = tuple(jobs)
        ids: dict[Job, str] = {}
        for job in jobs:
            start: Any = job.start
            if isinstance(start, FromRun):
                source = start.run if isinstance(start.run, str) else ids[start.run]
                start = start.taken(self.store.weights(source))
            ids[job] = self.keep(job, start, owner=owner)
        return tuple(ids[job] for job in jobs)

    def keep(self, job: Job, start: Any = None, *, owner: str = "", status: str = "done", sentence: str = "") -> str:
        """Keep a run with what it learned; one that is not done has learned nothing."""
        run = new_run(job, owner)
        run = replace(run, status=status, sentence=sentence, started=run.created, ended=run.created)  # type: ignore[arg-type]
        steps = train(job.config, start=start, trainable=job.trainable) if status == "done" else ()
        epochs = [event for event in steps if isinstance(event, Epoch)]
        self.store.archive.save(
            run,
            epochs=[replace(epoch, weights={}) for epoch in epochs],
            weights={epoch.epoch: epoch.weights for epoch in epochs},
        )
        return run.id
