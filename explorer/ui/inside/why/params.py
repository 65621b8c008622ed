"""The parameters of "Why this answer"."""

from __future__ import annotations

from explorer.ui.params.kinds import one_of

VIEW = one_of(
    "why_view",
    {
        "where": "Where it looks",
        "believe": "Can it be believed",
        "shaken": "Shaken",
    },
    "View",
    "The places that an answer comes from, a test of such maps, or the same picture changed a little.",
)
