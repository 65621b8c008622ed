"""A web server on this machine that serves one file, and fails as a test asks it to."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """Serves one file under every name.

    Attributes:
        url: its address, ``http://127.0.0.1:port``.
        content: the file.
        status: answered instead of the file where it is not 200.
        takes_ranges: whether it answers a request for a part with that part.
        cuts: after how many bytes each of the next answers breaks off.
        pause: seconds between two pieces of an answer.
        shift: bytes by which an answer to a range begins too late.
        asked: the Range of every request so far, and None where it had none.
        paths: the path of every request.
    """

    def __init__(self, content: bytes) -> None:
        self.content, self.status, self.takes_ranges, self.shift, self.pause = content, 200, True, 0, 0.0
        self.url = ""
        self.cuts: list[int] = []
        self.asked: list[str | None] = []
        self.paths: list[str] = []
        self.before: Callable[[], object] = lambda: None

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        said = handler.headers["Range"]
        self.asked.append(said)
        self.paths.append(handler.path)
        self.before()
        if self.status != 200:
            handler.send_error(self.status)
            return
        begin = int(said.removeprefix("bytes=").rstrip("-")) if said and self.takes_ranges else 0
        if begin and begin >= len(self.content):
            handler.send_error(416)
            return
        begin = min(begin + self.shift, len(self.content))
        body = self.content[begin:]
        handler.send_response(206 if begin else 200)
        if begin:
            handler.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        body = body[: self.cuts.pop(0)] if self.cuts else body
        step = 2**16 if self.pause else max(len(body), 1)
        for at in range(0, len(body), step):
            handler.wfile.write(body[at : at + step])
            time.sleep(self.pause)


@contextmanager
def serve_file(content: bytes) -> Iterator[FileServer]:
    """The server, while it runs."""
    server = FileServer(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        # a client that breaks off is what some tests are about
        listening.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
