"""Personal data in what is sent to a language model: replaced before the call, put back after. Pure.

The same words have the same placeholder in the message, its history and every call for one answer, so that a model can
tell two people apart without learning who they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.draft import personal

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
_PLACEHOLDER = re.compile(rf"\b(?:{'|'.join(sorted(set(_NAMES.values())))})_\d+\b")


@dataclass(frozen=True, slots=True)
class Mask:
    """What stands for what: placeholder → words."""

    words: Mapping[str, str]

    def hide(self, text: str) -> str:
        """The text with every word that is masked replaced by its placeholder."""
        given = {word.casefold(): placeholder for placeholder, word in self.words.items()}
        if not given:
            return text
        either = "|".join(re.escape(word) for word in sorted(given, key=len, reverse=True))
        found = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
        return found.sub(lambda word: given.get(word[0].casefold(), "HIDDEN"), text)

    def restore(self, text: str) -> str:
        """The text with the words back in their places."""
        return _PLACEHOLDER.sub(lambda found: self.words.get(found[0], found[0]), text)

    def strange(self, text: str) -> bool:
        """Whether a text holds a placeholder that was never given."""
        return any(found not in self.words for found in _PLACEHOLDER.findall(text))


def mask(texts: Iterable[str], lang: str, terms: Mapping[str, Sequence[str]]) -> Mask:
    """The mask for these texts together."""
    words: dict[str, str] = {}
    known: set[str] = set()
    counts: dict[str, int] = {}
    for text in texts:
        for start, end, kind in _kept(_spots(text, lang, terms)):
            word = text[start:end]
            if word.casefold() in known:
                continue
            known.add(word.casefold())
            name = _NAMES[kind]
            counts[name] = counts.get(name, 0) + 1
            words[f"{name}_{counts[name]}"] = word
    return Mask(words)


def _spots(text: str, lang: str, terms: Mapping[str, Sequence[str]]) -> list[tuple[int, int, str]]:
    found = list(personal(text, lang, terms))
    found += [(*match.span(), "number") for match in _LONG_NUMBER.finditer(text)]
    found += [(*match.span(), "handle") for match in _HANDLE.finditer(text)]
    found += [(*(match.span(1) if match[1] else match.span()), "name") for match in _TITLED.finditer(text)]
    return found


def _kept(spots: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The spots without those that overlap an earlier or longer one: of equals, the first named."""
    kept: list[tuple[int, int, str]] = []
    for spot in sorted(spots, key=lambda s: s[0] - s[1]):
        if spot[0] < spot[1] and not any(spot[0] < other[1] and other[0] < spot[1] for other in kept):
            kept.append(spot)
    return sorted(kept)
