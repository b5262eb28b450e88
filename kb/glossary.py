"""Indonesian ↔ English words of the field, for finding clauses that exist in the other language only."""

from __future__ import annotations

from collections.abc import Iterable

from kb.lexical import tokens, words

_LONGEST = 4


class Glossary:
    """Phrases of one language with their translations; several translations of a phrase all count."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._from: dict[str, dict[tuple[str, ...], list[str]]] = {"id": {}, "en": {}}
        for indonesian, english in pairs:
            self._from["id"].setdefault(tuple(indonesian.lower().split()), []).append(english)
            self._from["en"].setdefault(tuple(english.lower().split()), []).append(indonesian)

    def translate(self, text: str, lang: str) -> list[str]:
        """Tokens in the other language for every known phrase of the text, the longest phrase first."""
        known, other = self._from.get(lang, {}), "en" if lang == "id" else "id"
        found: list[str] = []
        sentence = words(text)
        at = 0
        while at < len(sentence):
            for length in range(min(_LONGEST, len(sentence) - at), 0, -1):
                if there := known.get(tuple(sentence[at : at + length])):
                    found += [token for phrase in there for token in tokens(phrase, other)]
                    at += length
                    break
            else:
                at += 1
        return found
