"""Indonesian ↔ English words of the field, for finding clauses that exist in the other language only."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from kb.errors import CorpusError
from kb.lexical import tokens, words

_LONGEST = 4


class Glossary:
    """Phrases of one language with their tokens in the other; several translations of a phrase all count."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._count = 0
        self._from: dict[str, dict[tuple[str, ...], list[str]]] = {"id": {}, "en": {}}
        for indonesian, english in pairs:
            self._count += 1
            self._from["id"].setdefault(tuple(words(indonesian)), []).extend(tokens(english, "en"))
            self._from["en"].setdefault(tuple(words(english)), []).extend(tokens(indonesian, "id"))

    def __len__(self) -> int:
        return self._count

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


def read_glossary(files: Iterable[Path]) -> Glossary:
    """A glossary from CSV files with the header `id,en,note`; later files add to earlier ones."""
    pairs: list[tuple[str, str]] = []
    for file in files:
        try:
            with file.open(encoding="utf-8", newline="") as stream:
                rows = csv.DictReader(stream)
                if not rows.fieldnames or not {"id", "en"} <= set(rows.fieldnames):
                    raise CorpusError(expected=f"the header id,en,note in {file}", found=str(rows.fieldnames), todo="add it")
                pairs += [(row["id"], row["en"]) for row in rows if row["id"] and row["en"]]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CorpusError(expected=f"a readable glossary {file}", found=str(error), todo="correct it") from error
    return Glossary(pairs)
