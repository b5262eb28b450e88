"""Nothing that happens to a build harms what answers: kills, a full disk, a read-only one, a second writer, a reader."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from kb.glossary import Glossary
from kb.manifest import Manifest, current_index
from kb.search import KnowledgeBase
from kb.settings import Settings, read_settings
from tests.chroma_server import ChromaServer
from tests.conftest import LetterEmbedder

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
KILLS = 50  # in each of the two modes


class Builder:
    """A process of tests/ingest/builder.py."""

    def __init__(self, settings: Settings) -> None:
        environ = {
            "ASKFIRST_HOME": str(settings.home),
            "ASKFIRST_CORPUS": str(settings.corpus),
            "ASKFIRST_CHROMA_URL": settings.chroma_url,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ingest.builder"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | environ,
        )
        assert self._read() == "ready"

    def start(self, delay: float | None = None) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{'' if delay is None else delay}\n")
        self._process.stdin.flush()

    def finish(self) -> str:
        return self._read()

    def run(self, delay: float | None = None) -> str:
        """What a run came to; killed after `delay` seconds."""
        self.start(delay)
        return self.finish()

    def stop(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _read(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


class Corpus:
    """Policies of numbered rules that are edited at random; `texts` is what stands in them now."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._chance = folder, random.Random(4)  # the same edits every time; the kills are random enough
        self._rules = {f"p{at}": [self._rule() for _ in range(80)] for at in range(4)}
        folder.mkdir()
        self._write()

    def edit(self) -> None:
        """Few rules changed, which are copied into the last index, or most of them, which are written anew."""
        for rules in self._rules.values():
            for at in self._chance.sample(range(len(rules)), self._chance.choice([1, 1, 40])):
                rules[at] = self._rule()
            if self._chance.random() < 0.3:
                del rules[self._chance.randrange(len(rules))]
        self._write()

    def grow(self, count: int) -> None:
        """Many more rules in a file of their own; none takes it away."""
        self._rules["more"] = [self._rule() for _ in range(count)]
        self._write()

    @property
    def texts(self) -> frozenset[str]:
        return frozenset(rule for rules in self._rules.values() for rule in rules)

    def _rule(self) -> str:
        return f"Never {''.join(self._chance.choices('abcdefghijklmnopqrstuvwxyz ', k=60)).strip()}."

    def _write(self) -> None:
        for name, rules in self._rules.items():
            (self._folder / f"{name}.md").write_text("# 1 Rules\n" + "".join(f"- {rule}\n" for rule in rules), "utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus")


@pytest.fixture(params=["folder", "server"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChromaServer | None]:
    if request.param == "folder":
        yield None
        return
    (tmp_path / "data").mkdir()
    running = ChromaServer(tmp_path / "data")
    yield running
    running.stop()


@pytest.fixture
def settings(tmp_path: Path, corpus: Corpus, server: ChromaServer | None) -> Settings:
    return told(tmp_path / "home", tmp_path / "corpus", server.url if server else "")


@pytest.fixture
def builders() -> Iterator[Callable[[Settings], Builder]]:
    started: list[Builder] = []

    def start(settings: Settings) -> Builder:
        started.append(Builder(settings))
        return started[-1]

    yield start
    for builder in started:
        builder.stop()


def told(home: Path, corpus: Path, url: str = "") -> Settings:
    environ = {"ASKFIRST_HOME": str(home), "ASKFIRST_CORPUS": str(corpus), "ASKFIRST_CHROMA_URL": url}
    return read_settings(environ, home)


def answering(settings: Settings) -> frozenset[str]:
    """Every text of the index that answers, once it is shown to be whole and to find what it is asked."""
    index = current_index(settings.index_folder)
    knowledge = KnowledgeBase.open(index, LetterEmbedder(), Glossary([]))
    try:
        keys = set(knowledge.manifest.clauses)
        assert knowledge.store.count() == len(keys)
        assert set(knowledge.store.keys()) == keys
        held = knowledge.store.fetch(sorted(keys))
        asked = held[len(held) // 2]
        found = knowledge.search(asked.text, "en", top=3, day=date(2026, 1, 1))
        assert asked.text in {evidence.clause.text for evidence in found}
        return frozenset(clause.text for clause in held)
    finally:
        knowledge.close()


def assert_no_leftovers(settings: Settings, server: ChromaServer | None) -> None:
    index = current_index(settings.index_folder)
    kept = {index.name, Manifest.read(index).replaces} - {""}
    assert {path.name for path in settings.index_folder.iterdir()} == kept | {"current", "writer.lock"}
    assert [path.name for path in index.iterdir() if path.name.startswith(".")] == []
    if server:
        assert server.collections() == kept


def test_a_kill_at_any_moment_leaves_the_last_good_index_answering(
    settings: Settings, corpus: Corpus, server: ChromaServer | None, builders: Callable[[Settings], Builder]
) -> None:
    builder = builders(settings)
    assert builder.run() == "built"
    corpus.edit()
    started = time.monotonic()
    assert builder.run() == "built"
    whole = time.monotonic() - started
    chance = random.Random()
    good = corpus.texts
    killed = 0
    for _ in range(4 * KILLS):
        if killed == KILLS:
            break
        corpus.edit()
        said = builder.run(chance.uniform(0, 1.1 * whole))
        assert said in ("killed", "built")
        killed += said == "killed"
        held = answering(settings)
        assert held == corpus.texts if said == "built" else held in (good, corpus.texts)
        good = held
    assert killed == KILLS
    corpus.edit()
    assert builder.run() == "built"
    assert answering(settings) == corpus.texts
    assert_no_leftovers(settings, server)


def test_a_server_killed_in_the_middle_of_a_build_costs_that_build_only(
    settings: Settings, corpus: Corpus, server: ChromaServer | None, builders: Callable[[Settings], Builder]
) -> None:
    if server is None:
        pytest.skip("there is no server to kill")
    builder = builders(settings)
    assert builder.run() == "built"
    before = corpus.texts
    for delay in (0.05, 0.2, 0.4):
        corpus.edit()
        builder.start()
        time.sleep(delay)
        server.stop()
        said = builder.finish()
        assert said == "built" or said.startswith("StoreUnreachable: expected a Chroma server")
        server.start()
        before = corpus.texts if said == "built" else before
        assert answering(settings) == before
    corpus.edit()
    assert builder.run() == "built"
    assert answering(settings) == corpus.texts
    assert_no_leftovers(settings, server)


def test_two_builds_at_once_lose_nothing(
    settings: Settings, corpus: Corpus, server: ChromaServer | None, builders: Callable[[Settings], Builder]
) -> None:
    both = [builders(settings), builders(settings)]
    for _ in range(3):
        corpus.edit()
        for builder in both:
            builder.start()
        assert sorted(builder.finish() for builder in both) == ["built", "fresh"]
        assert answering(settings) == corpus.texts
    assert_no_leftovers(settings, server)


def test_a_serving_process_answers_through_a_build_and_not_from_the_old_index_after_it(
    settings: Settings, corpus: Corpus, builders: Callable[[Settings], Builder], monkeypatch: pytest.MonkeyPatch
) -> None:
    import chat.opening
    import chat.web.live as serving

    monkeypatch.setattr(chat.opening, "open_embedder", lambda *_: LetterEmbedder())
    # The judge reads 384 numbers a text, which letters are not; what is tried here is which clauses are served.
    monkeypatch.setattr(serving, "_ready", chat.opening.open_assistant)
    builder = builders(settings)
    assert builder.run() == "built"
    said: list[str] = []
    live = serving.Live(settings, current_index(settings.index_folder), said.append)

    def served() -> frozenset[str]:
        knowledge = live.assistant.knowledge
        return frozenset(clause.text for clause in knowledge.store.fetch(sorted(knowledge.manifest.clauses)))

    assert served() == corpus.texts
    for _ in range(3):
        before = corpus.texts
        corpus.edit()
        builder.start()
        for _ in range(10):
            assert served() in (before, corpus.texts)
        assert builder.finish() == "built"
        assert served() == corpus.texts
    assert said == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here, so a full or read-only one cannot be tried: {error}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("room", [0, 300_000, 1_000_000, 2_500_000])
def test_a_full_disk_is_one_line_and_the_last_good_index_answers(
    small_disk: Path, tmp_path: Path, builders: Callable[[Settings], Builder], room: int
) -> None:
    corpus = Corpus(tmp_path / "rules")
    settings = told(small_disk / "home", tmp_path / "rules")
    builder = builders(settings)
    assert builder.run() == "built"
    good = corpus.texts
    corpus.grow(1500)
    state = os.statvfs(small_disk)
    (small_disk / "filler").write_bytes(b"x" * max(0, state.f_bavail * state.f_bsize - room))
    assert builder.run().startswith("HomeError: expected a folder that can be written")
    assert answering(settings) == good
    assert_no_leftovers(settings, None)
    (small_disk / "filler").unlink()
    assert builder.run() == "built"
    assert answering(settings) == corpus.texts
    assert_no_leftovers(settings, None)


def test_a_read_only_home_is_one_line_and_the_last_good_index_answers(
    small_disk: Path, tmp_path: Path, builders: Callable[[Settings], Builder]
) -> None:
    corpus = Corpus(tmp_path / "rules")
    settings = told(small_disk / "home", tmp_path / "rules")
    builder = builders(settings)
    assert builder.run() == "built"
    good = corpus.texts
    corpus.edit()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert builder.run().startswith("HomeError: expected a folder that can be written")
    assert answering(settings) == good
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert builder.run() == "built"
    assert answering(settings) == corpus.texts
