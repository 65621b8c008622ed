"""The parameters of the page Checkpoint; an uploaded file is none of them, for no link can carry it."""

from explorer.architecture.examples import EXAMPLES
from explorer.architecture.published import TAGS
from explorer.architecture.weights import RUN, RUN_ID, SWAG_TAGS
from explorer.ui.network_fields import STRIDES
from explorer.ui.params.kinds import flag, matching, one_of, whole

_EPOCH = rf"{RUN}{RUN_ID}(-[0-9]{{1,6}})?"
OPENED = matching(
    "opened",
    rf"{'|'.join(EXAMPLES)}|{_EPOCH}",
    f"{', '.join(EXAMPLES)}, or {RUN} with the id of a run and, behind a dash, one of its epochs",
)
"""What is looked at in place of an uploaded file."""
AGAINST = matching(
    "against",
    rf"{'|'.join((*EXAMPLES, *TAGS, *SWAG_TAGS))}|here-[0-9]{{1,3}}|{_EPOCH}",
    f"{', '.join(EXAMPLES)}, published weights such as {TAGS[0]}, here- with the number of another network of the "
    f"file, or {RUN} with the id of a run and, behind a dash, one of its epochs",
    "Second checkpoint",
    "Another one of the same network; both are then compared layer by layer and on the same pictures.",
)
REPAIR = flag(
    "repair", "Estimate them anew", "The pictures go through the network in train mode; nothing else changes."
)
WHICH = whole("which", 1, 999, None, "Network", "The file holds several; nothing is loaded before you choose.")
STRIDE = one_of(
    "trained_stride",
    STRIDES,
    "Output stride",
    "Weights do not show dilation: names and shapes are the same. What was the network trained with?",
)
LAYER = matching("of_layer", r".{1,200}", "the name of a layer", "Layer", "Whose numbers are drawn.")
FIND = matching("in_file", r".{0,80}", "a text of at most 80 characters", "Search", "Words that must all occur.")
