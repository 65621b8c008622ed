"""What must not happen while somebody uses the app: noticed at once, reported at the end."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, WebSocket

EXCEPTION_MARK = "An exception is shown on the page: "

# Runs before the page's own scripts. Says that the script is busy, and remembers when the page last asked its server
# and had an answer, for `AppPage.idle`; says every exception box aloud, also one that a rerun takes away again.
INIT_SCRIPT = f"""
(() => {{
  const seen = new WeakSet();
  window.quietLooks = 0;
  window.lastAsked = window.lastAnswered = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {{
    if (!seen.has(this)) {{
      seen.add(this);
      this.addEventListener("message", () => {{ window.lastAnswered = performance.now(); }});
    }}
    window.lastAsked = performance.now();
    send.call(this, data);
  }};
  const look = () => {{
    const app = document.querySelector('[data-testid="stApp"]');
    const {{ testConnectionState, testScriptState }} = app?.dataset ?? {{}};
    if (testConnectionState !== "CONNECTED" || testScriptState !== "notRunning") window.quietLooks = 0;
    for (const box of document.querySelectorAll('[data-testid="stException"]')) {{
      if (!seen.has(box)) {{ seen.add(box); console.error({EXCEPTION_MARK!r} + box.innerText); }}
    }}
  }};
  new MutationObserver(look).observe(document, {{ subtree: true, childList: true, attributes: true,
    attributeFilter: ["data-test-connection-state", "data-test-script-state"] }});
}})();
"""


# What the app keeps in the browser of somebody who has been here and closed its words of welcome.
BEEN_HERE_SCRIPT = "try { localStorage.setItem('resnet-explorer-welcomed', 'yes'); } catch { /* about:blank */ }"


class Watch:
    """Collects the faults of one browser tab, of somebody who has been here before.

    Attributes:
        faults: one sentence for each thing that must not happen, in the order in which they happened.
    """

    def __init__(self, tab: Page, *, been_here: bool = True) -> None:
        self.faults: list[str] = []
        tab.add_init_script(INIT_SCRIPT)
        if been_here:
            tab.add_init_script(BEEN_HERE_SCRIPT)
        tab.on("pageerror", lambda error: self.faults.append(f"The page's script failed: {error}"))
        tab.on("crash", lambda _: self.faults.append("The page crashed."))
        tab.on("console", self._console)
        tab.on("request", self._request)
        tab.on("websocket", self._websocket)

    def _console(self, message: ConsoleMessage) -> None:
        address = str(message.location.get("url", ""))
        if message.type == "error" and not is_deep_link_404(message.text, address):
            self.faults.append(f"Error in the console: {message.text} ({address})")

    def _request(self, request: Request) -> None:
        if leaves_the_machine(request.url):
            self.faults.append(f"A request leaves the machine: {request.method} {request.url}")

    def _websocket(self, socket: WebSocket) -> None:
        if leaves_the_machine(socket.url):
            self.faults.append(f"A socket leaves the machine: {socket.url}")


def is_deep_link_404(text: str, address: str) -> bool:
    """Whether a console error is one of the two that Streamlit causes itself.

    Opened at ``/compare``, it first looks for its server below that path and gets a 404.
    """
    path = urlsplit(address).path
    below_a_page = path.count("/") > 2
    return "404" in text and below_a_page and path.endswith(("/_stcore/health", "/_stcore/host-config"))


def leaves_the_machine(address: str) -> bool:
    """Whether a request for the address goes to another machine."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"
