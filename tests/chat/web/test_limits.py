"""One may ask so often: a person or token by itself, an address only where nobody signs in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from chat.web.identity import ANYBODY, How, Person, Role
from chat.web.limits import Limited, network_of, read_allowance
from tests.chat.web.rooms import with_settings


def limited(tmp_path: Path) -> Any:
    """Every route answers; who asks is said by a header, as the middleware before would have found."""
    inner = FastAPI()

    @inner.api_route("/{path:path}", methods=["GET", "POST"])
    def anything() -> JSONResponse:
        return JSONResponse({})

    counting = Limited(inner, read_allowance(with_settings(tmp_path, limit_person="3/minute", limit_address="5/minute")))

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(b"name", b"").decode()
            scope["state"] = {"person": Person(How.OIDC, frozenset({Role.STAFF}), key=name) if name else ANYBODY}
        await counting(scope, receive, send)

    return known


def asked(app: Any, times: int, path: str = "/api/ask", name: str = "", address: str = "192.0.2.1") -> list[int]:
    client = TestClient(app, client=(address, 1))
    return [client.post(path, headers={"name": name}).status_code for _ in range(times)]


def test_a_person_is_limited_by_name_whatever_the_address(tmp_path: Path) -> None:
    app = limited(tmp_path)
    assert asked(app, 2, name="ani") + asked(app, 2, name="ani", address="192.0.2.9") == [200, 200, 200, 429]
    assert asked(app, 3, name="budi") == [200] * 3


def test_an_address_is_limited_only_where_nobody_signs_in(tmp_path: Path) -> None:
    app = limited(tmp_path)
    for person in range(4):  # an office behind one address
        assert asked(app, 3, name=f"p{person}") == [200] * 3
    assert asked(app, 6) == [200] * 5 + [429]
    assert asked(app, 1, address="192.0.2.2") == [200]


def test_api_and_chat_count_together_and_pages_and_probes_do_not(tmp_path: Path) -> None:
    app = limited(tmp_path)
    for path in ("/", "/healthz", "/clauses/x", "/gradio_api/heartbeat/x", "/assets/x.js", "/sign-in"):
        assert asked(app, 4, path, "ani") == [200] * 4
    assert asked(app, 2, "/gradio_api/queue/join", "ani") + asked(app, 2, "/api/policies", "ani") == [200, 200, 200, 429]


def test_comparing_counts(tmp_path: Path) -> None:
    assert asked(limited(tmp_path), 4, "/compare", "ani") == [200] * 3 + [429]


def test_a_refusal_says_when_to_come_back(tmp_path: Path) -> None:
    client = TestClient(limited(tmp_path))
    replies = [client.post("/api/ask", headers={"name": "ani"}) for _ in range(4)]
    assert replies[3].status_code == 429 and replies[3].headers["content-type"] == "application/problem+json"
    assert 1 <= int(replies[3].headers["retry-after"]) <= 60 and "3 per 1 minute" in replies[3].json()["detail"]
    assert "ani" not in replies[3].text


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("odd", "odd")],
)
def test_of_an_ipv6_address_its_network_counts(address: str, counted: str) -> None:
    assert network_of(address) == counted
