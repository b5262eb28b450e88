"""What every answer of the server carries, and what never reaches the app: ASGI middleware around everything else."""

from __future__ import annotations

import ipaddress
import socket
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.web.identity import is_loopback, path_below, same_site
from kb.settings import Settings

LARGEST_BODY = 1_000_000  # bytes of a request; a draft of 20,000 characters is a tenth of that
LARGEST_UPLOAD = 52_000_000  # bytes where a policy is sent to be compared: a file as large as one that is ingested, and the form around it
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_SCRIPTS = "x-askfirst-scripts"  # between a route and the guard only: what the page's policy lets run
_EMBEDDED = ("/clauses/", "/policies/")  # what a link in the embedded chat may put in its place
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Fence:
    """Under which names browsers may reach the server, and which pages beside its own may embed and call it."""

    names: frozenset[str]
    everywhere: bool = False
    origins: tuple[str, ...] = ()

    def knows(self, host: str) -> bool:
        """Whether a request for this host is meant for us.

        A page that had its own name pointed at our address comes with that name. It cannot come with a bare address,
        which is therefore let in wherever the server listens on more than one.
        """
        name = _name(host)
        return name in self.names or is_loopback(name) or (self.everywhere and _is_address(name))


def fence(settings: Settings) -> Fence:
    """The fence that the settings draw."""
    named = (settings.host, urlsplit(settings.public_url).hostname or "", *settings.public_hosts)
    everywhere = _is_address(settings.host) and ipaddress.ip_address(settings.host).is_unspecified
    own = (socket.gethostname().lower(),) if everywhere else ()
    names = frozenset(name.lower().strip("[]") for name in (*named, *own) if name)
    return Fence(names, everywhere, settings.embed_origins)


def problem(status: int, title: str, detail: str) -> Response:
    """Problem details (RFC 9457)."""
    return JSONResponse({"title": title, "status": status, "detail": detail}, status, media_type="application/problem+json")


def running(response: Response, scripts: str) -> Response:
    """The page, whose policy lets these sources of script run besides the server's own files."""
    response.headers[_SCRIPTS] = scripts
    return response


class Guard:
    """Adds security headers, and refuses large bodies, foreign names and what other sites' pages send."""

    def __init__(self, app: ASGIApp, fence: Fence) -> None:
        self._app, self._fence = app, fence
        # Nobody is signed in across origins: programs there send a token, so cookies need not come along.
        self._api = CORSMiddleware(
            app, allow_origins=fence.origins, allow_methods=["GET", "POST"], allow_headers=["authorization", "content-type"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = path_below(scope)
        send = self._headed(path, _carried_safely(scope), send)
        refusal = self._refusal(scope, path)
        if refusal:
            await refusal(scope, receive, send)
            return
        seen, most = 0, _largest(path)

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                # A body without a declared length: the app sees it end, and its JSON is broken.
                return {"type": "http.request", "body": b"", "more_body": False}
            return message

        await (self._api if path.startswith("/api/") else self._app)(scope, counted, send)

    def _refusal(self, scope: Scope, path: str) -> Response | None:
        headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        # The second is what a proxy says it was asked for, which Gradio believes.
        hosts = [value.split(",")[0].strip() for name, value in headers if name in (b"host", b"x-forwarded-host")]
        if not hosts or not all(self._fence.knows(host) for host in hosts):
            return problem(421, "Not this server", "expected a host name of AskFirst's; add yours to public_url or public_hosts")
        declared = next((value for name, value in headers if name == b"content-length"), "0")
        if not (declared.isascii() and declared.isdigit()) or int(declared) > _largest(path):
            return problem(413, "Too large", f"expected at most {_largest(path):,} bytes")
        origins = self._fence.origins if path.startswith("/api/") else ()
        if scope["method"] not in _SAFE and not same_site(scope["headers"], origins):
            return problem(403, "Sent from elsewhere", "expected a page of AskFirst, or of an origin in embed_origins, to send this")
        return None

    def _headed(self, path: str, safe: bool, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._headers(path, safe, message["headers"])}
            await send(message)

        return sending

    def _headers(self, path: str, safe: bool, given: Any) -> list[tuple[bytes, bytes]]:
        api, scripts = path.startswith("/api/"), ""
        kept: list[tuple[bytes, bytes]] = []
        for name, value in ((name.lower(), value) for name, value in given):
            if name == _SCRIPTS.encode():
                scripts = value.decode()
            # Gradio lets every origin read what it answers.
            elif api or not name.startswith(b"access-control-"):
                kept.append((name, value))
        present = {name for name, _ in kept}
        framed = path == "/embed" or path.startswith(_EMBEDDED)
        added = {
            **HEADERS,
            "content-security-policy": policy(scripts, self._fence.origins if framed else ()),
            "cross-origin-resource-policy": "cross-origin" if path in ("/embed", "/embed.js") else "same-origin",
        }
        # Signing in happens in a pop-up, which must still know the page that opened it.
        if safe and not path.startswith("/sign-in"):
            added["cross-origin-opener-policy"] = "same-origin"
        if path.startswith(("/api/", "/gradio_api/")):
            added["cache-control"] = "no-store"
        return kept + [(name.encode(), value.encode()) for name, value in added.items() if name.encode() not in present]


def policy(scripts: str, ancestors: tuple[str, ...] = ()) -> str:
    """The content security policy of a page that runs `scripts` and may stand in pages of `ancestors`."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {scripts}".strip(),
            # Gradio sets style attributes as it draws, which no hash can name.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "form-action 'self'",
            "base-uri 'self'",
            "object-src 'none'",
            " ".join(("frame-ancestors 'self'", *ancestors)),
        )
    )


def hashes(scripts: Iterable[str]) -> str:
    """What lets these scripts, and no others, stand in a page itself."""
    return " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)


def _largest(path: str) -> int:
    return LARGEST_UPLOAD if path == "/compare" else LARGEST_BODY


def _carried_safely(scope: Scope) -> bool:
    """Whether browsers heed what only encrypted pages and this machine's own may say; elsewhere they complain of it."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"), "")
    return scope["scheme"] == "https" or is_loopback(_name(host))


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
