"""Document → clauses: each heading, number and list item finds its place. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ingest.document import Block, Document, Kind
from ingest.numbering import Marker, Style, bare, parse
from kb.clause import Clause, Modality, Policy

LONGEST = 1200  # code points; a longer paragraph without structure is cut at sentences, as a quotation should be short
_SLUG = re.compile(r"[^a-z0-9]+")
_LEADS_IN = re.compile(r"(?::[-–—]?|：|[–—…])$")
# A heading that is only a number, or whose subject begins with a figure ("2 24/7 cover").
_NUMBER_ALONE = re.compile(r"\d{1,3}(?=$|\s+\d)")
# A sentence that stops short leads in too, where items lie below it: "Employees must not" and "never" do, "Version 3" does not.
_GOES_ON = re.compile(r"[^\u2003]{0,300}[^.;!?\u2003]", re.DOTALL)
_FORCE = re.compile(r"\b(?:must|shall|should|may|can|will|not|never|wajib|harus|dilarang|boleh|dapat|tidak|jangan)\b", re.IGNORECASE)
_INITIAL = re.compile(r"[A-Z]\.$")
_FIRST = frozenset({"1", "a", "i", "A", "I"})


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    number: str | None
    slug: str
    base: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A block that others may hang on: how deep, how numbered, and what it says of those below."""

    level: int
    style: str
    number: str = ""
    cited: str = ""
    absolute: bool = False
    lead: str = ""
    unfinished: str = ""


def title_of(document: Document) -> str | None:
    """The document's own title: its only first-level heading, where that comes first and has no number."""
    headings = [b for b in document.blocks if b.kind is Kind.HEADING and b.level == 1]
    if len(headings) == 1 and document.blocks[0] is headings[0] and not _heading_number(headings[0]):
        return headings[0].text
    return None


def split(document: Document, policy: Policy) -> list[tuple[Clause, Mapping[str, str]]]:
    """The document's clauses in order, each with what the file sets of it; not yet annotated.

    The place of a clause is its `#id`, else the number or slug of its heading, then the printed numbers of its item,
    else its ordinal among the unnumbered clauses there (CONTRACT, section 4). A second clause at a taken place gets
    `~2`: nothing is dropped.
    """
    found = list(_located(document))
    numbered = {here.parent for here in found if here.place}
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
            text=here.block.text,
            modality=Modality.INFO,
            heading=here.heading,
            number=here.printed,
            lead=here.lead,
            start=here.block.start,
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
    heading: tuple[str, ...]
    parent: str
    place: str | None
    printed: str | None
    lead: str


def _located(document: Document) -> Iterator[_Located]:
    titled = title_of(document) if not document.front.get("title") else None
    path: list[_Heading] = []
    outline: list[_Entry] = []
    taken: dict[str, tuple[str, ...]] = {}
    for at, whole in enumerate(document.blocks):
        if whole.kind is Kind.HEADING:
            if titled and at == 0:
                continue
            path = [h for h in path if h.level < whole.level]
            path.append(_heading(whole, path, taken))
            outline = []
            continue
        block, numbers = _numbers(whole)
        outline = _attached(outline, block, numbers)
        base = path[-1].base if path else ""
        names = [entry.number for entry in outline if entry.number]
        if _stands_alone(outline, path):
            base = ""
        own = names.pop() if numbers else None
        parent = "/".join(part for part in (base, *names) if part)
        leads = [entry.lead or entry.unfinished for entry in outline[:-1]]
        for piece in _pieces(block):
            yield _Located(
                block=piece,
                heading=tuple(h.text for h in path),
                parent=parent,
                place="/".join(part for part in (parent, own) if part) if own else None,
                printed=_printed(path, outline),
                lead=" ".join(part for part in (*leads, block.lead) if part),
            )


def _stands_alone(outline: list[_Entry], path: list[_Heading]) -> bool:
    """Whether a number such as "4.2" is a place by itself: under no heading, or under the heading that it counts on from."""
    first = next((entry for entry in outline if entry.number), None)
    if not first or not first.absolute:
        return False
    above = next((h for h in reversed(path) if h.number), None)
    return not path or bool(above and above.base == bare(above.number).lower() and first.number.lower().startswith(f"{above.base}."))


def _numbers(block: Block) -> tuple[Block, list[Marker]]:
    """The block behind its printed numbers, and these: the reader's own, or those its text begins with ("4.2 (b) …")."""
    if block.number is not None:
        found = parse(block.number.strip())
        return block, [found or Marker(block.number, len(block.number), Style.DECIMAL)] if bare(block.number) else []
    markers: list[Marker] = []
    begin = 0
    while marker := parse(block.text[begin:]):
        # "A. Smith" is a name and "5 Employees" a quantity, where no list says otherwise.
        if marker.kind is Style.BARE or _INITIAL.match(marker.number) or begin + marker.end >= len(block.text):
            break
        if markers and not marker.number.startswith("("):
            break
        markers.append(marker)
        begin += marker.end
    return replace(block, text=block.text[begin:], start=block.start + begin) if markers else block, markers


def _attached(outline: list[_Entry], block: Block, numbers: list[Marker]) -> list[_Entry]:
    """The outline with the block hung where its level and the style of its number put it; the block is its last entry."""
    lead = block.text if _LEADS_IN.search(block.text.rstrip()) else ""
    unfinished = block.text if _GOES_ON.fullmatch(block.text) and _FORCE.search(block.text) else ""
    level = block.level + 1 if block.kind is Kind.ITEM or numbers else 1 if block.level == 1 else block.level + 1
    if not numbers:
        if block.kind is Kind.ITEM:
            kept = [e for e in outline if e.level < level or (e.level == level and e.number and e.lead)]
            return [*kept, _Entry(level, "bullet", lead=lead, unfinished=unfinished)]
        kept = [e for e in outline if e.level < level or (block.level > 1 and e.level == level and e.style != "paragraph")]
        return [*kept, _Entry(level, "paragraph", lead=lead, unfinished=unfinished)]
    for at, marker in enumerate(numbers):
        last = at == len(numbers) - 1
        number = marker.bare
        absolute = "." in number or (marker.kind is Style.ARTICLE and not marker.number.lower().startswith("ayat"))
        if absolute:
            outline = [_Entry(0, "absolute", number, _cited(marker.number), True, lead if last else "", unfinished if last else "")]
            continue
        style = _style(marker, outline)
        same = [e for e in outline if e.level == level and e.style == style]
        if same:
            outline = outline[: outline.index(same[0])]
        else:
            deeper = number in _FIRST and any(e.number for e in outline if e.level == level)
            outline = [e for e in outline if e.level < level or (deeper and e.level == level and e.number)]
        outline = [*outline, _Entry(level, style, number, number, lead=lead if last else "", unfinished=unfinished if last else "")]
    return outline


def _style(marker: Marker, outline: list[_Entry]) -> str:
    """How a number is printed; an "(i)" behind an "(h)" is the letter."""
    kind, number = marker.kind, marker.bare
    if kind is Style.ROMAN and len(number) == 1 and any(e.number == chr(ord(number) - 1) for e in outline):
        kind = Style.LETTER
    case = "upper" if number.isupper() else "lower"
    form = "(" if marker.number.startswith("(") else marker.number[-1:]
    return f"{kind} {case} {form}"


def _pieces(block: Block) -> Iterator[Block]:
    """The block, cut at sentences by langchain's splitter where it has more than `LONGEST` code points."""
    if len(block.text) <= LONGEST:
        yield block
        return
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=LONGEST,
        chunk_overlap=0,
        separators=["\n\n", "\n", ". ", "; ", ", ", " "],
        keep_separator="end",
        add_start_index=True,
        strip_whitespace=True,
    )
    for part in splitter.create_documents([block.text]):
        # A word longer than that is cut here: the splitter would take it apart letter by letter, five seconds a million.
        for at in range(0, len(part.page_content), LONGEST):
            text = part.page_content[at : at + LONGEST]
            start = block.start + part.metadata["start_index"] + at
            yield replace(block, text=text, start=start, end=start + len(text))


def _heading_number(block: Block) -> str | None:
    """The number of a heading as printed, given by the reader or at the beginning of its text."""
    if block.number and bare(block.number):
        return block.number
    if found := parse(block.text):
        return found.number
    alone = _NUMBER_ALONE.match(block.text)
    return alone[0] if alone else None


def _heading(block: Block, path: list[_Heading], taken: dict[str, tuple[str, ...]]) -> _Heading:
    """The heading with its place: its number, or the slugs from the last numbered heading down.

    The place depends on headings alone, never on the clauses below them. A heading that is printed again under the same
    headings goes on where the first one stopped; another one at a taken place gets its slugs, then `~2`.
    """
    number, slug = _heading_number(block), block.attributes.get("id") or slugify(block.text)
    here = (*(h.text for h in path), block.text)
    above = path[-1].base if path else ""
    slugs = "/".join([*(h.slug for h in path), slug])
    base = bare(number).lower() if number else f"{above}/{slug}".strip("/")
    again = 1
    while taken.setdefault(base, here) != here:
        base, again = slugs if again == 1 else f"{slugs}~{again}", again + 1
    return _Heading(block.level, block.text, number, slug, base)


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _SLUG.sub("-", plain).strip("-") or "section"


def _printed(path: list[_Heading], outline: list[_Entry]) -> str | None:
    """The number a reader would cite: "4.2 (b)", "Pasal 5 (1)"."""
    own = [entry for entry in outline if entry.number]
    heading = next((_cited(h.number) for h in reversed(path) if h.number), None)
    if own and (own[0].absolute or heading is None):
        heading, own = own[0].cited, own[1:]
    return " ".join([heading, *(f"({entry.cited})" for entry in own)]) if heading else None


def _cited(number: str) -> str:
    """A number as it is cited: its word stays ("Pasal 5"), its dots and brackets go."""
    word = re.match(r"[^\W\d_]{2,}\s|§", number)
    return number.rstrip(".:)") if word and not number.endswith(")") else number if word else bare(number)
