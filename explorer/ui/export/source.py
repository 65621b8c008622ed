"""The network as PyTorch that stands alone, and what is done with it next."""

from explorer.ui import state
from explorer.ui.architecture.code_tab import code_of_network
from explorer.ui.components.listing import listing
from explorer.views.export.loading import load_source


def section() -> None:
    """Draw the section."""
    spec = state.spec()
    beside = code_of_network(spec)
    if beside is not None:
        beside.markdown("**Then**, with the weights from below in the same folder")
        with beside:
            listing(load_source(spec), language="python")
