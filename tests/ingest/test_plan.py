"""A plan tells what would change, from the index that answers, and writes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import ingest.build as build
import ingest.plan as planning
from ingest.build import refresh
from ingest.plan import plan
from ingest.sources import Remembered, remembered, with_paths
from kb.settings import Settings
from tests.conftest import LetterEmbedder


@pytest.fixture
def house(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A small corpus, built with the fake embedder in the place of both models."""

    class Reference(LetterEmbedder):
        def __init__(self, *_given: object) -> None:
            pass

    monkeypatch.setattr(build, "ReferenceEmbedder", Reference)
    monkeypatch.setattr(build, "open_embedder", lambda *_: LetterEmbedder())
    monkeypatch.setattr(build, "ensure_export", lambda *_: tmp_path)
    monkeypatch.setattr(planning, "expected_model", lambda _: LetterEmbedder.model)
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text("# 1 Names\n1. Ask before you name a customer.\n2. You may name a town.\n", "utf-8")
    return replace(settings, corpus=folder)


def quiet(_line: str) -> None:
    pass


def test_the_old_text_is_read_from_the_index_that_answers(house: Settings) -> None:
    refresh(house, quiet)
    assert house.corpus
    (house.corpus / "a.md").write_text("# 1 Names\n1. Ask before you name a guest.\n", "utf-8")
    changes = refresh(house, quiet).changes
    assert {(d.key, d.old, d.new) for d in changes.details} == {
        ("a/1/1@en", "Ask before you name a customer.", "Ask before you name a guest."),
        ("a/1/2@en", "You may name a town.", None),
    }


def test_a_look_at_paths_to_add_and_forget_writes_nothing(house: Settings, tmp_path: Path) -> None:
    refresh(house, quiet)
    extra = tmp_path / "extra.md"
    extra.write_text("- You must smile.\n", "utf-8")
    before = {p: p.stat().st_mtime_ns for p in house.home.rglob("*")}
    kept = with_paths(remembered(house), [Remembered(extra, None)])
    assert plan(house, quiet, kept=kept).changes.added == ("extra/1@en",)
    assert plan(house, quiet, kept=with_paths(kept, forget=[str(extra)])).changes.any is False
    assert {p: p.stat().st_mtime_ns for p in house.home.rglob("*")} == before
