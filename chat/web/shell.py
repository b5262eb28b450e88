"""What browsers get of Gradio: its page, made ours, and the few routes that the page itself needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.web.frame import icon
from chat.web.guard import hashes, problem, running
from chat.web.identity import path_below
from chat.web.words import known

# Everything else, what later versions add included, is closed: uploads, files, addresses fetched for the browser,
# monitoring, run history, deep links, descriptions of what could be called past the queue.
OPEN = {
    "GET": re.compile(r"/assets/[\w./-]+|/static/[\w./-]+|/theme\.css|/favicon\.ico|/gradio_api/(queue/data|startup-events|heartbeat/\w+)"),
    "POST": re.compile(r"/gradio_api/(queue/join|reset|cancel)/?"),
}
# Left out of the page: what tells other sites' crawlers about Gradio, what looks for a manifest outside a sub-path, and
# a script by which whatever frames the page could talk to it.
_LEFT_OUT = re.compile(
    r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>'
    r"|<script>\s*\(\(\) => \{\s*const root =.*?</script>|window\.parent\?\.postMessage\(.*?\);",
    re.DOTALL,
)
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which the page is shown."""

    mark: str = ""  # a class of the root element
    head: str = ""  # HTML, before anything of Gradio's


class Page:
    """ASGI: Gradio's page, the same for everybody: whatever stands in the address is read in the browser alone."""

    def __init__(self, gradio: ASGIApp, variant: Variant, later: str) -> None:
        self._gradio, self._variant, self._later = gradio, variant, later

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request for the page."""
        root = scope.get("root_path", "")
        inner = {**scope, "method": "GET", "path": f"{root}/", "raw_path": b"/", "query_string": b""}
        inner["headers"] = [pair for pair in scope["headers"] if pair[0] not in (b"accept-encoding", b"content-length")]
        status, body = await _collected(self._gradio, inner, receive)
        if status != 200:
            await problem(503, "No page", "expected the page to be ready; try again")(scope, receive, send)
            return
        given = Request(scope).query_params.get("lang")
        page = self._ours(body.decode(), known(given))
        scripts = hashes(_INLINE.findall(page + self._later))
        # Gradio makes functions from texts: the handlers that its events have in the browser.
        await running(HTMLResponse(page, headers={"cache-control": "no-cache"}), f"'unsafe-eval' {scripts}")(scope, receive, send)

    def _ours(self, page: str, lang: str) -> str:
        page = _LEFT_OUT.sub("", page)
        page = re.sub(r"<html[^>]*>", f'<html lang="{lang}" class="{self._variant.mark}">', page, count=1)
        return page.replace("<head>", f"<head>{icon()}{self._variant.head}", 1)


class Needed:
    """ASGI: of Gradio's routes those that the page needs."""

    def __init__(self, gradio: ASGIApp) -> None:
        self._gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] == "http" and not is_open(scope["method"], path_below(scope)):
            await problem(404, "Not found", "expected a route of AskFirst; see /docs")(scope, receive, send)
            return
        await self._gradio(scope, receive, send)


def is_open(method: str, path: str) -> bool:
    """Whether the page needs this route of Gradio's."""
    pattern = OPEN.get("GET" if method == "HEAD" else method)
    return bool(pattern and pattern.fullmatch(path)) and ".." not in path


def enclose(app: FastAPI, later: str, variants: dict[str, Variant]) -> None:
    """Puts our pages before the Gradio app that was mounted last, and closes the rest of it.

    `later` is the HTML that Gradio adds to the head of the page, for the scripts in it.
    """
    mount: Any = app.routes[-1]
    assert isinstance(mount, Mount)
    gradio, mount.app = mount.app, Needed(mount.app)
    app.router.routes[-1:] = [*(Route(path, Page(gradio, variant, later), methods=["GET"]) for path, variant in variants.items()), mount]


async def _collected(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, bytes]:
    status, body = 500, b""

    async def collecting(message: Message) -> None:
        nonlocal status, body
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body += message.get("body", b"")

    await app(scope, receive, collecting)
    return status, body
