"""What a network does with functions of torch outside its modules, in sentences."""

from collections.abc import Mapping
from itertools import groupby

# function: one of them, several of them, how it is written
_WORDS: dict[str, tuple[str, str, str]] = {
    "add": ("addition", "additions", "+"),
    "sub": ("subtraction", "subtractions", "−"),
    "mul": ("multiplication", "multiplications", "×"),
    "div": ("division", "divisions", "/"),
    "matmul": ("matrix product", "matrix products", "torch.matmul"),
    "cat": ("concatenation", "concatenations", "torch.cat"),
    "stack": ("concatenation", "concatenations", "torch.stack"),
    "flatten": ("flattening", "flattenings", "torch.flatten"),
    "relu": ("ReLU", "ReLUs", "F.relu"),
    "softmax": ("softmax", "softmaxes", "F.softmax"),
    "dropout": ("dropout", "dropouts", "F.dropout"),
    "mean": ("mean", "means", "torch.mean"),
    "max_pool2d": ("max pool", "max pools", "F.max_pool2d"),
    "avg_pool2d": ("average pool", "average pools", "F.avg_pool2d"),
    "adaptive_avg_pool2d": ("average pool", "average pools", "F.adaptive_avg_pool2d"),
    "interpolate": ("resizing", "resizings", "F.interpolate"),
}
_ALIASES = {"iadd": "add", "radd": "add", "isub": "sub", "rsub": "sub", "imul": "mul", "rmul": "mul", "truediv": "div"}
# They look at the same values another way, or elsewhere.
_MOVES = frozenset(
    (
        *("getitem", "reshape", "view", "permute", "transpose", "swapaxes", "movedim", "T", "mT"),
        *("unsqueeze", "squeeze", "expand", "expand_as", "chunk", "split", "unbind", "unflatten"),
        *("contiguous", "clone", "detach", "to", "float", "roll", "pad", "repeat"),
    )
)


def functions_in_words(counts: Mapping[str, int]) -> tuple[str, ...]:
    """One sentence for each kind of function that was called outside the modules that have rows.

    Args:
        counts: calls by the function's full name (``torch.cat``, ``torch.Tensor.__iadd__``).

    Returns:
        ``58 concatenations (torch.cat) are no modules and have no rows.``, the most frequent first, and at the end
        those that only move values.
    """
    named = sorted((_words(name), count) for name, count in counts.items())
    summed = {words: sum(n for _, n in same) for words, same in groupby(named, key=lambda pair: pair[0])}
    moves = summed.pop(_MOVED, 0)
    ordered = sorted(summed.items(), key=lambda pair: -pair[1])
    return tuple(_sentence(count, words) for words, count in [*ordered, *([(_MOVED, moves)] if moves else [])])


_MOVED = ("rearrangement", "rearrangements", "reshape, permute and the like")


def _words(name: str) -> tuple[str, str, str]:
    parts = [part.strip("_") for part in name.split(".")]
    short = parts[-2] if parts[-1] in ("get", "set") and len(parts) > 1 else parts[-1]
    short = _ALIASES.get(short, short)
    if short in _MOVES:
        return _MOVED
    return _WORDS.get(short, ("call", "calls", short))


def _sentence(count: int, words: tuple[str, str, str]) -> str:
    one, several, written = words
    if count == 1:
        return f"1 {one} ({written}) is no module and has no row."
    return f"{count:,} {several} ({written}) are no modules and have no rows."
