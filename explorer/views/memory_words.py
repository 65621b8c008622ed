"""What the memory of a network comes to, in sentences."""

from __future__ import annotations

from explorer.architecture.memory import SET_ASIDE, Memory, Optimiser, Use, usable_bytes
from explorer.architecture.plan import Plan
from explorer.views.numbers import in_bytes, percent, shape_text, true_minus

OPTIMISERS: dict[Optimiser, str] = {"momentum": "SGD with momentum", "sgd": "SGD", "adam": "Adam"}
LEFT_OUT = (
    "Left out of the estimate: what the libraries take to work in, gradients of maps on their way back, what the loss "
    "keeps, what an allocator rounds up or cannot use, and a GPU's own context."
)
KEPT = (
    "Kept until the gradient comes by: what arrives at convolutions and norms, what a ReLU puts out, and where a max "
    "pool found its largest values; an addition needs nothing. A ReLU that works in place, as torchvision's do, keeps "
    "the same: it overwrites what a norm put out, which nobody needs again."
)
HELD = (
    "Held at the same time: the picture throughout, what a block was given until the block has ended, for its "
    "addition, and likewise for a stage; all else goes when nobody needs it any more."
)
SEEN = (
    "The network is measured, not described: what it keeps is what autograd's own hooks saw in two passes on torch's "
    "device without memory. It is not known by row, in bfloat16 or in evaluation."
)
AUTOCAST = (
    "bfloat16 means autocast: weights, gradients and the optimiser's state stay in float32, and a copy of the weights "
    "in bfloat16 is kept beside the maps."
)


def use_words(use: Use) -> str:
    """What a network is used for, as a line of a table has it."""
    what = f"Training, {OPTIMISERS[use.optimiser]}" if use.training else "Inference"
    return f"{what}, {use.precision}"


def answer(plan: Plan, use: Use, memory: Memory, card: int) -> str:
    """The largest batch that fits on a card, for a heading."""
    title, size = plan.network.title, shape_text(plan.input_size)
    batch = memory.largest_batch(usable_bytes(card))
    if not batch:
        return f"{title} at {size} does not fit on {card} GB: one picture takes {in_bytes(memory.bytes_at(1))}"
    does = "trains with" if use.training else "runs with"
    return f"{title} at {size} {does} a batch of up to {batch:,} on {card} GB"


def assumed(use: Use, memory: Memory, card: int) -> str:
    """How that estimate was made."""
    how = f"{OPTIMISERS[use.optimiser]}, {use.precision}" if use.training else f"no gradients, {use.precision}"
    each = memory.peak(max(1, memory.largest_batch(usable_bytes(card)))).picture_bytes
    return (
        f"An estimate: {how}; of the card's {card} GB (of 1,024³ bytes) {SET_ASIDE} % are set aside for what it leaves "
        f"out. What the batch does not change is {in_bytes(memory.constant_bytes)}; each picture "
        f"{'keeps' if use.training else 'takes'} {in_bytes(each)} more{'' if use.training else ' at the peak'}."
    )


def how_fitted(memory: Memory, card: int) -> str:
    """How the largest batch of a card comes about."""
    return (
        "The largest batches by card, all of them estimates; point at one to see how it comes about. "
        f"On {card} GB: {memory.fitting(usable_bytes(card)).formula}."
    )


def at_peak(memory: Memory, use: Use, batch: int) -> str:
    """Where activations take most."""
    return KEPT if use.training else f"The most is held at {memory.peak(batch).row}. {HELD}"


def error_text(estimate: int, measured: int) -> str:
    """How far an estimate is from what was measured, as a share of that: ``−6.3 %``."""
    share = estimate / measured - 1
    return ("+" if share > 0 else "") + true_minus(percent(share))


def how_measured(device: str, use: Use) -> str:
    """What the measured figure is."""
    what = (
        "two steps of training with random weights, the gradients of the first there during the second"
        if use.training
        else "two passes with random weights"
    )
    where = (
        "the most that torch's allocator gave out"
        if device.startswith("cuda")
        else "the most that the process had resident, less what it had before the network was built"
    )
    return f"Measured on {device} in a process of its own: {what}; {where}."


def not_known(plan: Plan, use: Use) -> str:
    """Why there is no estimate of a network that is measured."""
    does = "in training" if use.training else "in evaluation"
    return (
        f"{plan.network.title} is measured, not described: which of its rows takes what is not known, so what it takes "
        f"{does} in {use.precision} cannot be worked out from its plan."
    )


def small_print(plan: Plan, use: Use, *, is_estimated: bool) -> str:
    """What the estimate leaves out, and how it was made where that is not plain."""
    if not is_estimated:
        return "What one process holds on this machine; another device or library holds something else."
    more = [AUTOCAST] if use.precision == "bfloat16" else [SEEN] if plan.network.measured else []
    return " ".join([LEFT_OUT, *more])
