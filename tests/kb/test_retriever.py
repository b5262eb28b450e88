"""A LangChain program can ask the knowledge base for clauses."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import ValidationError

from kb.clause import Authority, public_shape
from kb.retriever import ClauseRetriever
from kb.search import KnowledgeBase
from tests.kb.test_search import knowledge

__all__ = ["knowledge"]


def test_clauses_come_as_documents_best_first(knowledge: KnowledgeBase) -> None:
    found = ClauseRetriever(knowledge=knowledge, k=2).invoke("Never share a password.")
    assert len(found) == 2
    assert found[0].page_content == "Never share a password."
    assert found[0].id == "house/2@en"
    assert found[0].metadata["score"] >= found[1].metadata["score"]


def test_the_metadata_are_the_public_shape_and_a_score_and_can_be_kept_as_json(knowledge: KnowledgeBase) -> None:
    (found,) = ClauseRetriever(knowledge=knowledge, k=1).invoke("Never share a password.")
    clause = knowledge.clause("house/2", "en")
    assert clause
    assert found.metadata == public_shape(clause) | {"score": found.metadata["score"]}
    assert json.loads(json.dumps(found.metadata)) == found.metadata
    assert type(found.metadata["score"]) is float


def test_it_answers_waiting_and_many_at_once_alike(knowledge: KnowledgeBase) -> None:
    retriever, queries = ClauseRetriever(knowledge=knowledge, k=3), ["Never share a password.", "A logo needs consent."]
    one_by_one = [retriever.invoke(query) for query in queries]
    assert retriever.batch(queries) == one_by_one
    assert [asyncio.run(retriever.ainvoke(query)) for query in queries] == one_by_one


def test_authority_keeps_to_our_rules_or_to_those_of_others(knowledge: KnowledgeBase) -> None:
    def policies(authority: Authority | None) -> set[str]:
        return {d.metadata["policy_id"] for d in ClauseRetriever(knowledge=knowledge, authority=authority).invoke("A customer's logo.")}

    assert policies(Authority.BINDING) == {"house", "practices"}
    assert policies(Authority.REFERENCE) == {"acme/old"}
    assert policies(None) == {"house", "practices", "acme/old"}


@pytest.mark.parametrize(
    ("query", "lang", "given"),
    [
        ("A customer agrees to a logo first.", "auto", "en"),
        ("Pelanggan menyetujui logo lebih dulu sebelum kami memakainya.", "auto", "id"),
        ("A customer agrees to a logo first.", "id", "id"),
    ],
)
def test_a_clause_comes_in_the_language_of_the_query_unless_told_otherwise(
    query: str, lang: str, given: str, knowledge: KnowledgeBase
) -> None:
    found = ClauseRetriever.model_validate({"knowledge": knowledge, "lang": lang}).invoke(query)
    assert [d.metadata["lang"] for d in found if d.metadata["clause_id"] == "practices/22/1"] == [given]


def test_what_is_limited_to_a_group_is_found_for_that_group_alone(knowledge: KnowledgeBase) -> None:
    def found(*groups: str) -> set[str]:
        return {
            d.metadata["policy_id"] for d in ClauseRetriever(knowledge=knowledge, groups=frozenset(groups)).invoke("A logo of the board.")
        }

    assert "board" in found("board")
    assert "board" not in found() | found("staff")


def test_a_blank_query_finds_nothing(knowledge: KnowledgeBase) -> None:
    assert ClauseRetriever(knowledge=knowledge).invoke(" \n") == []


@pytest.mark.parametrize("wrong", [{"k": 0}, {"lang": "fr"}, {"authority": "house"}])
def test_a_wrong_option_is_refused_when_it_is_made(wrong: dict[str, object], knowledge: KnowledgeBase) -> None:
    with pytest.raises(ValidationError):
        ClauseRetriever.model_validate({"knowledge": knowledge} | wrong)
