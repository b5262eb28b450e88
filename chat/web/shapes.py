"""The shapes of the API (CONTRACT, sections 2, 3 and 5), for its description; tests hold them and what is sent alike."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chat.api import LANGS, MOST_HISTORY, MOST_HITS

Lang = Literal["auto", "en", "id"]
Id = str | int | float | bool | None | list[Any] | dict[str, Any]
assert Lang.__args__ == LANGS  # type: ignore[attr-defined]


class Question(BaseModel):
    """A question, or a draft post to check: exactly one of the two."""

    id: Id = Field(None, description="comes back with the answer")
    question: str | None = Field(None, min_length=1)
    draft: str | None = Field(None, min_length=1)
    lang: Lang | None = "auto"
    account: Literal["personal", "brand"] | None = Field(None, description="the account that would post")
    history: list[str] | None = Field(None, description=f"earlier messages of the same person; the last {MOST_HISTORY} are read")

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["question"], "properties": {"question": {"type": "string", "pattern": r"\S"}, "draft": {"type": "null"}}},
                {"required": ["draft"], "properties": {"draft": {"type": "string", "pattern": r"\S"}, "question": {"type": "null"}}},
            ],
            "examples": [{"id": "q1", "question": "Can I post a photo of a customer?"}],
        }
    )


class Query(BaseModel):
    """What to look for."""

    id: Id = Field(None, description="comes back with the hits")
    query: str = Field(min_length=1, pattern=r"\S")
    lang: Lang | None = "auto"
    top: int | None = Field(10, ge=1, le=MOST_HITS)

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "s1", "query": "customer consent"}]})


class Place(BaseModel):
    """A clause, without its words."""

    clause_id: str
    policy_id: str
    policy_title: str
    authority: Literal["binding", "reference"]
    lang: Literal["en", "id"]
    section: str
    number: str | None
    modality: Literal["must", "must_not", "should", "should_not", "may", "ask_first", "info"]
    topics: list[str]
    practices: list[int]
    page: int | None


class Hit(Place):
    """A clause that was found; scores are comparable within one search only."""

    score: float
    text: str


class Hits(BaseModel):
    """Clauses, best first."""

    id: Id
    hits: list[Hit]


class Citation(Place):
    """A clause that was cited, with the words of it that are quoted."""

    quote: str
    url: str | None


class Contact(BaseModel):
    """A person to ask."""

    id: str
    role: str
    email: str | None
    phone: str | None
    hours: str | None
    url: str | None


class Finding(BaseModel):
    """A place in a draft; offsets are code points of the draft."""

    start: int
    end: int
    text: str
    kind: str
    clause_id: str | None
    practices: list[int]
    why: str


class Answer(BaseModel):
    """What a person gets; where `model` is set, also its sentences in `explanation` and a draft written anew in `suggestion`."""

    id: Id
    verdict: Literal["yes", "yes_if", "no", "ask"] | None
    in_scope: bool
    lang: Literal["en", "id"]
    doubt: float | None
    answer: str
    reason: str
    conditions: list[str]
    citations: list[Citation]
    contact: Contact
    findings: list[Finding]
    model: str | None
    index: str


class Policy(BaseModel):
    """A policy in force, one language version."""

    policy_id: str
    title: str
    organisation: str
    lang: Literal["en", "id"]
    authority: Literal["binding", "reference"]
    sector: str | None
    country: str | None
    published: str | None
    coverage: str
    url: str | None


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    title: str
    status: int
    detail: str
