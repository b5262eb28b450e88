"""Around everything else: each request is counted and logged, by its route and never by its address or who sent it."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.web.guard import problem
from chat.web.logs import event, incident
from chat.web.metrics import Metrics


class Watched:
    """ASGI: counts refusals, logs each request, and keeps the last word where the app breaks."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, whole = time.perf_counter(), 0, False

        async def sending(message: Message) -> None:
            nonlocal status, whole
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)
            whole = message["type"] == "http.response.body" and not message.get("more_body", False)

        try:
            await self._app(scope, receive, sending)
        except asyncio.CancelledError:
            # The server stops and waits no longer.
            if status:
                raise
            refusal = problem(503, "Stopping", "the answer takes longer than the server may take to stop; ask again in a moment")
            refusal.headers["retry-after"] = "5"
            await refusal(scope, receive, sending)
        except Exception as error:
            # Starlette raises again what has been answered and logged; the web server would log it once more, text and all.
            if not status:
                await problem(500, "Something broke", f"incident {incident(error)}")(scope, receive, sending)
            elif not whole:
                incident(error, "an answer was broken off")
                raise
        finally:
            if status >= 400:
                self._metrics.refused(status)
            event("request", method=scope["method"], route=route_of(scope), status=status, ms=_ms(began))


def route_of(scope: Scope) -> str:
    """The route's pattern, such as `/clauses/{clause_id:path}`; what stands in its place was typed by somebody."""
    return str(getattr(scope.get("route"), "path", "other"))


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
