"""How a draft is written: what is vague, unreadable or leads nowhere, and where law may have a say."""

from __future__ import annotations

from html import escape

from chat.exports import Report
from chat.exports.notes import Told, told
from chat.web.frame import Place
from chat.web.pages.compare_parts import Draft, quoted
from chat.web.pages.compare_words import tell


def quality(report: Report, draft: Draft, place: Place) -> str:
    """The notes on a draft, the legal ones last and marked as information; nothing where there are none."""
    items = "".join(_note(note, draft, place) for note in told(report))
    if not items:
        return ""
    return f'<section><h2 id="af-cmp-notes">{tell("notes", place.lang)}</h2><ul class="af-cmp-notes">{items}</ul></section>'


def _note(note: Told, draft: Draft, place: Place) -> str:
    clause = quoted(note.clause, place, indexed=draft.indexed, title=False) if note.clause else ""
    exact = note.quote if note.clause is None or note.quote != note.clause.text else ""
    words = f' <q lang="{draft.sheet.policy.lang}">{escape(exact)}</q>' if exact else ""
    sources = "".join(f"<li>{escape(source)}</li>" for source in note.sources)
    listed = f'<ul class="af-cmp-quiet">{sources}</ul>' if sources else ""
    kind = "af-cmp-card af-cmp-legal" if note.legal else "af-cmp-card"
    return f'<li class="{kind}"><h3>{escape(note.title)}{words}</h3><p>{escape(note.sentence)}</p>{clause}{listed}</li>'
