"""Listens at once, says "getting ready", then hands over to the app; stops cleanly on Ctrl-C.

Loading Gradio takes seconds: the socket is bound and a holding page served before that, so that a person who opens
the address early sees what is going on instead of an error.
"""

from __future__ import annotations

import asyncio
import html
import socket
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvicorn

from chat.web.guard import Guard, fence
from chat.web.identity import path_below
from chat.web.limits import read_allowance
from chat.web.signin import behind_proxies, open_door
from kb.errors import AskFirstError, PortTaken
from kb.settings import Settings

Scope = Any
Log = Callable[[str], None]
_STOPPING = 5.0  # seconds that answers in flight may take to finish


class Gate:
    """ASGI: a holding page until `open` is called with the real app, whose lifespan it then keeps."""

    def __init__(self) -> None:
        self._app: Any = None
        self._waiting = threading.Event()
        self._opened = threading.Event()
        self._stack = AsyncExitStack()
        self._pending: Any = None
        self._failed: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, app: Any) -> None:
        """Runs the app's start-up on the server's own loop and sends every later request to it; waits until it is up."""
        self._waiting.wait()
        if self._loop is None:
            raise RuntimeError("the server stopped before it was ready")
        asyncio.run_coroutine_threadsafe(self._enter(app), self._loop).result()

    async def _enter(self, app: Any) -> None:
        await self._stack.enter_async_context(app.router.lifespan_context(app))
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answers one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _hold(scope, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._loop = asyncio.get_running_loop()
                self._waiting.set()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stack.aclose()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _hold(scope: Scope, send: Any) -> None:
    """The holding page, or its JSON for programs; only `/healthz` is well."""
    path = path_below(scope)
    alive = path == "/healthz"
    if path.startswith("/api") or path in ("/healthz", "/readyz", "/metrics"):
        body, kind = b'{"status":"alive"}' if alive else b'{"status":"getting ready"}', b"application/json"
    else:
        body, kind = _HOLDING.encode(), b"text/html; charset=utf-8"
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    if not alive:
        headers.append((b"retry-after", b"2"))
    # A person's browser gets the page as a page; programs and probes are told that it is not the service yet.
    status = 200 if alive or kind.startswith(b"text/html") else 503
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


_HOLDING = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="2"><title>AskFirst · {html.escape("getting ready")}</title>
<style>:root{{color-scheme:light dark}}body{{font:1.1rem/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0}}
main{{text-align:center;padding:2rem}}b{{font-size:1.5rem}}p{{opacity:.75}}</style></head>
<body><main role="status"><b>AskFirst</b><p lang="en">Getting ready … this page opens by itself.</p>
<p lang="id">Sedang disiapkan … halaman ini terbuka sendiri.</p></main></body></html>"""


def serve(settings: Settings, ensure: Callable[[], Path], log: Log) -> None:
    """Serves until interrupted; `ensure` gives the index to answer from, building it where it is missing.

    Raises `SettingsError` for an address that is not loopback while nothing says how people sign in, and `PortTaken` for one
    in use.
    """
    rules = open_door(settings, log).rules
    read_allowance(settings)
    bound = _bind(settings.host, settings.port)
    address = _address(bound)
    gate = Gate()
    server = uvicorn.Server(
        uvicorn.Config(
            behind_proxies(Guard(gate, fence(settings)), rules),
            proxy_headers=False,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(_STOPPING),
            root_path=settings.root_path,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="server", daemon=True)
    thread.start()
    log(f"AskFirst is getting ready on {address}")
    try:
        index = ensure()
        from chat.web.app import build_app

        gate.open(build_app(settings, index, log))
        log(f"AskFirst answers on {address} (Ctrl-C stops it)")
        while thread.is_alive():
            thread.join(0.5)
    except KeyboardInterrupt:
        log("stopping")
    finally:
        server.should_exit = True
        thread.join(_STOPPING + 5)
        bound.close()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise PortTaken(
            expected=f"a free port {port} on {host}",
            found=error.strerror or str(error),
            todo="stop the other program or give another --port",
        ) from error
    return bound


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


__all__ = ["AskFirstError", "Gate", "serve"]
