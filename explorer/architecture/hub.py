"""Where published weights lie on this machine, whether they are there, and whether the network may be asked.

Needs no torch, so that a page can say it before torch is loaded. ``explorer.model.published`` reads and fetches them.
"""

import os
import sys
from pathlib import Path

from explorer.architecture.published import PublishedWeights

OFFLINE = "EXPLORER_OFFLINE"
PARTIAL = ".partial"
_NO = ("", "0", "no", "off", "false")
# torchvision gives sizes to a thousandth of a MiB; the content's hash is checked when weights are loaded
_SIZE_TOLERANCE = 0.01


def is_offline() -> bool:
    """Whether ``EXPLORER_OFFLINE`` asks never to use the network: any value but empty, 0, no, off and false."""
    return os.environ.get(OFFLINE, "").strip().lower() not in _NO


def hub_folder() -> Path:
    """The folder where torch keeps published weights; it need not exist yet.

    The rule is that of ``torch.hub.get_dir``, which is asked itself where it is loaded, for a program may have set it.
    """
    hub = sys.modules.get("torch.hub")
    if hub is not None:
        return Path(hub.get_dir()) / "checkpoints"
    cache = os.getenv("XDG_CACHE_HOME", "~/.cache")
    return Path(os.path.expanduser(os.getenv("TORCH_HOME", os.path.join(cache, "torch")))) / "hub" / "checkpoints"


def place_of(weights: PublishedWeights) -> Path:
    """Where the file of published weights is, or would be."""
    return hub_folder() / weights.file_name


def is_here(weights: PublishedWeights) -> bool:
    """Whether published weights are on this disk and of the published size."""
    try:
        found = place_of(weights).stat().st_size / 2**20
    except OSError:
        return False
    return abs(found - weights.file_mib) <= _SIZE_TOLERANCE * weights.file_mib
