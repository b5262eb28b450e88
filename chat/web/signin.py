"""Nobody gets past here unknown: every request is given its person, and refused where that person may not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from chat.web.cookies import Cookies, read_key
from chat.web.guard import problem
from chat.web.identity import ANYBODY, AT_THIS_MACHINE, How, Person, Rules, from_proxy, needed, path_below, read_rules
from chat.web.thresholds import framed_page, refused_page
from chat.web.tokens import TokenFile, tokens_path
from kb.settings import Settings

_PEER = "askfirst.peer"


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that finding out who is asking needs, opened once."""

    rules: Rules
    tokens: TokenFile
    cookies: Cookies | None

    def person(self, scope: Scope) -> Person | None:
        """Who sends a request; `None` for one who would have to sign in, or whose token is not one of ours."""
        request = Request(scope)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            found = self.tokens.person(secret.strip())
            # A proxy may pass on a token of its own, which says nothing here.
            if found or self.rules.how is not How.PROXY:
                return found
        match self.rules.how:
            case How.LOOPBACK:
                return AT_THIS_MACHINE
            case How.ANONYMOUS:
                return ANYBODY
            case How.PROXY:
                return from_proxy(scope.get(_PEER), scope["headers"], self.rules)
            case _:
                return self.cookies.person(request.cookies) if self.cookies else None


def open_door(settings: Settings, log: Callable[[str], None]) -> Door:
    """The door that the settings make; raises `SettingsError` where it would not keep anybody out that it should."""
    rules = read_rules(settings)
    tokens = TokenFile(tokens_path(settings), log)
    cookies = Cookies(rules, read_key(settings), int(settings.session_hours * 3600)) if rules.how is How.OIDC else None
    return Door(rules, tokens, cookies)


class SignIn:
    """ASGI: puts the person into the request's state, or refuses the request.

    `chat.web.identity.person_of` finds the person there again. Standing before every route, Gradio's included, it lets
    nobody through whom `needed` does not. What other sites' pages send has been refused before (`chat.web.guard`).
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] == "websocket":  # nothing here speaks it, so nobody is let in by it
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        person = self._door.person(scope)
        scope.setdefault("state", {})["person"] = person
        refusal = self._refusal(Request(scope), person)
        await (refusal or self._app)(scope, receive, _private(send) if person and person.key else send)

    def _refusal(self, request: Request, person: Person | None) -> Response | None:
        role = needed(path_below(request.scope))
        if role is None or (person and role in person.roles):
            return None
        if person:
            detail = f"expected the role {role}; ask whoever runs AskFirst for it"
            return refused_page(detail) if _by_a_person(request) else problem(403, "Not for you", detail)
        return self._unknown(request)

    def _unknown(self, request: Request) -> Response:
        rules = self._door.rules
        if rules.how is How.OIDC and _by_a_person(request):
            if request.headers.get("sec-fetch-dest") in ("iframe", "frame"):
                return framed_page(rules.base)  # no provider lets itself be framed
            here = rules.base + quote(path_below(request.scope)) + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"{rules.base}/sign-in?{urlencode({'next': here})}", 303)
        refusal = problem(401, "Sign in first", "expected somebody who has signed in, or a token of AskFirst's (README, Sign-in)")
        refusal.headers["www-authenticate"] = "Bearer"
        return refusal


def _by_a_person(request: Request) -> bool:
    below = path_below(request.scope)
    return request.method == "GET" and "text/html" in request.headers.get("accept", "") and not below.startswith(("/api/", "/gradio_api/"))


def _private(send: Send) -> Send:
    """What one person gets is kept for nobody else on the way."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and not any(name.lower() == b"cache-control" for name, _ in message["headers"]):
            message = {**message, "headers": [*message["headers"], (b"cache-control", b"private, no-cache")]}
        await send(message)

    return sending


def behind_proxies(app: ASGIApp, rules: Rules) -> ASGIApp:
    """The app, told who is at the other end of each connection before a header may claim another address.

    Client addresses and schemes that this machine's own proxies and the listed ones forward are believed, nobody else's.
    """
    believing = ProxyHeadersMiddleware(app, ["127.0.0.1", "::1", *map(str, rules.proxies)])  # type: ignore[arg-type]

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[_PEER] = (scope.get("client") or (None,))[0]
        await believing(scope, receive, send)  # type: ignore[arg-type]

    return noting
