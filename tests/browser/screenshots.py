"""Pictures of pages as a reader sees them, to be looked at: light and dark, wide and narrow.

    python tests/browser/screenshots.py OUTDIR [PATH ...]

PATH is what follows the host, ``/compare?networks=resnet18,resnet50``; without one every page is taken.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import Literal

# run as a script, Python looks for modules in this folder and not in the repository's
sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Browser

from tests.browser.app_page import AppPage
from tests.browser.chromium import chromium
from tests.browser.server import serve

PAGES = ["/", "/feature-maps", "/batchnorm", "/compare"]
WIDTHS = {1440: 900, 390: 844}
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


def take(browser: Browser, url: str, path: str, folder: Path) -> None:
    """Opens one page on every kind of screen and saves a picture of each.

    Args:
        browser: a running browser.
        url: the server's address.
        path: the page's address on it.
        folder: where the pictures go.
    """
    name = re.sub(r"\W+", "-", path).strip("-") or "architecture"
    for width, height in WIDTHS.items():
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = AppPage(context.new_page(), url).open(path)
            file = folder / f"{name}-{width}-{scheme}.png"
            page.screenshot(file)
            sideways = "scrolls sideways" if page.scrolls_sideways() else ""
            print(file, sideways, *page.watch.faults)
            context.close()


def main() -> None:
    """Starts the app and takes the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    parser.add_argument("paths", nargs="*", default=PAGES, metavar="PATH")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch)) as server, chromium() as browser:
        for path in arguments.paths:
            take(browser, server.url, path, arguments.folder)


if __name__ == "__main__":
    main()
