"""What is in a file, as a tree that folds: HTML that the browser opens and closes by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from explorer.views.numbers import in_bytes


class Item(NamedTuple):
    """One thing in a file.

    Attributes:
        path: the names that lead to it.
        words: what it is.
        bytes: that it takes in the file.
        is_tensor: whether it is one.
    """

    path: Sequence[str]
    words: str
    bytes: int
    is_tensor: bool


@dataclass
class _Node:
    item: Item | None = None
    children: dict[str, _Node] = field(default_factory=dict)
    bytes: int = 0
    tensors: int = 0


def tree_html(items: Iterable[Item], *, is_open: bool) -> str:
    """Items below what holds them, each folder with what it comes to; a folder that holds one folder alone joins it.

    Args:
        items: in the order of the file; a thing that holds others may be among them.
        is_open: whether all folders are unfolded; else only one that holds everything is.
    """
    root = _Node()
    for item in items:
        _put(root, item)
    alone = len(root.children) == 1
    body = "".join(_drawn(name, node, is_open=is_open, unfold=alone) for name, node in root.children.items())
    return f'<div class="tree">{body}</div>'


def _put(root: _Node, item: Item) -> None:
    node = root
    for name in item.path:
        node = node.children.setdefault(name, _Node())
        node.bytes += item.bytes
        node.tensors += item.is_tensor
    node.item = item


def _drawn(name: str, node: _Node, *, is_open: bool, unfold: bool = False) -> str:
    while len(node.children) == 1 and (node.item is None or not node.item.is_tensor):
        (below, child), *_ = node.children.items()
        if not child.children:
            break
        name, node = f"{name}.{below}", child
    if not node.children:
        return f"<p><span>{escape(name)}</span> {_words(node.item)}</p>"
    own = f"<p>{_words(node.item)}</p>" if node.item is not None and node.item.is_tensor else ""
    inside = "".join(_drawn(below, child, is_open=is_open) for below, child in node.children.items())
    tensors = f"{node.tensors:,} {'tensor' if node.tensors == 1 else 'tensors'}, {in_bytes(node.bytes)}"
    sums = tensors if node.tensors else f"{len(node.children):,} {'entry' if len(node.children) == 1 else 'entries'}"
    opened = " open" if is_open or unfold else ""
    return f"<details{opened}><summary>{escape(name)} <small>{sums}</small></summary>{own}{inside}</details>"


def _words(item: Item | None) -> str:
    return "" if item is None else f"<small>{escape(item.words)}</small>"
