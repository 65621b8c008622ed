"""One file from the network onto the disk: resumed where it broke off, checked, by one process at a time."""

from __future__ import annotations

import hashlib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from explorer.architecture.hub import PARTIAL

Progress = Callable[[float, str], None]

# Seconds without an answer, or without a byte, after which a server counts as not there.
TIMEOUT_SECONDS = 10.0
# Seconds between two words to somebody who waits for another process.
_PATIENCE_SECONDS = 0.5
_CHUNK_BYTES = 2**18


class DownloadError(Exception):
    """Why a file is not there: half a sentence, such as "no connection to pytorch.org"."""


def download(url: str, path: Path, *, digest: str, about_bytes: int, progress: Progress) -> None:
    """Bring a file to its place, unless it is there.

    What has arrived is kept beside the place, so that the next call goes on from there, in whatever process. The
    content's hash decides; what is wrong is taken away.

    Args:
        url: where it is.
        path: where it shall be.
        digest: how its SHA-256 begins, in hexadecimal digits.
        about_bytes: its size, for a server that does not say it.
        progress: told the share that is done, 0 to 1, and a sentence; what it raises ends the download.

    Raises:
        DownloadError: when it cannot be had.
    """
    host = urlsplit(url).hostname or url
    part = path.with_name(path.name + PARTIAL)

    def waiting() -> None:
        progress(min(_size(part) / about_bytes, 1.0), f"Another process fetches {path.name}")

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path, waiting):
            if not is_whole(path, digest):
                _complete(url, part, digest, about_bytes, progress)
                part.replace(path)
    except urllib.error.HTTPError as error:
        error.close()
        lacks = f": it has no {path.name}" if error.code == HTTPStatus.NOT_FOUND else ""
        raise DownloadError(f"{host} answered with error {error.code}{lacks}") from error
    except (urllib.error.URLError, TimeoutError) as error:
        secure = "secure " if isinstance(getattr(error, "reason", None), ssl.SSLError) else ""
        raise DownloadError(f"no {secure}connection to {host}{_kept(part)}") from error
    except (HTTPException, ConnectionError) as error:
        raise DownloadError(f"the connection to {host} broke off{_kept(part)}") from error
    # what is left of the system's errors is the disk's
    except OSError as error:
        raise DownloadError(f"the disk did not take it ({error.strerror or 'disk error'})") from error


def is_whole(path: Path, digest: str) -> bool:
    """Whether a file is there and its SHA-256 begins with some hexadecimal digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest().startswith(digest)
    except OSError:
        return False


@contextmanager
def _alone(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold off other processes and threads that fetch the same file."""
    # the lock's file stays: taken away, it would let a third process in beside one that waits
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    while True:
        try:
            lock.acquire(timeout=_PATIENCE_SECONDS)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        lock.release()


def _complete(url: str, part: Path, digest: str, about_bytes: int, progress: Progress) -> None:
    """Fetch what is missing of a file; all of it where what was kept turns out to be of another one."""
    was_begun = part.exists()
    while True:
        before = _size(part)
        try:
            _append(url, part, about_bytes, progress)
            break
        except (HTTPException, ConnectionError):
            if _size(part) <= before:  # as long as each answer brings more, it goes on
                raise
    if is_whole(part, digest):
        return
    part.unlink()
    if not was_begun:
        raise DownloadError("what arrived is not what was published (its SHA-256 differs)")
    _complete(url, part, digest, about_bytes, progress)


def _append(url: str, part: Path, about_bytes: int, progress: Progress) -> None:
    """Ask once for what is missing, and write down what arrives."""
    begun = _size(part)
    request = urllib.request.Request(url, headers={"User-Agent": "resnet-explorer"})
    if begun:
        request.add_header("Range", f"bytes={begun}-")
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if begun and error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            error.close()
            return  # nothing is missing, or it is another file: the hash tells
        raise
    with answer:
        goes_on = answer.headers.get("Content-Range", "").startswith(f"bytes {begun}-")
        done = begun if answer.status == HTTPStatus.PARTIAL_CONTENT and goes_on else 0
        length = int(answer.headers.get("Content-Length") or 0)
        total = done + length if length else about_bytes
        with part.open("ab" if done else "wb") as file:
            for chunk in _chunks(answer):
                file.write(chunk)
                done += len(chunk)
                told = f"Fetching {part.name.removesuffix(PARTIAL)}: {done / 2**20:,.1f} of {total / 2**20:,.1f} MiB"
                progress(min(done / total, 1.0), told)
    if length and done < total:
        raise IncompleteRead(b"", total - done)


def _chunks(answer: HTTPResponse) -> Iterator[bytes]:
    """What arrives, at once; an error of the system is the connection's here, not the disk's."""
    try:
        while chunk := answer.read1(_CHUNK_BYTES):
            yield chunk
    except OSError as error:
        raise ConnectionError(str(error)) from error


def _kept(part: Path) -> str:
    return f", {_size(part) / 2**20:,.1f} MiB are kept for the next try" if _size(part) else ""


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
