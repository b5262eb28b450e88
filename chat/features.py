"""Message → sparse features: hashed words and character n-grams. Pure, and the same at fitting and at answering.

Feature hashing after Weinberger et al. (ICML 2009); character n-grams inside word boundaries carry Indonesian
morphology and typing errors.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kb.lexical import normalise, tokens, words

BITS = 16
WIDTH = 1 << BITS
LONGEST = 6000  # code points that are looked at; more than any post or question needs
_GRAMS = (3, 4, 5)

Sparse = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]


def message_features(text: str, history: Iterable[str] = (), account: str | None = None, draft: bool = False) -> Sparse:
    """Indices and values, sorted by index, of unit length.

    The kind of message and the account are crossed with the words: "tag them" means one thing in a question and
    another in a post.
    """
    kind = "d" if draft else "q"
    counts: Counter[str] = Counter(_grams(text[:LONGEST], kind))
    for earlier in history:
        counts.update(f"h{gram}" for gram in _words(earlier[:LONGEST]))
    counts[f"kind {kind}"] = counts[f"account {account} {kind}"] = 2
    return hashed(counts)


def hashed(counts: Counter[str]) -> Sparse:
    """Counts → (indices, values): logarithmic, of unit length, signs ignored."""
    cells: dict[int, float] = {}
    for gram, count in counts.items():
        cell = zlib.crc32(gram.encode("utf-8", "replace")) & (WIDTH - 1)
        cells[cell] = cells.get(cell, 0.0) + 1.0 + float(np.log(count) if count > 1 else 0.0)
    indices = np.array(sorted(cells), np.int32)
    values = np.array([cells[int(at)] for at in indices], np.float32)
    return indices, values / (np.linalg.norm(values) + 1e-9)


def _grams(text: str, kind: str) -> Iterator[str]:
    yield from _words(text)
    found = words(text)
    for word in found:
        yield f"{kind}|{word}"
        padded = f" {word} "
        for size in _GRAMS:
            for at in range(len(padded) - size + 1):
                yield f"c{padded[at : at + size]}"
    for mark in "?!@#%€$":
        if mark in text:
            yield f"mark {mark} {kind}"
    yield f"length {min(len(found).bit_length(), 9)} {kind}"


def _words(text: str) -> Iterator[str]:
    found = words(normalise(text))
    yield from (f"w{word}" for word in found)
    yield from (f"b{first} {second}" for first, second in pairwise(found))
    yield from (f"s{first} {second}" for first, second in zip(found, found[2:], strict=False))


def pair_features(text: str, account: str | None, draft: bool, rule: str, modality: str, lang: str) -> Sparse:
    """Message and rule together: words of the one crossed with the force of the other, and what they share.

    Crossing every word with every word lets a linear model learn that "after approval" in a rule goes with "approved"
    in a message, whatever the rule is about.
    """
    said, ruled = words(text[:LONGEST])[:120], words(rule[:LONGEST])[:80]
    counts: Counter[str] = Counter()
    for word in said:
        counts[f"{modality}|{word}"] += 1
    for first, second in pairwise(said):
        counts[f"{modality}|{first} {second}"] += 1
    for word in ruled:
        counts[f"r|{word}"] += 1
    for first, second in pairwise(ruled):
        counts[f"r|{first} {second}"] += 1
    mine, theirs = set(tokens(text[:LONGEST], lang)), set(tokens(rule, lang))
    shared = len(mine & theirs)
    counts[f"shared {min(shared, 8)} {modality}"] = 2
    counts[f"covered {int(5 * shared / max(len(theirs), 1))} {modality}"] = 2
    counts[f"pair {draft} {account} {modality}"] = 2
    for word in set(said):
        for other in set(ruled):
            counts[f"{word}×{other}"] = 1
    return hashed(counts)
