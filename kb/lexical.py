"""BM25 over stemmed words, one index a language (Robertson & Zaragoza 2009, in Lucene's variant by bm25s)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_KEYS = "keys.json"

STOPWORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "a an and are as at be been by can could did do does for from had has have he her his i if in is it its may me my "
        "of on or our she so that the their them they this to us was we were what when which who will with would you your".split()
    ),
    "id": frozenset(
        "ada adalah agar aku anda apa apakah atau bahwa bagi bisa boleh buat dalam dan dari deh di dia dengan dong gak ga "
        "gue gw hal ini itu jadi juga kah kalau kalo kami kamu kan karena kau ke kita kok lah lagi mau nggak nih oleh pada "
        "para punya saat saja saya sebagai sedang seperti sih si sudah tapi telah tentang tersebut tetapi untuk yang ya yg".split()
    ),
}


def normalise(text: str) -> str:
    """Case folded, compatibility characters resolved, invisible characters gone; length may change."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()


@lru_cache(maxsize=4)
def _stemmer(lang: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer({"en": "english", "id": "indonesian"}[lang])


@lru_cache(maxsize=50_000)
def stem(word: str, lang: str) -> str:
    """The stem of a normalised word (Snowball)."""
    return str(_stemmer(lang).stemWord(word))


def words(text: str) -> list[str]:
    """Normalised words in order."""
    return _WORD.findall(normalise(text))


def tokens(text: str, lang: str) -> list[str]:
    """Stemmed words without stop words; `lang` other than en or id is read as English."""
    lang = lang if lang in STOPWORDS else "en"
    return [stem(word, lang) for word in words(text) if word not in STOPWORDS[lang]]


class Lexical:
    """BM25 over the texts of one language."""

    def __init__(self, keys: Sequence[str], engine: Any) -> None:
        self.keys, self._engine = keys, engine

    @classmethod
    def build(cls, texts: Mapping[str, str], lang: str) -> Self:
        """From key → text; at least one text."""
        import bm25s

        engine = bm25s.BM25(method="lucene", backend="numpy")
        engine.index([tokens(text, lang) or ["∅"] for text in texts.values()], show_progress=False)
        return cls(list(texts), engine)

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`."""
        self._engine.save(str(folder), show_progress=False)
        (folder / _KEYS).write_text(json.dumps(self.keys), "utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """An index written by `save`."""
        import bm25s

        try:
            engine = bm25s.BM25.load(str(folder), mmap=False, show_progress=False)
            return cls(json.loads((folder / _KEYS).read_text("utf-8")), engine)
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamaged(
                expected=f"a word index in {folder}",
                found=f"{type(error).__name__}",
                todo="run `askfirst ingest --rebuild`",
            ) from error

    def scores(self, query: Iterable[str]) -> npt.NDArray[np.float32]:
        """One score a key, in the order of `keys`; 0 where no word is shared."""
        known = [token for token in query if token in self._engine.vocab_dict]
        if not known:
            return np.zeros(len(self.keys), np.float32)
        return np.asarray(self._engine.get_scores(known), np.float32)
