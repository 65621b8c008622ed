"""Writes an example's weights with what is known about them; the same bytes for the same weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch


def write(model: torch.nn.Module, facts: dict[str, Any], path: Path) -> None:
    """Write a safetensors file.

    Args:
        model: whose state is written.
        facts: what the file says about itself; each value becomes JSON in the file's metadata.
        path: of the file.
    """
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    metadata = {name: json.dumps(fact) for name, fact in facts.items()}
    path.write_bytes(_in_one_order(safetensors.torch.save(tensors, metadata)))


def _in_one_order(data: bytes) -> bytes:
    """The same file with the metadata's keys sorted: safetensors writes them in the order of a random hash."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    padded = text + b" " * (-len(text) % 8)
    return len(padded).to_bytes(8, "little") + padded + data[8 + length :]
