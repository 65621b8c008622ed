"""The app served by this process to this machine alone, for networks that live in it."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from streamlit import config

from explorer.errors import ExplorerError
from explorer.terminal.app import app_script

HOST = "127.0.0.1"
_LONGEST_START_SECONDS = 60
_SETTINGS = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    # in a page of a notebook the browser sends no cookie that could be compared; nobody else knows the address
    "server.enableXsrfProtection": False,
    "browser.gatherUsageStats": False,
}


_starting = threading.Lock()
_served: list[str] = []


def serve(port: int = 0) -> str:
    """Serve the app from a thread of this process, with which it ends; once in its life.

    The address has 32 random bytes in its path: without them there is nothing to be had, and every other machine
    finds no server at all.

    Args:
        port: of this machine; 0 takes one that is free. Later calls answer with the first one's address.

    Returns:
        The address, ``http://127.0.0.1:40321/4fXk…/``.

    Raises:
        ExplorerError: when the port is taken, or the server does not start.
    """
    with _starting:
        if not _served:
            _served.append(_start(port))
    return _served[0]


def _start(port: int) -> str:
    try:
        listening = socket.create_server((HOST, port))
    except (OSError, OverflowError):
        raise ExplorerError(f"The port {port} of this machine cannot be had: choose another, or 0 for any.") from None
    token = secrets.token_urlsafe(32)
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST])
    app = st.App(str(app_script()), middleware=[hosts, Middleware(_Quiet)])
    for name, value in _SETTINGS.items() | {("server.baseUrlPath", token)}:
        config.set_option(name, value)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="explorer.show", daemon=True)
    thread.start()
    ends = time.monotonic() + _LONGEST_START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > ends:
            raise ExplorerError("The server for this page did not start.")
        time.sleep(0.01)
    return f"http://{HOST}:{listening.getsockname()[1]}/{token}/"


class _Quiet:
    """Tells no other server, and no browser's list of visits elsewhere, the address with the random bytes."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"referrer-policy", b"no-referrer")]
            await send(message)

        await self.app(scope, receive, sending)
