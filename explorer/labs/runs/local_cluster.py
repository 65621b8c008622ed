"""A scheduler and workers on this machine, in a process of their own: ``python -m explorer.labs.runs.local_cluster``.

It says its address on standard output and lives as long as its standard input is open. Whoever started it holds the
other end, so it goes with that process however that ends, ``kill -9`` included. Under Streamlit, ``__main__`` is not
the program that was started, which is why workers cannot be started from there directly.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading

import dask
from distributed import LocalCluster, Status
from distributed.system import MEMORY_LIMIT

# torch and its neighbours alone take 0.7 GB
MIN_WORKER_BYTES = 3 * 2**29
MAX_WORKER_BYTES = 4 * 2**30
_SHARE_OF_MEMORY = 0.4
_SETTINGS = {
    # a run whose worker died is not tried again: what killed one worker would kill the next
    "distributed.scheduler.allowed-failures": 0,
    # a run keeps nothing in Dask's memory that could be spilled, and a worker that was paused would never go on
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
}


def main() -> None:
    """Start the cluster, say where, and wait until nobody needs it."""
    arguments = _arguments()
    # the pipe is for the address alone: what workers print goes where errors go
    pipe = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    dask.config.set(_SETTINGS)
    scratch = tempfile.mkdtemp(prefix="resnet-explorer-")
    cluster = LocalCluster(
        n_workers=arguments.workers,
        threads_per_worker=1,
        memory_limit=arguments.memory,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        local_directory=scratch,
        scheduler_kwargs={"idle_timeout": f"{arguments.idle_seconds}s"},
    )
    with os.fdopen(pipe, "w") as answer:
        answer.write(f"{cluster.scheduler_address}\n")
    scheduler = cluster.scheduler
    assert scheduler is not None
    left = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: left.set())
    threading.Thread(target=_wait_for_the_end_of_input, args=(left,), daemon=True).start()
    while not left.wait(0.5) and scheduler.status == Status.running:
        pass
    shutil.rmtree(scratch, ignore_errors=True)
    # the workers hold nothing that a farewell of some seconds would save, and go the moment that this process is gone
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Start a scheduler and workers that live until the input ends.")
    parser.add_argument("--workers", type=int, default=2, help="how many processes")
    parser.add_argument("--memory", type=int, default=_memory_of_a_worker(), help="bytes that each of them may use")
    parser.add_argument("--idle-seconds", type=int, default=600, help="without a run for so long, the cluster ends")
    return parser.parse_args()


def _memory_of_a_worker() -> int:
    return max(MIN_WORKER_BYTES, min(MAX_WORKER_BYTES, int(MEMORY_LIMIT * _SHARE_OF_MEMORY)))


def _wait_for_the_end_of_input(left: threading.Event) -> None:
    sys.stdin.buffer.read()
    left.set()


if __name__ == "__main__":
    main()
