"""Notes on the draft as a report tells them: a word for the kind, a sentence, the exact words it is about, sources. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chat.exports.report import Report
from chat.exports.words import WORDS, say
from chat.web.words import known
from kb.clause import Clause
from kb.quality import Note
from kb.quality_words import words_of

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
            _sentence(note, report.lang),
            note.text,
            note.clause,
            tuple(note.sources),
        )
        for note in report.notes
    ]
    return sorted(found, key=lambda note: note.legal)


def _sentence(note: Note, lang: str) -> str:
    """What is to be known of a note: of a legal one the rule's own words, of any other why it is noted, with what was measured."""
    if note.kind == LEGAL and (rule := note.detail.get("rule")):
        return words_of(str(rule), lang)
    said = _said(f"why_{note.kind}", "", lang)
    if "value" in note.detail:
        return f"{said} ({str(note.detail['measure']).upper()} {note.detail['value']})"
    return f"{said} ({note.detail['words']} {say('words', lang)})" if "words" in note.detail else said


def _said(key: str, otherwise: str, lang: str) -> str:
    return say(key, lang) if key in WORDS[known(lang)] else otherwise
