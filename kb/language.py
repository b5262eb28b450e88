"""English or Indonesian: lingua, given only these two to choose from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

# Indonesians mix English words into Indonesian sentences far more often than the reverse, so a tie goes to Indonesian.
_INDONESIAN_FROM = 0.4


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.INDONESIAN).build()


def detect(text: str) -> str:
    """`en` or `id`; text without letters counts as English."""
    from lingua import Language

    if not any(char.isalpha() for char in text):
        return "en"
    share = float(_detector().compute_language_confidence(text[:2000], Language.INDONESIAN))
    return "id" if share >= _INDONESIAN_FROM else "en"
