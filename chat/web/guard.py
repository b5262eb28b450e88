"""What every answer of the server carries, and what never reaches the app: a small ASGI middleware."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000  # bytes of a request; a draft of 20,000 characters is a tenth of that
# Gradio's bootstrap is inline, hence 'unsafe-inline'; everything else comes from here and from nowhere else.
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'self'; object-src 'none'; frame-ancestors 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
# Gradio's routes that take files, fetch addresses or watch users; nothing here needs them.
CLOSED = (
    "/gradio_api/upload",
    "/gradio_api/file",
    "/gradio_api/proxy",
    "/gradio_api/stream",
    "/gradio_api/monitoring",
    "/gradio_api/deep_link",
    "/gradio_api/vibe",
    "/gradio_api/undo-vibe",
    "/gradio_api/process_recording",
    "/gradio_api/dev",
    "/gradio_api/run",
    "/gradio_api/call",
    "/gradio_api/api",
    "/gradio_api/info",
    "/monitoring",
    "/upload",
    "/file=",
    "/proxy=",
)


def problem(status: int, title: str, detail: str) -> Response:
    """Problem details (RFC 9457)."""
    return JSONResponse({"title": title, "status": status, "detail": detail}, status, media_type="application/problem+json")


class Guard:
    """Adds security headers, refuses large bodies and closed routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith(CLOSED):
            await problem(404, "Not found", "expected a route of AskFirst; see /docs")(scope, receive, self._headed(send))
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > LARGEST_BODY:
            await self._too_large(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > LARGEST_BODY:
                # A body without a declared length: the app sees it end, and its JSON is broken.
                return {"type": "http.request", "body": b"", "more_body": False}
            return message

        await self._app(scope, counted, self._headed(send))

    async def _too_large(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = problem(413, "Too large", f"expected at most {LARGEST_BODY:,} bytes")
        await refusal(scope, receive, self._headed(send))

    @staticmethod
    def _headed(send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                added: list[Any] = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in present]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return sending
