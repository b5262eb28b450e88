"""A LangChain program can ask the knowledge base for clauses."""

from __future__ import annotations

from kb.retriever import ClauseRetriever
from kb.search import KnowledgeBase
from tests.kb.test_search import knowledge

__all__ = ["knowledge"]


def test_clauses_come_as_documents_best_first(knowledge: KnowledgeBase) -> None:
    found = ClauseRetriever(knowledge=knowledge, top=2).invoke("Never share a password.")
    assert len(found) == 2
    assert found[0].page_content == "Never share a password."
    assert found[0].metadata["clause_id"] == "house/2"
    assert found[0].metadata["authority"] == "binding"
