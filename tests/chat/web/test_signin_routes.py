"""Behind a proxy that signs people in: who reaches which route, and that nobody sees a clause of a group without being in it."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.testclient import TestClient

from chat.web.identity import PUBLIC, Role, needed
from chat.web.tokens import make
from kb.settings import Settings
from tests.chat.web.rooms import PROXY, QUESTION, SECRET, built, visitor, with_settings
from tests.chat.web.test_serve import Server

pytestmark = pytest.mark.model

PROBLEM = "application/problem+json"
# What of each restricted policy must never be met: its words, its id and its title.
HIDDEN = re.compile(r"waddles|bungalow|quokka|hr-only|the board's rules", re.IGNORECASE)


@pytest.fixture(scope="module")
def settings(limited_home: Path) -> Settings:
    return with_settings(limited_home, host="0.0.0.0", auth="proxy", auth_proxies=PROXY, role_author="writers", role_admin="chiefs")


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[FastAPI]:
    yield built(settings)


def someone(app: FastAPI, settings: Settings, *groups: str) -> TestClient:
    """Somebody whom the proxy names, with these groups."""
    return visitor(app, settings, headers={"x-forwarded-user": "ani@example.com", "x-forwarded-groups": ", ".join(groups)})


# --- every route ----------------------------------------------------------------------------------------------------


def every_route(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route, those of the mounted page included, as the routers themselves list them."""
    found = []

    def walk(routes: Any, prefix: str = "") -> None:
        for route in routes:
            inner = getattr(route, "original_router", None) or getattr(route, "router", None)
            if isinstance(route, Mount):
                mounted = route.app
                while not hasattr(mounted, "routes"):
                    mounted = next(part for part in vars(mounted).values() if callable(part))
                walk(mounted.routes, prefix + route.path)
            elif hasattr(route, "path"):
                found.extend((method, prefix + route.path) for method in sorted(route.methods or {"GET"}))
            else:
                assert inner is not None, f"a route that cannot be looked into: {route!r}"
                walk(inner.routes, prefix)

    walk(app.routes)
    return sorted(set(found))


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "board/bungalow/1", path)


def test_a_caller_who_is_not_known_reaches_no_route_that_is_not_public(app: FastAPI, settings: Settings) -> None:
    nobody = visitor(app, settings)
    routes = every_route(app)
    known = {"/api/ask", "/docs", "/clauses/{clause_id:path}", "/gradio_api/queue/join", "/gradio_api/heartbeat/{session_hash}"}
    assert len(routes) > 60 and known <= {path for _, path in routes}
    reached = {(method, path) for method, path in routes if nobody.request(method, filled(path)).status_code != 401}
    assert {path for _, path in reached} <= PUBLIC


# They want to be told what of, or are only sent to.
NOT_READ_ALONE = {"/compare/cell": 404, "/compare/report.{suffix}": 404, "/compare/forget": 405}


def test_nor_does_one_whose_role_is_too_small(app: FastAPI, settings: Settings) -> None:
    staff, author, admin = (someone(app, settings, *groups) for groups in ((), ("writers",), ("chiefs",)))
    wanting = {path for _, path in every_route(app) if needed(path) in (Role.AUTHOR, Role.ADMIN)}
    assert {"/docs", "/openapi.json"} <= wanting
    for path in sorted(wanting):
        assert staff.get(path).status_code == 403 and staff.get(path).headers["content-type"] == PROBLEM
        assert (author.get(path).status_code == 403) == (needed(path) is Role.ADMIN)
        assert admin.get(path).status_code == NOT_READ_ALONE.get(path, 200), path


def test_a_person_in_a_browser_is_told_so_on_a_page_in_both_languages(app: FastAPI, settings: Settings) -> None:
    page = someone(app, settings).get("/docs", headers={"accept": "text/html"})
    assert page.status_code == 403 and "This page is not for you" in page.text and "bukan untuk Anda" in page.text


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/docs", "/openapi.json"])
def test_figures_and_descriptions_are_for_admins_whether_the_route_is_there_or_not(path: str, app: FastAPI, settings: Settings) -> None:
    assert someone(app, settings, "staff").get(path).status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_need_no_signing_in(path: str, app: FastAPI, settings: Settings) -> None:
    assert visitor(app, settings, "203.0.113.7").get(path).status_code == 200


@pytest.mark.parametrize("path", ["/healthz/", "/healthz/../api/policies", "//healthz", "/healthz%2f..%2fapi", "/HEALTHZ", "/sign-in/x"])
def test_what_only_looks_public_is_not(path: str, app: FastAPI, settings: Settings) -> None:
    assert visitor(app, settings).get(path).status_code == 401


def test_a_refusal_says_how_to_sign_in_and_names_nobody(app: FastAPI, settings: Settings) -> None:
    reply = visitor(app, settings).get("/api/policies")
    assert reply.status_code == 401 and reply.headers["content-type"] == PROBLEM and reply.headers["www-authenticate"] == "Bearer"
    assert set(reply.json()) == {"title", "status", "detail"} and reply.json()["status"] == 401


def test_where_nobody_signs_in_on_purpose_everybody_is_staff_and_in_no_group(settings: Settings) -> None:
    anonymous = replace(settings, auth="none")
    anybody = visitor(built(anonymous), anonymous, "203.0.113.7", {"x-forwarded-user": "ani", "x-forwarded-groups": "board,chiefs"})
    assert HIDDEN.findall(seen(anybody)) == []
    assert [anybody.get(path).status_code for path in ("/", "/docs", "/metrics", "/sign-in")] == [200, 403, 403, 404]
    assert anybody.get("/api/policies", headers={"authorization": "Bearer x"}).status_code == 401


@pytest.mark.slow
def test_a_real_server_believes_the_connection_and_no_header(limited_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AUTH": "proxy", "AUTH_PROXIES": "127.0.0.1", "ROLE_ADMIN": "chiefs"}.items():
        monkeypatch.setenv(f"ASKFIRST_{name}", value)
    named = {"X-Forwarded-User": "ani@example.com", "X-Forwarded-Groups": "board, chiefs", "X-Forwarded-For": "127.0.0.1"}
    with Server(limited_home) as server:
        server.ready()
        assert server.send("GET", "/docs", None, **named).status == 200
        assert server.send("GET", "/docs", None, **(named | {"X-Forwarded-For": "203.0.113.7"})).status == 200
        assert server.send("GET", "/api/clauses/board/bungalow/1", None, **named).json()["text"] == SECRET
        assert server.send("POST", "/api/ask", {"question": QUESTION}, **named).json()["citations"][0]["policy_id"] == "board"
        assert server.get("/docs").status == 401 and server.get("/healthz").status == 200
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30, source_address=("127.0.0.2", 0))
        connection.request("GET", "/api/policies", headers=named)
        assert connection.getresponse().status == 401
        connection.close()
        assert "ani" not in server.log.replace("communications", "") and "Waddles" not in server.log


# --- who is believed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1", "127.0.0.90", "::1", "unknown"])
def test_from_any_other_peer_the_header_is_ignored(peer: str, app: FastAPI, settings: Settings) -> None:
    forged = {"x-forwarded-user": "ani@example.com", "x-forwarded-groups": "board,chiefs", "x-forwarded-for": PROXY, "x-real-ip": PROXY}
    assert visitor(app, settings, peer, forged).get("/api/policies").status_code == 401


def test_a_name_that_comes_twice_is_nobody_s(app: FastAPI, settings: Settings) -> None:
    client = visitor(app, settings)
    for name in ("x-forwarded-user", "x-forwarded-groups"):
        given = [("x-forwarded-user", "ani"), ("x-forwarded-groups", "staff"), (name, "chiefs")]
        assert client.get("/api/policies", headers=given).status_code == 401  # type: ignore[arg-type]


def test_a_browser_s_address_behind_the_proxy_does_not_hide_the_proxy(app: FastAPI, settings: Settings) -> None:
    headers = {"x-forwarded-user": "ani", "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
    assert visitor(app, settings, headers=headers).get("/api/policies").status_code == 200


def test_a_token_gives_its_role_and_groups_and_a_wrong_one_nothing(app: FastAPI, settings: Settings) -> None:
    client = visitor(app, settings, "203.0.113.7")
    plain, board = make(settings, "bot", Role.STAFF, ()), make(settings, "board bot", Role.ADMIN, ("board",))

    def get(path: str, token: str) -> Any:
        return client.get(path, headers={"authorization": f"Bearer {token}"})

    assert get("/docs", plain).status_code == 403 and get("/docs", board).status_code == 200
    assert get("/api/clauses/board/bungalow/1", plain).status_code == 404
    assert get("/api/clauses/board/bungalow/1", board).json()["text"] == SECRET
    for wrong in ("", plain[:-1], plain + "x", plain.upper(), "askfirst_", "sha256:" + "0" * 64):
        assert get("/api/policies", wrong).status_code == 401


# --- groups ---------------------------------------------------------------------------------------------------------


def seen(client: TestClient, lang: str = "en") -> str:
    """Everything that the API and the screens say to somebody who looks for what is hidden."""
    replies = [
        client.post("/api/ask", json={"question": QUESTION, "lang": lang}),
        client.post("/api/ask", json={"draft": "Look, Waddles in the bungalow, and the quokkas!", "lang": lang}),
        client.post("/api/search", json={"query": "Waddles penguin bungalow board quokka", "lang": lang, "top": 100}),
        client.get("/api/policies"),
        client.get("/policies", params={"lang": lang}),
        client.get("/about", params={"lang": lang}),
    ]
    assert [reply.status_code for reply in replies] == [200] * len(replies)
    asked = json.dumps({"q": QUESTION})
    return "\n".join(reply.text for reply in replies).replace(asked, "").replace(QUESTION, "")


@pytest.mark.parametrize("groups", [(), ("staff",), ("Board",), ("boar",), ("writers", "chiefs")], ids=str)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_clause_of_a_group_is_never_met_by_anybody_else(groups: tuple[str, ...], lang: str, app: FastAPI, settings: Settings) -> None:
    assert HIDDEN.findall(seen(someone(app, settings, *groups), lang)) == []


def test_its_members_meet_it_everywhere(app: FastAPI, settings: Settings) -> None:
    board = someone(app, settings, "board")
    answer = board.post("/api/ask", json={"question": QUESTION, "lang": "en"}).json()
    assert answer["citations"][0]["clause_id"] == "board/bungalow/1" and answer["citations"][0]["quote"] in SECRET
    hits = board.post("/api/search", json={"query": "Waddles penguin", "lang": "en"}).json()["hits"]
    assert hits[0]["clause_id"] == "board/bungalow/1"
    assert {"board", "hr-only"} <= {policy["policy_id"] for policy in board.get("/api/policies").json()}
    assert SECRET.split(",")[0] in board.get("/clauses/board/bungalow/1").text
    hr = someone(app, settings, "hr")
    found = {(policy["policy_id"], policy["lang"]) for policy in hr.get("/api/policies").json()}
    assert ("hr-only", "en") in found and ("board", "id") in found and ("board", "en") not in found


@pytest.mark.parametrize("path", ["/api/clauses/{}", "/clauses/{}", "/policies/{}"])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_what_must_not_be_seen_is_told_apart_from_nothing_by_nobody(path: str, lang: str, app: FastAPI, settings: Settings) -> None:
    client = someone(app, settings, "staff")
    hidden, absent = ("hr-only", "no-such") if "policies" in path else ("hr-only/quokkas/1", "no-such/quokkas/1")
    one, other = (client.get(path.format(clause), params={"lang": lang}) for clause in (hidden, absent))
    assert one.status_code == other.status_code == 404
    assert one.text.replace(hidden, "") == other.text.replace(absent, "")


# --- the chat page --------------------------------------------------------------------------------------------------


def chatted(client: TestClient, text: str, session: str) -> str:
    """What the chat page answers, by way of its queue."""
    page = client.get("/").text
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)[1])  # type: ignore[index]
    box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "af-box")
    submit = next(event for event in config["dependencies"] if [box, "submit"] in event["targets"])
    given = {"fn_index": submit["id"], "data": ["en", "question", "unsaid", text, None], "session_hash": session}
    assert client.post("/gradio_api/queue/join", json=given).status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
        return "".join(events.iter_text())


def test_in_the_chat_a_person_s_groups_count_for_each_message(app: FastAPI, settings: Settings) -> None:
    with visitor(app, settings) as client:
        as_staff = {"x-forwarded-user": "ani", "x-forwarded-groups": "staff"}
        as_board = {"x-forwarded-user": "budi", "x-forwarded-groups": "board"}
        client.headers.update(as_staff)
        assert "board/bungalow/1" not in (said := chatted(client, QUESTION, "s1")) and "process_completed" in said
        client.headers.update(as_board)
        assert "board/bungalow/1" in chatted(client, QUESTION, "s2")
        client.headers.update(as_staff)
        assert "board/bungalow/1" not in chatted(client, QUESTION, "s3")
