"""The app as a person uses it: controls are found by the words that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.watch import Watch

PATIENCE_MS = 120_000
"""How long anything may take: a machine may be busy with other work, and waiting costs nothing when all is well."""

QUIET_MS = 300
"""How long nothing may have run until the page counts as idle: longer than Streamlit waits before it sends a slider."""

POLL_MS = 50
"""How often to look: every frame would cost more than it saves."""

ANSWER_MS = 30_000
"""How long a busy server may take to begin with what it was asked; some messages get no answer."""

IDLE_SCRIPT = """([looks, answer]) => {
  const { testConnectionState, testScriptState } = document.querySelector('[data-testid="stApp"]')?.dataset ?? {};
  // a grey bar stands for an element whose code the browser has yet to load
  const ready = testConnectionState === "CONNECTED" && testScriptState === "notRunning"
    && !document.querySelector('[data-testid="stSkeleton"]')
    && (lastAsked < lastAnswered || performance.now() - lastAsked > answer);
  // looks are counted and not time: a browser that was too busy to look has seen nothing
  window.quietLooks = ready ? window.quietLooks + 1 : 0;
  return window.quietLooks > looks;
}"""


class AppPage:
    """One browser tab with the app in it.

    Every method that changes something waits until the app has answered.

    Attributes:
        tab: the Playwright page, for what has no method here.
        watch: the faults seen so far.
    """

    def __init__(self, tab: Page, url: str, watch: Watch | None = None) -> None:
        self.tab = tab
        tab.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        self.watch = watch or Watch(tab)
        self._url = url

    # --- going places ---

    def open(self, path: str = "/") -> AppPage:
        """Opens a page of the app, its parameters included, and waits until it is drawn.

        Args:
            path: what follows the host, such as ``/compare?network=resnet18``.
        """
        self.tab.goto(self._url + path)
        return self.idle()

    def go(self, page: str) -> AppPage:
        """Follows the link to a page in the navigation on top.

        Args:
            page: the page's title.
        """
        if self.tab.locator(".st-key-fold_menu").is_visible():
            self.unfold("menu")
        self.tab.get_by_test_id("stPageLink").get_by_role("link", name=page, exact=True).first.click()
        return self.idle()

    def unfold(self, part: str) -> AppPage:
        """Unfolds what a phone shows as one line.

        Args:
            part: ``menu`` or ``network``.
        """
        self.tab.locator(f".st-key-fold_{part} button").click()
        return self

    def back(self) -> AppPage:
        """One step back, as the browser's button."""
        self.tab.go_back()
        return self.idle()

    def idle(self, *, quiet_ms: int = QUIET_MS) -> AppPage:
        """Waits until the app is connected and has not run for a moment.

        Args:
            quiet_ms: how long nothing may have run.
        """
        self.tab.get_by_test_id("stApp").wait_for()
        self.tab.evaluate("window.quietLooks = 0")
        self.tab.wait_for_function(IDLE_SCRIPT, arg=[quiet_ms // POLL_MS, ANSWER_MS], polling=POLL_MS)
        return self

    # --- controls ---

    def select(self, label: str, option: str) -> AppPage:
        """Picks an option of a select box, also one that is further down a long list.

        Args:
            label: the box's label.
            option: the option's whole text.
        """
        box = self.tab.get_by_role("combobox", name=label, exact=True)
        box.click()
        box.fill(option)
        self.tab.get_by_role("option", name=option, exact=True).click()
        return self.idle()

    def selected(self, label: str) -> str:
        """The option that a select box shows."""
        return self.tab.get_by_role("combobox", name=label, exact=True).input_value()

    def enter(self, label: str, value: int | float | str) -> AppPage:
        """Writes into a number or text field and confirms.

        Args:
            label: the field's label.
            value: what to write.
        """
        field = self.tab.get_by_label(label, exact=True).and_(self.tab.locator("input, textarea"))
        field.fill(str(value))
        field.press("Enter")
        return self.idle()

    def choose(self, label: str, option: str) -> AppPage:
        """Picks one of the options that stand side by side: radio buttons, a segmented control, pills.

        Args:
            label: the group's label.
            option: the option's whole text.
        """
        group = self.tab.get_by_role("radiogroup", name=label, exact=True)
        group.get_by_text(option, exact=True).click()
        return self.idle()

    def switch(self, label: str) -> AppPage:
        """Turns a toggle or a check box over.

        Args:
            label: its label.
        """
        self.tab.get_by_test_id("stCheckbox").filter(has=self.tab.get_by_text(label, exact=True)).click()
        return self.idle()

    def slide(self, label: str, steps: int) -> AppPage:
        """Moves a slider with the arrow keys.

        Args:
            label: the slider's label.
            steps: to the right if positive, else to the left.
        """
        handle = self.tab.get_by_role("group", name=label, exact=True).get_by_role("slider")
        for _ in range(abs(steps)):
            handle.press("ArrowRight" if steps > 0 else "ArrowLeft")
        return self.idle()

    def press(self, label: str) -> AppPage:
        """Presses a button.

        Args:
            label: its text.
        """
        self.tab.get_by_role("button", name=label, exact=True).click()
        return self.idle()

    def show_tab(self, name: str) -> AppPage:
        """Brings one of several tabs to the front."""
        self.tab.get_by_role("tab", name=name, exact=True).click()
        return self.idle()

    def expand(self, label: str) -> AppPage:
        """Opens an expander; one that is open stays open."""
        box = self.tab.get_by_test_id("stExpander").filter(has=self.tab.get_by_text(label, exact=True))
        if box.locator("details").get_attribute("open") is None:
            box.locator("summary").click()
        return self.idle()

    # --- files ---

    def upload(self, label: str, files: Path | FilePayload | Sequence[Path] | Sequence[FilePayload]) -> AppPage:
        """Gives files to an uploader.

        Args:
            label: the uploader's label.
            files: paths, or dicts of ``name``, ``mimeType`` and ``buffer`` for bytes that lie in no file.
        """
        uploader = self.tab.get_by_test_id("stFileUploader").filter(has=self.tab.get_by_text(label, exact=True))
        with self.tab.expect_response(lambda answer: "/upload_file/" in answer.url and answer.request.method == "PUT"):
            uploader.locator("input[type=file]").set_input_files(files)
        return self.idle()

    def download(self, label: str) -> tuple[str, bytes]:
        """Presses a download button.

        Args:
            label: the button's text.

        Returns:
            The file's suggested name and its bytes.
        """
        with self.tab.expect_download() as waiting:
            self.tab.get_by_role("button", name=label, exact=True).click()
        return waiting.value.suggested_filename, waiting.value.path().read_bytes()

    # --- what is shown ---

    @property
    def query(self) -> dict[str, str]:
        """The parameters in the address."""
        return dict(parse_qsl(urlsplit(self.tab.url).query, keep_blank_values=True))

    @property
    def path(self) -> str:
        """The address after the host, parameters included: what `open` takes to show the same."""
        parts = urlsplit(self.tab.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def text(self) -> str:
        """All words in the main area."""
        return self.tab.get_by_test_id("stMain").inner_text()

    def expect_text(self, text: str | re.Pattern[str]) -> Locator:
        """Waits until a text can be read on the page.

        Args:
            text: the words, or a pattern.

        Returns:
            Where it stands first.
        """
        # what stands in a closed expander or in a tab behind another is not readable
        found = self.tab.get_by_test_id("stMain").get_by_text(text).locator("visible=true").first
        expect(found).to_be_visible()
        return found

    def metric(self, label: str) -> str:
        """The value under a label of ``st.metric``."""
        box = self.tab.get_by_test_id("stMetric").filter(has=self.tab.get_by_text(label, exact=True))
        return box.get_by_test_id("stMetricValue").inner_text()

    def scrolls_sideways(self) -> bool:
        """Whether the page is wider than the screen."""
        return bool(self.tab.get_by_test_id("stMain").evaluate("main => main.scrollWidth > main.clientWidth + 1"))

    def screenshot(self, file: Path) -> None:
        """Takes a picture of the whole page, what has to be scrolled to included.

        Args:
            file: where the PNG goes.
        """
        size = self.tab.viewport_size
        assert size is not None
        # the page scrolls inside the app, so the screen has to grow for the picture
        height = self.tab.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        self.tab.set_viewport_size({"width": size["width"], "height": max(size["height"], int(height))})
        self.idle()
        self.tab.screenshot(path=file)
        self.tab.set_viewport_size(size)
