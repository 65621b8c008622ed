"""Starts the app as a person does, on a free port, and stops it again."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True)
class AppServer:
    """A running app.

    Attributes:
        url: its address without a slash at the end.
        pid: process id of the server.
        log: file that receives its standard output and error.
    """

    url: str
    pid: int
    log: Path

    def log_tail(self, characters: int = 2000) -> str:
        """The last lines that the server wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-characters:]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def offline_environment(home: Path) -> dict[str, str]:
    """The environment of a machine that has no network and has never loaded weights.

    Args:
        home: an empty folder that torch may write to; runs and their data go beside it.

    Returns:
        A copy of this process's environment with every way out closed.
    """
    nowhere = "http://127.0.0.1:9"
    closed = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), nowhere)
    local = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
    kept = {"EXPLORER_RUNS": str(home.parent / "runs"), "EXPLORER_DATA": str(home.parent / "data")}
    return {**os.environ, **closed, **local, **kept, "TORCH_HOME": str(home)}


@contextlib.contextmanager
def serve(
    folder: Path,
    *,
    app: Path = ROOT / "app.py",
    port: int | None = None,
    command: Sequence[str] = (),
    where: Path = ROOT,
    **environment: str,
) -> Iterator[AppServer]:
    """Runs the app until the block is left.

    Args:
        folder: where the log and torch's cache go.
        app: the script to run.
        port: port to listen on; a free one if it is left out.
        command: what starts it, options of Streamlit follow; ``streamlit run`` of the script if it is left out.
        where: the folder that it is started in.
        **environment: variables beside those of ``offline_environment``.

    Yields:
        The running server, ready to answer.

    Raises:
        RuntimeError: when it ends or stays silent instead of answering, with what it wrote.
    """
    port = port or free_port()
    log = folder / f"server-{port}.log"
    cache = folder / "torch"
    cache.mkdir(parents=True, exist_ok=True)
    words = [*(command or (sys.executable, "-m", "streamlit", "run", str(app)))]
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            words + options,
            cwd=where,
            env=offline_environment(cache) | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = AppServer(url=f"http://127.0.0.1:{port}", pid=process.pid, log=log)
    try:
        _wait_until_healthy(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(server: AppServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    # a proxy of the environment must not stand between us and our own server
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The app ended with code {process.returncode}:\n{server.log_tail()}")
        try:
            opener.open(f"{server.url}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The app did not answer within {START_SECONDS} s:\n{server.log_tail()}")
