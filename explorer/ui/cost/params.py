"""The parameter of the page Cost that all of its parts have."""

from explorer.ui.params.kinds import one_of

PART = one_of(
    "c_part",
    {
        "flops": "Which FLOPs",
        "time": "Time",
        "memory": "Memory",
        "backbone": "As a backbone",
    },
    "Look at",
    "What is asked of the network.",
)
