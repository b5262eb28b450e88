"""What the language model is asked: a prompt a file, and everything from elsewhere handed over as delimited data. Pure.

The delimiter is random for every call and stands nowhere in the data, so that no clause and no message can end its own part.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kb.clause import Clause, digest

NAMES = ("rewrite", "judge", "word", "draft")
VERDICTS = ("yes", "yes_if", "no", "ask", None)
_LANGUAGES = {"en": "English", "id": "Indonesian"}


def _object(**properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "rewrite": _object(question={"type": "string"}),
    "judge": _object(
        verdict={"type": ["string", "null"], "enum": list(VERDICTS)},
        clauses={"type": "array", "items": {"type": "integer"}},
    ),
    "draft": _object(post={"type": "string"}),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call: what to do, the data to do it with, and the JSON shape of the reply, `None` for plain text."""

    system: str
    data: str
    schema: Mapping[str, Any] | None = None


def prompt(name: str, lang: str, parts: Mapping[str, str]) -> Prompt:
    """The prompt of this name over named parts of data, the reply to be in `lang`."""
    mark = secrets.token_hex(8)
    while any(mark in text for text in parts.values()):
        mark = secrets.token_hex(8)
    data = "\n".join(f"<{mark} {part}>\n{text}\n</{mark} {part}>" for part, text in parts.items())
    return Prompt(instructions(name).format(mark=mark, language=_LANGUAGES.get(lang, "English")), data, _SCHEMAS.get(name))


def numbered(clauses: Sequence[Clause], names: Sequence[str]) -> str:
    """Evidence as the model sees it: `[1] (binding, must_not) Practice 22: text`."""
    return "\n".join(
        f"[{n}] ({clause.policy.authority.value}, {clause.modality.value}) {name}: {' '.join((clause.lead + ' ' + clause.text).split())}"
        for n, (clause, name) in enumerate(zip(clauses, names, strict=True), 1)
    )


@cache
def instructions(name: str) -> str:
    """The file's text, with `{mark}` and `{language}` in it."""
    return (Path(__file__).parent / f"{name}.md").read_text("utf-8")


@cache
def fingerprint() -> str:
    """What every prompt says, as a digest."""
    return digest({name: instructions(name) for name in NAMES} | {"schemas": _SCHEMAS})


@cache
def shingles(length: int) -> frozenset[tuple[str, ...]]:
    """Every run of so many words of the prompts: what a reply that gives them away holds."""
    found: set[tuple[str, ...]] = set()
    for name in NAMES:
        words = re.findall(r"\w+", instructions(name).casefold())
        found |= {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
    return frozenset(found)
