"""The system's Chromium, closed in so that nothing it does leaves this machine."""

from __future__ import annotations

import contextlib
import functools
import shutil
import subprocess
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # every page is looked at for seconds, and to optimise its scripts takes longer than it saves
    "--js-flags=--no-maglev --no-turbofan",
    # a hidden list of suggestions, drawn by a page of its own for every window; the rest is what Playwright turns off,
    # as only the last such option counts
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,OptimizationHints,PreconnectToSearch,NetworkTimeServiceQuerying,AimEnabled",
    # a stray request fails instead of getting out; the page's watch reports it
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@functools.cache
def find_chromium() -> str | None:
    """Path of a browser that starts, None where there is none.

    Some systems have a command of that name which only says how to install it.
    """
    for name in NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium until the block is left.

    Yields:
        The browser; open pages in contexts of their own.

    Raises:
        FileNotFoundError: where no Chromium is installed.
    """
    path = find_chromium()
    if path is None:
        raise FileNotFoundError("No Chromium was found; looked for " + ", ".join(NAMES) + ".")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
