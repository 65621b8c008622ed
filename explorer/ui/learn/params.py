"""The parameter of the page Learn."""

from explorer.ui.params.kinds import matching

CHAPTER = matching(
    "chapter",
    r"[a-z0-9-]{1,60}",
    "the name of a chapter",
    "Chapter",
    "In the order in which they build on each other.",
    default="stages",
)
