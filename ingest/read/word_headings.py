"""Which of the paragraphs that have the style of a heading head something in a Word file, and at which level. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.document import Kind
from ingest.numbering import parse
from ingest.read.drafts import FORCE, LONGEST_HEADING, Draft, numbered

TITLE = 0  # the level of a title until it is known whether there is one
_TEXT = 99  # stands for running text where levels of headings are compared


def is_clause(text: str, number: str | None) -> bool:
    """Whether what has the style of a heading is a sentence: many number their clauses by such styles."""
    marker = parse(text)
    words = text[marker.end :] if marker and not number else text
    sentence = words.endswith((";", ":", ",")) or (words.endswith(".") and words.count(" ") >= 4)
    return len(words) > LONGEST_HEADING or (bool(number or marker) and sentence)


def titled(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with their headings below the title, where there is one."""
    below = any(draft.kind is Kind.HEADING and draft.level == TITLE for draft in drafts)
    return [replace(draft, level=draft.level + 1) if below and draft.kind is Kind.HEADING else draft for draft in drafts]


def says(text: str) -> bool:
    """Whether a line may be a clause rather than the name of one."""
    return bool(FORCE.search(text)) or text.endswith((".", ";", ":", ","))


def filled(drafts: Sequence[Draft], styled: Mapping[int, tuple[int, int]]) -> list[Draft]:
    """The drafts with numbered headings made clauses where they say something and head nothing."""
    found = list(drafts)
    below = TITLE  # the level of the heading, or what is styled like one, that follows; beyond any where text does
    for at, draft in reversed(list(enumerate(drafts))):
        if draft.why is not None:
            continue
        level, depth = styled.get(at, (draft.level if draft.kind is Kind.HEADING else _TEXT, 1))
        if draft.kind is Kind.HEADING and below <= level and says(draft.text):
            if draft.number:
                kind, depth = numbered(draft.number, depth)
                found[at] = replace(draft, kind=kind, level=depth)
            elif parse(draft.text):
                found[at] = replace(draft, kind=Kind.PARAGRAPH, level=1)
        below = level
    return found
