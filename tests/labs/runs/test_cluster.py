"""The workers: started when needed, made anew when they went away, gone when their server is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from explorer.errors import LabError
from explorer.labs.runs import cluster as cluster_module
from explorer.labs.runs.cluster import Cluster

ROOT = Path(__file__).parents[3]
# processes that start, are killed and answer late: on a machine that stalls, a second try counts
pytestmark = pytest.mark.flaky(reruns=1)

GONE_SECONDS = 30
SERVER = """
import sys
import psutil
from explorer.labs.runs.cluster import Cluster

cluster = Cluster()
cluster.client().wait_for_workers(2)
print(*(child.pid for child in psutil.Process().children(recursive=True)), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:9", "127.0.0.1:9", "carrier-pigeon://roof"],
    ids=["nobody listens", "no protocol", "unknown protocol"],
)
def test_scheduler_that_is_not_there_is_said(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 0.2)
    monkeypatch.setenv("EXPLORER_SCHEDULER", address)
    cluster = Cluster()
    with pytest.raises(LabError) as failed:
        cluster.slots()
    assert str(failed.value) == (
        f"The scheduler at {address} does not answer: start it, or leave EXPLORER_SCHEDULER empty to train on this "
        "machine."
    )


def test_workers_that_cannot_start_are_said() -> None:
    cluster = Cluster(options=("--workers", "many"))
    with pytest.raises(LabError, match="The processes that train could not be started"):
        cluster.client()
    assert not cluster.is_there()


def test_two_workers_start_with_the_first_use_and_are_made_anew_when_they_went_away() -> None:
    me = psutil.Process()
    before = me.children(recursive=True)
    with Cluster() as cluster:
        assert not cluster.is_there()
        cluster.client().wait_for_workers(2)
        assert cluster.slots() == 2
        first = [child for child in me.children(recursive=True) if child not in before]
        # the scheduler ends the cluster when it has been idle for long; this is as sudden
        first[0].kill()
        psutil.wait_procs(first, timeout=GONE_SECONDS)
        assert not cluster.is_there()
        cluster.client().wait_for_workers(2)
        assert cluster.is_there()
    assert [child for child in me.children(recursive=True) if child not in before] == []


def test_workers_go_when_their_server_is_killed() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    processes = [psutil.Process(int(pid)) for pid in server.stdout.readline().split()]
    # the cluster, its two workers, and the helper of Python's multiprocessing
    assert len(processes) >= 3
    server.kill()
    server.communicate()
    _, alive = psutil.wait_procs(processes, timeout=GONE_SECONDS)
    assert alive == []
