"""The parameters of the page BatchNorm; those of its experiments stand in ``norm_lab``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.params.kinds import one_of, real, whole

if TYPE_CHECKING:
    from explorer.model.guard import Mode

_MODES: dict[Mode, str] = {"eval": "In eval mode", "train": "In train mode"}

PART = one_of(
    "norm_part",
    {"norms": "This network's norms", "lab": "Experiments"},
    "Show",
    "The norms of the chosen network, or experiments on small ones.",
)
BATCH = whole("batch", 1, 64, 8, "Pictures in the batch", "How many pictures go through the network at once.")
MODE = one_of("mode", _MODES, "Mode", "Which statistics the norms use: the running ones, or those of the pictures.")
ASPECT = one_of(
    "aspect",
    {
        "values": "Before and after",
        "batch": "Running against batch",
        "modes": "Train against eval",
        "steps": "Four steps",
        "line": "In eval: one line",
        "channels": "All channels",
    },
    "Look at",
    "Which view of the norm is drawn.",
)
GAMMA = real("gamma", -1000, 1000, None, "γ", step=0.01)
BETA = real("beta", -1000, 1000, None, "β", step=0.01)
TINY_VARIANCE = real(
    "tiny_variance",
    0,
    10**6,
    1e-5,
    "Tiny variance below",
    "Smaller running variances are found; ε is usually 0.00001.",
)
NEAR_ZERO_GAMMA = real("near_zero_gamma", 0, 10**6, 1e-3, "Near-zero γ below", "A γ closer to 0 than this is found.")
FAR_MEAN = real(
    "far_mean",
    0,
    10**6,
    1.0,
    "Mean off by more than, in standard deviations",
    "How many running standard deviations the mean of the batch is from the running mean.",
)
FAR_VARIANCE = real(
    "far_variance",
    1,
    10**6,
    4.0,
    "Variance off by more than, as a factor",
    "How many times one of running and batch variance is the other.",
)
LIMITS = (TINY_VARIANCE, NEAR_ZERO_GAMMA, FAR_MEAN, FAR_VARIANCE)
