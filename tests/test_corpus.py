"""The shipped corpus is what its README says: whole, in both languages, and valid."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from chat.cli import _validated
from ingest.gather import Gathered, gather, read_topics
from ingest.sources import sources
from kb.clause import PRACTICE_NUMBERS, Authority, Modality
from kb.settings import Settings, read_settings
from kb.support import SHIPPED, read_support


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    settings = read_settings({"ASKFIRST_HOME": str(tmp_path_factory.mktemp("home"))}, Path())
    return gather(sources(settings), read_topics(list(read_support(settings).topics), "topics.yaml"))


def test_nothing_is_refused(gathered: Gathered) -> None:
    assert gathered.refused == {}


def test_77_published_policies_are_there_and_only_the_practices_bind(gathered: Gathered) -> None:
    published = {p.id for p in gathered.policies.values()} - {"practices", "guide"}
    assert len(published) == 77
    assert {p.id for p in gathered.policies.values() if p.authority is Authority.BINDING} == {"practices"}


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("number", PRACTICE_NUMBERS)
def test_a_practice_states_its_rule_first_and_says_what_it_allows_asks_and_forbids(number: int, lang: str, gathered: Gathered) -> None:
    found = [c for c in gathered.clauses.values() if c.policy.id == "practices" and c.lang == lang and c.number == str(number)]
    forces = Counter(c.modality for c in found)
    assert found[0].id == f"practices/{number}/1"
    assert forces[Modality.MAY] >= 3
    assert forces[Modality.MUST] + forces[Modality.MUST_NOT] + forces[Modality.SHOULD] >= 2
    assert forces[Modality.ASK_FIRST] >= 1
    assert forces[Modality.INFO] >= 2


def test_language_versions_share_ids_and_force(gathered: Gathered) -> None:
    pairs = {c.id: {d.lang: d for d in gathered.clauses.values() if d.id == c.id} for c in gathered.clauses.values() if c.lang == "id"}
    assert len(pairs) > 400
    assert [i for i, both in pairs.items() if set(both) != {"en", "id"}] == []
    assert [i for i, both in pairs.items() if both["en"].modality is not both["id"].modality] == []
    assert [i for i, both in pairs.items() if both["en"].practices != both["id"].practices] == []


def test_indonesian_policies_are_in_both_languages(gathered: Gathered) -> None:
    indonesian = {p.id for p in gathered.policies.values() if p.country == "ID"}
    assert len(indonesian) == 8
    assert all({f"{i}@en", f"{i}@id"} <= set(gathered.policies) for i in indonesian)


def test_a_policy_read_in_part_says_so(gathered: Gathered) -> None:
    partial = [p for p in gathered.policies.values() if p.authority is Authority.REFERENCE and p.coverage != "full" and p.id != "guide"]
    assert partial
    assert [p.source for p in partial if not p.missing] == []


def test_every_clause_says_its_force_topics_and_no_more_than_three_practices(gathered: Gathered) -> None:
    assert [c.key for c in gathered.clauses.values() if len(c.practices) > 3 and c.policy.id != "guide"] == []
    assert [c.key for c in gathered.clauses.values() if not c.topics] == []


def test_there_are_at_least_6000_parallel_pairs_of_two_columns() -> None:
    lines = [line for file in (SHIPPED / "parallel").glob("*.tsv") for line in file.read_text("utf-8").splitlines()[1:]]
    assert len(lines) >= 6000
    assert all(len(line.split("\t")) == 2 and all(part.strip() for part in line.split("\t")) for line in lines)
    assert len(set(lines)) > 0.99 * len(lines)


def test_the_judge_was_made_from_this_very_bank() -> None:
    import hashlib

    from chat.judge import PARAMETERS
    from chat.scenarios import bank_files

    total = hashlib.sha256()
    for file in bank_files():
        total.update(file.read_bytes())
    card = json.loads(PARAMETERS.with_suffix(".json").read_text("utf-8"))
    assert card["bank"] == total.hexdigest()
    assert card["sha256"] == hashlib.sha256(PARAMETERS.read_bytes()).hexdigest()


@pytest.mark.model
def test_every_clause_finds_itself(session_home: Path) -> None:
    from datetime import date

    from chat.opening import open_knowledge
    from kb.lexical import words
    from kb.manifest import current_index

    knowledge = open_knowledge(Settings(home=session_home), current_index(session_home / "index"))
    clauses = knowledge.store.fetch(knowledge.store.keys())
    lost = []
    for clause in clauses:
        first = knowledge.search(clause.text, clause.lang, top=1, day=date.today())[0].clause
        if first.id != clause.id and words(first.text) != words(clause.text):
            lost.append(f"{clause.key} → {first.key}")
    assert lost == []


@pytest.mark.slow
def test_the_validator_finds_no_error_and_no_test_case_in_the_bank(session_home: Path) -> None:
    settings = replace(read_settings({"ASKFIRST_HOME": str(session_home)}, session_home), corpus=None)
    assert _validated(SHIPPED, settings).errors == []
