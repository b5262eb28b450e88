"""Indonesian ↔ English words of the field, for finding clauses that exist in the other language only."""

from __future__ import annotations

from collections.abc import Iterable

from kb.lexical import tokens, words

_LONGEST = 4


class Glossary:
    """Phrases of one language with their tokens in the other; several translations of a phrase all count."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._from: dict[str, dict[tuple[str, ...], list[str]]] = {"id": {}, "en": {}}
        for indonesian, english in pairs:
            self._from["id"].setdefault(tuple(words(indonesian)), []).extend(tokens(english, "en"))
            self._from["en"].setdefault(tuple(words(english)), []).extend(tokens(indonesian, "id"))

    def translate(self, text: str, lang: str) -> list[str]:
        """Tokens in the other language for every known phrase of the text, the longest phrase first."""
        known = self._from.get(lang, {})
        found: list[str] = []
        sentence = words(text)
        at = 0
        while at < len(sentence):
            for length in range(min(_LONGEST, len(sentence) - at), 0, -1):
                if there := known.get(tuple(sentence[at : at + length])):
                    found.extend(there)
                    at += length
                    break
            else:
                at += 1
        return found
