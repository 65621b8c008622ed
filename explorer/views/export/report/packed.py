"""Text that lies in an HTML file as a twentieth of its bytes, and the rule that lets only what we wrote run there."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Sequence
from functools import cache

from plotly.offline import get_plotlyjs


def packed(text: str) -> str:
    """A text as gzip in base64, which ``report.js`` reads; equal texts give equal letters."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")


@cache
def plotly_script() -> tuple[str, str]:
    """Plotly's own script as it comes with its Python package, packed, and its hash for ``content_security``."""
    script = get_plotlyjs()
    return packed(script), _hash(script)


def content_security(scripts: Sequence[str]) -> str:
    """What a file may do in a browser: run these scripts, show what lies in it, and reach no network.

    Args:
        scripts: their texts, or their hashes as ``plotly_script`` gives them.
    """
    hashes = (script if script.startswith("sha256-") else _hash(script) for script in scripts)
    allowed = " ".join(f"'{one}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}"
