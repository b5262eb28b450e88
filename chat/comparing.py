"""Comparing over one opened index: policies become sheets, a sheet beside the others becomes a report."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from chat.exports import Report
from chat.opening import open_knowledge
from chat.shelf import Shelf
from kb.clause import PRACTICE_NUMBERS, PRACTICES_POLICY, Clause, Policy
from kb.compare import Filter, Sheet, comparable, compare, once
from kb.coverage import what_counts
from kb.disagreements import shipped_disagreements
from kb.errors import InputError
from kb.quality import notes, prepare
from kb.search import KnowledgeBase
from kb.settings import Settings
from kb.standing import Standing
from kb.starter import model_clauses
from kb.support import Support

Reader = Callable[[bytes, str], tuple[Policy, tuple[Clause, ...]]]
MOST_CLAUSES = 5000  # of a draft; a handbook of 60 pages has some 600


def unread(_data: bytes, name: str) -> tuple[Policy, tuple[Clause, ...]]:
    """What reads drafts where nothing was given that can: refuses them."""
    raise InputError(expected="a server that reads drafts", found="one that does not", todo=f"run `askfirst compare {name}`")


@dataclass
class Comparer:
    """Everything that comparing needs, opened once; sheets of the index's policies are kept. Safe to share between threads."""

    knowledge: KnowledgeBase
    topics: tuple[Mapping[str, Any], ...]
    standing: Standing
    reader: Reader
    _sheets: dict[str, Sheet] = field(default_factory=dict)

    def draft(self, data: bytes, name: str) -> Sheet:
        """The draft in a file of this name; raises `InputError` for one that cannot be used."""
        threading.Thread(target=prepare, daemon=True).start()  # the draft is read by another process meanwhile
        policy, clauses = self.reader(data, name)
        if len(clauses) > MOST_CLAUSES:
            raise InputError(expected=f"a draft of at most {MOST_CLAUSES:,} clauses", found=f"{len(clauses):,}", todo="send it in parts")
        vectors = self.knowledge.embedder.embed([c.embedded for c in clauses], [c.lang for c in clauses])
        return Sheet(policy, tuple(clauses), vectors, self.standing.read(clauses, vectors))

    def sheet(self, policy: Policy) -> Sheet:
        """A policy of the index."""
        if _key(policy) not in self._sheets:
            self._lay_out([policy])
        return self._sheets[_key(policy)]

    def report(self, draft: Sheet | None, named: Sequence[str], fits: Filter, *, day: date, groups: Collection[str], lang: str) -> Report:
        """The draft beside the published policies that fit and that a member of `groups` may see, and rule by rule beside the named.

        A draft that is a policy of the index is not among those it is compared with, in whatever language it is there.
        """
        shelf = Shelf(self.knowledge, day, groups)
        own = draft.policy.id if draft and self._sheets.get(_key(draft.policy)) is draft else None  # never of an upload: ids may be alike
        chosen = [policy for policy in once(filter(fits, comparable(shelf.policies.values())), lang) if policy.id != own]
        self._lay_out(chosen)
        others = [self.sheet(policy) for policy_id in named if (policy := shelf.policy(policy_id, lang))]
        rules = {n: clause for n in PRACTICE_NUMBERS if (clause := shelf.clause(f"{PRACTICES_POLICY}/{n}/1", lang))}
        vectors = self.knowledge.store.vectors([clause.key for clause in rules.values()])
        comparison = compare(
            draft,
            [self.sheet(policy) for policy in chosen],
            {n: vectors[clause.key] for n, clause in rules.items()},
            [str(topic["id"]) for topic in self.topics],
            self.standing.bounds,
            [(other, self.standing.relate(draft, other)) for other in others] if draft else (),
        )
        return Report(
            comparison=comparison,
            notes=notes(draft.clauses, draft.policy.lang) if draft else (),
            lang=lang,
            made=day.isoformat(),
            index=self.knowledge.manifest.digest,
            titles=_topic_names(self.topics, lang) | {n: _name(rules.get(n), n) for n in PRACTICE_NUMBERS},
            facts={n: clause.text for n, clause in rules.items()},
            models=model_clauses(lang),
            disagreements=_disagreements(lang),
            counts=what_counts(lang),
        )

    def _lay_out(self, policies: Sequence[Policy]) -> None:
        """Reads at once what of these policies has not been read yet."""
        new = [policy for policy in policies if _key(policy) not in self._sheets]
        if not new:
            return
        held = [Shelf(self.knowledge, date.today(), policy.groups).clauses(policy) for policy in new]
        everything = [clause for clauses in held for clause in clauses]
        stored = self.knowledge.store.vectors([clause.key for clause in everything])
        nothing = self.knowledge.embedder.embed([])  # of a document of headings only: no rows, and as wide as the others
        vectors = np.array([stored[clause.key] for clause in everything], np.float32) if everything else nothing
        stances, at = self.standing.read(everything, vectors), 0
        for policy, clauses in zip(new, held, strict=True):
            here = slice(at, at + len(clauses))
            # The first one stays, where two threads lay out the same: a sheet is known by its identity.
            self._sheets.setdefault(_key(policy), Sheet(policy, tuple(clauses), vectors[here], stances[here]))
            at += len(clauses)


def _key(policy: Policy) -> str:
    return f"{policy.id}@{policy.lang}"


def _name(rule: Clause | None, number: int) -> str:
    """What a practice is called, without its number."""
    heading = rule.heading[0] if rule and rule.heading else ""
    return heading.removeprefix(f"{number} ").strip() or str(number)


def _topic_names(topics: Sequence[Mapping[str, Any]], lang: str) -> dict[int | str, str]:
    return {str(topic["id"]): str(topic.get("name", {}).get(lang) or topic["id"]) for topic in topics}


def _disagreements(lang: str) -> dict[int, tuple[tuple[str, str], ...]]:
    """By practice, what published policies settle differently: the question, and what each side says."""
    found: dict[int, list[tuple[str, str]]] = {}
    for one in shipped_disagreements():
        for number in one.practices:
            found.setdefault(number, []).append((one.question[lang], " ".join(side.says[lang] for side in one.sides)))
    return {number: tuple(texts) for number, texts in found.items()}


def open_comparer(settings: Settings, index: Path, reader: Reader) -> Comparer:
    """The comparer over a finished index."""
    knowledge = open_knowledge(settings, index)
    return Comparer(knowledge, Support.read(index).topics, Standing.open(model=knowledge.embedder.model), reader)
