"""Around the whole server: which names it goes by, who may send it something, what every answer carries, which routes are open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from chat.web.guard import LARGEST_BODY, Fence, Guard, fence, hashes, running
from chat.web.shell import Needed, is_open
from kb.settings import read_settings
from tests.chat.test_cli import askfirst, one_line
from tests.chat.web.rooms import built

# Gradio makes event loops that nobody closes; they end with the application, in its fixture.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

INTRANET = "https://intranet.example"
LOOPBACK = Fence(frozenset())


def client(known: Fence = LOOPBACK, base: str = "http://127.0.0.1:7860") -> TestClient:
    """A browser before a guarded app whose every path answers the same way."""

    async def anything(request: Request) -> Response:
        if request.url.path == "/runs-a-script":
            return running(HTMLResponse("<script>1</script>"), hashes(["1"]))
        body = await request.body()
        headers = {"access-control-allow-origin": request.headers.get("origin", "*"), "access-control-allow-credentials": "true"}
        return JSONResponse({"bytes": len(body)}, headers={} if request.url.path.startswith("/api/") else headers)

    app = Starlette(routes=[Route("/{path:path}", anything, methods=["GET", "POST", "DELETE"])])
    return TestClient(Guard(app, known), base_url=base)


def drawn(tmp_path: Path, **environ: str) -> Fence:
    """The fence that these settings draw."""
    given = {f"ASKFIRST_{key.upper()}": value for key, value in environ.items()}
    return fence(read_settings({"ASKFIRST_HOME": str(tmp_path)} | given, tmp_path))


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:7860", "localhost:7860", "LOCALHOST", "localhost.", "[::1]:7860"])
def test_this_machine_s_own_names_are_known(host: str) -> None:
    assert client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:7860",
        "localhost.rebound.example",
        "127.0.0.1.rebound.example",
        "10.0.0.5",
        "",
        "[",
        "a@127.0.0.1x",
    ],
)
def test_a_name_pointed_here_by_somebody_else_is_refused(host: str) -> None:
    reply = client().get("/api/policies", headers={"host": host})
    assert reply.status_code == 421 and reply.headers["content-type"] == "application/problem+json"
    assert "public_hosts" in reply.json()["detail"] and reply.headers["x-content-type-options"] == "nosniff"


def test_a_proxy_may_not_claim_another_name_either() -> None:
    assert client().get("/", headers={"x-forwarded-host": "localhost"}).status_code == 200
    for claimed in ("rebound.example", "rebound.example, localhost"):
        assert client().get("/", headers={"x-forwarded-host": claimed}).status_code == 421


def test_the_settings_name_the_hosts(tmp_path: Path) -> None:
    known = drawn(tmp_path, public_url="https://Ask.example/askfirst", public_hosts="askfirst, ask.intranet.example")
    assert all(known.knows(host) for host in ("ask.example", "ask.example:443", "ASK.example.", "askfirst:7860", "ask.intranet.example"))
    assert not known.knows("intranet.example") and not known.knows("10.0.0.5")


@pytest.mark.parametrize(
    ("host", "address", "known"), [("0.0.0.0", "10.0.0.5", True), ("::", "[2001:db8::5]:7860", True), ("10.0.0.5", "10.0.0.6", False)]
)
def test_where_it_listens_on_every_address_bare_addresses_are_known(host: str, address: str, known: bool, tmp_path: Path) -> None:
    found = drawn(tmp_path, host=host)
    assert found.knows(address) is known and not found.knows("rebound.example") and not found.knows("rebound.example:7860")
    assert host == "10.0.0.5" or not found.knows("intranet")


@pytest.mark.parametrize(
    ("key", "value"), [("EMBED_ORIGINS", "*"), ("EMBED_ORIGINS", "intranet.example"), ("PUBLIC_HOSTS", "https://ask.example")]
)
def test_what_is_no_origin_or_host_keeps_it_from_starting(key: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"ASKFIRST_{key}", value)
    line = one_line(askfirst("serve", "--port", "0", home=tmp_path))
    assert key.lower() in line and value in line and "correct it" in line


# --- other sites' pages ---------------------------------------------------------------------------------------------

FROM_ELSEWHERE = [
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:9999"},
    {"origin": "https://intranet.example.elsewhere.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:7861"},
]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
@pytest.mark.parametrize("path", ["/api/ask", "/gradio_api/queue/join", "/gradio_api/reset", "/anything"])
def test_what_another_site_s_page_sends_is_refused(path: str, headers: dict[str, str]) -> None:
    reply = client(Fence(frozenset(), origins=(INTRANET,))).post(path, content=b"{}", headers=headers | {"content-type": "text/plain"})
    assert reply.status_code == 403 and "embed_origins" in reply.json()["detail"]
    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:7860"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}], ids=str
)
def test_its_own_page_and_programs_may_send(headers: dict[str, str]) -> None:
    assert client().post("/api/ask", content=b"{}", headers=headers).status_code == 200


def test_a_listed_origin_may_call_the_api_and_nothing_else() -> None:
    known = client(Fence(frozenset(), origins=(INTRANET,)))
    asked = {"origin": INTRANET, "access-control-request-method": "POST", "access-control-request-headers": "content-type,authorization"}
    preflight = known.options("/api/ask", headers=asked)
    assert preflight.status_code == 200 and preflight.headers["access-control-allow-origin"] == INTRANET
    reply = known.post("/api/ask", content=b"{}", headers={"origin": INTRANET, "sec-fetch-site": "cross-site"})
    assert reply.status_code == 200 and reply.headers["access-control-allow-origin"] == INTRANET and "Origin" in reply.headers["vary"]
    assert "access-control-allow-credentials" not in {*preflight.headers, *reply.headers}
    assert known.post("/gradio_api/queue/join", content=b"{}", headers={"origin": INTRANET}).status_code == 403
    assert "access-control-allow-origin" not in known.get("/gradio_api/queue/data", headers={"origin": INTRANET}).headers


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://intranet.example", "https://intranet.example:8443"])
def test_no_other_origin_may_read_the_api(origin: str) -> None:
    for origins in ((), (INTRANET,)):
        known = client(Fence(frozenset(), origins=origins))
        assert "access-control-allow-origin" not in known.get("/api/policies", headers={"origin": origin}).headers
        asked = {"origin": origin, "access-control-request-method": "POST"}
        assert "access-control-allow-origin" not in known.options("/api/ask", headers=asked).headers


# --- what every answer carries --------------------------------------------------------------------------------------


def directives(reply: Any) -> dict[str, str]:
    """The content security policy of an answer."""
    return {name: rest for name, _, rest in (part.partition(" ") for part in reply.headers["content-security-policy"].split("; "))}


@pytest.mark.parametrize(
    ("path", "framed"),
    [("/embed", True), ("/clauses/a/1", True), ("/", False), ("/about", False), ("/sign-in", False), ("/embedded", False)],
)
def test_only_what_is_embedded_may_stand_in_the_listed_pages(path: str, framed: bool) -> None:
    assert directives(client().get(path))["frame-ancestors"] == "'self'"
    listed = client(Fence(frozenset(), origins=(INTRANET, "https://wiki.example:8443"))).get(path)
    assert directives(listed)["frame-ancestors"] == ("'self' https://intranet.example https://wiki.example:8443" if framed else "'self'")


def test_a_page_runs_only_the_scripts_that_it_names() -> None:
    reply = client().get("/runs-a-script")
    assert directives(reply)["script-src"] == "'self' 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    assert "x-askfirst-scripts" not in reply.headers
    assert directives(reply)["object-src"] == "'none'" and directives(reply)["default-src"] == "'self'"


def test_answers_are_kept_nowhere_and_windows_stay_apart() -> None:
    for path in ("/api/ask", "/gradio_api/queue/data"):
        assert client().get(path).headers["cache-control"] == "no-store"
    assert client().get("/").headers["cross-origin-opener-policy"] == "same-origin"
    assert client().get("/").headers["cross-origin-resource-policy"] == "same-origin"
    assert client().get("/embed.js").headers["cross-origin-resource-policy"] == "cross-origin"
    assert "cross-origin-opener-policy" not in client().get("/sign-in").headers
    # Browsers complain of it where nothing is encrypted.
    plain = TestClient(client(Fence(frozenset({"ask.example"}))).app, base_url="http://ask.example")
    assert "cross-origin-opener-policy" not in plain.get("/").headers


@pytest.mark.parametrize("declared", [b"%d" % (LARGEST_BODY + 1), b"-1", b"many", b"1e3", b"\xb2"])
def test_a_body_of_too_many_bytes_or_of_none_that_can_be_told_is_refused(declared: bytes) -> None:
    assert client().post("/api/ask", content=b"{}", headers=[(b"content-length", declared)]).status_code == 413


# --- every route ----------------------------------------------------------------------------------------------------

# What the server answers, all of it. A new route, ours or one that a new Gradio brings, has to be entered here to be open.
OURS = {
    "GET /", "GET /embed", "GET /embed.js", "GET /about",
    "GET /compare", "POST /compare", "POST /compare/forget", "GET /compare/cell", "GET /compare/report.{suffix}",
    "GET /compare/starter.md", "GET /compare/plotly.js",
    "GET /policies", "GET /policies/{policy_id:path}", "GET /clauses/{clause_id:path}",
    "GET /healthz", "GET /readyz", "GET /metrics", "GET /docs", "GET /openapi.json",
    "POST /api/ask", "POST /api/search", "GET /api/policies", "GET /api/clauses/{clause_id:path}",
}  # fmt: skip
GRADIO_S = {
    "GET /assets/{path:path}", "GET /static/{path:path}", "GET /favicon.ico", "GET /theme.css",
    "GET /gradio_api/queue/data", "GET /gradio_api/startup-events", "GET /gradio_api/heartbeat/{session_hash}",
    "POST /gradio_api/queue/join", "POST /gradio_api/reset", "POST /gradio_api/reset/", "POST /gradio_api/cancel",
}  # fmt: skip


@pytest.fixture(scope="module")
def app(session_home: Path) -> Any:
    """The whole application."""
    return built(read_settings({"ASKFIRST_HOME": str(session_home)}, session_home))


@pytest.mark.model
def test_every_route_of_the_server_is_known_to_be_open_or_closed(app: Any) -> None:
    *ours, mount = app.routes
    answering = {(method, route.path) for route in ours for method in route.methods or () if not _refuses(route)}
    assert {f"{method} {path}" for method, path in answering if method != "HEAD"} == OURS

    assert isinstance(mount, Mount) and mount.path == "" and isinstance(mount.app, Needed)
    found = {(method, path) for method, path in _inside(mount.routes) if method != "HEAD"}
    assert len(found) > 60  # Gradio's routes were really looked through
    assert {f"{method} {path}" for method, path in found if is_open(method, re.sub(r"\{\w+(:path)?\}", "x", path))} == GRADIO_S


@pytest.mark.model
def test_of_gradio_s_routes_the_closed_ones_answer_nobody(app: Any) -> None:
    browser = TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False)
    *_, mount = app.routes
    answered = []
    for method, path in sorted(_inside(mount.routes)):
        sample = re.sub(r"\{\w+(:path)?\}", "x", path)
        if is_open(method, sample) or sample in ("/", "/openapi.json"):
            continue
        if (status := browser.request(method, sample).status_code) not in (404, 405):
            answered.append(f"{method} {sample}: {status}")
    assert answered == []


@pytest.mark.parametrize(
    "path", ["/static/../config", "/assets/../../etc/passwd", "/gradio_api/heartbeat/../file=x", "/gradio_api/queue/data/../../upload"]
)
def test_no_way_leads_around(path: str) -> None:
    assert not is_open("GET", path) and not is_open("POST", path)


def _refuses(route: Any) -> bool:
    return getattr(route.endpoint, "__name__", "") in ("refuse", "_no_such")


def _inside(routes: Any) -> Iterator[tuple[str, str]]:
    """Method and path of every route, included ones with the prefix they are under."""
    for route in routes:
        if hasattr(route, "path") and getattr(route, "methods", None):
            yield from ((method, route.path) for method in route.methods)
        elif hasattr(route, "effective_route_contexts"):
            for inner in route.effective_route_contexts():
                yield from ((method, inner.path) for method in inner.methods or ())
