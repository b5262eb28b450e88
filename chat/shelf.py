"""What one reader may look at on one day: policies, their clauses in order, and how others put the same thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from kb.clause import LANGUAGES, Clause, Policy
from kb.search import POOL, KnowledgeBase

# Below this cosine another's clause is rarely about the same thing; the answer path draws the same line.
_CLOSE = 0.4
_EMBEDDED = 1500  # code points of a query that are embedded; the model reads 256 tokens


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many clauses a policy has, and how many of them each practice and topic."""

    clauses: int
    practices: Mapping[int, int]
    topics: Mapping[str, int]


@dataclass(frozen=True)
class Shelf:
    """The policies in force on `day` that a member of `groups` may see; everything else is as if it did not exist."""

    knowledge: KnowledgeBase
    day: date
    groups: Collection[str] = ()

    @cached_property
    def policies(self) -> Mapping[str, Policy]:
        """Every visible policy by `id@lang`."""
        return self.knowledge.policies(self.day, self.groups)

    def policy(self, policy_id: str, lang: str) -> Policy | None:
        """The policy, in `lang` where it is visible in that language, else in the other; `None` where it is not."""
        return next((self.policies[key] for key in _keys(policy_id, lang) if key in self.policies), None)

    def titles(self, lang: str) -> list[Policy]:
        """Every visible policy once, in `lang` where it exists in that language."""
        found = (self.policy(policy_id, lang) for policy_id in dict.fromkeys(p.id for p in self.policies.values()))
        return [policy for policy in found if policy]

    def clause(self, clause_id: str, lang: str) -> Clause | None:
        """The clause, in `lang` where it is visible in that language, else in the other; `None` where it is not."""
        return self.knowledge.visible_clause(clause_id, lang, self.day, self.groups)

    def clauses(self, policy: Policy) -> list[Clause]:
        """A policy's clauses in the order of its text."""
        owner = f"{policy.id}@{policy.lang}"
        keys = [key for key, (_, of) in self.knowledge.manifest.clauses.items() if of == owner]
        return sorted(self.knowledge.store.fetch(keys), key=lambda clause: (clause.start, clause.id))

    def holdings(self, policy: Policy) -> Holdings:
        """What a policy holds."""
        return _holdings(self.knowledge).get(f"{policy.id}@{policy.lang}", Holdings(0, {}, {}))

    def others(self, clause: Clause, lang: str, *, top: int) -> list[Clause]:
        """How other policies put what a clause says: their closest clause on a practice or topic of its, one a policy."""
        near = self.clause(clause.id, "en") or clause  # the model knows English best
        vector = self.knowledge.store.vectors([near.key])[near.key]
        found = self.knowledge.search(near.text, near.lang, top=POOL, day=self.day, groups=self.groups, vector=vector)
        closest: dict[str, Clause] = {}
        for evidence in found:
            other = evidence.clause
            if evidence.dense >= _CLOSE and other.policy.id not in {clause.policy.id, *closest} and _akin(clause, other):
                closest[other.policy.id] = other
        return [self.clause(other.id, lang) or other for other in list(closest.values())[:top]]

    def search(self, text: str, lang: str, fits: Callable[[Clause], bool] | None = None, *, top: int) -> list[Clause]:
        """The best clauses for a text, best first; `fits` narrows them down.

        Where few of the best fit, those that fit follow by meaning alone, so that a narrow choice is searched whole.
        """
        vector = self.knowledge.embedder.embed([text[:_EMBEDDED]], [lang])[0]
        found = self.knowledge.search(text, lang, top=POOL, day=self.day, groups=self.groups, vector=vector)
        best = [evidence.clause for evidence in found if fits is None or fits(evidence.clause)]
        if fits is None or len(best) >= top:
            return best[:top]
        seen = {clause.id for clause in best}
        rest = [c for policy in self.titles(lang) for c in self.clauses(policy) if c.id not in seen and fits(c)]
        if not rest:
            return best
        vectors = self.knowledge.store.vectors([clause.key for clause in rest])
        order = np.argsort([-float(vectors[clause.key] @ vector) for clause in rest], kind="stable")
        return [*best, *(rest[at] for at in order[: top - len(best)])]


def _keys(name: str, lang: str) -> list[str]:
    """Keys of a policy's or clause's language versions, `lang` first."""
    return [f"{name}@{tongue}" for tongue in sorted(LANGUAGES, key=lambda tongue: tongue != lang)]


def _akin(one: Clause, other: Clause) -> bool:
    if not one.practices and not one.topics:
        return True
    return bool(set(one.practices) & set(other.practices) or set(one.topics) & set(other.topics))


_KEPT: WeakKeyDictionary[KnowledgeBase, Mapping[str, Holdings]] = WeakKeyDictionary()


def _holdings(knowledge: KnowledgeBase) -> Mapping[str, Holdings]:
    """Holdings of every policy by key, counted once for an index, which never changes."""
    if knowledge not in _KEPT:
        owned: dict[str, list[Clause]] = {}
        for clause in knowledge.store.fetch(list(knowledge.manifest.clauses)):
            owned.setdefault(f"{clause.policy.id}@{clause.lang}", []).append(clause)
        _KEPT[knowledge] = {key: _counted(clauses) for key, clauses in owned.items()}
    return _KEPT[knowledge]


def _counted(clauses: Iterable[Clause]) -> Holdings:
    held = list(clauses)
    return Holdings(len(held), Counter(n for c in held for n in c.practices), Counter(t for c in held for t in c.topics))
