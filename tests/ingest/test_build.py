"""The index is brought up to date, verified, swapped in; a failed build changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import ingest.build as build
import ingest.plan as planning
from ingest.build import Outcome, refresh
from ingest.plan import is_fresh, plan
from kb.embedding import ModelId, Vectors
from kb.errors import CorpusError, HomeError, IndexDamaged, IndexNewer
from kb.manifest import FILE, POINTER, SCHEMA, Manifest, current_index
from kb.settings import Settings
from kb.store import ChromaStore
from tests.conftest import LetterEmbedder


@pytest.fixture
def embedded() -> list[str]:
    """Every text that was embedded while building, in order."""
    return []


@pytest.fixture
def house(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded: list[str]) -> Settings:
    """A small corpus, built with the fake embedder in the place of both models."""

    class Recording(LetterEmbedder):
        def __init__(self, *_given: object) -> None:
            pass

        def embed(self, texts: Sequence[str], _report: object = None) -> Vectors:
            embedded.extend(texts)
            return super().embed(texts)

    monkeypatch.setattr(build, "ReferenceEmbedder", Recording)
    monkeypatch.setattr(build, "open_embedder", lambda *_: LetterEmbedder())
    monkeypatch.setattr(build, "ensure_export", lambda *_: tmp_path)
    monkeypatch.setattr(planning, "expected_model", lambda _: LetterEmbedder.model)
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text("# 1 Names\n- Ask before you name a customer.\n- You may name a town.\n", "utf-8")
    (folder / "b.md").write_text("# 1 Swearing\n- Never swear.\n", "utf-8")
    return replace(settings, corpus=folder)


def write(settings: Settings, name: str, text: str) -> None:
    assert settings.corpus
    (settings.corpus / name).write_text(text, "utf-8")


def run(settings: Settings) -> Outcome:
    return refresh(settings, lambda _: None)


def held(outcome: Outcome) -> dict[str, str]:
    manifest = Manifest.read(outcome.index)
    store = ChromaStore.open(outcome.index / "chroma", manifest.policies)
    try:
        return {c.key: c.text for c in store.fetch(store.keys())}
    finally:
        store.close()


def test_the_first_run_adds_everything(house: Settings) -> None:
    outcome = run(house)
    assert outcome.built
    assert set(outcome.changes.added) == {"a/1/1@en", "a/1/2@en", "b/1/1@en"}
    assert held(outcome)["b/1/1@en"] == "Never swear."


def test_a_second_run_with_nothing_changed_does_nothing(house: Settings, embedded: list[str]) -> None:
    first = run(house)
    embedded.clear()
    second = run(house)
    assert (second.index, second.built, second.changes.any) == (first.index, False, False)
    assert second.changes.unchanged == 3
    assert embedded == []


def test_a_touched_file_with_the_same_text_changes_nothing(house: Settings, embedded: list[str]) -> None:
    first = run(house)
    assert house.corpus
    os.utime(house.corpus / "a.md", (1, 1))
    assert is_fresh(house) is None
    embedded.clear()
    assert run(house).index == first.index
    assert embedded == []
    assert is_fresh(house) == first.index


def test_only_new_and_changed_clauses_are_embedded(house: Settings, embedded: list[str]) -> None:
    run(house)
    embedded.clear()
    write(
        house,
        "a.md",
        "# 1 Names\n- Ask before you name a customer.\n- You may name a village.\n- You may name a river.\n",
    )
    outcome = run(house)
    assert outcome.changes.changed == ("a/1/2@en",)
    assert outcome.changes.added == ("a/1/3@en",)
    assert sorted(embedded) == ["1 Names: You may name a river.", "1 Names: You may name a village."]
    assert held(outcome)["a/1/2@en"] == "You may name a village."


def test_a_removed_file_leaves_the_index(house: Settings) -> None:
    run(house)
    assert house.corpus
    (house.corpus / "b.md").unlink()
    outcome = run(house)
    assert outcome.changes.removed == ("b/1/1@en",)
    assert "b/1/1@en" not in held(outcome)


def test_a_clause_at_another_place_is_reported_as_moved(house: Settings) -> None:
    write(house, "a.md", "1. Ask before you name a customer.\n")
    run(house)
    write(house, "a.md", "2. Ask before you name a customer.\n")
    changes = plan(house, lambda _: None).changes
    assert changes.removed == ("a/1@en",) or changes.moved == (("a/1@en", "a/2@en"),)


def test_a_refused_file_is_named_and_the_rest_is_indexed(house: Settings) -> None:
    write(house, "bad.md", "---\ntitle: [\n---\n- x\n")
    outcome = run(house)
    assert [name.rpartition("/")[2] for name in outcome.changes.refused] == ["bad.md"]
    assert len(held(outcome)) == 3
    assert [n.rpartition("/")[2] for n in run(house).changes.refused] == ["bad.md"]


def test_an_empty_corpus_is_an_error_and_the_last_good_index_stays(house: Settings) -> None:
    first = run(house)
    assert house.corpus
    for file in house.corpus.iterdir():
        file.unlink()
    with pytest.raises(CorpusError):
        run(house)
    assert current_index(house.index_folder) == first.index


def test_a_build_that_fails_leaves_no_trace(house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(house)
    write(house, "a.md", "- Something new.\n")

    def fail(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build.Lexical, "build", fail)
    with pytest.raises(HomeError, match="space"):
        run(house)
    assert current_index(house.index_folder) == first.index
    assert [p.name for p in house.index_folder.glob("index-*")] == [first.index.name]


def test_an_index_in_which_a_clause_is_lost_is_not_swapped_in(house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    create = ChromaStore.create

    def losing(folder: Path, clauses: Sequence[object], vectors: Vectors, _server: str = "") -> None:
        create(folder, clauses[1:], vectors[1:])  # type: ignore[arg-type]

    monkeypatch.setattr(build.ChromaStore, "create", losing)
    with pytest.raises(IndexDamaged):
        run(house)
    assert not (house.index_folder / POINTER).exists()


def test_an_index_of_another_model_is_rebuilt_saying_so(house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(house)
    data = json.loads((first.index / FILE).read_text("utf-8"))
    (first.index / FILE).write_text(json.dumps(data | {"model": {"name": "old", "weights": "1" * 64}}), "utf-8")
    said: list[str] = []
    outcome = refresh(house, said.append)
    assert outcome.built
    assert any("built again" in line for line in said)


def test_a_damaged_index_is_rebuilt_saying_so(house: Settings) -> None:
    first = run(house)
    (first.index / FILE).write_text("{", "utf-8")
    said: list[str] = []
    assert refresh(house, said.append).built
    assert any("built again" in line for line in said)


def test_an_index_of_a_newer_version_is_not_touched(house: Settings) -> None:
    first = run(house)
    data = json.loads((first.index / FILE).read_text("utf-8"))
    (first.index / FILE).write_text(json.dumps(data | {"schema": SCHEMA + 1}), "utf-8")
    with pytest.raises(IndexNewer):
        run(house)
    assert current_index(house.index_folder) == first.index


def test_a_reader_keeps_answering_while_a_new_index_is_built(house: Settings) -> None:
    first = run(house)
    store = ChromaStore.open(first.index / "chroma", Manifest.read(first.index).policies)
    write(house, "c.md", "- A third policy.\n")
    second = run(house)
    assert second.index != first.index
    assert store.count() == 3
    store.close()


def test_two_writers_at_once_both_finish_with_the_same_index(house: Settings) -> None:
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda: outcomes.append(run(house))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({outcome.index for outcome in outcomes}) == 1
    assert sorted(outcome.built for outcome in outcomes) == [False, True]


def test_a_writer_does_not_wait_longer_than_it_was_told(house: Settings) -> None:
    house.index_folder.mkdir(parents=True)
    code = (
        "import sys, time; from filelock import FileLock\n"
        f"lock = FileLock({str(house.index_folder / 'writer.lock')!r}); lock.acquire(); print('held', flush=True); time.sleep(30)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdout.readline().strip() == "held"
        with pytest.raises(HomeError, match="one that is"):
            refresh(house, lambda _: None, wait=0.1)
        other.kill()


def test_a_home_that_cannot_be_written_is_one_clear_error(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(HomeError, match="can be written"):
        refresh(replace(settings, home=tmp_path / "file"), lambda _: None)


@pytest.mark.model
def test_the_real_model_builds_an_index_that_answers(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text("- Ask before you name a customer.\n- Never swear.\n", "utf-8")
    outcome = refresh(replace(settings, corpus=folder), lambda _: None)
    assert isinstance(Manifest.read(outcome.index).model, ModelId)
    assert len(held(outcome)) == 2


def test_few_changes_are_made_in_a_copy_and_many_are_written_anew(house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [f"- Never use word {'abcdefghij'[at % 10] * (1 + at // 10)}.\n" for at in range(40)]
    write(house, "a.md", "".join(rules))
    run(house)
    created: list[Path] = []
    create = ChromaStore.create
    monkeypatch.setattr(build.ChromaStore, "create", lambda folder, *given: (created.append(folder), create(folder, *given)))
    write(house, "a.md", "".join(rules[:39]) + "- A new last rule.\n")
    outcome = run(house)
    assert not created
    assert len(held(outcome)) == len(Manifest.read(outcome.index).clauses)
    write(house, "a.md", "".join(f"- Other {rule[2:]}" for rule in rules))
    assert len(held(run(house))) == 41
    assert len(created) == 1


def test_another_place_for_the_vectors_makes_the_index_a_stranger(house: Settings) -> None:
    run(house)
    assert is_fresh(house)
    assert is_fresh(replace(house, chroma_url="http://127.0.0.1:8000")) is None
