"""Text → plain copies to search in, each with the way back to where its code points stand in the original. Pure.

What is pasted from the web or from a word processor holds no-break spaces, dashes for hyphens, characters that are not
seen, and letters of other fonts: a reader takes no notice of them, and neither may a search.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# A dash may join what it stands between, or part it; a hyphen joins.
_DASHES = "\u02d7\u2012-\u2015\u2043\u2053\u2212\u2e3a\u2e3b\u301c\u3030"
ANY_DASH = f"[-{_DASHES}]"  # part of a regular expression
_DASH = re.compile(ANY_DASH)
_HYPHENS = "\u2010\u2011"
# Besides the categories of format and control characters: joiners, fillers and variation selectors, which show nothing.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Not seen either, but put where words part or where one text was pasted into another.
_PARTING = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LINES = "\t\n\v\f\r\x85"
_FONTS = frozenset({"<wide>", "<font>", "<small>"})  # https://www.unicode.org/reports/tr44/#Character_Decomposition_Mappings
# Not beside a letter, so that the dash in “write to us—info@…” stays out of the address, nor with spaces on both sides.
_JOINING = re.compile(rf"(?<![^\W\d])[{_DASHES}](?![^\W\d])(?!(?<= .) )")


@dataclass(frozen=True, slots=True)
class Plain:
    """A copy to search in; `at` has the place in the original of each of its code points."""

    text: str
    at: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a place of the copy, at least one code point long, stands in the original."""
        return self.at[start], self.at[end - 1] + 1


def bare(text: str) -> Plain:
    """The text without what is not seen, its spaces, hyphens, digits and letters plain."""
    return _copy(text, [_plain(char) for char in text])


def readings(text: str) -> tuple[Plain, ...]:
    """Every different copy that a text may be read as: bare; dashes joining numbers; and unseen characters parting words."""
    alone = bare(text)
    joined = _joined(alone)
    parted = _joined(_copy(text, [" " if _PARTING.match(char) else _plain(char) for char in text]))
    return tuple({copy.text: copy for copy in (alone, joined, parted)}.values())


def any_dashes(words: str) -> str:
    """A regular expression for these words whatever their hyphens and dashes."""
    return "".join(ANY_DASH if _DASH.match(char) else re.escape(char) for char in words)


def _copy(text: str, chars: Sequence[str]) -> Plain:
    copied = "".join(chars)
    return Plain(text, range(len(text))) if copied == text else Plain(copied, [at for at, char in enumerate(chars) if char])


def _joined(copy: Plain) -> Plain:
    return Plain(_JOINING.sub("-", copy.text), copy.at)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """The one code point that a code point is read as, or nothing."""
    if char in _LINES or (char.isascii() and char.isprintable()):
        return char
    if char in _HYPHENS:
        return "-"
    if _UNSEEN.match(char):
        return ""
    match unicodedata.category(char):
        case "Cf" | "Cc":
            return ""
        case "Zs":
            return " "
        case "Zl" | "Zp":
            return "\n"
        case "Nd":
            return str(unicodedata.decimal(char))
    font, _, same = unicodedata.decomposition(char).partition(" ")
    return chr(int(same, 16)) if font in _FONTS else char
