"""The blocks that go wrong in words: why, and how main path and shortcut come to the same shape once mended."""

from __future__ import annotations

from html import escape

from explorer.architecture.wrong_blocks import PROJECTION, Attempt, Shape, Step, Verdict
from explorer.views.numbers import NO_BREAK, shape_text

SIGNS: dict[Verdict, str] = {"refused": "✕", "stretched": "▲", "misread": "▲", "right": "✓"}
HEADLINES: dict[Verdict, str] = {
    "refused": "torch refuses it",
    "stretched": "No error, a plausible shape, a wrong sum",
    "misread": "No error, a plausible shape, a wrong sum",
    "right": "It runs",
}
DIMENSIONS = (
    "Tensor a is the main path, b the shortcut. Dimension 0 is the picture, 1 the channel, 2 the height, 3 the width; "
    "torch names the last one that does not agree."
)


def headline(attempt: Attempt) -> str:
    """What came of it, in a few words behind a sign."""
    step = attempt.failed
    where = "" if step is None else " at the addition" if step.name == "add" else f" at {step.code_name}"
    return f"{SIGNS[attempt.verdict]} {HEADLINES[attempt.verdict]}{where}"


def why(attempt: Attempt) -> str:
    """Why it came so, in one to three sentences."""
    step = attempt.failed
    if step is not None and step.name == PROJECTION:
        return _conv3d_refused(attempt)
    if step is not None and step.name != "add":
        return _no_room(attempt, step)
    if attempt.conv3d:
        return _conv3d_ran(attempt)
    if attempt.verdict == "right":
        return agreement(attempt)
    reasons = [*_sizes(attempt), *_channels(attempt)]
    return " ".join([*reasons, _stretched(attempt) if attempt.verdict == "stretched" else "Only equal shapes add up."])


def agreement(attempt: Attempt) -> str:
    """How both paths of a block that runs come to one shape, with the formula of the side."""
    block, side, made = attempt.block, attempt.shape[2], attempt.added[0][2]
    stride = block.shortcut_stride or block.stride
    main = _unbroken(f"⌊({side} + 2·{block.padding} − 3)/{block.stride}⌋ + 1 = {made}")
    if block.shortcut == "identity":
        shortcut = f"the identity keeps {side}"
    else:
        shortcut = _unbroken(f"⌊({side} − 1)/{stride}⌋ + 1 = {made}") + " on the shortcut"
    formulas = f"{main} on the main path, {shortcut}"
    return f"Side: {formulas}. Both come to {shape_text(attempt.added[0])}."


def change_html(lines: tuple[str, ...]) -> str:
    """Lines of code as ``difference`` gives them: those that go and come with their sign, the others pale.

    Args:
        lines: each begins with ``- ``, ``+ `` or two spaces.
    """
    tags = {"- ": ("<del>", "</del>", "− "), "+ ": ("<ins>", "</ins>", "+ ")}
    changed = any(line[:2] in tags for line in lines)
    drawn = []
    for line in lines:
        start, end, sign = tags.get(line[:2], ("<span>", "</span>", "  " if changed else ""))
        drawn.append(f"{start}{escape(sign + line[2:])}{end}")
    return f'<pre class="change{"" if changed else " whole"}">{"".join(drawn)}</pre>'


def description(attempt: Attempt) -> str:
    """The drawing in sentences, for those who do not see it."""
    ran = [f"{step.code_name} {shape_text(step.leaving)}" for step in attempt.steps if step.leaving is not None]
    added = attempt.added
    clash = f" At the addition: main path {shape_text(added[0])}, shortcut {shape_text(added[1])}." if added else ""
    steps = f"Steps that ran: {', '.join(ran)}." if ran else "No step ran."
    return f"{headline(attempt)}. Input {shape_text(attempt.shape)}. {steps}{clash}"


def _unbroken(formula: str) -> str:
    """A formula that no line ends in."""
    return formula.replace(" ", NO_BREAK)


def _no_room(attempt: Attempt, step: Step) -> str:
    height = step.arriving[0][2]
    come = f"{height}×{height} comes to {step.code_name}"
    return (
        f"Without padding a 3×3 convolution needs a map of at least 3×3, and {come} "
        f"({' → '.join(map(str, _main_sides(attempt)))}). The shortcut is never reached."
    )


def _conv3d_refused(attempt: Attempt) -> str:
    pictures, channels = attempt.shape[:2]
    padding = "" if attempt.block.padding else " After it comes the next mistake: without padding the sizes differ."
    return (
        f"Conv3d wants (N, C, D, H, W). A batch {shape_text(attempt.shape)} has one dimension less, so torch takes it "
        f"for one sample (C, D, H, W): the {pictures} pictures become {pictures} channels, where {channels} are "
        f"expected.{padding}"
    )


def _conv3d_ran(attempt: Attempt) -> str:
    main, shortcut = attempt.added
    pictures = attempt.shape[0]
    taken = (
        f"There are as many pictures as channels, so Conv3d runs: it takes the {pictures} pictures for channels and "
        f"the channels for depth. Every value of its {shape_text(shortcut)} is a sum over the pictures of the batch"
    )
    if attempt.verdict == "refused":
        return f"{taken}; the main path's {shape_text(main)} does not go with it."
    return f"{taken}: what a picture gets depends on its neighbours. The shapes go together by chance."


def _main_sides(attempt: Attempt) -> list[int]:
    """The side of the map along the main path, as far as it came."""
    steps = [attempt.step(name) for name in ("conv1", "conv2")]
    return [attempt.shape[2], *(step.leaving[2] for step in steps if step.leaving is not None)]


def _sizes(attempt: Attempt) -> list[str]:
    """Why the sides differ at the addition; empty when they agree."""
    block, (main, shortcut) = attempt.block, attempt.added
    if main[2] == shortcut[2]:
        return []
    reasons = []
    if not block.padding:
        halves = " and the first halves it" if block.stride == 2 else ""
        reasons.append(f"without padding each 3×3 convolution takes 2 off the side{halves}")
    shortcut_stride = 1 if block.shortcut == "identity" else block.shortcut_stride or block.stride
    if block.stride != shortcut_stride:
        reasons.append(f"the main path has stride {block.stride}, the shortcut {shortcut_stride}")
    said = "; ".join(reasons)
    there = str(shortcut[2]) if shortcut[2] == attempt.shape[2] else f"{attempt.shape[2]} → {shortcut[2]}"
    sides = f"main path {' → '.join(map(str, _main_sides(attempt)))}, shortcut {there}"
    return [f"{said[0].upper()}{said[1:]}: {sides}."]


def _channels(attempt: Attempt) -> list[str]:
    main, shortcut = attempt.added
    if main[1] == shortcut[1]:
        return []
    made = "1 channel" if main[1] == 1 else f"{main[1]} channels"
    return [f"The main path makes {made} of {shortcut[1]}, and the identity keeps {shortcut[1]}."]


def _stretched(attempt: Attempt) -> str:
    main, shortcut = attempt.added
    rule = "torch repeats a size of 1 until it fits (broadcasting)"
    if main[2:] != shortcut[2:]:
        return f"{rule}: the one value that a channel has left is added at all {_positions(main, shortcut)} positions."
    owner = "shortcut" if shortcut[1] == 1 else "main path"
    return f"{rule}: the one channel of the {owner} is added to all {max(main[1], shortcut[1])} channels."


def _positions(main: Shape, shortcut: Shape) -> int:
    return max(main[2], shortcut[2]) * max(main[3], shortcut[3])
