"""The knowledge base as a LangChain retriever: any LangChain program can ask it for clauses."""

from __future__ import annotations

from datetime import date
from typing import Literal

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from kb.clause import Authority, Evidence, Rank, public_shape
from kb.language import detect
from kb.search import KnowledgeBase

_RANKS = {
    None: None,
    Authority.BINDING: frozenset({Rank.ORGANISATION, Rank.PRACTICES}),
    Authority.REFERENCE: frozenset({Rank.REFERENCE}),
}


class ClauseRetriever(BaseRetriever):
    """At most `k` clauses in force today as LangChain documents, best first; a blank query finds none.

    A document's content is the exact text of a clause; its metadata are the public shape of the clause and `score`,
    comparable within one search only; its id is clause id and language. A clause comes in `lang` where it exists in it.
    `authority` keeps to binding or to reference clauses; policies limited to groups are found for `groups` alone.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    knowledge: KnowledgeBase
    k: int = Field(10, ge=1)
    lang: Literal["auto", "en", "id"] = "auto"
    authority: Authority | None = None
    groups: frozenset[str] = frozenset()

    # LangChain runs this in a thread for `ainvoke`, which the knowledge base is made for.
    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        if not query.strip():
            return []
        lang = detect(query) if self.lang == "auto" else self.lang
        found = self.knowledge.search(query, lang, top=self.k, day=date.today(), ranks=_RANKS[self.authority], groups=self.groups)
        return [_document(evidence) for evidence in found]


def _document(evidence: Evidence) -> Document:
    clause = evidence.clause
    return Document(id=clause.key, page_content=clause.text, metadata=public_shape(clause) | {"score": evidence.score})
