"""A quotation is proved by code: exact words of a clause that was in the evidence, or it is not shown. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from chat.answer import Citation
from kb.clause import Clause

MOST = 5


def prove(citations: Iterable[Citation], evidence: Collection[Clause]) -> tuple[Citation, ...]:
    """The citations that hold, at most five, each clause once, in order."""
    known = {clause.key: clause for clause in evidence}
    proved: dict[str, Citation] = {}
    for citation in citations:
        clause = known.get(citation.clause.key)
        if clause is not None and citation.quote and citation.quote in clause.text:
            proved.setdefault(clause.id, citation)
    return tuple(proved.values())[:MOST]
