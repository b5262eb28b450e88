"""Search ranks by meaning and by words; rank, dates and groups filter before it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.clause import Authority, Clause, Policy, Rank
from kb.glossary import Glossary
from kb.lexical import Lexical
from kb.manifest import SCHEMA, Manifest
from kb.search import KnowledgeBase
from kb.store import ChromaStore
from tests.conftest import LetterEmbedder

TODAY = date(2026, 6, 1)


@pytest.fixture
def knowledge(clause: Callable[..., Clause], policy: Callable[..., Policy], tmp_path: Path) -> KnowledgeBase:
    house, practices = policy(), policy(id="practices")
    clauses = [
        clause("1", "Ask before you show a customer's logo.", policy=house),
        clause("2", "Never share a password.", policy=house),
        clause("22/1", "A customer agrees to a logo first.", policy=practices),
        clause("22/1", "Pelanggan menyetujui logo lebih dulu.", policy=policy(id="practices", lang="id")),
        clause("x/1", "A logo needs consent.", policy=policy(id="acme/old", authority=Authority.REFERENCE)),
        clause("1", "A logo was allowed.", policy=policy(id="past", effective_to="2020-01-01")),
        clause("1", "A logo of the board.", policy=policy(id="board", groups=("board",))),
    ]
    embedder = LetterEmbedder()
    ChromaStore.create(tmp_path / "chroma", clauses, embedder.embed([c.embedded for c in clauses]))
    owners: Mapping[str, Policy] = {f"{c.policy.id}@{c.lang}": c.policy for c in clauses}
    manifest = Manifest(
        schema=SCHEMA,
        digest="d",
        model=embedder.model,
        corpus="test",
        policies=owners,
        clauses={c.key: (c.hash, f"{c.policy.id}@{c.lang}") for c in clauses},
        stats={},
        refused={},
        built="",
    )
    lexical = {lang: Lexical.build({c.key: c.embedded for c in clauses if c.lang == lang}, lang) for lang in ("en", "id")}
    store = ChromaStore.open(tmp_path / "chroma", owners)
    return KnowledgeBase(manifest, store, lexical, embedder, Glossary([("logo pelanggan", "customer's logo")]))


def ids(knowledge: KnowledgeBase, text: str, lang: str = "en", **given: object) -> list[str]:
    return [e.clause.key for e in knowledge.search(text, lang, **{"top": 9, "day": TODAY} | given)]  # type: ignore[arg-type]


def test_the_clause_that_shares_meaning_and_words_comes_first(knowledge: KnowledgeBase) -> None:
    assert ids(knowledge, "Never share a password.")[0] == "house/2@en"


def test_best_first_and_no_more_than_asked_for(knowledge: KnowledgeBase) -> None:
    found = knowledge.search("customer logo", "en", top=2, day=TODAY)
    assert len(found) == 2
    assert found[0].score >= found[1].score


def test_rank_filters_before_ranking(knowledge: KnowledgeBase) -> None:
    assert ids(knowledge, "logo", ranks={Rank.REFERENCE}) == ["acme/old/x/1@en"]
    assert set(ids(knowledge, "logo", ranks={Rank.ORGANISATION})) == {"house/1@en", "house/2@en"}


def test_a_policy_not_in_force_is_no_evidence(knowledge: KnowledgeBase) -> None:
    assert "past/1@en" not in ids(knowledge, "A logo was allowed.")
    assert "past/1@en" in ids(knowledge, "A logo was allowed.", day=date(2019, 1, 1))


@pytest.mark.parametrize(("day", "replaced"), [(date(2026, 5, 31), False), (date(2026, 6, 1), True), (date(2030, 1, 1), True)])
def test_a_policy_is_evidence_until_its_successor_is_in_force(
    day: date, replaced: bool, knowledge: KnowledgeBase, policy: Callable[..., Policy]
) -> None:
    successor = policy(id="new", supersedes="house", effective_from="2026-06-01", effective_to="2027-01-01")
    knowledge.manifest = replace(knowledge.manifest, policies=knowledge.manifest.policies | {"new@en": successor})
    assert ("house/2@en" not in ids(knowledge, "Never share a password.", day=day)) is replaced


def test_a_policy_of_a_group_is_seen_by_that_group_only(knowledge: KnowledgeBase) -> None:
    assert "board/1@en" not in ids(knowledge, "logo of the board")
    assert ids(knowledge, "logo of the board", groups={"board"})[0] == "board/1@en"


def test_the_version_in_the_asker_s_language_is_not_given_where_it_is_limited_to_others(
    knowledge: KnowledgeBase, policy: Callable[..., Policy]
) -> None:
    knowledge.manifest.policies["practices@en"] = policy(id="practices", groups=("board",))
    limited = KnowledgeBase(knowledge.manifest, knowledge.store, knowledge._lexical, LetterEmbedder(), Glossary([]))
    assert [key for key in ids(limited, "Pelanggan menyetujui logo") if "practices" in key] == ["practices/22/1@id"]
    assert "practices/22/1@en" in ids(limited, "Pelanggan menyetujui logo", groups={"board"})


@pytest.mark.parametrize(
    ("clause_id", "groups", "seen"),
    [
        ("board/1", (), None),
        ("board/1", ("staff", "Board"), None),
        ("board/1", ("staff", "board"), "board/1@en"),
        ("past/1", ("board",), None),
        ("nothing/1", ("board",), None),
        ("practices/22/1", (), "practices/22/1@id"),
        ("house/1", (), "house/1@en"),
    ],
)
def test_a_clause_that_must_not_be_seen_is_as_one_that_does_not_exist(
    clause_id: str, groups: tuple[str, ...], seen: str | None, knowledge: KnowledgeBase
) -> None:
    found = knowledge.visible_clause(clause_id, "id", TODAY, groups)
    assert (found and found.key) == seen
    assert knowledge.groups == {"board"}


def test_what_one_group_was_shown_is_never_remembered_for_another(knowledge: KnowledgeBase) -> None:
    for at in range(300):  # more askers than are remembered, each with groups that limit nothing
        assert "board/1@en" in ids(knowledge, "logo of the board", groups={"board", f"team-{at}"})
        assert "board/1@en" not in ids(knowledge, "logo of the board", groups={f"team-{at}"})
    assert len(knowledge._visible) <= 2


def test_a_clause_in_two_languages_is_given_once_in_the_asker_s(knowledge: KnowledgeBase) -> None:
    assert "practices/22/1@id" in ids(knowledge, "logo pelanggan", "id")
    assert "practices/22/1@en" not in ids(knowledge, "logo pelanggan", "id")
    assert "practices/22/1@id" not in ids(knowledge, "customer logo", "en")


def test_an_indonesian_question_finds_clauses_that_exist_in_english_only(knowledge: KnowledgeBase) -> None:
    assert "house/1@en" in ids(knowledge, "logo pelanggan", "id")


def test_a_clause_is_found_by_its_id_in_the_best_language(knowledge: KnowledgeBase) -> None:
    found = knowledge.clause("practices/22/1", "id")
    assert found and found.lang == "id"
    fallback = knowledge.clause("house/1", "id")
    assert fallback and fallback.lang == "en"
    assert knowledge.clause("nothing/1", "en") is None


def test_a_text_without_any_known_word_still_gets_an_answer(knowledge: KnowledgeBase) -> None:
    assert ids(knowledge, "🙂")
