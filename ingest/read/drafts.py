"""What readers of formats without pages collect, what its looks make of it, and the text they write of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document import Block, Document, Kind, LeftOut, Refusal, Why
from ingest.numbering import Marker, Style, bare, parse

CELL = "\N{EM SPACE}"  # between the cells of a table's row
LONGEST_HEADING = 120  # code points

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BULLET = re.compile(r"[•◦▪‣·●○■–—-]\s+(?=\S)")
_STOP = re.compile(r"[.;:,?!…]$")
_DIVISION = re.compile(r"(?:bab|chapter|part|lampiran|annex|appendix|schedule)\b", re.IGNORECASE)
_SUBDIVISION = re.compile(r"(?:bagian|paragraf)\b", re.IGNORECASE)
# A short bold line that orders or permits is a rule put strongly, not the name of what follows.
FORCE = re.compile(
    r"\b(?:must|shall|should|may|can|cannot|will|do|don't|does|never|is|are|wajib|harus|dilarang|boleh|dapat|tidak|jangan)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A block to be: its text with single spaces; `heavy` where all of it is bold; `why` where it will be left out."""

    kind: Kind
    text: str
    level: int = 1
    number: str | None = None
    lead: str = ""
    heavy: bool = False
    why: Why | None = None

    @property
    def printed(self) -> str:
        """The text behind its number."""
        return " ".join(part for part in (self.number, self.text) if part)


def squeezed(text: str) -> str:
    """The text with single spaces and without characters that print nothing."""
    return " ".join(_INVISIBLE.sub("", text).split())


def lines(text: str) -> list[str]:
    """A paragraph's lines, each squeezed; one that neither follows an empty line nor begins with a number or bullet joins the last."""
    found: list[str] = []
    empty = True
    for line in map(squeezed, text.split("\n")):
        marker = parse(line)
        begins = empty or _BULLET.match(line) or (marker and marker.kind is not Style.BARE and not _refers(found[-1]))
        if line and begins:
            found.append(line)
        elif line:
            found[-1] = f"{found[-1]} {line}"
        empty = not line
    return found


def _refers(line: str) -> bool:
    return bool(re.search(r"\b(?:and|or|of|in|see|under|section|dan|atau|pada|dalam|lihat|butir)$|,$", line))


def numbered(number: str | None, level: int) -> tuple[Kind, int]:
    """Kind and level of what stands behind a printed number: "4.2" and "Pasal 5" open paragraphs, "(a)" and "1." are items of a list."""
    if number is None:
        return Kind.ITEM, level
    marker = parse(f"{number} ")
    whole = "." in bare(number) or (marker is not None and marker.kind is Style.ARTICLE and not number.lower().startswith("ayat"))
    return (Kind.PARAGRAPH, 1) if whole else (Kind.ITEM, level)


def shaped(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with typed bullets made items, and with the headings that only their looks tell.

    "Pasal 5" on a line of its own is a heading everywhere; so is "4. Gifts" right before a "4.1". Short bold lines are
    headings where no style or tag names any below the title.
    """
    found = [_bulleted(draft) for draft in drafts]
    body = [draft for draft in found if draft.why is None]
    styled = any(d.kind is Kind.HEADING and not (at == 0 and d.level == 1) for at, d in enumerate(body))
    shown: list[Draft] = []
    depth = 0
    rest = iter(body[1:])
    for draft in found:
        following = next(rest, None) if draft.why is None else None
        level = _level(draft, following, styled, first=bool(body) and draft is body[0], depth=depth)
        if level:
            draft = replace(draft, kind=Kind.HEADING, level=level, lead="")
        if draft.kind is Kind.HEADING and draft.why is None and not _is_article(draft.printed):
            depth = draft.level
        shown.append(draft)
    return list(_named(shown))


def _bulleted(draft: Draft) -> Draft:
    if draft.kind is Kind.PARAGRAPH and draft.why is None and CELL not in draft.text and (bullet := _BULLET.match(draft.text)):
        return replace(draft, kind=Kind.ITEM, text=draft.text[bullet.end() :])
    return draft


def _level(draft: Draft, following: Draft | None, styled: bool, first: bool, depth: int) -> int:
    """The level of the heading that the draft's looks make of it; 0 where they make none."""
    if draft.kind is Kind.HEADING or draft.why is not None or CELL in draft.text:
        return 0
    marker = parse(draft.printed)
    if _is_article(draft.printed) and marker and (marker.end >= len(draft.printed) or draft.heavy) and len(draft.text) <= LONGEST_HEADING:
        if _DIVISION.match(marker.number):
            return 2
        return 3 if _SUBDIVISION.match(marker.number) else max(4, depth + 1)
    words = draft.text if draft.number or not marker else draft.text[marker.end :]
    if len(words) > LONGEST_HEADING or _STOP.search(words) or following is None:
        return 0
    own = bare(draft.number or (marker.number if marker else ""))
    if own and "." not in own and own.isdigit() and following.printed.startswith(f"{own}.1"):
        return 2
    alone = first or not following.heavy  # a title may stand right above another bold line, a bold sentence in a bold text may not
    if draft.heavy and alone and not styled and not FORCE.search(words) and any(char.isalpha() for char in words):
        return 1 if first and not marker and not draft.number else 2 + own.count(".")
    return 0


def _is_article(text: str) -> bool:
    marker = parse(text)
    return marker is not None and marker.kind is Style.ARTICLE and not marker.number.lower().startswith("ayat")


def _named(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """ "BAB II" and the name printed below it are one heading."""
    waiting: Draft | None = None
    for draft in drafts:
        if waiting:
            if draft.why is None and _is_name(draft, waiting):
                yield replace(waiting, text=f"{waiting.text} {draft.text}")
                waiting = None
                continue
            yield waiting
            waiting = None
        marker: Marker | None = parse(draft.text)
        divides = marker is not None and marker.end >= len(draft.text) and (_DIVISION.match(draft.text) or _SUBDIVISION.match(draft.text))
        if draft.kind is Kind.HEADING and draft.number is None and draft.why is None and divides:
            waiting = draft
            continue
        yield draft
    if waiting:
        yield waiting


def _is_name(draft: Draft, above: Draft) -> bool:
    """Whether the draft can be the name of the chapter numbered above it."""
    if draft.number or draft.kind is Kind.ITEM or parse(draft.text) or len(draft.text) > LONGEST_HEADING or _STOP.search(draft.text):
        return False
    same = draft.kind is Kind.HEADING and draft.level == above.level
    return same or draft.heavy or draft.text.isupper()


def written(name: str, drafts: Sequence[Draft]) -> Document:
    """The document whose text is the drafts one below another, each behind its printed number."""
    parts: list[str] = []
    blocks: list[Block] = []
    left_out: list[LeftOut] = []
    at = 0
    for draft in drafts:
        if not draft.text and not draft.number:
            continue
        parts.append(draft.printed)
        start, end = at + len(draft.printed) - len(draft.text), at + len(draft.printed)
        if draft.why is not None:
            left_out.append(LeftOut(draft.printed, at, end, draft.why))
        elif not draft.text:
            left_out.append(LeftOut(draft.printed, at, end, Why.MARKUP))
        else:
            blocks.append(Block(draft.kind, draft.text, start, end, draft.level, draft.number, lead=draft.lead))
        at = end + 1
    return Document(name, "\n".join(parts), tuple(blocks), left_out=tuple(left_out))


def too_deep() -> Refusal:
    """The refusal of a file whose parts lie in one another deeper than any real one's do."""
    return Refusal("expected lists, quotations and tables a few levels deep; found far more; simplify it")
