"""An organisation's own corpus starts with one command, and nothing of it is ever overwritten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chat.init import init
from ingest.gather import gather, read_topics
from ingest.sources import sources
from kb.errors import HomeError
from kb.settings import Settings
from kb.support import read_support


def test_what_it_writes_is_a_valid_corpus(settings: Settings) -> None:
    written = {path.name for path in init(settings)}
    assert written == {"topics.yaml", "contacts.yaml", "terms.yaml", "glossary.csv", "our-policy.md"}
    support = read_support(settings)
    found = gather(sources(settings), read_topics(list(support.topics), "topics.yaml"))
    assert not found.refused
    assert found.policies["our-policy@en"].authority == "binding"
    assert {c.id for c in found.clauses.values() if c.policy.id == "our-policy"} == {"our-policy/1/1", "our-policy/1/2", "our-policy/2/1"}


def test_a_second_time_it_writes_nothing(settings: Settings) -> None:
    init(settings)
    (settings.own_corpus / "contacts.yaml").write_text("mine", "utf-8")
    assert init(settings) == []
    assert (settings.own_corpus / "contacts.yaml").read_text("utf-8") == "mine"


def test_own_words_are_laid_over_the_shipped_ones(settings: Settings) -> None:
    init(settings)
    before = read_support(settings)
    (settings.own_corpus / "terms.yaml").write_text("company: [Kopi Lereng]\n", "utf-8")
    (settings.own_corpus / "glossary.csv").write_text("id,en,note\nlereng,slope,ours\n", "utf-8")
    after = read_support(settings)
    assert after.terms["company"] == ("Kopi Lereng",)
    assert ("lereng", "slope") in after.glossary
    assert len(after.topics) == len(before.topics)


def test_a_home_that_cannot_be_written_is_one_clear_error(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(HomeError, match="can be written"):
        init(replace(settings, home=tmp_path / "file"))


def test_the_validator_has_nothing_against_a_fresh_start(settings: Settings) -> None:
    from chat.cli import _validated

    init(settings)
    assert _validated(settings.own_corpus, settings).errors == []
