"""Two workers share a home and a Chroma server: they answer alike, see the same ingest, and outlive the Chroma server's absence."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.build import refresh
from kb.settings import Settings, read_settings
from tests.chat.web.test_serve import PROBLEM, Server
from tests.chroma_server import ChromaServer

pytestmark = [pytest.mark.slow, pytest.mark.model]

RULES = """# Customers
1. You must ask the customer before you post about their project.
2. You must not post the customer's logo without their agreement.
# Yourself
1. Say who you work for when you recommend our products.
2. You may share our public job adverts on your own account.
# Dengan bahasa
1. Jangan unggah foto rekan kerja tanpa izin mereka.
"""
QUESTIONS = ["May I post a customer's logo?", "Can I share our job advert?", "Boleh saya unggah foto rekan kerja?", "What is the weather?"]


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("vectors"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def settings(session_home: Path, chroma: ChromaServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home, corpus = tmp_path_factory.mktemp("shared"), tmp_path_factory.mktemp("rules")
    shutil.copytree(session_home / "model", home / "model")
    (corpus / "house.md").write_text(RULES, "utf-8")
    settings = read_settings({"ASKFIRST_HOME": str(home), "ASKFIRST_CORPUS": str(corpus), "ASKFIRST_CHROMA_URL": chroma.url}, home)
    refresh(settings, lambda _: None)
    return settings


@pytest.fixture(scope="module")
def workers(settings: Settings) -> Iterator[tuple[Server, Server]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASKFIRST_CORPUS", str(settings.corpus))
        patch.setenv("ASKFIRST_CHROMA_URL", settings.chroma_url)
        with Server(settings.home) as one, Server(settings.home) as other:
            one.ready()
            other.ready()
            yield one, other
            assert "Traceback" not in one.log + other.log


def test_they_answer_alike_and_take_up_the_same_ingest(workers: tuple[Server, Server], settings: Settings) -> None:
    def alike() -> str:
        answers = [[worker.ask(question) for question in QUESTIONS] for worker in workers]
        assert answers[0] == answers[1]
        return str(answers[0][0]["index"])

    before = alike()
    assert settings.corpus
    (settings.corpus / "more.md").write_text("# Trams\n1. You must not post about trams.\n", "utf-8")
    refresh(settings, lambda _: None)
    assert alike() != before


def test_while_chroma_is_gone_they_say_so_and_afterwards_they_answer(workers: tuple[Server, Server], chroma: ChromaServer) -> None:
    chroma.stop()
    try:
        replies = [worker.send("POST", "/api/ask", {"question": f"{thing}?"}) for worker in workers for thing in ("Trams", "A logo")]
        for reply in replies:
            assert reply.status == 200 or (reply.status, reply.headers["content-type"]) == (503, PROBLEM)
            assert reply.status == 200 or (int(reply.headers["retry-after"]) > 0 and chroma.url not in reply.body.decode())
        assert [worker.get("/healthz").status for worker in workers] == [200, 200]
    finally:
        chroma.start()
    time.sleep(0.5)
    for worker in workers:
        assert [bool(worker.ask(question)["contact"]) for question in QUESTIONS] == [True] * len(QUESTIONS)
