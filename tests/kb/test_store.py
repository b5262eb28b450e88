"""Chroma keeps what it is given and finds what is nearest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.clause import Clause, Modality, Policy
from kb.errors import IndexDamaged
from kb.store import ChromaStore
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


@pytest.fixture
def store(clauses: list[Clause], letters: LetterEmbedder, tmp_path: Path) -> ChromaStore:
    ChromaStore.create(tmp_path / "chroma", clauses, letters.embed([c.text for c in clauses]))
    return ChromaStore.open(tmp_path / "chroma", {f"{c.policy.id}@{c.lang}": c.policy for c in clauses})


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
