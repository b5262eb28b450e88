"""The vocabulary of an answer: frozen values and their public JSON shape (CONTRACT, sections 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kb.clause import Clause, public_shape


class Verdict(StrEnum):
    """What the message as asked comes to."""

    YES = "yes"
    YES_IF = "yes_if"
    NO = "no"
    ASK = "ask"


class Account(StrEnum):
    """Which kind of account would post."""

    PERSONAL = "personal"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Message:
    """What a person sent: a question, or a draft post to check. `history` holds their own earlier messages, oldest first."""

    text: str
    draft: bool = False
    lang: str = "auto"
    account: Account | None = None
    history: tuple[str, ...] = ()
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to ask: a role and the ways to reach it, in one language."""

    id: str
    role: str
    email: str | None = None
    phone: str | None = None
    hours: str | None = None
    url: str | None = None
    placeholder: bool = False

    def to_json(self) -> dict[str, Any]:
        """The public shape."""
        return {
            "id": self.id,
            "role": self.role,
            "email": self.email,
            "phone": self.phone,
            "hours": self.hours,
            "url": self.url,
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause with the words of it that are quoted; made only by `chat.cite`, which proves the quotation."""

    clause: Clause
    quote: str

    def to_json(self) -> dict[str, Any]:
        """The public shape."""
        return public_shape(self.clause) | {"quote": self.quote, "url": self.clause.policy.url}


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a draft that needs a change or a second look; offsets are code points of the draft."""

    start: int
    end: int
    text: str
    kind: str
    clause_id: str | None
    practices: tuple[int, ...]
    why: str

    def to_json(self) -> dict[str, Any]:
        """The public shape."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "kind": self.kind,
            "clause_id": self.clause_id,
            "practices": list(self.practices),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets. `contact` is never missing; `doubt` is `None` exactly when `verdict` is.

    `explanation` holds a language model's sentences, each proved, and `suggestion` a draft that it wrote anew and that
    passed the same check; both are part of `text`. `model` names it where anything of it is in the answer.
    """

    verdict: Verdict | None
    in_scope: bool
    lang: str
    doubt: float | None
    text: str
    reason: str
    contact: Contact
    index: str
    conditions: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    findings: tuple[Finding, ...] = ()
    model: str | None = None
    explanation: tuple[str, ...] = ()
    suggestion: str | None = None
    id: str | None = None
    explain: dict[str, Any] = field(default_factory=dict, compare=False)

    def to_json(self, *, explained: bool = False) -> dict[str, Any]:
        """The public shape; `explained` adds how the answer came about."""
        shape = {
            "id": self.id,
            "verdict": self.verdict.value if self.verdict else None,
            "in_scope": self.in_scope,
            "lang": self.lang,
            "doubt": None if self.doubt is None else round(self.doubt, 4),
            "answer": self.text,
            "reason": self.reason,
            "conditions": list(self.conditions),
            "citations": [citation.to_json() for citation in self.citations],
            "contact": self.contact.to_json(),
            "findings": [finding.to_json() for finding in self.findings],
            "model": self.model,
            "index": self.index,
        }
        if self.model is not None:
            shape |= {"explanation": list(self.explanation), "suggestion": self.suggestion}
        return shape | {"explain": self.explain} if explained else shape
