"""Clauses in a LangChain program of your own: finds them, and formats them as quotations with their source.

    askfirst ingest                                  # once: builds the index
    python examples/retriever.py "May I show a customer's logo?"

It runs offline and without a language model. With one, the chain goes on: `… | prompt | model`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from langchain_core.documents import Document
from langchain_core.runnables import Runnable, RunnableLambda

from chat.opening import open_knowledge
from kb.clause import Authority
from kb.errors import AskFirstError
from kb.manifest import current_index
from kb.retriever import ClauseRetriever
from kb.search import KnowledgeBase
from kb.settings import read_settings


def chain(knowledge: KnowledgeBase) -> Runnable[str, str]:
    """A question becomes the three binding clauses that bear on it most, and how two others put it."""
    ours = ClauseRetriever(knowledge=knowledge, k=3, authority=Authority.BINDING)
    others = ClauseRetriever(knowledge=knowledge, k=2, authority=Authority.REFERENCE)
    return {"Our rules": ours, "How others put it": others} | RunnableLambda(formatted)


def formatted(found: dict[str, Sequence[Document]]) -> str:
    """Each group under its name, one quotation a clause; a group without clauses is left out."""
    return "\n\n".join(f"{name}\n" + "\n".join(map(quotation, clauses)) for name, clauses in found.items() if clauses)


def quotation(clause: Document) -> str:
    """The exact words, the policy and place they stand in, and the id to cite."""
    place = ", ".join(part for part in (clause.metadata["policy_title"], clause.metadata["section"]) if part)
    return f"  “{clause.page_content}”\n    {place} [{clause.metadata['clause_id']}]"


def main(arguments: Sequence[str]) -> int:
    """Prints the quotations for a question."""
    if not arguments:
        print(f"usage: {Path(sys.argv[0]).name} QUESTION", file=sys.stderr)
        return 2
    try:
        settings = read_settings(os.environ, Path.cwd())
        knowledge = open_knowledge(settings, current_index(settings.index_folder))
        print(chain(knowledge).invoke(" ".join(arguments)))
    except AskFirstError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
