"""The parameters of "Which FLOPs"."""

from explorer.architecture.flop_conventions import CONVENTIONS
from explorer.ui.params.kinds import one_of

_NAMES = {tool: convention.name for tool, convention in CONVENTIONS.items()}
FROM = one_of("fl_from", _NAMES, "From the figure of", "Where the way from one figure to another begins.")
TO = one_of("fl_to", _NAMES, "To the figure of", "Where it ends.", default="thop")
