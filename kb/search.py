"""Hybrid search: a message becomes evidence. Dense and lexical scores, standardised and added."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from kb.clause import LANGUAGES, Authority, Clause, Evidence, Policy, Rank, replaced
from kb.embedding import Embedder, Vectors
from kb.glossary import Glossary
from kb.lexical import Lexical, tokens
from kb.manifest import Manifest
from kb.store import ChromaStore

Rows = npt.NDArray[np.intp]
POOL = 60
_REMEMBERED = 64  # sets of groups whose visible policies are kept at hand
# Chosen on the tune split: of 0.4, 0.5 … 1.0 it puts an acceptable practice first most often, in both languages.
DENSE_WEIGHT = 0.6


class KnowledgeBase:
    """A finished index, opened for reading. Safe to share between threads."""

    def __init__(
        self,
        manifest: Manifest,
        store: ChromaStore,
        lexical: Mapping[str, Lexical],
        embedder: Embedder,
        glossary: Glossary,
    ) -> None:
        self.manifest, self.store, self.embedder = manifest, store, embedder
        self._lexical, self._glossary = lexical, glossary
        self._fuller = _fuller(manifest)
        self._named = frozenset(group for policy in manifest.policies.values() for group in policy.groups)
        self._kept_rows: dict[tuple[str, frozenset[str]], Rows] = {}
        self._chosen: dict[tuple[date, frozenset[str], str, frozenset[Rank] | None], frozenset[str]] = {}
        self._visible: dict[tuple[date, frozenset[str]], dict[str, Policy]] = {}

    @classmethod
    def open(cls, folder: Path, embedder: Embedder, glossary: Glossary) -> Self:
        """Opens the index in `folder`, which `embedder`'s model must have made."""
        manifest = Manifest.read(folder, embedder.model)
        store = ChromaStore.open(folder / "chroma", manifest.policies)
        lexical = {lang: Lexical.open(folder / f"words-{lang}") for lang in LANGUAGES if (folder / f"words-{lang}").is_dir()}
        return cls(manifest, store, lexical, embedder, glossary)

    def close(self) -> None:
        """Releases the files."""
        self.store.close()

    def policies(self, day: date, groups: Collection[str] = ()) -> dict[str, Policy]:
        """The policies, by `id@lang`, that are in force on `day`, not replaced by then, and that a member of `groups` may see."""
        bearing = self._named.intersection(groups)  # nobody's other groups make a set of their own to remember
        found = self._visible.get((day, bearing))
        if found is None:
            if len(self._visible) >= _REMEMBERED:
                self._visible.clear()
            gone = replaced(self.manifest.policies.values(), day)
            found = self._visible[day, bearing] = {
                key: policy
                for key, policy in self.manifest.policies.items()
                if policy.in_force(day)
                and not (policy.authority is Authority.BINDING and policy.id in gone)
                and (not policy.groups or bearing.intersection(policy.groups))
            }
        return found

    @property
    def groups(self) -> frozenset[str]:
        """Every group that some policy is limited to."""
        return self._named

    def clause(self, clause_id: str, lang: str) -> Clause | None:
        """The clause of this id, in `lang` where it exists in that language, else in the other; whoever may see it."""
        for tongue in sorted(LANGUAGES, key=lambda x: x != lang):
            if found := self.store.fetch([f"{clause_id}@{tongue}"]):
                return found[0]
        return None

    def visible_clause(self, clause_id: str, lang: str, day: date, groups: Collection[str] = ()) -> Clause | None:
        """The clause of this id that a member of `groups` may see on `day`, in `lang` where one may, else in the other.

        `None` for a clause that does not exist and for one that must not be seen alike.
        """
        visible = self.policies(day, groups)
        for tongue in sorted(LANGUAGES, key=lambda x: x != lang):
            key = f"{clause_id}@{tongue}"
            _, owner = self.manifest.clauses.get(key, ("", ""))
            if owner in visible and (found := self.store.fetch([key])):
                return found[0]
        return None

    def search(
        self,
        text: str,
        lang: str,
        *,
        top: int,
        day: date,
        ranks: Collection[Rank] | None = None,
        groups: Collection[str] = (),
        vector: Vectors | None = None,
    ) -> list[Evidence]:
        """The best clauses for a text, best first, at most `top`, language versions of one clause counted once.

        Rank, dates of force and groups filter before ranking. A clause that exists in `lang` is given in `lang`.
        `vector` (d,) is the text's embedding where it is known already.
        """
        allowed = self._allowed(lang, day, ranks, groups)
        if not allowed:
            return []
        if vector is None:
            vector = self.embedder.embed([text], [lang])[0]
        dense = dict(self.store.nearest(vector[None, :], POOL, allowed)[0])
        lexical: dict[str, float] = {}
        for tongue, index in self._lexical.items():
            rows = self._rows(tongue, allowed)
            if not len(rows):
                continue
            scores = index.scores(self._query(text, lang, tongue))[rows]
            strong = _strongest(scores, POOL)
            # Scores of two languages have different scales: each is standardised within its own language.
            standard = _standardise(scores[strong]) if len(strong) else scores[:0]
            lexical |= {index.keys[rows[at]]: float(score) for at, score in zip(strong, standard, strict=True)}
        pool = list(dense | lexical)
        if not pool:
            return []
        # A clause the dense search did not bring up is at most as near as the last one it did.
        floor = min(dense.values(), default=0.0)
        near = _standardise(np.array([dense.get(key, floor) for key in pool]))
        least = min(lexical.values(), default=0.0)
        worded = np.array([lexical.get(key, least) for key in pool])
        total = DENSE_WEIGHT * near + (1 - DENSE_WEIGHT) * worded
        ranked = [pool[at] for at in np.argsort(-total, kind="stable")]
        by_key = dict(zip(pool, total, strict=True))
        best: dict[str, tuple[str, float]] = {}
        for key in ranked:
            clause_id = key.rpartition("@")[0]
            if clause_id not in best:
                if len(best) == top:
                    break
                own = f"{clause_id}@{lang}"
                # The version in the asker's language may be limited to others.
                _, owner = self.manifest.clauses.get(own, ("", ""))
                best[clause_id] = (own if owner in allowed else key, float(by_key[key]))
        clauses = {clause.key: clause for clause in self.store.fetch([key for key, _ in best.values()])}
        return [
            Evidence(clauses[key], score, dense=dense.get(key, floor), lexical=lexical.get(key, least))
            for key, score in best.values()
            if key in clauses
        ]

    def _allowed(self, lang: str, day: date, ranks: Collection[Rank] | None, groups: Collection[str]) -> frozenset[str]:
        """Keys (`id@lang`) of the policies to search: of one in two languages the asker's version, and the other too
        only where that holds clauses which the asker's lacks."""
        visible = self.policies(day, groups)
        # By value: another day's or other groups' sets must never be taken for these.
        seen = (day, self._named.intersection(groups), lang, None if ranks is None else frozenset(ranks))
        allowed = self._chosen.get(seen)
        if allowed is None:
            if len(self._chosen) >= _REMEMBERED:
                self._chosen.clear()
                self._kept_rows.clear()
            allowed = self._chosen[seen] = frozenset(
                key
                for key, policy in visible.items()
                if (ranks is None or policy.rank in ranks)
                and (policy.lang == lang or f"{policy.id}@{lang}" not in visible or key in self._fuller)
            )
        return allowed

    def _rows(self, tongue: str, allowed: frozenset[str]) -> Rows:
        """Rows of a word index that belong to the allowed policies."""
        rows = self._kept_rows.get((tongue, allowed))
        if rows is None:
            clauses, keys = self.manifest.clauses, self._lexical[tongue].keys
            rows = np.array([at for at, key in enumerate(keys) if clauses[key][1] in allowed], np.intp)
            self._kept_rows[tongue, allowed] = rows
        return rows

    def _query(self, text: str, lang: str, tongue: str) -> list[str]:
        """Query tokens for the word index of `tongue`, by way of the glossary where the message is in the other."""
        own = tokens(text, tongue)
        return own if lang == tongue else own + self._glossary.translate(text, lang)


def _fuller(manifest: Manifest) -> frozenset[str]:
    """Keys of language versions that hold a clause which another version of the same policy lacks."""
    held: dict[str, dict[str, set[str]]] = {}
    for key, (_, owner) in manifest.clauses.items():
        policy, _, lang = owner.rpartition("@")
        held.setdefault(policy, {}).setdefault(lang, set()).add(key.rpartition("@")[0])
    return frozenset(
        f"{policy}@{lang}"
        for policy, versions in held.items()
        for lang, ids in versions.items()
        if any(ids - other for tongue, other in versions.items() if tongue != lang)
    )


def _strongest(scores: Vectors, limit: int) -> Sequence[int]:
    """Places of the highest scores above 0, highest first, the earlier first among equals."""
    found = np.flatnonzero(scores > 0)
    if len(found) > limit:
        # Sorting all of them would be the slowest step of a search among many clauses.
        found = found[scores[found] >= np.partition(scores[found], -limit)[-limit]]
    return [int(at) for at in found[np.argsort(-scores[found], kind="stable")][:limit]]


def _standardise(values: Vectors) -> Vectors:
    """To mean 0 and deviation 1; all alike gives zeros."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)
