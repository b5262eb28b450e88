"""The knowledge base as a LangChain retriever: any LangChain program can ask it for clauses."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from kb.language import detect
from kb.search import KnowledgeBase


class ClauseRetriever(BaseRetriever):
    """Clauses as LangChain documents, best first: the exact text as content, everything else as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    knowledge: KnowledgeBase
    top: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        found = self.knowledge.search(query, detect(query), top=self.top, day=date.today())
        return [Document(page_content=e.clause.text, metadata=_metadata(e.clause, e.score)) for e in found]


def _metadata(clause: Any, score: float) -> dict[str, Any]:
    return {
        "clause_id": clause.id,
        "policy_id": clause.policy.id,
        "policy_title": clause.policy.title,
        "authority": clause.policy.authority.value,
        "lang": clause.lang,
        "section": clause.section,
        "number": clause.number,
        "modality": clause.modality.value,
        "practices": list(clause.practices),
        "url": clause.policy.url,
        "score": score,
    }
