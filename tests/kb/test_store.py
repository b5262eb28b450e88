"""Chroma keeps what it is given and finds what is nearest, in a folder and in a server alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.clause import Clause, Modality, Policy
from kb.errors import HomeError, IndexDamaged, StoreUnreachable
from kb.store import ChromaStore
from tests.chroma_server import ChromaServer, free_port
from tests.conftest import LetterEmbedder


@pytest.fixture
def clauses(clause: Callable[..., Clause], policy: Callable[..., Policy]) -> list[Clause]:
    house, other = policy(), policy(id="other", lang="id")
    return [
        clause(
            "1/1",
            "aaaa",
            policy=house,
            number="1",
            heading=("1 One", "Two"),
            topics=("t",),
            practices=(1, 25),
            contact="c",
            page=7,
        ),
        clause("1/2", "aaab", policy=house, lead="Never:", modality=Modality.MUST_NOT),
        clause("1/1", "zzzz", policy=other, line=4, start=2, end=6),
    ]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """One server for the whole module."""
    server = ChromaServer(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture(params=["folder", "server"])
def url(request: pytest.FixtureRequest) -> str:
    """Where the vectors lie: in the folder itself (empty), or in a server."""
    return "" if request.param == "folder" else str(request.getfixturevalue("running").url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


@pytest.fixture
def store(clauses: list[Clause], letters: LetterEmbedder, folder: Path, url: str) -> Iterator[ChromaStore]:
    ChromaStore.create(folder, clauses, letters.embed([c.text for c in clauses]), url)
    opened = ChromaStore.open(folder, policies(clauses))
    yield opened
    opened.close()
    ChromaStore.remove(folder)


def policies(clauses: list[Clause]) -> dict[str, Policy]:
    return {f"{c.policy.id}@{c.lang}": c.policy for c in clauses}


def test_clauses_come_back_as_they_were_written(store: ChromaStore, clauses: list[Clause]) -> None:
    assert store.fetch([c.key for c in clauses]) == clauses
    assert store.count() == 3
    assert sorted(store.keys()) == sorted(c.key for c in clauses)


def test_the_nearest_come_first_with_their_cosine(store: ChromaStore, letters: LetterEmbedder) -> None:
    [found] = store.nearest(letters.embed(["aaaa"]), 2)
    assert [key for key, _ in found] == ["house/1/1@en", "house/1/2@en"]
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert found[1][1] == pytest.approx(3 / 10**0.5, abs=1e-5)


def test_policies_filter_before_ranking(store: ChromaStore, letters: LetterEmbedder) -> None:
    assert [key for key, _ in store.nearest(letters.embed(["aaaa"]), 3, ["other@id"])[0]] == ["other/1/1@id"]


def test_vectors_come_back(store: ChromaStore, letters: LetterEmbedder) -> None:
    found = store.vectors(["house/1/2@en", "nothing@en"])
    assert list(found) == ["house/1/2@en"]
    assert found["house/1/2@en"] == pytest.approx(letters.embed(["aaab"])[0], abs=1e-6)


def test_an_unknown_key_is_left_out(store: ChromaStore) -> None:
    assert store.fetch(["nothing@en"]) == []


def test_a_folder_we_did_not_build_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        ChromaStore.open(tmp_path, {})
    (tmp_path / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(IndexDamaged):
        ChromaStore.open(tmp_path, {})


def test_the_approximate_search_of_chroma_filters_too(store: ChromaStore, letters: LetterEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.store.EXACT", 0)
    assert [key for key, _ in store.nearest(letters.embed(["aaaa"]), 2)[0]] == ["house/1/1@en", "house/1/2@en"]
    assert [key for key, _ in store.nearest(letters.embed(["aaaa"]), 3, ["other@id"])[0]] == ["other/1/1@id"]


def test_what_was_removed_is_gone(store: ChromaStore, clauses: list[Clause], folder: Path) -> None:
    ChromaStore.remove(folder)
    assert not folder.exists()
    ChromaStore.remove(folder)
    with pytest.raises(IndexDamaged):
        ChromaStore.open(folder, policies(clauses))


def test_a_collection_that_a_server_lost_is_damage(
    running: ChromaServer, clauses: list[Clause], letters: LetterEmbedder, folder: Path, tmp_path: Path
) -> None:
    ChromaStore.create(folder, clauses, letters.embed([c.text for c in clauses]), running.url)
    note = (folder / "server.json").read_bytes()
    ChromaStore.remove(folder)
    folder.mkdir()
    (folder / "server.json").write_bytes(note)
    with pytest.raises(IndexDamaged):
        ChromaStore.open(folder, policies(clauses))


def test_a_server_that_went_away_is_one_line_and_its_return_is_noticed(
    clauses: list[Clause], letters: LetterEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    server = ChromaServer(tmp_path / "data")
    try:
        folder = tmp_path / "index-1" / "chroma"
        ChromaStore.create(folder, clauses, letters.embed([c.text for c in clauses]), server.url)
        assert server.collections() == {"index-1"}
        store = ChromaStore.open(folder, policies(clauses))
        assert store.count() == 3
        server.stop()
        with pytest.raises(StoreUnreachable) as raised:
            store.count()
        assert server.url in str(raised.value) and "\n" not in str(raised.value)
        with pytest.raises(StoreUnreachable):
            ChromaStore.open(folder, policies(clauses))
        with pytest.raises(StoreUnreachable):
            ChromaStore.remove(folder)
        assert folder.exists()
        server.start()
        assert store.fetch(["house/1/1@en"]) == clauses[:1]
        server.stop()
        server.start()
        assert store.count() == 3
        store.close()
    finally:
        server.stop()


def test_a_server_that_is_not_there_is_one_line_within_seconds(clauses: list[Clause], letters: LetterEmbedder, folder: Path) -> None:
    started = time.monotonic()
    with pytest.raises(StoreUnreachable, match="ASKFIRST_CHROMA_URL"):
        ChromaStore.create(folder, clauses, letters.embed([c.text for c in clauses]), f"http://127.0.0.1:{free_port()}")
    assert time.monotonic() - started < 20


@pytest.fixture
def changed(clauses: list[Clause], clause: Callable[..., Clause]) -> list[Clause]:
    """The clauses after an edit: one on another line, one without its lead and of other words, one gone, one new."""
    first, second, _ = clauses
    return [
        replace(first, line=9, start=40, end=44),
        replace(second, lead="", text="bbbb"),
        clause("1/3", "cccc", policy=first.policy),
    ]


def test_a_copy_holds_exactly_what_it_was_given(
    clauses: list[Clause], changed: list[Clause], letters: LetterEmbedder, folder: Path, tmp_path: Path
) -> None:
    ChromaStore.create(folder, clauses, letters.embed([c.text for c in clauses]))
    reader = ChromaStore.open(folder, policies(clauses))
    vectors = letters.embed([c.text for c in changed])
    ChromaStore.copy(folder, tmp_path / "next", changed, vectors, policies(clauses))
    copied = ChromaStore.open(tmp_path / "next", policies(changed))
    assert copied.fetch(copied.keys()) == sorted(changed, key=lambda c: copied.keys().index(c.key))
    assert copied.count() == 3
    assert copied.nearest(letters.embed(["bbbb"]), 1)[0][0] == (changed[1].key, pytest.approx(1.0, abs=1e-5))
    assert copied.vectors([changed[0].key])[changed[0].key] == pytest.approx(vectors[0], abs=1e-6)
    assert reader.fetch([c.key for c in clauses]) == clauses
    reader.close()
    copied.close()


def test_what_cannot_be_copied_is_damage(changed: list[Clause], letters: LetterEmbedder, folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(IndexDamaged):
        ChromaStore.copy(folder, tmp_path / "next", changed, letters.embed([c.text for c in changed]), policies(changed))


def test_a_folder_that_cannot_be_written_is_an_error_of_the_home(clauses: list[Clause], letters: LetterEmbedder, folder: Path) -> None:
    folder.write_text("a file where a folder should be", "utf-8")
    with pytest.raises((HomeError, OSError)):
        ChromaStore.create(folder, clauses, letters.embed([c.text for c in clauses]))
