"""The real thing: a network as a torch module, and what happens inside it."""

from explorer.model.build import build
from explorer.model.probe import record

__all__ = ["build", "record"]
