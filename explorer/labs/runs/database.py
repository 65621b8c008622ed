"""The SQLite file that runs are kept in: opened when needed, its errors told in sentences, set aside if damaged."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from explorer.errors import LabError
from explorer.labs.runs.tables import Base

logger = logging.getLogger(__name__)

_FAILURES = (DBAPIError, sqlite3.Error)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SETTINGS = (
    # what is deleted makes room on the disk; has to come before the first table
    "auto_vacuum = FULL",
    # who reads does not wait for who writes
    "journal_mode = WAL",
    # with WAL, a crash of the machine may lose the last epochs but damages nothing
    "synchronous = NORMAL",
    "foreign_keys = ON",
)


class Database:
    """A database file that any thread may use.

    Args:
        path: of the file; it and its folder are made when they are first needed.
        patience: seconds to wait for somebody else who writes.
        prepare: is called with a session whenever the file was opened.
    """

    def __init__(self, path: Path, *, patience: float, prepare: Callable[[Session], None]) -> None:
        self.path = path
        self.notice = ""
        self._patience = patience
        self._prepare = prepare
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that writes all of it or nothing.

        Raises:
            LabError: the file is locked or damaged, the disk is full, or nothing can be written there.
        """
        engine = None
        try:
            engine = self._opened()
            with Session(engine) as session, session.begin():
                yield session
        except _FAILURES as error:
            logger.warning("The database of runs: %s", error)
            if _code(error) in _DAMAGED:
                self._set_aside(engine)
            raise LabError(self._sentence(error)) from error

    def close(self) -> None:
        """Let go of the file; the next session opens it again."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is None:
                try:
                    self._engine = self._open()
                except _FAILURES as error:
                    if _code(error) not in _DAMAGED:
                        raise
                    self._rename()
                    self._engine = self._open()
            return self._engine

    def _open(self) -> Engine:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LabError(self._unwritable()) from error
        engine = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": self._patience})
        event.listen(engine, "connect", _set_up)
        try:
            with Session(engine) as session, session.begin():
                for table in Base.metadata.sorted_tables:
                    # `create_all` looks first and creates then, and another process may come between
                    session.execute(CreateTable(table, if_not_exists=True))
                self._prepare(session)
        except _FAILURES:
            engine.dispose()
            raise
        return engine

    def _set_aside(self, engine: Engine | None) -> None:
        """Begin a new file, unless another thread has done so since."""
        with self._lock:
            if engine is not None and engine is self._engine:
                engine.dispose()
                self._engine = None
                self._rename()

    def _rename(self) -> None:
        """Give a damaged file another name; its log goes with it, as SQLite asks."""
        aside = self.path.with_name(f"{self.path.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}{self.path.suffix}")
        try:
            for ending in ("", "-wal", "-shm"):
                file = self.path.with_name(self.path.name + ending)
                if file.exists():
                    file.rename(aside.with_name(aside.name + ending))
        except OSError as error:
            raise LabError(self._unwritable()) from error
        self.notice = f"The file of the kept runs was damaged and is now called {aside.name}; a new one was begun."

    def _sentence(self, error: Exception) -> str:
        code = _code(error)
        if code in _LOCKED:
            return "The file of the kept runs is in use by another program: try again in a moment."
        if code == sqlite3.SQLITE_FULL:
            return "The disk is full, so this could not be kept: make room, or delete runs that are no longer needed."
        return self.notice if code in _DAMAGED else self._unwritable()

    def _unwritable(self) -> str:
        return (
            f"The folder of the kept runs ({self.path.parent.name}) cannot be read or written: see to its permissions "
            "and its disk."
        )


def _set_up(connection: Any, _record: Any) -> None:
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}").close()


def _code(error: Exception) -> int:
    """SQLite's result code without its details; 0 if there is none."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    return (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF
