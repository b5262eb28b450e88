"""Notes on the draft as a report tells them: a word for the kind, a sentence, the exact words it is about, sources. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chat.exports.report import Report
from chat.exports.words import WORDS, say
from chat.web.words import known
from kb.clause import Clause

LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Told:
    """One note in the report's language; `legal` ones are information and say so in their kind."""

    kind: str
    legal: bool
    title: str
    sentence: str
    quote: str
    clause: Clause | None
    sources: tuple[str, ...]


def told(report: Report) -> Sequence[Told]:
    """Every note on the draft in words, the legal ones last."""
    found = [
        Told(
            str(note.kind),
            note.kind == LEGAL,
            say("legal", report.lang) if note.kind == LEGAL else _said(f"note_{note.kind}", str(note.kind), report.lang),
            _said(f"why_{note.kind}", "", report.lang),
            note.text,
            note.clause,
            tuple(note.sources),
        )
        for note in report.notes
    ]
    return sorted(found, key=lambda note: note.legal)


def _said(key: str, otherwise: str, lang: str) -> str:
    return say(key, lang) if key in WORDS[known(lang)] else otherwise
