"""The log tells what happened, in either form, and never what anybody typed."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from chat.web.endpoints import problems
from chat.web.logs import event, incident, logging_as
from chat.web.metrics import Metrics
from chat.web.watched import Watched
from kb.errors import StoreUnreachable

TYPED = "Budi Santoso, 0812-3456-7890"


class Said:
    """Everything on stderr so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys, self._text = capsys, ""

    @property
    def text(self) -> str:
        self._text += self._capsys.readouterr().err
        return self._text


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(capsys)


def objects(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.text.splitlines()]


def broken() -> Exception:
    try:
        raise ValueError(f"cannot read {TYPED}")
    except ValueError as error:
        return error


def test_an_event_is_one_json_object_with_time_and_level(said: Said) -> None:
    with logging_as("json"):
        event("answer", verdict="ask", ms=12.5)
    (found,) = objects(said)
    assert datetime.fromisoformat(found.pop("time")).utcoffset() is not None
    assert found == {"level": "info", "event": "answer", "verdict": "ask", "ms": 12.5}


def test_for_people_nothing_is_said_of_what_is_ordinary(said: Said) -> None:
    with logging_as("text"):
        event("answer", verdict="ask")
    assert said.text == ""


def test_what_is_printed_becomes_json_too_however_it_is_cut(said: Said) -> None:
    with logging_as("json"):
        print("AskFirst answers on", "http://127.0.0.1:7860", file=sys.stderr)
        sys.stderr.write("warning: half a ")
        sys.stderr.write("line\n\nand\tone more\n")
    assert [(one["level"], one["event"], one["message"]) for one in objects(said)] == [
        ("info", "said", "AskFirst answers on http://127.0.0.1:7860"),
        ("warning", "said", "warning: half a line"),
        ("info", "said", "and one more"),
    ]


def test_afterwards_everything_is_as_it_was() -> None:
    before, stream = list(logging.getLogger().handlers), sys.stderr
    with pytest.raises(RuntimeError), logging_as("json"):
        raise RuntimeError
    assert logging.getLogger().handlers == before and sys.stderr is stream


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_failure_is_told_by_kind_and_place_and_never_by_its_message(form: str, said: Said) -> None:
    with logging_as(form):
        name = incident(broken())
    line = said.text
    assert line.count("\n") == 1
    assert name in line and "ValueError" in line and "test_logs.py:" in line and TYPED not in line


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_libraries_say_of_a_failure_is_cut_in_the_same_way(form: str, said: Said) -> None:
    with logging_as(form):
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=broken())
        logging.getLogger("httpx").info("GET https://example.com/?q=%s", TYPED)
    assert "Exception in ASGI application" in said.text and "ValueError" in said.text
    assert said.text.count("\n") == 1 and TYPED not in said.text


# --- requests -------------------------------------------------------------------------------------------------------


def app(metrics: Metrics) -> Watched:
    def fail(_request: Request) -> None:
        raise broken()

    def unreachable(_request: Request) -> None:
        raise StoreUnreachable(expected="a Chroma server that answers at http://10.0.0.7:8000", found="none", todo="start it")

    async def cut(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise broken()

    class Cut:
        __call__ = staticmethod(cut)

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        raise broken()

    class Bare:
        __call__ = staticmethod(bare)

    inner = Starlette(
        routes=[
            Route("/clauses/{clause_id:path}", lambda _: PlainTextResponse("a clause")),
            Route("/broken", fail),
            Route("/unreachable", unreachable),
        ]
    )
    problems(inner)  # type: ignore[arg-type]

    async def either(scope: Any, receive: Any, send: Any) -> None:
        await {"/cut": Cut(), "/bare": Bare()}.get(scope.get("path", ""), inner)(scope, receive, send)

    return Watched(either, metrics)


def test_a_request_is_logged_by_its_route_and_not_by_its_address(said: Said) -> None:
    with logging_as("json"):
        client = TestClient(app(Metrics()), headers={"x-forwarded-user": TYPED, "authorization": f"Bearer {TYPED}"})
        client.get("/clauses/practices/22/1", params={"q": TYPED})
        client.get(f"/{TYPED}")
    first, second = objects(said)
    assert (first["event"], first["method"], first["route"], first["status"]) == ("request", "GET", "/clauses/{clause_id:path}", 200)
    assert first["ms"] >= 0
    assert (second["route"], second["status"]) == ("other", 404)
    assert "Budi" not in said.text and "testclient" not in said.text and "practices/22" not in said.text


@pytest.mark.parametrize(("path", "status"), [("/broken", 500), ("/bare", 500), ("/unreachable", 503)])
@pytest.mark.parametrize("form", ["text", "json"])
def test_whoever_meets_a_failure_can_name_it(form: str, path: str, status: int, said: Said) -> None:
    metrics = Metrics()
    with logging_as(form):
        reply = TestClient(app(metrics)).get(path)
    assert reply.status_code == status and reply.headers["content-type"] == "application/problem+json"
    found = re.search(r"incident (\w{12})", reply.json()["detail"])
    assert found and said.text.count(found[1]) == 1
    assert TYPED not in reply.text and "10.0.0.7" not in reply.text and TYPED not in said.text
    assert f'askfirst_refusals_total{{status="{status}"}} 1.0' in metrics.text().decode()


def test_what_can_be_tried_again_says_when() -> None:
    assert int(TestClient(app(Metrics())).get("/unreachable").headers["retry-after"]) > 0


def test_an_answer_that_breaks_off_is_logged_and_not_made_to_look_whole(said: Said) -> None:
    with logging_as("json"), pytest.raises(ValueError, match="Budi"):
        TestClient(app(Metrics())).get("/cut")
    assert objects(said)[0]["message"] == "an answer was broken off" and TYPED not in said.text
