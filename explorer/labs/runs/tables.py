"""The tables that runs are kept in."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What the tables have in common."""


class RunRow(Base):
    """A run: ``explorer.labs.runs.jobs.Run``, and the process that carries it out."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner: Mapped[str]
    config: Mapped[str]
    trainable: Mapped[str | None]
    status: Mapped[str]
    sentence: Mapped[str]
    created: Mapped[float]
    started: Mapped[float | None]
    ended: Mapped[float | None]
    server: Mapped[str]


class EpochRow(Base):
    """The measures of an epoch as JSON, None if it did not end, and its steps: (steps, 3) little-endian float64."""

    __tablename__ = "epochs"

    run: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    measures: Mapped[str | None]
    steps: Mapped[bytes]


class WeightsRow(Base):
    """The weights at the end of an epoch, as a safetensors file."""

    __tablename__ = "weights"

    run: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[bytes]
