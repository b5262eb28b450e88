"""The real server in a process of its own: it answers early, keeps its shapes, stays shut where it should, and stops cleanly."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import pytest

from chat.web.guard import HEADERS, LARGEST_BODY
from tests.chat.test_cli import ANSWER, CITATION, askfirst, one_line

pytestmark = pytest.mark.model

T = TypeVar("T")

PATIENCE = 60.0  # seconds after which a test gives up waiting, on a machine that is busy with something else
PROBLEM = "application/problem+json"
HIT = {
    "clause_id", "policy_id", "policy_title", "authority", "lang", "section", "number", "score", "text", "modality", "topics",
    "practices", "page",
}  # fmt: skip


class Reply(NamedTuple):
    """What came back for one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)


class Server:
    """`askfirst serve` over a home; ended when the block ends, whatever happened in it."""

    def __init__(self, home: Path, *flags: str) -> None:
        self.lines: list[str] = []
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chat.cli", "serve", "--port", "0", *flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | {"ASKFIRST_HOME": str(home)},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        try:
            self.port = int(_until(self._announced, "its address").rpartition(":")[2])
        except BaseException:
            self.stop(signal.SIGKILL)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop(signal.SIGKILL)

    def _read(self) -> None:
        # In a thread of its own, so that the pipe never fills and the server never waits for us.
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def _announced(self) -> str | None:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.log)
        assert found or self.process.poll() is None, self.log
        return found and found[0]

    @property
    def log(self) -> str:
        """Everything on stderr so far."""
        return "\n".join(self.lines)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request on a connection of its own; anything but bytes and streams is sent as JSON."""
        if isinstance(body, dict | list):
            body = json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Reply:
        """GET."""
        return self.send("GET", path)

    def ask(self, question: str) -> dict[str, Any]:
        """The answer to a question."""
        reply = self.send("POST", "/api/ask", {"question": question})
        assert reply.status == 200, reply.body
        found = reply.json()
        assert isinstance(found, dict)
        return found

    def ready(self) -> float:
        """Waits until it is ready; the seconds since it was started."""
        _until(lambda: self.get("/readyz").status == 200, "readiness")
        return time.monotonic() - self.started

    def stop(self, how: signal.Signals) -> int:
        """Ends the process; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self._reader.join(5)
            if self.process.stderr and not self._reader.is_alive():
                self.process.stderr.close()
        return code


def _until(look: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """What `look` gives once it gives something."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {patience:.0f} s for {what}")


class Started(NamedTuple):
    """A server that is ready, and what it said before it was."""

    server: Server
    early: Mapping[str, Reply]


@pytest.fixture(scope="module")
def started(session_home: Path) -> Iterator[Started]:
    """One server for every test that only asks."""
    with Server(session_home) as server:
        early = {path: server.get(path) for path in ("/", "/healthz", "/readyz", "/api/policies")}
        server.ready()
        yield Started(server, early)


@pytest.fixture
def server(started: Started) -> Server:
    """The server, ready."""
    return started.server


# --- starting and stopping ------------------------------------------------------------------------------------------


def test_before_that_a_person_sees_that_it_is_getting_ready_and_a_program_is_told_to_wait(started: Started) -> None:
    page, alive, ready, api = started.early.values()
    assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    assert b"Getting ready" in page.body and b"Sedang disiapkan" in page.body
    assert b'http-equiv="refresh"' in page.body
    assert alive.status == 200 and alive.json() == {"status": "alive"}
    assert (ready.status, api.status) == (503, 503)
    assert ready.json() == {"status": "getting ready"} and ready.headers["retry-after"]
    assert {reply.headers["cache-control"] for reply in started.early.values()} == {"no-store"}


def test_once_ready_it_says_so_and_names_its_index(server: Server) -> None:
    assert server.get("/healthz").json() == {"status": "alive"}
    ready = server.get("/readyz").json()
    assert ready == {"status": "ready", "index": server.ask("Can I post this?")["index"]}
    page = server.get("/")
    assert page.status == 200 and b"AskFirst" in page.body and b"Getting ready" not in page.body


def test_the_log_says_where_it_answers_and_that_contacts_are_placeholders(server: Server) -> None:
    assert f"AskFirst answers on {server.address} (Ctrl-C stops it)" in server.log
    assert "contacts are placeholders" in server.log


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_although_a_page_is_open(how: signal.Signals, session_home: Path) -> None:
    with Server(session_home) as server, socket.create_connection(("127.0.0.1", server.port), PATIENCE) as open_page:
        server.ready()
        open_page.sendall(b"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert open_page.recv(1000).startswith(b"HTTP/1.1 200")
        _stops_cleanly(server, how)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_while_it_is_still_getting_ready(how: signal.Signals, session_home: Path) -> None:
    with Server(session_home) as server:
        assert server.get("/readyz").status == 503
        _stops_cleanly(server, how)


def _stops_cleanly(server: Server, how: signal.Signals) -> None:
    assert server.stop(how) in (0, 130)
    assert server.log.endswith("stopping")
    assert "Traceback" not in server.log and "ERROR" not in server.log
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 1)


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = one_line(askfirst("serve", "--port", port, home=tmp_path))
    assert f"a free port {port} on 127.0.0.1" in line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "askfirst.example.com", ""])
def test_a_host_that_is_not_loopback_is_one_clear_line(host: str, tmp_path: Path) -> None:
    line = one_line(askfirst("serve", "--host", host, "--port", "0", home=tmp_path))
    assert "loopback" in line and f"'{host}'" in line


# --- questions ------------------------------------------------------------------------------------------------------


def test_a_question_gets_an_answer_in_the_public_shape(server: Server) -> None:
    reply = server.send("POST", "/api/ask", {"id": "q1", "question": "May I put a client's logo on a slide that I post?"})
    assert reply.status == 200 and reply.headers["content-type"] == "application/json"
    found = reply.json()
    assert set(found) == ANSWER
    assert found["id"] == "q1" and found["lang"] == "en" and found["in_scope"] is True
    assert found["verdict"] in ("ask", "yes_if", "no")
    assert found["citations"] and all(set(citation) == CITATION for citation in found["citations"])
    assert found["contact"]["email"]


def test_a_draft_is_checked(server: Server) -> None:
    draft = "Curhat dikit: klien kita Budi Santoso, 0812-3456-7890, nyebelin banget 😤"
    found = server.send("POST", "/api/ask", {"id": "d1", "draft": draft, "lang": "id", "account": "personal"}).json()
    assert set(found) == ANSWER and found["verdict"] == "no" and found["lang"] == "id"
    assert all(draft[finding["start"] : finding["end"]] == finding["text"] for finding in found["findings"])


def test_it_answers_like_the_command_line_while_both_run(server: Server, session_home: Path) -> None:
    question = "Can I share our public job advert on my own LinkedIn?"
    done = askfirst("ask", question, "--json", home=session_home)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == server.ask(question)


def test_many_at_once_get_the_answers_they_get_alone(server: Server) -> None:
    questions = ["Can I swear?", "Boleh saya unggah foto klien?", "What is the weather?", "Must I say who I work for?"] * 3
    alone = {question: server.ask(question) for question in set(questions)}
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(server.ask, questions)) == [alone[question] for question in questions]


@pytest.mark.parametrize("path", ["/api/ask", "/api/search"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"not json", b"\xff\xfe\x00", b"[1]", b'"text"', b"null", b"{}", b"[" * 100_000],
    ids=["empty", "cut off", "not JSON", "not UTF-8", "a list", "a text", "null", "no keys", "nested too deep"],
)
def test_a_body_that_is_not_a_question_is_refused(path: str, body: bytes, server: Server) -> None:
    _is_problem(server.send("POST", path, body), 400, "expected")


@pytest.mark.parametrize(
    "given",
    [
        {"question": 3},
        {"question": ["Can I post this?"]},
        {"question": " "},
        {"question": "Can I?", "draft": "It is mine."},
        {"draft": {"text": "x"}},
        {"question": "Can I post this?", "lang": "fr"},
        {"question": "Can I post this?", "lang": ["en"]},
        {"question": "Can I post this?", "account": "corporate"},
        {"question": "Can I post this?", "account": {}},
        {"question": "Can I post this?", "history": "before"},
        {"question": "Can I post this?", "history": [1]},
    ],
    ids=str,
)
def test_a_question_with_wrong_types_is_refused_and_told_why(given: dict[str, Any], server: Server) -> None:
    _is_problem(server.send("POST", "/api/ask", given), 400, "expected")


@pytest.mark.parametrize("path", ["/api/ask", "/api/search"])
@pytest.mark.parametrize("odd", [b"NaN", b"[-Infinity]", b"1e999", b'"\\ud800"'])
def test_an_id_that_cannot_be_sent_back_is_no_fault_of_the_server(path: str, odd: bytes, server: Server) -> None:
    reply = server.send("POST", path, b'{"id": ' + odd + b', "question": "Can I post this?", "query": "logo"}')
    assert reply.status in (200, 400), reply.body
    assert _headed(reply)


def test_a_lone_surrogate_in_the_text_is_answered(server: Server) -> None:
    reply = server.send("POST", "/api/ask", b'{"question": "Can I \\ud800 post a client\'s logo?"}')
    assert reply.status == 200 and reply.json()["in_scope"]


@pytest.mark.parametrize("path", ["/api/ask", "/api/search", "/gradio_api/queue/join"])
def test_a_body_over_the_limit_is_refused(path: str, server: Server) -> None:
    _is_problem(server.send("POST", path, b" " * (LARGEST_BODY + 1)), 413, "1,000,000")


def test_a_large_body_without_a_declared_length_is_refused_too(server: Server) -> None:
    pieces = (b'{"question": "' if at == 0 else b"x" * 100_000 for at in range(13))
    assert server.send("POST", "/api/ask", pieces).status in (400, 413)


def test_a_draft_of_the_largest_size_is_taken(server: Server) -> None:
    reply = server.send("POST", "/api/ask", {"draft": "We open at nine. " * 1_000, "lang": "en"})
    assert reply.status == 200 and reply.json()["in_scope"] is not None


def test_a_person_who_leaves_in_the_middle_of_a_request_leaves_nothing_in_the_log(server: Server) -> None:
    before = len(server.lines)
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as leaving:
        leaving.sendall(b'POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"question": ')
        time.sleep(0.3)
    time.sleep(0.3)
    assert server.get("/healthz").status == 200
    assert "Traceback" not in "\n".join(server.lines[before:])


# --- clauses, policies, search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "lang"), [("?lang=id", "id"), ("?lang=en", "en"), ("", "en")])
def test_a_clause_comes_in_the_language_asked_for(query: str, lang: str, server: Server) -> None:
    found = server.get(f"/api/clauses/practices/22/1{query}").json()
    assert set(found) == HIT
    assert (found["clause_id"], found["lang"], found["practices"]) == ("practices/22/1", lang, [22])


@pytest.mark.parametrize("clause", ["practices/99/1", "practices", "nothing", "", "../../etc/passwd", "%00", "practices/22/1@en"])
def test_an_unknown_clause_is_not_found(clause: str, server: Server) -> None:
    _is_problem(server.get(f"/api/clauses/{clause}"), 404, "expected the id of a clause")


def test_every_policy_is_listed_with_its_source(server: Server) -> None:
    found = server.get("/api/policies").json()
    assert {p["authority"] for p in found} == {"binding", "reference"}
    assert {(p["policy_id"], p["lang"]) for p in found} >= {("practices", "en"), ("practices", "id")}
    assert all(p["title"] for p in found)
    assert any((p["url"] or "").startswith("https://") for p in found)


def test_search_ranks_clauses_without_a_verdict(server: Server) -> None:
    found = server.send("POST", "/api/search", {"id": "s1", "query": "customer consent logo", "top": 3}).json()
    assert set(found) == {"id", "hits"} and found["id"] == "s1" and len(found["hits"]) == 3
    assert all(set(hit) == HIT for hit in found["hits"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "given", [{"query": 1}, {"query": ""}, {"query": "a", "lang": "fr"}, {"query": "a", "top": 101}, {"query": "a", "top": "3"}], ids=str
)
def test_a_search_with_wrong_types_is_refused(given: dict[str, Any], server: Server) -> None:
    _is_problem(server.send("POST", "/api/search", given), 400, "expected")


# --- documentation and safety ---------------------------------------------------------------------------------------


def test_the_api_is_documented_without_anything_from_elsewhere(server: Server) -> None:
    page, document = server.get("/docs"), server.get("/openapi.json")
    assert page.status == document.status == 200
    operations = {f"{method.upper()} {path}" for path, item in document.json()["paths"].items() for method in item}
    assert {"POST /api/ask", "POST /api/search", "GET /api/clauses/{clause_id}", "GET /api/policies"} <= operations
    assert not any("gradio" in operation for operation in operations)
    for operation in operations:
        assert all(f"<code>{part}</code>".encode() in page.body for part in operation.split())
    for body in (page.body, document.body):
        assert not re.search(rb"""https?://|["'(]//""", body)


def test_every_answer_carries_the_security_headers(server: Server) -> None:
    replies = {path: server.get(path) for path in ("/", "/docs", "/openapi.json", "/healthz", "/readyz", "/api/policies", "/theme.css")}
    replies["head"] = server.send("HEAD", "/")
    replies["answer"] = server.send("POST", "/api/ask", {"question": "Can I swear?"})
    replies["bad"] = server.send("POST", "/api/ask", b"{")
    replies["large"] = server.send("POST", "/api/ask", b" " * (LARGEST_BODY + 1))
    replies["closed"] = server.get("/gradio_api/upload")
    replies["unknown"] = server.get("/nothing/here")
    assert [name for name, reply in replies.items() if not _headed(reply)] == []
    policy = replies["/"].headers["content-security-policy"]
    assert "default-src 'self'" in policy and "object-src 'none'" in policy and "*" not in policy and "http" not in policy
    assert replies["/"].headers["referrer-policy"] == "same-origin"
    assert "server" not in replies["/"].headers


def test_so_does_the_page_that_says_it_is_getting_ready(started: Started) -> None:
    assert [path for path, reply in started.early.items() if not _headed(reply)] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/upload_progress?upload_id=1"),
        ("GET", "/gradio_api/file=http://127.0.0.1:1/"),
        ("HEAD", "/gradio_api/file=http://127.0.0.1:1/"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/%66ile=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "//gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=http://127.0.0.1:1/"),
        ("GET", "/gradio_api/stream/x/1/1/playlist.m3u8"),
        ("POST", "/gradio_api/stream/x"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/vibe-code"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/gradio_api/profiling/summary"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/gradio_api/monitoring"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/mcp"),
        ("GET", "/file=/etc/passwd"),
        ("GET", "/static/..%2f..%2f..%2fetc/passwd"),
    ],
)
def test_routes_that_take_files_fetch_addresses_or_watch_users_are_closed(method: str, path: str, server: Server) -> None:
    reply = server.send(method, path, b"x" if method == "POST" else None)
    assert reply.status in (403, 404)
    assert b"root:" not in reply.body


@pytest.mark.parametrize(("method", "path"), [("POST", "/gradio_api/process_recording"), ("POST", "/gradio_api/undo-vibe-edit")])
def test_so_are_the_rarer_ones(method: str, path: str, server: Server) -> None:
    assert server.send(method, path, b"{}").status == 404


def test_no_stream_is_left_open_for_developers(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(b"GET /gradio_api/dev/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 404")


def test_nothing_can_be_called_past_the_page_and_its_queue(server: Server) -> None:
    for path in ("/gradio_api/run/predict", "/gradio_api/api/predict", "/gradio_api/call/typed", "/gradio_api/call/v2/typed"):
        assert server.send("POST", path, {"data": ["en", "question", "unsaid", "Can I?", []]}).status in (404, 422)
    for path in ("/gradio_api/info", "/gradio_api/openapi.json"):
        assert b"/typed" not in server.get(path).body and b"/arrived" not in server.get(path).body


# --- a new index ----------------------------------------------------------------------------------------------------

_RULE = "Never post pictures of Waddles, the penguin of the Bandung office."
_POLICY = f"---\nid: waddles\ntitle: The Waddles rules\nlang: en\nauthority: binding\n---\n# Waddles\n1. {_RULE}\n"


def test_a_new_policy_is_answered_from_without_a_restart(session_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(session_home, tmp_path / "home"))
    question = "May I post pictures of Waddles, the penguin of the Bandung office?"

    def cited(answer: dict[str, Any]) -> list[str]:
        return [citation["policy_id"] for citation in answer["citations"]]

    with Server(home) as server:
        server.ready()
        before = server.ask(question)
        assert "waddles" not in cited(before)
        (home / "corpus").mkdir()
        (home / "corpus" / "waddles.md").write_text(_POLICY, "utf-8")
        done = askfirst("ingest", "--json", home=home)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["built"] is True

        _until(lambda: server.get("/readyz").json()["index"] != before["index"], "the new index", 10)
        with ThreadPoolExecutor(4) as pool:
            after = list(pool.map(server.ask, [question] * 8))
        assert {answer["index"] for answer in after} == {server.get("/readyz").json()["index"]}
        assert all(cited(answer)[0] == "waddles" and answer["citations"][0]["quote"] in _RULE for answer in after)
        assert server.get("/api/clauses/waddles/waddles/1").json()["text"] == _RULE
        assert server.process.poll() is None and "Traceback" not in server.log


# --- what several tests look at -------------------------------------------------------------------------------------


def _headed(reply: Reply) -> bool:
    return all(reply.headers.get(name) == value for name, value in HEADERS.items())


def _is_problem(reply: Reply, status: int, says: str) -> None:
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == PROBLEM
    found = reply.json()
    assert set(found) == {"title", "status", "detail"} and found["status"] == status
    assert says in found["detail"] and "Traceback" not in found["detail"]
    assert _headed(reply)
