"""Listens at once, says "getting ready", then hands over to the app; told to stop, it first finishes what it has begun.

Loading Gradio takes seconds: the socket is bound and a holding page served before that, so that a person who opens
the address early sees what is going on instead of an error.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from chat.web.guard import Guard, fence
from chat.web.identity import path_below
from chat.web.limits import read_allowance
from chat.web.logs import logging_as
from chat.web.metrics import Metrics
from chat.web.signin import behind_proxies, open_door
from chat.web.watched import Watched
from kb.errors import AskFirstError, PortTaken
from kb.settings import Settings

if TYPE_CHECKING:
    from chat.comparing import Reader

Scope = Any
Log = Callable[[str], None]
Opening = Callable[[Callable[[Settings, Path], Any]], Any]
_FINISHING = 20.0  # seconds that answers in flight may take to finish
_LOOK = 0.1  # seconds between looks at whether they have
_CLOSING = 2  # seconds for what is then still open
_IDLE = 75  # seconds; longer than nginx keeps an idle connection, so that it is never us who close one that it is about to use
# An open page keeps this connection for as long as it is open; where its answer comes, it comes on another.
_ENDLESS = "/gradio_api/heartbeat/"
_FETCHED = "/gradio_api/queue/data"  # the answer to what was asked before


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
        self._leaving = asyncio.Event()
        self._busy = 0  # requests that have an end and have not come to it

    def finish(self, seconds: float) -> None:
        """From now on only what has been asked is answered, pages that are open are let go; waits until that is done, or so long."""
        if self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._leaving.set)
        end = time.monotonic() + seconds
        idle = 0
        # Twice, because the page fetches an answer by another request than the one it asked by.
        while idle < 2 and time.monotonic() < end:
            time.sleep(_LOOK)
            idle = 0 if self._busy else idle + 1

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
        elif scope["type"] != "http":
            if self._app is not None:
                await self._app(scope, receive, send)
        elif self._leaving.is_set() and path_below(scope) != _FETCHED:
            await _hold(scope, send, _STOPPING)
        elif self._app is None:
            await _hold(scope, send, _STARTING)
        elif path_below(scope).startswith(_ENDLESS):
            await self._endless(scope, receive, send)
        else:
            self._busy += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._busy -= 1

    async def _endless(self, scope: Scope, receive: Any, send: Any) -> None:
        """A connection that lasts until whoever opened it goes, or we do."""
        begun = whole = False

        async def received() -> Any:
            message, leaving = asyncio.ensure_future(receive()), asyncio.ensure_future(self._leaving.wait())
            try:
                await asyncio.wait((message, leaving), return_when=asyncio.FIRST_COMPLETED)
                return message.result() if message.done() else {"type": "http.disconnect"}
            finally:
                message.cancel()
                leaving.cancel()

        async def sending(message: Any) -> None:
            nonlocal begun, whole
            await send(message)
            begun, whole = True, message["type"] == "http.response.body" and not message.get("more_body", False)

        await self._app(scope, received, sending)
        if self._leaving.is_set() and begun and not whole:
            await send({"type": "http.response.body", "body": b""})

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


@dataclass(frozen=True, slots=True)
class _Held:
    """Why a request is not answered by the app, to programs and to people."""

    status: str
    en: str
    id: str
    page: int  # the HTTP status of the page; a page that comes again by itself may be well


_STARTING = _Held("getting ready", "Getting ready … this page opens by itself.", "Sedang disiapkan … halaman ini terbuka sendiri.", 200)
_STOPPING = _Held("stopping", "Back in a moment … this page opens by itself.", "Sebentar lagi kembali … halaman ini terbuka sendiri.", 503)


async def _hold(scope: Scope, send: Any, held: _Held) -> None:
    """The holding page, or its JSON for programs; only `/healthz` is well."""
    path = path_below(scope)
    alive = path == "/healthz"
    if path.startswith("/api") or path in ("/healthz", "/readyz", "/metrics"):
        body, kind = json.dumps({"status": "alive" if alive else held.status}).encode(), b"application/json"
    else:
        body, kind = _holding(held).encode(), b"text/html; charset=utf-8"
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    if not alive:
        headers.append((b"retry-after", b"2"))
    # A person's browser gets the page as a page; programs and probes are told that it is not the service yet.
    status = 200 if alive else held.page if kind.startswith(b"text/html") else 503
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _holding(held: _Held) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="2"><title>AskFirst · {held.status}</title>
<style>:root{{color-scheme:light dark}}body{{font:1.1rem/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0}}
main{{text-align:center;padding:2rem}}b{{font-size:1.5rem}}p{{opacity:.75}}</style></head>
<body><main role="status"><b>AskFirst</b><p lang="en">{held.en}</p>
<p lang="id">{held.id}</p></main></body></html>"""


def serve(settings: Settings, opening: Opening, log: Log, reader: Reader) -> None:
    """Serves until SIGINT or SIGTERM; `opening` calls what it is given with the index to answer from, which it builds where it is
    missing; `reader` reads drafts that are to be compared.

    Raises `SettingsError` for an address that is not loopback while nothing says how people sign in, and `PortTaken` for one
    in use.
    """
    told = threading.Event()

    def stop(*_: object) -> None:
        if told.is_set():  # a second one: at once
            raise KeyboardInterrupt
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with logging_as(settings.log):
        _serve(settings, opening, log, reader, told)


def _serve(settings: Settings, opening: Opening, log: Log, reader: Reader, told: threading.Event) -> None:
    rules = open_door(settings, log).rules
    read_allowance(settings)
    bound = _bind(settings.host, settings.port)
    address = _address(bound)
    gate, metrics = Gate(), Metrics()
    server = uvicorn.Server(
        uvicorn.Config(
            behind_proxies(Watched(Guard(gate, fence(settings)), metrics), rules),
            proxy_headers=False,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=_CLOSING,
            root_path=settings.root_path,
        )
    )
    ended = threading.Event()  # a thread whose `join` a signal interrupts counts as ended in Python 3.11

    def run() -> None:
        try:
            server.run(sockets=[bound])
        finally:
            ended.set()

    threading.Thread(target=run, name="server", daemon=True).start()
    log(f"AskFirst is getting ready on {address}")
    failed: list[BaseException] = []
    prepared = threading.Event()

    def prepare() -> None:
        try:
            from chat.web.app import build_app

            gate.open(opening(lambda of, index: build_app(of, index, log, metrics, reader=reader)))
            log(f"AskFirst answers on {address} (Ctrl-C stops it)")
        except BaseException as error:
            failed.append(error)
        finally:
            prepared.set()

    # In a thread of its own, so that a signal interrupts no library in the midst of being imported: Python would count some
    # of those interrupts as its own end, whatever is made of them.
    threading.Thread(target=prepare, name="preparing", daemon=True).start()
    try:
        while not (told.is_set() or failed or ended.wait(0.1)):
            pass
        if failed:
            raise failed[0]
        if told.is_set():
            log("stopping")
            with suppress(KeyboardInterrupt):
                gate.finish(_FINISHING)
    finally:
        server.should_exit = True
        ended.wait(_CLOSING + 3)
        bound.close()
        if not prepared.is_set():
            # What is still being prepared runs in libraries that do not bear being taken away from under them.
            sys.stderr.flush()
            os._exit(0)


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
