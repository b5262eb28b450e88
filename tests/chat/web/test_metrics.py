"""What a monitoring system is told: figures of this process, in a form that it can read, with nothing of what was asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from chat.answer import Answer, Contact, Verdict
from chat.web.identity import Role
from chat.web.metrics import Metrics, routes
from chat.web.tokens import make
from ingest.build import refresh
from kb.settings import Settings
from tests.chat.web.rooms import PROXY, built, furnish, visitor, with_settings

ANSWER = Answer(Verdict.ASK, True, "id", 0.3, "text", "reason", Contact("hr", "HR"), "digest")


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample of the text format, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return samples(metrics.text().decode())[name, frozenset(labels.items())]


@pytest.mark.parametrize(
    ("answer", "draft", "verdict", "kind"),
    [
        (ANSWER, False, "ask", "question"),
        (replace(ANSWER, verdict=Verdict.YES_IF), True, "yes_if", "draft"),
        (replace(ANSWER, verdict=None), False, "none", "question"),
        (replace(ANSWER, verdict=None, in_scope=False), False, "off_topic", "question"),
    ],
)
def test_answers_are_counted_by_verdict_language_and_kind(answer: Answer, draft: bool, verdict: str, kind: str) -> None:
    metrics = Metrics()
    metrics.answered(answer, draft=draft, seconds=0.3)
    assert value(metrics, "askfirst_answers_total", verdict=verdict, lang="id", kind=kind) == 1


def test_the_time_of_an_answer_falls_into_its_bucket() -> None:
    metrics = Metrics()
    for seconds in (0.01, 0.3, 1.4, 60):
        metrics.answered(ANSWER, draft=False, seconds=seconds)
    buckets = {le: value(metrics, "askfirst_answer_seconds_bucket", le=le) for le in ("0.025", "0.5", "1.5", "30.0", "+Inf")}
    assert buckets == {"0.025": 1, "0.5": 2, "1.5": 3, "30.0": 3, "+Inf": 4}


def test_refusals_failures_and_swaps_are_counted() -> None:
    metrics = Metrics()
    for status in (429, 429, 503):
        metrics.refused(status)
    metrics.failed()
    metrics.swapped()
    assert value(metrics, "askfirst_refusals_total", status="429") == 2
    assert value(metrics, "askfirst_refusals_total", status="503") == 1
    assert value(metrics, "askfirst_answer_failures_total") == value(metrics, "askfirst_index_swaps_total") == 1


def test_the_queue_is_looked_at_when_the_figures_are(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics, waiting = Metrics(), [0]
    metrics._waiting.set_function(lambda: waiting[0])
    waiting[0] = 7
    assert value(metrics, "askfirst_queue_length") == 7


def test_two_processes_of_figures_know_nothing_of_each_other() -> None:
    one, other = Metrics(), Metrics()
    one.swapped()
    assert value(other, "askfirst_index_swaps_total") == 0


def test_the_route_speaks_prometheus() -> None:
    app = FastAPI()
    routes(app, Metrics())
    reply = TestClient(app).get("/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert samples(reply.text)["process_resident_memory_bytes", frozenset()] > 1e6


# --- the real app ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def settings(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = furnish(session_home, tmp_path_factory.mktemp("watched"))
    return with_settings(home, host="0.0.0.0", auth="proxy", auth_proxies=PROXY, role_admin="chiefs")


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[FastAPI]:
    yield built(settings)


@pytest.mark.model
def test_a_monitoring_system_reads_them_with_an_admin_s_token_and_finds_nothing_that_was_typed(app: FastAPI, settings: Settings) -> None:
    token = {"authorization": f"Bearer {make(settings, 'prometheus', Role.ADMIN, ())}"}
    asker = visitor(app, settings, headers={"x-forwarded-user": "ani@example.com", "x-forwarded-groups": "board"})
    asker.post("/api/ask", json={"question": "Can I tell Wulandari that I swear at Batik Parang Ltd?"})
    asker.post("/api/ask", json={"draft": "Wulandari signed with Batik Parang Ltd!", "lang": "en"})
    assert asker.get("/metrics").status_code == 403
    reply = visitor(app, settings, "203.0.113.7", token).get("/metrics")
    assert reply.status_code == 200
    found = samples(reply.text)
    assert sum(count for (name, _), count in found.items() if name == "askfirst_answers_total") == 2
    assert {dict(labels)["kind"] for name, labels in found if name == "askfirst_answers_total"} == {"question", "draft"}
    assert 0 <= time.time() - found["askfirst_index_built_timestamp_seconds", frozenset()] < 3600
    for typed in ("wulandari", "batik", "ani@example", "chiefs", "board", "203.0.113"):
        assert typed not in reply.text.lower()


@pytest.mark.model
def test_a_newer_index_shows_in_the_figures(app: FastAPI, settings: Settings) -> None:
    client = visitor(app, settings, headers={"x-forwarded-user": "ani@example.com", "x-forwarded-groups": "chiefs"})

    def figures() -> tuple[float, str]:
        found = samples(client.get("/metrics").text)
        digest = next(dict(labels)["digest"] for name, labels in found if name == "askfirst_index_info")
        return found["askfirst_index_swaps_total", frozenset()], digest

    swaps, before = figures()
    (settings.own_corpus / "more.md").write_text("# Trams\n1. You must not post about trams.\n", "utf-8")
    refresh(settings, lambda _: None)
    client.post("/api/ask", json={"question": "May I post about trams?"})
    assert figures() == (swaps + 1, client.get("/readyz").json()["index"]) and figures()[1] != before
