"""The starter policy: a model clause for each practice in both languages, and what is assembled from them ingests cleanly."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.validate import validate
from ingest.gather import make_policy, read_topics
from ingest.sources import SHIPPED, Source, sources
from kb.clause import LANGUAGES, PRACTICE_NUMBERS, Clause, Policy
from kb.settings import Settings
from kb.starter import assemble, model_clauses
from kb.support import read_yaml

TOPICS = read_topics(read_yaml(SHIPPED / "topics.yaml"), "topics.yaml")


def ingested(text: str, name: str) -> tuple[Policy, list[Clause]]:
    return make_policy(text.encode(), Source(Path(name), name, "starter"), TOPICS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_practice_has_a_model_clause_with_no_attributes_in_it(lang: str) -> None:
    models = model_clauses(lang)
    assert list(models) == list(PRACTICE_NUMBERS)
    assert not [text for text in models.values() if "{" in text or not text.strip()]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_whole_policy_ingests_and_says_all_25_practices(lang: str) -> None:
    made = assemble(PRACTICE_NUMBERS, lang, title='A "new": policy', organisation="Toko Ä", version="2.0", effective_from="2027-01-01")
    policy, clauses = ingested(made, f"starter.{lang}.md")
    assert (policy.title, policy.organisation, policy.version, policy.effective_from, policy.lang) == (
        'A "new": policy', "Toko Ä", "2.0", "2027-01-01", lang,
    )  # fmt: skip
    assert {number for clause in clauses for number in clause.practices} == set(PRACTICE_NUMBERS)
    assert sum(not clause.practices for clause in clauses) == 3


def test_only_the_chosen_practices_are_taken() -> None:
    _, clauses = ingested(assemble([18, 7], "en"), "starter.en.md")
    assert {number for clause in clauses for number in clause.practices} == {7, 18}


def test_a_number_that_is_no_practice_is_refused() -> None:
    with pytest.raises(ValueError, match="expected practices from 1 to 25"):
        assemble([26], "en")


def test_both_languages_have_the_same_clauses_of_the_same_force_and_the_corpus_checks_find_no_error() -> None:
    read = [ingested((SHIPPED / "starter" / f"starter.{lang}.md").read_text("utf-8"), f"starter.{lang}.md") for lang in LANGUAGES]
    policies = {f"starter@{policy.lang}": policy for policy, _ in read}
    clauses = {clause.key: clause for _, found in read for clause in found}
    assert validate(SHIPPED / "starter", policies, clauses, {}).errors == []
    assert len(clauses) == sum(len(found) for _, found in read)


@pytest.mark.parametrize("corpus", [None, SHIPPED], ids=["shipped", "named"])
def test_the_starter_is_no_policy_of_the_corpus(corpus: Path | None, tmp_path: Path) -> None:
    assert not [source for source in sources(Settings(home=tmp_path, corpus=corpus)) if "starter" in source.name]
