"""A run that is carried out here and now, in this process, and kept as those of the pages are."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.errors import ExplorerError
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import Job, new_run
from explorer.labs.runs.record import Record
from explorer.labs.training.events import Epoch, Step
from explorer.labs.training.one_thread import one_thread
from explorer.labs.training.train import train

OWNER = "python"
INTERRUPTED = "It was stopped; what it had reached by then is kept."


def carry_out(job: Job, archive: Archive, *, device: str = "cpu") -> Iterator[tuple[str, Step | Epoch]]:
    """Train, and keep each epoch when it is over.

    On the CPU the numbers are those of the pages, to the last bit: it computes on one thread, as they do.

    Args:
        job: what is to be trained, from weights that it has itself.
        archive: where it is kept.
        device: where it runs.

    Yields:
        The run's id, and its step or epoch.

    Raises:
        ExplorerError: when it cannot be carried out or kept; it is kept as failed.
    """
    record = Record(job=job, run=new_run(job, OWNER))

    def keep() -> None:
        new = record.unwritten()
        if new is not None:
            archive.save(**new)
            record.set_written(new)

    try:
        with one_thread():
            for event in train(job.config, trainable=job.trainable, device=device):
                record.take([event])
                if isinstance(event, Epoch):
                    keep()
                yield record.run.id, event
    except ExplorerError as error:
        record.end("failed", str(error))
        raise
    except (KeyboardInterrupt, GeneratorExit):
        record.end("interrupted", INTERRUPTED)
        raise
    else:
        record.end("done")
    finally:
        keep()
