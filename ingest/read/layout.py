"""Words with their places on pages → lines in reading order, each told apart as body, note or furniture. Pure.

Lengths are points from the top left corner of the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.document import Why
from ingest.numbering import Style, parse

MARGIN = 0.14  # of the page's height: where running headers and footers stand
_LEADERS = re.compile(r"(?:\.{4,}|(?:\s\.){4,}|…{2,}|_{4,})\s*(?:\d{1,4}|[ivxlc]{1,6})$")
_CONTENTS = re.compile(r"(?:table of )?contents|daftar isi", re.IGNORECASE)
_PAGE = re.compile(
    r"(?:page|halaman|hal\.?|p\.)?\s*[-–—]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|dari|/)\s*\d{1,4})?\s*[-–—]?", re.IGNORECASE
)
_NOTE = re.compile(r"(?:[¹²³⁴-⁹⁰]{1,3}|[*†‡]|\d{1,3}\s)")
_HYPHENS = "-‐\u00ad"
# Compounds that keep their hyphen when a line ends behind it.
_KEEPS = frozenset({"self", "non", "well", "ex", "co", "e", "all", "cross"})
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces, in one font."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side; `left` and `right` bound its column, `gap` is the widest space before its last word."""

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    first: float
    gap: float
    left: float = 0
    right: float = 0
    why: Why | None = None
    note: bool = False


def rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words that stand at one height, from left to right; the highest first."""
    found: list[list[Word]] = []
    tallest: list[Word] = []
    for word in sorted(words, key=lambda w: (w.bottom + w.top, w.x0)):
        middle = (word.top + word.bottom) / 2
        for at in range(len(found) - 1, max(len(found) - 4, -1), -1):
            if tallest[at].top < middle < tallest[at].bottom or word.top < (tallest[at].top + tallest[at].bottom) / 2 < word.bottom:
                found[at].append(word)
                if word.size > tallest[at].size:
                    tallest[at] = word
                break
        else:
            found.append([word])
            tallest.append(word)
    return [sorted(row, key=lambda w: w.x0) for row in sorted(found, key=lambda row: max(w.bottom for w in row))]


def line_of(row: Sequence[Word], page: int) -> Line:
    """The row as a line of text: raised figures become superscript ones, right-to-left words are put in reading order."""
    size = Counter({w.size: 0 for w in row})
    for word in row:
        size[word.size] += len(word.text)
    usual = size.most_common(1)[0][0]
    bottom = max((w.bottom for w in row if w.size == usual), default=row[0].bottom)
    words = [
        replace(w, text=w.text.translate(_SUPERSCRIPT)) if w.size < 0.85 * usual and w.text.isdigit() and w.bottom < bottom - 0.5 else w
        for w in row
    ]
    text = ""
    ordered = _reading(words)
    for before, word in zip([None, *ordered[:-1]], ordered, strict=True):
        apart = before is not None and max(word.x0 - before.x1, before.x0 - word.x1) > 0.12 * word.size
        text += (" " if apart else "") + word.text
    heavy = sum(len(w.text) for w in words if w.bold) > 0.9 * sum(len(w.text) for w in words)
    gap = words[-1].x0 - words[-2].x1 if len(words) > 1 else 0.0
    top = min(w.top for w in words if w.size == usual)
    return Line(text, page, words[0].x0, max(w.x1 for w in words), top, bottom, usual, heavy, ordered[0].x1 - ordered[0].x0, gap)


def _reading(words: list[Word]) -> list[Word]:
    """Visual order → reading order: on a line mostly right-to-left, words run from the right, runs of others keep theirs."""
    strong = Counter(unicodedata.bidirectional(char) in {"R", "AL"} for word in words for char in word.text if char.isalpha())
    if strong[True] <= strong[False]:
        return words
    ordered: list[Word] = []
    run: list[Word] = []
    for word in reversed(words):
        if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in word.text):
            ordered += [*reversed(run), replace(word, text=_mirrored(word.text))]
            run = []
        elif any(char.isalnum() for char in word.text) and any(c.isalpha() for c in word.text):
            run.append(word)
        else:
            ordered += [*reversed(run), word if any(c.isdigit() for c in word.text) else replace(word, text=_mirrored(word.text))]
            run = []
    return [*ordered, *reversed(run)]


def _mirrored(text: str) -> str:
    parts = re.findall(r"\d[\d.,:/]*\d|\d|.", text)
    return "".join(reversed(parts)).translate(str.maketrans("()[]", ")(]["))


def furniture(pages: Mapping[int, list[list[Word]]], heights: Mapping[int, float]) -> dict[tuple[int, int], Why]:
    """(page, row) of each running header, footer and page number: the same words, digits aside, at one place on most pages."""
    seen: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
    found: dict[tuple[int, int], Why] = {}
    for page, its in pages.items():
        margin = MARGIN * heights[page]
        edges = {*range(min(3, len(its))), *range(max(len(its) - 3, 0), len(its))}
        for at in sorted(edges):
            line = line_of(its[at], page)
            if margin < line.top and line.bottom < heights[page] - margin:
                continue
            key = re.sub(r"\d+|\b[ivxl]+\b", "#", line.text)
            seen.setdefault((key, round(line.bottom / 6)), []).append((page, at, line.text))
            alone = at == len(its) - 1 and len(its) > 1 and line.top - line_of(its[at - 1], page).bottom > line.size
            if alone and _PAGE.fullmatch(line.text) and str(page) in re.findall(r"\d+", line.text):
                found[page, at] = Why.PAGE_NUMBER
    for (key, _), places in seen.items():
        if len(places) < max(2, 0.4 * len(pages)):
            continue
        texts = {text for _, _, text in places}
        if len(texts) > 1 and (not _counts(places) or any(_numbered(text) for text in texts)):
            continue
        why = Why.PAGE_NUMBER if all(_PAGE.fullmatch(text) for text in texts) else Why.RUNNING_HEAD
        if len(texts) == 1 and not re.search(r"[^\W\d_]", key) and why is not Why.PAGE_NUMBER:
            continue
        found.update({(page, at): why for page, at, _ in places})
    # Only what lies between the body and the edge: a sentence that happens to come back at one place is no furniture.
    return {
        (page, at): why
        for (page, at), why in found.items()
        if all((page, n) in found for n in range(at)) or all((page, n) in found for n in range(at, len(pages[page])))
    }


def _numbered(text: str) -> bool:
    marker = parse(text)
    return marker is not None and marker.kind is not Style.BARE


def _counts(places: Sequence[tuple[int, int, str]]) -> bool:
    """Whether some figure of the line rises with the page (a page number), as "Pasal 5", "Pasal 9" do not."""
    figures = [re.findall(r"\d+|\b[ivxl]+\b", text) for _, _, text in places]
    return any(
        len({(int(own[at]) if own[at].isdigit() else _roman(own[at])) - page for own, (page, _, _) in zip(figures, places, strict=True)})
        == 1
        for at in range(min(map(len, figures)))
    )


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50}[char] for char in text.lower()]
    return sum(-own if own < after else own for own, after in zip(values, [*values[1:], 0], strict=True))


def regions(words: Sequence[Word]) -> Iterator[tuple[float, float, list[list[Word]]]]:
    """The page's words as (left, right, rows) in reading order: columns, and between them what spans both."""
    its = rows(words)
    if not its:
        return
    left, right = min(w.x0 for w in words), max(w.x1 for w in words)
    gutter = _gutter(its, left, right)
    if gutter is None:
        yield left, right, its
        return
    spanning: list[list[Word]] = []
    band: list[Word] = []

    def flush() -> Iterator[tuple[float, float, list[list[Word]]]]:
        for side in ([w for w in band if w.x0 < gutter], [w for w in band if w.x0 >= gutter]):
            if side:
                yield min(w.x0 for w in side), max(w.x1 for w in side), rows(side)
        band.clear()

    for row in its:
        if any(w.x0 < gutter < w.x1 for w in row) or _gap_at(row, gutter) < 6:
            yield from flush()
            spanning.append(row)
            continue
        if spanning:
            yield left, right, spanning
            spanning = []
        band += row
    if spanning:
        yield left, right, spanning
    yield from flush()


def _gap_at(row: Sequence[Word], x: float) -> float:
    before = [w.x1 for w in row if w.x1 <= x]
    after = [w.x0 for w in row if w.x0 >= x]
    return min(after) - max(before) if before and after else 99


def _gutter(its: Sequence[Sequence[Word]], left: float, right: float) -> float | None:
    """Where a strip of the page's middle parts most lines into two well-filled halves; `None` on a page of one column."""
    best: tuple[int, float] | None = None
    for x in range(int(left + 0.3 * (right - left)), int(left + 0.7 * (right - left)), 2):
        crossed = sum(any(w.x0 < x + 4 and w.x1 > x - 4 for w in row) for row in its)
        clear = [row for row in its if not any(w.x0 < x + 4 and w.x1 > x - 4 for w in row)]
        # The lines of two columns need not stand at one height.
        lefts = [[w for w in row if w.x1 <= x] for row in clear if row[0].x1 <= x]
        rights = [[w for w in row if w.x0 >= x] for row in clear if row[-1].x0 >= x]
        fewer = min(len(lefts), len(rights))
        if fewer < max(4, 0.4 * (fewer + crossed)) or _centred(rights, x, right):
            continue
        # The cells of a table without rules leave their columns half empty; running text fills them.
        filled = median((max(w.x1 for w in row) - left) / (x - left) for row in lefts)
        if filled > 0.75 and (best is None or crossed < best[0]):
            best = crossed, float(x)
    return best[1] if best else None


def _centred(its: Sequence[Sequence[Word]], left: float, right: float) -> bool:
    """Whether the rows are headings in the middle of the page ("Pasal 5") rather than a column, which has a left edge or is full."""
    edges = Counter(round(row[0].x0 / 2) for row in its).most_common(1)[0][1]
    middles = Counter(round((row[0].x0 + row[-1].x1) / 4) for row in its).most_common(1)[0][1]
    return edges < middles or (edges == middles and median(row[-1].x1 for row in its) - left < 0.6 * (right - left))


def contents(lines: Sequence[Line]) -> list[Line]:
    """The lines, those of a table of contents marked: leaders or a figure far right, and the heading above them."""
    marked = list(lines)
    inside = False
    for at, line in enumerate(lines):
        title = bool(_CONTENTS.fullmatch(line.text.strip()))
        entry = bool(_LEADERS.search(line.text)) or (
            inside and line.gap > 2 * line.size and bool(re.search(r"\s(?:\d{1,4}|[ivxlc]{1,6})$", line.text))
        )
        # An entry may run over two lines, its page number on the second.
        wraps = inside and not entry and at + 1 < len(lines) and lines[at + 1].gap > 2 * line.size and line.x1 < line.right - 30
        if title or entry or (wraps and bool(_LEADERS.search(lines[at + 1].text))):
            marked[at] = replace(line, why=Why.CONTENTS)
            inside = True
        else:
            inside = False
    return marked


def notes(lines: Sequence[Line], body: float, height: float) -> list[Line]:
    """The lines, footnotes marked: smaller lines low on the page from one that begins with a note's mark."""
    marked = list(lines)
    inside = False
    for at, line in enumerate(lines):
        small = line.size < body - 0.7 and line.top > 0.5 * height and line.why is None
        inside = small and (inside or bool(_NOTE.match(line.text)))
        if inside:
            marked[at] = replace(line, note=True)
    return marked


def joined(first: str, second: str, known: Mapping[str, int]) -> str:
    """Two lines as one text: a space between, or nothing where a hyphen only served the line's end."""
    if not (first and first[-1] in _HYPHENS and len(first) > 1 and first[-2].isalpha() and second[:1].islower()):
        compound = first[-1:] in {*_HYPHENS, "/"} and first[-2:-1].isalnum() and second[:1].isalnum()
        return first + ("" if compound else " ") + second
    head = re.search(r"[^\W\d_]+$", first[:-1])
    tail = re.match(r"[^\W\d_]+", second)
    one, two = (head[0].lower() if head else ""), (tail[0].lower() if tail else "")
    if first[-1] == "\u00ad" or known.get(one + two):
        return first[:-1] + second
    kept = one == two or one in _KEEPS or bool(known.get(f"{one}-{two}"))
    return (first if kept else first[:-1]) + second


def fits(before: Line, line: Line, slack: float = 0.0) -> bool:
    """Whether the line's first word had room on the line before: then the break was meant."""
    if _rightward(before) and _rightward(line):
        return before.x0 - line.first - 0.3 * line.size - slack > before.left
    return before.x1 + line.first + 0.3 * line.size + slack < before.right


def _rightward(line: Line) -> bool:
    return any(unicodedata.bidirectional(char) in {"R", "AL"} for char in line.text)
