"""The number printed before a clause or heading, told apart from a cross-reference, a year and an amount. Pure, standard library only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a number is printed."""

    DECIMAL = "decimal"  # 1. · 2) · (3) · 4.2
    LETTER = "letter"  # a) · (b) · C.
    ROMAN = "roman"  # iv. · (ii) · III.
    ARTICLE = "article"  # Article 5 · Pasal 5 · Section 2.1 · § 3 · Bab II · ayat (2)
    BARE = "bare"  # "5 Scope": a number where the line is a heading, a quantity where it is a sentence


@dataclass(frozen=True, slots=True)
class Marker:
    """A printed number: `number` as it stands ("1.", "(a)", "Pasal 5"), `end` the offset behind it and its spacing."""

    number: str
    end: int
    kind: Style

    @property
    def bare(self) -> str:
        """The number alone, as a place or citation uses it: "(a)" is "a", "Pasal 5" is "5", "4.2." is "4.2"."""
        return bare(self.number)


_ROMAN = r"(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_DECIMAL = r"(?:[A-Z]\.(?=\d))?\d{1,3}(?:\.(?!00)\d{1,3})*"  # "4.2", and "A.1" of an annex
ORDINAL = (
    r"Ke(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)|First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth"
)
_WORD = (
    r"Articles?|Sections?|Chapter|Part|Clause|Rule|Annex|Appendix|Schedule|Paragraph|"
    r"Pasal|Bab|Bagian|Butir|Lampiran|Paragraf"
)
# A word in lower case is running text ("… under\nsection 5"), but for "ayat", which is printed small.
_ARTICLE = re.compile(
    rf"(?P<number>(?:(?=[A-Z])(?i:{_WORD})[ \t\u00a0]+|§§?[ \t\u00a0]*|[Aa]yat[ \t\u00a0]+)"
    rf"(?:\(\d{{1,3}}[a-z]?\)|{_DECIMAL}[A-Za-z]?|(?i:{_ROMAN})|[A-Z]|(?i:{ORDINAL})))(?![\w(,/-])"
    r"(?P<close>[.:)]?(?:[ \t\u00a0]*[–—:-](?=\s))?)(?:\s+|$)"
)
_ENCLOSED = re.compile(
    rf"(?P<number>\((?:(?P<decimal>{_DECIMAL}[a-z]?)|(?P<roman>(?i:{_ROMAN}))|(?P<letter>[a-z]{{1,2}}|[A-Z]))\))(?:\s+|$)"
)
_CLOSED = re.compile(
    rf"(?P<number>(?:(?P<decimal>{_DECIMAL}[A-Za-z]?)|(?P<roman>{_ROMAN}|(?=[IVXLC])(?:XC|XL|L?X{{0,3}})(?:IX|IV|V?I{{0,3}}))|"
    r"(?P<letter>[a-z]|[A-Z]))[.)])(?:\s+|$|(?=[A-Z][a-z]))"
)
_OPEN = re.compile(rf"(?P<number>{_DECIMAL}[A-Za-z]?)(?P<close>(?:[ \t\u00a0]*[–—:](?=\s))?)(?:\s+|$)")
_QUANTITY = re.compile(
    r"(?:[KMGT]B|WI(?:B|TA?)|UTC|GMT|[AP]M|USD|IDR|EUR|Rp|Million|Billion|Jan(?:uary|uari)?|Feb(?:ruary|ruari)?|Mar(?:ch|et)?|Apr(?:il)?|"
    r"May(?=\s*(?:\d|[,.)–-]|$))|Mei|Jun[ei]|Jul[iy]|Aug(?:ust)?|Agustus|Sep(?:t|tember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cs](?:ember)?)\b"
)
_REPEATED = re.compile(r"([a-z])\1")


def parse(text: str) -> Marker | None:
    """The printed number that `text` begins with; `None` for a reference ("4.2 applies …"), a year, a date or an amount.

    A number with neither dot nor bracket behind it ("4.2 Gifts", "Pasal 5 Larangan") counts only before a capital: a
    sentence about another clause goes on in lower case. A lone i, v or x reads as Roman.
    """
    if found := _ARTICLE.match(text):
        if found["close"] or _begins(text[found.end() :]):
            return Marker(found["number"], found.end(), Style.ARTICLE)
        return None
    if (found := _ENCLOSED.match(text)) or (found := _CLOSED.match(text)):
        if found["decimal"]:
            return Marker(found["number"], found.end(), Style.DECIMAL)
        if found["letter"] and len(found["letter"]) == 2 and not _REPEATED.match(found["letter"]):
            return None
        # "c" and "l" are Roman too, but far more often the letters between b and d, k and m.
        letter = found["letter"] or found["roman"] in ("c", "l", "C", "L")
        return Marker(found["number"], found.end(), Style.LETTER if letter else Style.ROMAN)
    if (found := _OPEN.match(text)) and (found["close"] or _begins(text[found.end() :])):
        many = "." in found["number"]
        if many or len(text) > found.end():
            return Marker(found["number"], found.end(), Style.DECIMAL if many else Style.BARE)
    return None


def bare(number: str | None) -> str:
    """A printed number without its word, brackets and dots; empty for none."""
    words = (number or "").replace("\u00a0", " ").replace("§", " ").split()
    return words[-1].strip("().:").strip() if words else ""


def _begins(rest: str) -> bool:
    """Whether a heading or sentence of its own begins here, rather than a sentence going on."""
    if not rest:
        return True
    if _QUANTITY.match(rest):
        return False
    if inner := _ENCLOSED.match(rest):
        return inner.end() < len(rest) and _begins(rest[inner.end() :])
    first = rest.lstrip("\"'“”‘’«„([*_")[:1]
    return first.isalpha() and not first.islower()
