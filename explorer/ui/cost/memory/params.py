"""The parameters of "Memory"."""

from explorer.architecture.memory import CARDS
from explorer.ui.params.kinds import one_of, whole
from explorer.views.memory_words import OPTIMISERS

FOR = one_of(
    "mm_for",
    {"training": "Training", "inference": "Inference"},
    "Memory for",
    "A step of training, or a pass in evaluation without gradients.",
)
OPTIMISER = one_of(
    "mm_optimiser",
    OPTIMISERS,
    "Optimiser",
    "SGD keeps nothing for each parameter, its momentum is one number, Adam has two.",
)
PRECISION = one_of(
    "mm_type",
    {"float32": "float32", "bfloat16": "bfloat16"},
    "Precision",
    "bfloat16 under autocast: convolutions and linear layers compute in it, weights stay in float32.",
)
CARD = one_of(
    "mm_card",
    {str(card): f"{card} GB" for card in CARDS},
    "On a card of",
    "A GPU's memory, in units of 1,024³ bytes.",
    default="24",
)
BATCH = whole("mm_batch", 1, 65_536, 32, "Pictures at once", "The batch that is taken apart and measured.")
