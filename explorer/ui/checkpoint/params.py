"""The parameters of the page Checkpoint; an uploaded file is none of them, for no link can carry it."""

from explorer.architecture.examples import EXAMPLES
from explorer.architecture.weights import RUN
from explorer.ui.params.kinds import matching, whole
from explorer.ui.params.shared import RUN_ID

OPENED = matching(
    "opened",
    rf"{'|'.join(EXAMPLES)}|{RUN}{RUN_ID}(-[0-9]{{1,6}})?",
    f"{', '.join(EXAMPLES)}, or {RUN} with the id of a run and, behind a dash, one of its epochs",
)
"""What is looked at in place of an uploaded file."""
WHICH = whole("which", 1, 999, None, "Network", "The file holds several; nothing is loaded before you choose.")
LAYER = matching("of_layer", r".{1,200}", "the name of a layer", "Layer", "Whose numbers are drawn.")
FIND = matching("in_file", r".{0,80}", "a text of at most 80 characters", "Search", "Words that must all occur.")
