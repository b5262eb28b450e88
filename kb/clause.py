"""The vocabulary of the knowledge base: frozen values, standard library only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Any

LANGUAGES = ("en", "id")
PRACTICE_NUMBERS = range(1, 26)
PRACTICES_POLICY = "practices"


class Authority(StrEnum):
    """Whose rule a policy is: ours decides, another's only illustrates."""

    BINDING = "binding"
    REFERENCE = "reference"


class Modality(StrEnum):
    """A clause's deontic force."""

    MUST = "must"
    MUST_NOT = "must_not"
    SHOULD = "should"
    SHOULD_NOT = "should_not"
    MAY = "may"
    ASK_FIRST = "ask_first"
    INFO = "info"


class Rank(IntEnum):
    """How much a clause weighs: an organisation's own rule over the practices, both over anybody else's rule."""

    REFERENCE = 0
    PRACTICES = 1
    ORGANISATION = 2


@dataclass(frozen=True, slots=True)
class Policy:
    """One document: whose it is, in which language, how binding, in force when, and where it came from.

    `published` keeps the precision of its source ("2015", "2015-03" or "2015-03-09"); `effective_from` and
    `effective_to` are ISO days, both inclusive, `None` meaning open. `source` is the file it was read from,
    relative to the folder that held it. An empty `groups` means that everybody may see it.
    """

    id: str
    title: str
    lang: str
    authority: Authority
    organisation: str = ""
    sector: str | None = None
    country: str | None = None
    version: str | None = None
    published: str | None = None
    effective_from: str | None = None
    effective_to: str | None = None
    supersedes: str | None = None
    url: str | None = None
    url_is: str | None = None
    coverage: str = "full"
    missing: str | None = None
    groups: tuple[str, ...] = ()
    source: str = ""

    @property
    def rank(self) -> Rank:
        """Organisation, practices or reference."""
        if self.authority is Authority.REFERENCE:
            return Rank.REFERENCE
        return Rank.PRACTICES if self.id == PRACTICES_POLICY else Rank.ORGANISATION

    def in_force(self, day: date) -> bool:
        """Whether the policy may be evidence on `day`.

        Only binding policies expire: an old policy of others still shows how they handled a thing.
        """
        if self.authority is Authority.REFERENCE:
            return True
        today = day.isoformat()
        return (self.effective_from or "") <= today and today <= (self.effective_to or "9999-12-31")


def replaced(policies: Iterable[Policy], day: date) -> frozenset[str]:
    """Ids of the policies that another has taken the place of by `day`.

    A binding policy that `supersedes` another does so from its own first day in force on, for good and in every language.
    """
    today = day.isoformat()
    return frozenset(
        policy.supersedes
        for policy in policies
        if policy.supersedes
        and policy.supersedes != policy.id
        and policy.authority is Authority.BINDING
        and (policy.effective_from or "") <= today
    )


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest citable piece of a policy.

    `id` is policy + place and, with `lang`, the identity; `text` is quoted and therefore exact; `start` and `end`
    are offsets of `text` in the source, in code points. `lead` is the sentence that introduces a list ("Employees must
    not:"), without which its items cannot be understood. `embedded` is the text that is searched.
    """

    id: str
    policy: Policy
    text: str
    modality: Modality
    heading: tuple[str, ...] = ()
    number: str | None = None
    lead: str = ""
    topics: tuple[str, ...] = ()
    practices: tuple[int, ...] = ()
    contact: str | None = None
    start: int = 0
    end: int = 0
    line: int | None = None
    page: int | None = None

    @property
    def lang(self) -> str:
        """Language of the text."""
        return self.policy.lang

    @property
    def key(self) -> str:
        """Identity of this language version: id and language in one string."""
        return f"{self.id}@{self.policy.lang}"

    @property
    def section(self) -> str:
        """Heading path as one line for people."""
        return " › ".join(self.heading)

    @property
    def embedded(self) -> str:
        """Text that is embedded and indexed: heading path and lead-in give a short rule its subject."""
        return ": ".join(part for part in (self.section, self.lead.rstrip(": "), self.text) if part)

    @property
    def hash(self) -> str:
        """Freshness: changes whenever anything an answer could show of this clause changes, its place in the file excepted."""
        return self.hash_at(self.id)

    def hash_at(self, clause_id: str) -> str:
        """The hash that this clause would have under another id: how a moved clause is recognised."""
        shown = {name: getattr(self, name) for name in _SHOWN}
        return digest(shown | {"id": clause_id, "policy": _shown_policy(self.policy)})


_SHOWN = tuple(f.name for f in fields(Clause) if f.name not in ("start", "end", "line"))


@lru_cache(maxsize=4096)
def _shown_policy(policy: Policy) -> dict[str, Any]:
    """What an answer could show of a policy; kept, as all its clauses ask for it."""
    shown = asdict(policy)
    del shown["source"]
    return shown


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause with the scores that brought it up; `score` orders, higher is better, and is only comparable within one search."""

    clause: Clause
    score: float
    dense: float = 0.0
    lexical: float = 0.0
    parts: dict[str, float] = field(default_factory=dict, compare=False)


def public_shape(clause: Clause) -> dict[str, Any]:
    """What every interface says of a clause besides its words (CONTRACT, section 2)."""
    return {
        "clause_id": clause.id,
        "policy_id": clause.policy.id,
        "policy_title": clause.policy.title,
        "authority": clause.policy.authority.value,
        "lang": clause.lang,
        "section": clause.section,
        "number": clause.number,
        "modality": clause.modality.value,
        "topics": list(clause.topics),
        "practices": list(clause.practices),
        "page": clause.page,
    }


def digest(value: Any) -> str:
    """SHA-256 of a JSON-able value, keys sorted, as 64 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
