"""Where published policies disagree: the question, what each side says and the clauses that say it. Pure apart from the reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from kb.clause import LANGUAGES, PRACTICE_NUMBERS
from kb.errors import CorpusError
from kb.support import SHIPPED, read_yaml

_FILE = "disagreements.yaml"


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says, by language, and the ids of the clauses that say it."""

    says: Mapping[str, str]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A question that published policies answer differently; `topics` are ids of `topics.yaml`, texts are by language.

    The clauses are the shipped policies': in a corpus with other policies they need not exist.
    """

    id: str
    practices: tuple[int, ...]
    topics: tuple[str, ...]
    question: Mapping[str, str]
    sides: tuple[Side, ...]
    note: Mapping[str, str] | None = None


@cache
def shipped_disagreements() -> tuple[Disagreement, ...]:
    """The known disagreements of the shipped policies; raises `CorpusError`."""
    return read_disagreements(read_yaml(SHIPPED / _FILE))


def read_disagreements(data: Any) -> tuple[Disagreement, ...]:
    """The entries of a parsed `disagreements.yaml`, in its order; raises `CorpusError` naming the entry and what it lacks."""
    entries = [_disagreement(entry, place) for place, entry in enumerate(_list(data, "the file"), 1)]
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise _wrong("an id of its own for each entry", f"'{entry.id}' twice", "rename one")
        seen.add(entry.id)
    return tuple(entries)


def _disagreement(entry: Any, place: int) -> Disagreement:
    where = f"entry {place}"
    data = _mapping(entry, where, ("id", "practices", "topics", "question", "sides", "note"))
    if not isinstance(data["id"], str) or not data["id"]:
        raise _wrong(f"an id in {where}", repr(data["id"]))
    where = f"'{data['id']}'"
    practices = _list(data["practices"], f"practices of {where}")
    # YAML's `true` is Python's 1.
    if unknown := [number for number in practices if type(number) is not int or number not in PRACTICE_NUMBERS]:
        raise _wrong(f"practices from 1 to 25 in {where}", repr(unknown))
    sides = _list(data["sides"], f"sides of {where}")
    if len(sides) < 2:
        raise _wrong(f"two sides or more in {where}", "one")
    return Disagreement(
        id=data["id"],
        practices=tuple(practices),
        topics=_words(data["topics"], f"topics of {where}"),
        question=_text(data["question"], f"question of {where}"),
        sides=tuple(_side(side, f"side {at} of {where}") for at, side in enumerate(sides, 1)),
        note=None if data["note"] is None else _text(data["note"], f"note of {where}"),
    )


def _side(entry: Any, where: str) -> Side:
    data = _mapping(entry, where, ("says", "clauses"))
    return Side(_text(data["says"], f"says of {where}"), _words(data["clauses"], f"clauses of {where}"))


def _text(value: Any, where: str) -> Mapping[str, str]:
    texts = _mapping(value, where, LANGUAGES)
    if empty := [lang for lang, text in texts.items() if not isinstance(text, str) or not text.strip()]:
        raise _wrong(f"a text in {' and '.join(empty)} in {where}", "none")
    return MappingProxyType(dict(texts))


def _words(value: Any, where: str) -> tuple[str, ...]:
    words = _list(value, where)
    if wrong := [word for word in words if not isinstance(word, str) or not word]:
        raise _wrong(f"ids in {where}", repr(wrong))
    return tuple(words)


def _list(value: Any, where: str) -> Sequence[Any]:
    if not isinstance(value, list) or not value:
        raise _wrong(f"a list that is not empty in {where}", "an empty one" if value == [] else type(value).__name__)
    return value


def _mapping(value: Any, where: str, keys: Iterable[str]) -> dict[str, Any]:
    """The entry as it is, with these keys and no others."""
    wanted = list(keys)
    if not isinstance(value, dict) or set(value) != set(wanted):
        found = ", ".join(map(str, value)) or "nothing" if isinstance(value, dict) else type(value).__name__
        raise _wrong(f"{', '.join(wanted)} in {where}", found)
    return value


def _wrong(expected: str, found: str, todo: str = "correct it") -> CorpusError:
    return CorpusError(expected=f"{expected} ({_FILE})", found=found, todo=todo)
