"""Document → clauses: each heading, number and list item finds its place. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ingest.document import Block, Document, Kind
from kb.clause import Clause, Modality, Policy

LONGEST = 1200  # code points; a longer paragraph without structure is cut at sentences, as a quotation should be short
_HEADING_NUMBER = re.compile(
    r"(?:(?:section|article|chapter|bab|pasal|butir|bagian|§)\s*)?"
    r"(?P<number>\d{1,3}(?:\.\d{1,3})*[A-Za-z]?|[A-Z](?=[.)])|[IVXLC]+(?=[.)]))(?:[.):]+(?=\s|$)|(?=\s|$))",
    re.IGNORECASE,
)
_INLINE_NUMBER = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3})+|\([a-z]{1,4}\)|\(\d{1,3}\))[.):]?\s+(?=\S)")
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    number: str | None
    slug: str


def title_of(document: Document) -> str | None:
    """The document's own title: its only first-level heading, where that comes first and has no number."""
    headings = [b for b in document.blocks if b.kind is Kind.HEADING and b.level == 1]
    if len(headings) == 1 and document.blocks[0] is headings[0] and not _heading(headings[0]).number:
        return headings[0].text
    return None


def split(document: Document, policy: Policy) -> list[tuple[Clause, Mapping[str, str]]]:
    """The document's clauses in order, each with what the file sets of it; not yet annotated.

    The place of a clause is its `#id`, else the number or slug of its heading, then the printed numbers of its item,
    else its ordinal among the unnumbered clauses there (CONTRACT, section 4). A second clause at a taken place gets
    `~2`: nothing is dropped.
    """
    found = list(_located(document))
    numbered = {here.parent for here in found if here.number}
    ordinals: dict[str, int] = {}
    taken: dict[str, int] = {}
    clauses: list[tuple[Clause, Mapping[str, str]]] = []
    for here in found:
        place = here.block.attributes.get("id") or here.place
        if not place:
            ordinals[here.parent] = ordinals.get(here.parent, 0) + 1
            # Beside printed numbers an ordinal is told apart from them, so that they keep theirs whatever is added.
            mark = "p" if here.parent in numbered else ""
            place = f"{here.parent}/{mark}{ordinals[here.parent]}".strip("/")
        taken[place] = taken.get(place, 0) + 1
        if taken[place] > 1:
            place = f"{place}~{taken[place]}"
        clause = Clause(
            id=f"{policy.id}/{place}",
            policy=policy,
            text=here.text,
            modality=Modality.INFO,
            heading=here.heading,
            number=here.printed,
            lead=here.lead,
            start=here.start,
            end=here.block.end,
            line=here.block.line,
            page=here.block.page,
        )
        clauses.append((clause, here.block.attributes))
    return clauses


@dataclass(frozen=True, slots=True)
class _Located:
    """A block with its surroundings: `place` is set where a printed number gives one, else only the `parent` is known."""

    block: Block
    text: str
    start: int
    number: str | None
    heading: tuple[str, ...]
    parent: str
    place: str | None
    printed: str | None
    lead: str


def _located(document: Document) -> Iterator[_Located]:
    titled = title_of(document) if not document.front.get("title") else None
    path: list[_Heading] = []
    items: list[str] = []
    lead = ""
    headings: dict[str, tuple[str, ...]] = {}
    for block in _pieces(document):
        if block.kind is Kind.HEADING:
            if titled and block is document.blocks[0]:
                continue
            path = [h for h in path if h.level < block.level] + [_heading(block)]
            items, lead = [], ""
            continue
        number, text, start = block.number, block.text, block.start
        if number is None and (inline := _INLINE_NUMBER.match(text)):
            number, text, start = inline["number"], text[inline.end() :], start + inline.end()
        if block.kind is Kind.ITEM:
            items = items[: block.level - 1] + ([_bare(number)] if number else [])
        elif number:
            items = [_bare(number)]
        elif block.level == 1:
            items = []
        base = _base(path, headings)
        absolute = number and "." in _bare(number) and block.kind is not Kind.ITEM
        above = items[:-1] if number else items
        yield _Located(
            block=block,
            text=text,
            start=start,
            number=number,
            heading=tuple(h.text for h in path),
            parent="/".join(part for part in (base, *above) if part),
            # "4.2 Text": an absolute number needs no heading.
            place=_bare(number) if absolute else "/".join(part for part in (base, *items) if part) if number else None,
            printed=_printed(path, number, items),
            lead=lead if block.kind is Kind.ITEM else "",
        )
        if block.kind is Kind.PARAGRAPH:
            lead = text if text.rstrip().endswith(":") else ""


def _pieces(document: Document) -> Iterator[Block]:
    """The blocks, paragraphs of more than `LONGEST` cut at sentences by langchain's splitter."""
    for block in document.blocks:
        if len(block.text) <= LONGEST or block.kind is Kind.HEADING:
            yield block
            continue
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(
            chunk_size=LONGEST,
            chunk_overlap=0,
            separators=["\n\n", "\n", ". ", "; ", ", ", " ", ""],
            keep_separator="end",
            add_start_index=True,
            strip_whitespace=True,
        )
        for part in splitter.create_documents([block.text]):
            start = block.start + part.metadata["start_index"]
            yield replace(block, text=part.page_content, start=start, end=start + len(part.page_content))


def _heading(block: Block) -> _Heading:
    found = _HEADING_NUMBER.match(block.text)
    slug = block.attributes.get("id") or slugify(block.text)
    # A year is a subject ("2021"), and "6 and 8" names two sections: neither is a section's own number.
    number = found["number"] if found and not re.match(r"\s*(?:and|&|dan|\()", block.text[found.end() :]) else None
    return _Heading(block.level, block.text, number, slug)


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _SLUG.sub("-", plain).strip("-") or "section"


def _base(path: list[_Heading], headings: dict[str, tuple[str, ...]]) -> str:
    """Place of a heading: its number, or the slugs from the last numbered heading down."""
    if not path:
        return ""
    here = tuple(h.text for h in path)
    parts: list[str] = []
    for heading in reversed(path):
        parts.insert(0, (heading.number or heading.slug).lower())
        if heading.number:
            break
    for candidate in ("/".join(parts), "/".join(h.slug for h in path)):
        if headings.setdefault(candidate, here) == here:
            return candidate
    return candidate


def _bare(number: str | None) -> str:
    return (number or "").strip("().").strip()


def _printed(path: list[_Heading], number: str | None, items: list[str]) -> str | None:
    """The number a reader would cite: "4.2 (b)"."""
    heading = next((h.number for h in reversed(path) if h.number), None)
    if number and "." in _bare(number):
        return _bare(number)
    own = [n for n in items if n]
    if not number and heading is None and not own:
        return None
    if heading is None:
        return " ".join([own[0], *(f"({n})" for n in own[1:])]) if own else None
    return " ".join([heading, *(f"({n})" for n in own)])
