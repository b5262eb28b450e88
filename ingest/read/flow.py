"""Lines and tables in reading order → headings, items and paragraphs of one text. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import quantiles

from ingest.document import Block, Document, Kind, LeftOut, Why
from ingest.numbering import ORDINAL, Marker, Style, parse
from ingest.read.drafts import CELL
from ingest.read.layout import Line, fits, joined
from ingest.read.outline import DOTTED, Outline

LONGEST_HEADING = 200
_BULLET = re.compile(r"(\(cid:\d+\)|[•◦▪●○■□‣⁃∙·–—*\uf0b7-])\s+(?=\S)")
_TERMINAL = re.compile(r"[.;:!?][)\]”’\"']?$|[;,]\s*(?:and|or|dan|atau)$")
_REFERS = re.compile(
    r"\b(?:see|under|in|of|to|and|or|by|with|from|sections?|clauses?|paragraphs?|articles?|items?|points?"
    r"|lihat|pasal|ayat|huruf|angka|butir|dan|atau|dalam|pada|dengan|bagian)$",
    re.IGNORECASE,
)
_KEYWORD = re.compile(
    rf"(?P<word>bab|chapter|part|bagian|section|pasal|article|annex|lampiran|schedule|§)\s*(?P<number>\d+[a-z]?|[IVXLC]+|{ORDINAL}|[A-Z])\b[.:]?",
    re.I,
)
_RANK = {"bab": 0, "chapter": 0, "part": 0, "annex": 0, "lampiran": 0, "schedule": 0, "bagian": 1, "section": 1}


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: its rows of cells, the first the header."""

    rows: tuple[tuple[str, ...], ...]
    page: int
    size: float


@dataclass(slots=True)
class _Draft:
    """A block in the making."""

    text: str
    page: int
    lines: list[Line] = field(default_factory=list)
    number: str | None = None
    mark: str = ""  # what is printed before the text: the number with what closes it, or a bullet
    kind: Kind = Kind.PARAGRAPH
    level: int = 1
    lead: str = ""
    why: Why | None = None


def document(name: str, elements: Sequence[Line | Table], outline: Outline) -> Document:
    """The document that the lines make; every one of them is in a block or left out with its reason."""
    body = usual_size(elements)
    drafts = _drafts(elements, outline)
    _headings(drafts, body, outline)
    _levels(drafts)
    return _written(name, drafts)


def usual_size(elements: Iterable[Line | Table]) -> float:
    """The font size of most letters, in points."""
    sizes: Counter[float] = Counter()
    for element in elements:
        if isinstance(element, Table):
            sizes[element.size] += sum(len(cell) for row in element.rows for cell in row)
        elif element.why is None:
            sizes[element.size] += len(element.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _drafts(elements: Sequence[Line | Table], outline: Outline) -> list[_Draft]:
    lines = [e for e in elements if isinstance(e, Line)]
    known = Counter(word.lower() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text.rsplit(" ", 1)[0]))
    leading = _leading(lines)
    body = usual_size(elements)
    drafts: list[_Draft] = []
    # Furniture and notes stand between the lines of a paragraph that runs over the page: they wait until it ends.
    aside: list[_Draft] = []
    current: _Draft | None = None
    header: tuple[str, ...] = ()
    table_open = False
    for element in elements:
        if isinstance(element, Table):
            drafts += aside
            aside, current = [], None
            header = _rows(element, header if table_open else (), drafts)
            table_open = True
            continue
        if element.why is not None:
            if element.why is Why.CONTENTS:
                drafts += aside
                aside, current = [], None
                drafts.append(_Draft(element.text, element.page, [element], why=element.why))
            else:
                aside.append(_Draft(element.text, element.page, [element], why=element.why))
            continue
        if element.note:
            if aside and aside[-1].why is None and not re.match(r"[¹²³⁴-⁹⁰*†‡\d]", element.text):
                aside[-1].text = joined(aside[-1].text, element.text, known)
                aside[-1].lines.append(element)
            else:
                aside.append(_Draft(element.text, element.page, [element], level=0))
            continue
        table_open = False
        if current is not None and not _begins(element, current, leading, body, outline):
            current.text = joined(current.text, element.text, known)
            current.lines.append(element)
            continue
        drafts += aside
        aside = []
        current = _opened(element)
        drafts.append(current)
    return drafts + aside


def _rows(table: Table, header: tuple[str, ...], drafts: list[_Draft]) -> tuple[str, ...]:
    """Adds a draft a row and returns the header; a table that goes on overleaf keeps the one it began with."""
    rows = list(table.rows)
    if len(header) == len(rows[0]):
        if rows[0] == header:
            drafts.append(_Draft(CELL.join(c for c in rows.pop(0) if c), table.page, why=Why.MARKUP))
    elif len(rows) > 1:
        header = rows.pop(0)
        drafts.append(_Draft(CELL.join(c for c in header if c), table.page, why=Why.MARKUP))
    else:
        header = ()
    lead = ", ".join(cell for cell in header if cell)
    drafts += [_Draft(CELL.join(c for c in row if c), table.page, lead=lead) for row in rows if any(row)]
    return header


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance of two lines of a paragraph, in font sizes."""
    steps = [
        (two.bottom - one.bottom) / one.size
        for one, two in pairwise(lines)
        if one.page == two.page and one.left == two.left and abs(one.size - two.size) < 0.5 and 0 < two.bottom - one.bottom < 3 * one.size
    ]
    return quantiles(steps, n=4)[0] if len(steps) > 1 else 1.25


def _opened(line: Line) -> _Draft:
    draft = _Draft(line.text, line.page, [line])
    if bullet := _BULLET.match(line.text):
        draft.mark, draft.text, draft.kind = bullet[1], line.text[bullet.end() :], Kind.ITEM
    elif found := _marker(line.text):
        draft.number, draft.mark, draft.text = found.number, line.text[: found.end].rstrip(), line.text[found.end :]
    return draft


def _marker(text: str) -> Marker | None:
    """The number printed at the beginning, where text follows it; a bare "5" may as well be an amount."""
    found = parse(text)
    return found if found and found.kind is not Style.BARE and found.end < len(text) else None


def _begins(line: Line, draft: _Draft, leading: float, body: float, outline: Outline) -> bool:
    """Whether the line begins a block of its own, rather than going on with the draft's."""
    before = draft.lines[-1]
    apart = line.bottom - before.bottom > 1.3 * leading * max(line.size, before.size)
    moved = line.page != before.page or line.left != before.left or line.bottom <= before.bottom
    terminal = bool(_TERMINAL.search(before.text))
    meant = fits(before, line)
    if abs(line.size - before.size) > 0.6 or (line.bold != before.bold and (meant or terminal or len(draft.lines) == 1)):
        return True
    if apart and not moved:
        return True
    if (bullet := _BULLET.match(line.text)) and (
        meant or terminal or line.x0 < before.x0 - 3 or (bullet[1] == draft.mark and abs(line.x0 - draft.lines[0].x0) < 3)
    ):
        return True
    if (_marker(line.text) or _KEYWORD.fullmatch(line.text)) and _counts_on(line, draft, terminal, meant):
        return True
    title = line.bold or line.size > body + 0.9
    if _KEYWORD.fullmatch(draft.text):
        return not (title or _names(line, draft))
    if _KEYWORD.match(draft.text) and draft.text.isupper() and not line.text.isupper():
        return True
    if outline.depth(draft.page, draft.text) or outline.depth(line.page, _opened(line).text):
        return True
    if moved:
        return meant if not terminal else meant or (line.text[:1].isupper() and before.x1 < before.right - 2 * before.size)
    if meant and (terminal or fits(before, line, 0.3 * (before.right - before.left))) and not _centred(before, line):
        return True
    if draft.mark and line.x0 < draft.lines[0].x0 - 3 and terminal:
        return True
    return terminal and line.x0 > before.x0 + 8 and not draft.mark


def _names(line: Line, division: _Draft) -> bool:
    """Whether the line is the name of the chapter whose number alone is printed above it: capitals, or centred with it."""
    keyword = _KEYWORD.match(division.text)
    if not keyword or keyword["word"].lower() not in _RANK or _TERMINAL.search(line.text) or _marker(line.text):
        return False
    return line.text.isupper() or (_centred(division.lines[0], line) and line.x1 < line.right - 2 * line.size and line.text[:1].isupper())


def _centred(one: Line, two: Line) -> bool:
    return abs((one.x0 + one.x1) - (two.x0 + two.x1)) < 3 and abs(one.x0 - two.x0) > 3


def _counts_on(line: Line, draft: _Draft, terminal: bool, meant: bool) -> bool:
    """Whether a number at a line's beginning counts, and is not the tail of "as laid down in / 4.2"."""
    before = draft.lines[-1]
    if meant or terminal:
        return not (_REFERS.search(before.text) and not terminal and not fits(before, line, 0.1 * (before.right - before.left)))
    if _REFERS.search(before.text):
        return False
    return line.x0 < before.x0 - 3 or (
        draft.number is not None and (marker := _marker(line.text)) is not None and _follows(draft.number, marker.number)
    )


def _follows(one: str, two: str) -> bool:
    first, second = re.findall(r"\d+|[A-Za-z]+", one), re.findall(r"\d+|[A-Za-z]+", two)
    if not first or len(first) != len(second) or first[:-1] != second[:-1]:
        return False
    a, b = first[-1], second[-1]
    if a.isdigit() and b.isdigit():
        return int(b) == int(a) + 1
    return len(a) == len(b) == 1 and ord(b) == ord(a) + 1


def _headings(drafts: Sequence[_Draft], body: float, outline: Outline) -> None:
    """Makes headings of what the outline names, of larger or bold lines, and of "Pasal 5" on a line of its own."""
    letters = sum(len(d.text) for d in drafts if d.why is None)
    bold = sum(len(line.text) for d in drafts if d.why is None for line in d.lines if line.bold) > 0.5 * letters
    ranked: list[tuple[_Draft, tuple[float, bool, int]]] = []
    for at, draft in enumerate(drafts):
        if draft.why is not None or not draft.lines or draft.level == 0 or (draft.mark and not draft.number):
            continue
        text = f"{draft.mark} {draft.text}" if draft.mark else draft.text
        size, heavy = draft.lines[0].size, all(line.bold for line in draft.lines) and not bold
        short = len(text) <= LONGEST_HEADING and not re.search(r"[.;,:]$", draft.text)
        keyword = _KEYWORD.match(text)
        alone = (
            keyword is not None and short and (len(text) < 90 if len(draft.lines) == 1 else bool(_KEYWORD.fullmatch(draft.lines[0].text)))
        )
        named = outline.depth(draft.page, text)
        if not (named or (short and (size > body + 0.9 or heavy or alone or _parent(draft, drafts[at + 1 :])))):
            continue
        draft.kind, draft.text, draft.number, draft.mark = Kind.HEADING, text, None, ""
        dots = DOTTED.match(text)
        rank = _RANK.get(keyword["word"].lower(), 2) if keyword else dots[0].count(".") if dots else 0
        ranked.append((draft, (-round(size), not heavy, rank)))
    styles = sorted({style for _, style in ranked})
    depths = {style: at + 1 for at, style in enumerate(styles)}
    for draft, style in ranked:
        draft.level = depths[style]
    named_levels = [(d, outline.depth(d.page, d.text)) for d, _ in ranked]
    if any(depth for _, depth in named_levels):
        # A title that stands before the first heading of the outline is above all of them.
        shift = 1 if named_levels[0][1] is None else 0
        for draft, depth in named_levels:
            draft.level = depth + shift if depth else 1 if draft is ranked[0][0] else draft.level


def _parent(draft: _Draft, after: Sequence[_Draft]) -> bool:
    """Whether "4. Fees" is the heading of a "4.1 …" right behind it."""
    own = re.fullmatch(r"(\d+)\.?", draft.number or "")
    following = next((d for d in after if d.why is None and d.level), None)
    return bool(own and following and following.number and following.number.startswith(f"{own[1]}.1")) and len(draft.lines) == 1


def _levels(drafts: Sequence[_Draft]) -> None:
    """How deep each numbered or bulleted block lies: a new style of number goes one deeper, a known one comes back to its own."""
    stack: list[tuple[str, str, float]] = []
    for draft in drafts:
        if draft.why is not None or draft.level == 0 or not draft.lines:
            draft.level = max(draft.level, 1)
            continue
        if draft.kind is Kind.HEADING:
            stack = []
            continue
        x0 = draft.lines[0].x0
        if not draft.mark:
            stack = [above for above in stack if above[2] < x0 - 2]
            draft.level = len(stack) + 1
            continue
        mark = draft.number or draft.mark
        style = _style(mark, stack, x0)
        known = next((at for at, above in enumerate(stack) if above[0] == style), None)
        stack = [*(stack if known is None else stack[:known]), (style, mark, x0)]
        draft.level = len(stack)
        whole = re.search(r"\d\.\d", mark) or _KEYWORD.match(mark)
        draft.kind = Kind.PARAGRAPH if whole else Kind.ITEM


def _style(mark: str, stack: Sequence[tuple[str, str, float]], x0: float) -> str:
    """The mark with its figures and letters as kinds; "(i)" is a letter behind "(h)", else a Roman number."""
    inner = mark.strip("().:§ ")
    if not inner or not inner.isalnum():
        return re.sub(r"\d+", "1", mark) if inner else f"{mark}{round(x0 / 6)}"
    if inner.isdigit():
        return mark.replace(inner, "1")
    roman, letter = mark.replace(inner, "ii" if inner.islower() else "II"), mark.replace(inner, "a" if inner.islower() else "A")
    if not re.fullmatch(r"[ivxlc]+", inner.lower()):
        return letter if len(inner) == 1 else roman
    for style, last, _ in reversed(stack):
        if style == letter and len(inner) == 1 and _follows(last, mark):
            return letter
        if style == roman:
            return roman
    return roman if len(inner) > 1 or inner.lower() == "i" else letter


def _written(name: str, drafts: Sequence[_Draft]) -> Document:
    parts: list[str] = []
    blocks: list[Block] = []
    left_out: list[LeftOut] = []
    at = 0
    for draft in drafts:
        mark = draft.mark
        if mark and not draft.number:
            left_out.append(LeftOut(mark, at, at + len(mark), Why.MARKUP, draft.page))
        start = at + len(mark) + (1 if mark else 0)
        end = start + len(draft.text)
        if draft.why is not None:
            left_out.append(LeftOut(draft.text, start, end, draft.why, draft.page))
        else:
            blocks.append(Block(draft.kind, draft.text, start, end, draft.level, draft.number, page=draft.page, lead=draft.lead))
        parts.append(f"{mark} {draft.text}" if mark else draft.text)
        at = end + 2
    return Document(name, "\n\n".join(parts), tuple(blocks), left_out=tuple(left_out))
