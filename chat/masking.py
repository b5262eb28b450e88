"""Personal data in what is sent to a language model: replaced before the call, put back after. Pure.

The same words have the same placeholder in the message, its history and every call for one answer, so that a model can
tell two people apart without learning who they are. Another spelling in spaces, dashes or unseen characters (`chat.plain`)
has the same number behind a zero, so that each comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat.draft import personal
from chat.plain import ANY_DASH, any_dashes, bare, readings

_LONG_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[ ./()-]{0,2}\d){6,}(?!\w)")
_HANDLE = re.compile(r"(?<!\w)@[\w.]{2,}")
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Pak|Bu|Bapak|Ibu|Mas|Mbak|Kak|Bang|Sdr|Sdri)\.?\s+[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,2}|"
    r"\b(?:my name is|nama saya|nama aku|namaku)\s+([A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,2})",
)
_NAMES: Mapping[str, str] = {
    "email": "EMAIL",
    "phone": "PHONE",
    "iban": "ACCOUNT",
    "npwp": "TAXNUMBER",
    "nik": "IDNUMBER",
    "card": "CARD",
    "home": "ADDRESS",
    "code_names": "PROJECT",
    "customers": "CUSTOMER",
    "partners": "PARTNER",
    "number": "NUMBER",
    "handle": "HANDLE",
    "name": "PERSON",
}
_WORD = re.compile(r"\w")
# No word boundaries: what is hidden may have stood side by side.
_PLACEHOLDER = re.compile(rf"(?:{'|'.join(sorted(set(_NAMES.values())))})_\d+")


@dataclass(frozen=True, slots=True)
class Mask:
    """What stands for what: placeholder → words."""

    words: Mapping[str, str]

    def hide(self, text: str) -> str:
        """The text with every word that is masked replaced by its placeholder."""
        spelt = {word.casefold(): placeholder for placeholder, word in self.words.items()}
        # Of several spellings the first, which stands last here.
        meant = {_key(word): placeholder for placeholder, word in reversed(tuple(self.words.items()))}
        parts, at = [], 0
        for start, end in _places(text, self.words.values()):
            word = text[start:end]
            parts += [text[at:start], spelt.get(word.casefold()) or meant.get(_key(word), "HIDDEN")]
            at = end
        return "".join((*parts, text[at:]))

    def restore(self, text: str) -> str:
        """The text with the words back in their places."""
        return _PLACEHOLDER.sub(lambda found: self.words.get(found[0], found[0]), text)

    def strange(self, text: str) -> bool:
        """Whether a text holds a placeholder that was never given."""
        return any(found not in self.words for found in _PLACEHOLDER.findall(text))


def mask(texts: Iterable[str], lang: str, terms: Mapping[str, Sequence[str]]) -> Mask:
    """The mask for these texts together."""
    said = tuple(texts)
    words: dict[str, str] = {}
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    for text in said:
        for start, end, kind in _kept(_spots(text, lang, terms)):
            word = _whole(text, start, end)
            key = _key(word)
            if not key or key in first:
                continue
            name = _NAMES[kind]
            counts[name] = counts.get(name, 0) + 1
            first[key] = f"{name}_{counts[name]}"
            words[first[key]] = word
    return Mask(words | _spellings(said, words, first))


def _spellings(texts: Iterable[str], words: Mapping[str, str], first: Mapping[str, str]) -> dict[str, str]:
    """Placeholders for what is spelt otherwise in spaces, dashes or unseen characters: the same number behind zeros."""
    known = {word.casefold() for word in words.values()}
    found: dict[str, str] = {}
    for text in texts:
        for start, end in _places(text, words.values()):
            word = text[start:end]
            if word.casefold() not in known and (placeholder := first.get(_key(word))):
                known.add(word.casefold())
                while placeholder in words or placeholder in found:
                    placeholder = placeholder.replace("_", "_0")
                found[placeholder] = word
    return found


def _key(word: str) -> str:
    """What all spellings of a word have in common."""
    return re.sub(ANY_DASH, "-", bare(word).text).casefold()


def _places(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where these words stand in a text and are not part of a longer word, however they are spelt."""
    copy = bare(text)
    found = [copy.span(*match.span(1)) for word in words for match in _spelt(word).finditer(copy.text)]
    return [(start, end) for start, end, _ in _kept((*place, "") for place in found if _apart(text, *place))]


@lru_cache(maxsize=1024)
def _spelt(word: str) -> re.Pattern[str]:
    # Looks ahead, so that a place that is part of a longer word does not use up the one after it.
    forms = dict.fromkeys((bare(word).text, bare(word).text.casefold()))
    return re.compile(rf"(?=({'|'.join(any_dashes(form) for form in forms)}))", re.IGNORECASE)


def _apart(text: str, start: int, end: int) -> bool:
    return not (_WORD.match(text[start - 1 : start]) or _WORD.match(text[end : end + 1]))


def _whole(text: str, start: int, end: int) -> str:
    """The words of a place with what its first and last belong to, since whole words are hidden; nothing unseen at the ends."""
    while start > 0 and _WORD.match(text[start - 1]):
        start -= 1
    while end < len(text) and _WORD.match(text[end]):
        end += 1
    copy = bare(text[start:end])
    first, last = copy.span(0, len(copy.text)) if copy.text else (0, 0)
    return text[start + first : start + last]


def _spots(text: str, lang: str, terms: Mapping[str, Sequence[str]]) -> list[tuple[int, int, str]]:
    found = list(personal(text, lang, terms))
    for copy in readings(text):
        found += [(*copy.span(*match.span()), "number") for match in _LONG_NUMBER.finditer(copy.text)]
        found += [(*copy.span(*match.span()), "handle") for match in _HANDLE.finditer(copy.text)]
        found += [(*copy.span(*match.span(1 if match[1] else 0)), "name") for match in _TITLED.finditer(copy.text)]
    return found


def _kept(spots: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The spots without those that overlap an earlier or longer one: of equals, the first named."""
    kept: list[tuple[int, int, str]] = []
    for spot in sorted(spots, key=lambda s: s[0] - s[1]):
        if spot[0] < spot[1] and not any(spot[0] < other[1] and other[0] < spot[1] for other in kept):
            kept.append(spot)
    return sorted(kept)
