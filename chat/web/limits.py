"""How often one may ask: limits a person or token, and an address only where nobody signs in."""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from chat.web.guard import problem
from chat.web.identity import Person, path_below
from kb.errors import SettingsError
from kb.settings import Settings

# What costs the server something: the API, comparing, and whatever a person does on the chat page.
_COUNTED = ("/api/", "/compare", "/gradio_api/queue/join")


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests in a time, a person's and an address's."""

    person: RateLimitItem
    address: RateLimitItem


def read_allowance(settings: Settings) -> Allowance:
    """The limits in the settings; raises `SettingsError` for one that is none."""
    return Allowance(_parse("limit_person", settings.limit_person), _parse("limit_address", settings.limit_address))


def _parse(key: str, text: str) -> RateLimitItem:
    try:
        return parse(text)
    except ValueError:
        raise SettingsError(expected=f"a limit such as 120/minute for {key}", found=f"'{text}'", todo="correct it") from None


class Limited:
    """ASGI: refuses with 429 whoever asks more often than allowed, telling when to come back.

    Expects `SignIn` before it. Each process counts by itself.
    """

    def __init__(self, app: ASGIApp, allowance: Allowance) -> None:
        self._app, self._allowance = app, allowance
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] == "http" and path_below(scope).startswith(_COUNTED):
            person: Person | None = scope.get("state", {}).get("person")
            if person and person.key:
                limit, whose = self._allowance.person, person.key
            else:
                limit, whose = self._allowance.address, network_of((scope.get("client") or ("", 0))[0])
            if not self._counter.hit(limit, whose):
                wait = max(1, math.ceil(self._counter.get_window_stats(limit, whose).reset_time - time.time()))
                refusal = problem(429, "Too many requests", f"expected at most {limit}; try again in {wait} s")
                refusal.headers["retry-after"] = str(wait)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def network_of(address: str) -> str:
    """The address, of IPv6 its /64: that much belongs to one household or office."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
