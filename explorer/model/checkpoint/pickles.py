"""A pickle read as data: its opcodes fill lists, dicts and stand-ins; no class is looked up and nothing is called.

The machine is Python's own (``pickletools`` has the meaning of each opcode, for every protocol), without the two things
that make it dangerous: ``GLOBAL`` gives a name and imports nothing, ``REDUCE`` and its like note what would have been
called with what. A few names, those of tensors, arrays and plain containers, have a meaning here, see ``rebuilt.py``.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from explorer.model.checkpoint.standins import Named, Standin

Calls = Mapping[str, Callable[..., Any]]

# Far more than any training script keeps, and read in seconds.
MAX_OPCODES = 2_000_000
_MAX_MEMO = 1 << 32
# Python writes no number of more than 4,300 digits, and numbers with one hash in common make a dict slow.
_MAX_BITS = 1024
_MAX_KEY = 1 << 63


class PickleError(Exception):
    """Bytes that are no pickle, or one that asks for what no checkpoint needs."""


def read_pickle(stream: BinaryIO, calls: Calls, persistent: Callable[[Any], Any]) -> Any:
    """The object of one pickle; the stream stands behind it afterwards.

    Args:
        stream: of its bytes.
        calls: what some names make of their arguments; all others leave a stand-in.
        persistent: what a persistent id stands for.

    Returns:
        Plain values, lists (of sets too), tuples, dicts, stand-ins and what ``calls`` and ``persistent`` made.

    Raises:
        PickleError: when it is damaged or too large.
    """
    machine = _Machine(calls, persistent)
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
            if count > MAX_OPCODES:
                raise PickleError("too large")
            machine.take(opcode.name, argument)
        return machine.stack.pop()
    # Whatever the opcodes find in the place of what they need: it is for the file to be right.
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        raise PickleError(str(error)) from error


class _Machine:
    def __init__(self, calls: Calls, persistent: Callable[[Any], Any]) -> None:
        self.calls = calls
        self.persistent = persistent
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def take(self, opcode: str, argument: Any) -> None:
        if opcode in _LITERALS:
            if isinstance(argument, int) and argument.bit_length() > _MAX_BITS:
                raise PickleError("a number without an end")
            self.stack.append(argument)
        elif opcode in _CONSTANTS:
            self.stack.append(_CONSTANTS[opcode])
        elif opcode in _EMPTY:
            self.stack.append(_EMPTY[opcode]())
        elif opcode in _MEMOIZED:
            self.stack.append(self.memo[argument])
        elif opcode in _MEMOIZES:
            place = len(self.memo) if argument is None else argument
            if not 0 <= place < _MAX_MEMO:
                raise PickleError("a memo without an end")
            self.memo[place] = self.stack[-1]
        else:
            _OPCODES[opcode](self, argument)

    def pop_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.below.pop()
        return items

    def mark(self, _: Any) -> None:
        self.below.append(self.stack)
        self.stack = []

    def dup(self, _: Any) -> None:
        self.stack.append(self.stack[-1])

    def pop(self, _: Any) -> None:
        if self.stack:
            self.stack.pop()
        else:
            self.pop_mark()

    def pop_all(self, _: Any) -> None:
        self.pop_mark()

    def tuple_of(self, count: int | None) -> None:
        if count is None:
            items = self.pop_mark()
        else:
            items = [self.stack.pop() for _ in range(count)][::-1]
        self.stack.append(tuple(items))

    def list_of_mark(self, _: Any) -> None:
        items = self.pop_mark()
        self.stack.append(items)

    def dict_of_mark(self, _: Any) -> None:
        items = self.pop_mark()
        self.stack.append({})
        self.put(items)

    def append(self, items: list[Any]) -> None:
        target = self.stack[-1]
        (target.items if isinstance(target, Standin) else target).extend(items)

    def put(self, items: list[Any]) -> None:
        target = self.stack[-1]
        entries = target.entries if isinstance(target, Standin) else target
        if not isinstance(entries, dict):
            raise PickleError("keys for what is no dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            entries[_key(key, entries)] = value

    def name(self, argument: str) -> None:
        self.stack.append(Named(argument.replace(" ", ".", 1)))

    def stack_name(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not (isinstance(name, str) and isinstance(module, str)):
            raise PickleError("a name that is no text")
        self.stack.append(Named(f"{module}.{name}"))

    def call(self, function: Any, args: Any) -> None:
        """In the place of a call: what its name means here, or what was asked for."""
        if not isinstance(args, tuple):
            raise PickleError("arguments that are no tuple")
        self.stack.append(called(function, args, self.calls))

    def reduce(self, _: Any) -> None:
        args, function = self.stack.pop(), self.stack.pop()
        self.call(function, args)

    def new_with_keywords(self, _: Any) -> None:
        keywords, args, function = self.stack.pop(), self.stack.pop(), self.stack.pop()
        self.call(function, (*args, *keywords.values()))

    def named_call(self, argument: str) -> None:
        args = self.pop_mark()
        self.call(Named(argument.replace(" ", ".", 1)), tuple(args))

    def marked_call(self, _: Any) -> None:
        function, *args = self.pop_mark()
        self.call(function, tuple(args))

    def build(self, _: Any) -> None:
        state, target = self.stack.pop(), self.stack[-1]
        # what else has a state, an OrderedDict or a parameter, keeps nothing in it that a reader needs
        if isinstance(target, Standin) and target.state is None:
            target.state = state


def called(function: Any, args: tuple[Any, ...], calls: Calls) -> Any:
    """What a call of a named function gives: by the name's meaning here, or a stand-in."""
    if not isinstance(function, Named | Standin):
        raise PickleError("a call of what is no function")
    known = calls.get(function.name)
    return Standin(function.name, args) if known is None else known(*args)


def _key(key: Any, entries: dict[Any, Any]) -> Any:
    """A key that is cheap to hash; any other becomes a text."""
    if isinstance(key, str | float | bytes | None) or (isinstance(key, int) and abs(key) < _MAX_KEY):
        return key
    if isinstance(key, tuple) and all(isinstance(part, str | int) for part in key[:8]):
        return ", ".join(map(str, key[:8]))
    name = key.name if isinstance(key, Named | Standin) else type(key).__name__
    return name if name not in entries else f"{name} {len(entries)}"


# Opcodes whose argument is the value itself.
_LITERALS = frozenset(
    opcode.name
    for opcode in pickletools.opcodes
    if opcode.arg is not None and opcode.stack_after and opcode.stack_after[0] is not pickletools.anyobject
)
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_EMPTY: dict[str, Callable[[], Any]] = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_SET": list}
_MEMOIZED = frozenset(("GET", "BINGET", "LONG_BINGET"))
_MEMOIZES = frozenset(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"))
# A buffer outside the pickle and a number for a class (EXT1 and its like) are in no checkpoint: KeyError says so.
_OPCODES: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "POP": _Machine.pop,
    "POP_MARK": _Machine.pop_all,
    "DUP": _Machine.dup,
    "TUPLE": lambda machine, _: machine.tuple_of(None),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "LIST": _Machine.list_of_mark,
    "FROZENSET": _Machine.list_of_mark,
    "DICT": _Machine.dict_of_mark,
    "APPEND": lambda machine, _: machine.append([machine.stack.pop()]),
    "APPENDS": lambda machine, _: machine.append(machine.pop_mark()),
    "ADDITEMS": lambda machine, _: machine.append(machine.pop_mark()),
    "SETITEM": lambda machine, _: machine.put([machine.stack.pop(), machine.stack.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.put(machine.pop_mark()),
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.stack_name,
    "REDUCE": _Machine.reduce,
    "NEWOBJ": _Machine.reduce,
    "NEWOBJ_EX": _Machine.new_with_keywords,
    "INST": _Machine.named_call,
    "OBJ": _Machine.marked_call,
    "BUILD": _Machine.build,
    "PERSID": lambda machine, argument: machine.stack.append(machine.persistent(argument)),
    "BINPERSID": lambda machine, _: machine.stack.append(machine.persistent(machine.stack.pop())),
    "PROTO": lambda machine, _: None,
    "FRAME": lambda machine, _: None,
    "STOP": lambda machine, _: None,
}
