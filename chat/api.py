"""JSON in, values through, JSON out: the shapes of CONTRACT sections 2 and 3, shared by the command line and HTTP. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from chat.answer import Account, Message
from chat.question import LONGEST, clean
from kb.clause import Evidence, public_shape
from kb.errors import InputError
from kb.language import detect
from kb.search import KnowledgeBase

LANGS = ("auto", "en", "id")
MOST_HISTORY = 20
MOST_HITS = 100


def message_from(given: Mapping[str, Any]) -> Message:
    """The message in a question line; raises `InputError` naming the key that is wrong."""
    kinds = [key for key in ("question", "draft") if given.get(key) is not None]
    if len(kinds) != 1:
        raise InputError(
            expected="either `question` or `draft`",
            found=" and ".join(kinds) or "neither",
            todo="give exactly one of them",
        )
    text = _text(given, kinds[0])
    if not text.strip():
        raise InputError(expected=f"text in `{kinds[0]}`", found="an empty text", todo="write it")
    history = given.get("history")
    history = [] if history is None else history
    if not isinstance(history, list) or not all(isinstance(h, str) for h in history):
        raise InputError(expected="`history` as a list of texts", found=f"{history!r}"[:60], todo="correct it")
    account = given.get("account")
    if account is not None and (not isinstance(account, str) or account not in tuple(Account)):
        raise InputError(expected="`account` personal, brand or null", found=f"{account!r}"[:60], todo="correct it")
    return Message(
        text=text,
        draft=kinds[0] == "draft",
        lang=_lang(given),
        account=Account(account) if account else None,
        history=tuple(h[: LONGEST * 2] for h in history[-MOST_HISTORY:]),
        id=given.get("id") if isinstance(given.get("id"), str) else None,
    )


def search_line(knowledge: KnowledgeBase, given: Mapping[str, Any], top: int) -> dict[str, Any]:
    """The hits for a search line, or its error object."""
    line_id = given.get("id")
    try:
        query, lang, _ = search_from(given)
        return {"id": line_id, "hits": hits(knowledge, query, lang, top)}
    except InputError as error:
        return {"id": line_id, "error": str(error)}


def search_from(given: Mapping[str, Any]) -> tuple[str, str, int]:
    """Query, language and number of hits of a search; raises `InputError` naming the key that is wrong."""
    query, top = _text(given, "query"), given.get("top")
    if not query.strip():
        raise InputError(expected="text in `query`", found="an empty text", todo="write it")
    if top is None:
        top = 10
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= MOST_HITS:
        raise InputError(expected=f"`top` from 1 to {MOST_HITS}", found=f"{top!r}"[:60], todo="correct it")
    return query, _lang(given), top


def hits(knowledge: KnowledgeBase, query: str, lang: str, top: int, groups: Collection[str] = ()) -> list[dict[str, Any]]:
    """The best clauses for a query that a member of `groups` may see, in the public shape, best first."""
    text = clean(query)
    found = knowledge.search(text, detect(text) if lang == "auto" else lang, top=top, day=date.today(), groups=groups)
    return [hit(evidence) for evidence in found]


def hit(evidence: Evidence) -> dict[str, Any]:
    """One clause found, in the public shape."""
    return public_shape(evidence.clause) | {"score": round(evidence.score, 4), "text": evidence.clause.text}


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise InputError(expected=f"text in `{key}`", found=f"{value!r}"[:60], todo="give it as a JSON string")
    return value


def _lang(given: Mapping[str, Any]) -> str:
    lang = given.get("lang")
    lang = "auto" if lang is None else lang
    if not isinstance(lang, str) or lang not in LANGS:
        raise InputError(expected="`lang` auto, en or id", found=f"{lang!r}"[:60], todo="correct it")
    return str(lang)
