"""The knowledge base as a LangChain retriever: any LangChain program can ask it for clauses."""

from __future__ import annotations

from datetime import date

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from kb.clause import public_shape
from kb.language import detect
from kb.search import KnowledgeBase


class ClauseRetriever(BaseRetriever):
    """Clauses as LangChain documents, best first: the exact text as content, everything else as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    knowledge: KnowledgeBase
    top: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        found = self.knowledge.search(query, detect(query), top=self.top, day=date.today())
        return [Document(page_content=e.clause.text, metadata=public_shape(e.clause) | {"score": e.score}) for e in found]
