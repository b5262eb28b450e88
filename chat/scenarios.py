"""The bank of labelled cases: what staff ask, and which verdicts are right, acceptable and harmful.

The bank (`fit`, `tune`) and the `test` split are read by different functions: code that fits imports only `read_bank`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.answer import Account, Message, Verdict
from kb.clause import LANGUAGES, PRACTICE_NUMBERS, Modality
from kb.errors import CorpusError
from kb.support import SHIPPED, read_entries

KINDS = ("permission", "information", "draft", "follow_up", "off_topic", "near_miss", "adversarial")
TEST = "test"
_FIELDS = {
    "id",
    "group",
    "lang",
    "kind",
    "history",
    "text",
    "account",
    "in_scope",
    "ok",
    "harmful",
    "practices",
    "why",
    "clause",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One labelled case. `ok` lists acceptable verdicts, best first; `None` in it, or an empty tuple, means no verdict."""

    id: str
    group: str
    lang: str
    kind: str
    text: str
    ok: tuple[Verdict | None, ...]
    harmful: tuple[Verdict, ...] = ()
    practices: tuple[int, ...] = ()
    account: Account | None = None
    history: tuple[str, ...] = ()
    in_scope: bool = True
    why: str = ""
    clause: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    @property
    def best(self) -> Verdict | None:
        """The verdict a careful colleague would give first."""
        return self.ok[0] if self.ok else None

    @property
    def split(self) -> str:
        """`test` for everything under scenarios/test; of the rest, by hash of the group, 75 % `fit` and 25 % `tune`."""
        if Path(self.file).parent.name == TEST:
            return TEST
        return "tune" if int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % 4 == 0 else "fit"

    def accepts(self, verdict: Verdict | None) -> bool:
        """Whether the verdict is one of the acceptable ones."""
        return verdict in self.ok if self.ok else verdict is None

    def message(self) -> Message:
        """The case as a person would send it."""
        return Message(self.text, self.kind == "draft", self.lang, self.account, self.history, self.id)


def scenario(data: Any, file: str, line: int = 0) -> Scenario:
    """A case from its parsed YAML; raises `CorpusError` naming file, line, id and what is wrong."""
    name = data.get("id", "?") if isinstance(data, dict) else "?"

    def wrong(expected: str, found: Any) -> CorpusError:
        return CorpusError(expected=f"{expected} in {file} line {line}, case {name}", found=repr(found)[:80], todo="correct it")

    if not isinstance(data, dict):
        raise wrong("a case with keys and values", data)
    if unknown := sorted(set(data) - _FIELDS):
        raise wrong(f"keys of a case ({', '.join(sorted(_FIELDS))})", unknown[0])
    for key in ("id", "group", "text"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise wrong(f"text for {key}", data.get(key))
    if data.get("lang") not in LANGUAGES:
        raise wrong("lang en or id", data.get("lang"))
    if data.get("kind") not in KINDS:
        raise wrong(f"kind of {', '.join(KINDS)}", data.get("kind"))
    if not isinstance(data.get("in_scope", True), bool):
        raise wrong("in_scope true or false", data.get("in_scope"))
    clause = data.get("clause") or {}
    try:
        if clause:
            Modality(clause["modality"])
            str(clause["text"])
        found = Scenario(
            id=data["id"],
            group=data["group"],
            lang=data["lang"],
            kind=data["kind"],
            text=data["text"],
            ok=tuple(None if v is None else Verdict(v) for v in _values(data, "ok")),
            harmful=tuple(Verdict(v) for v in _values(data, "harmful")),
            practices=tuple(int(n) for n in _values(data, "practices")),
            account=Account(data["account"]) if data.get("account") else None,
            history=tuple(str(h) for h in _values(data, "history")),
            in_scope=data.get("in_scope", True),
            why=str(data.get("why", "")),
            clause=clause,
            file=file,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise wrong("allowed verdicts, practices, account and clause", str(error)) from error
    if any(n not in PRACTICE_NUMBERS for n in found.practices):
        raise wrong("practices from 1 to 25", found.practices)
    if set(found.ok) & set(found.harmful):
        raise wrong("no verdict both acceptable and harmful", set(found.ok) & set(found.harmful))
    return found


def _values(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"{key} is not a list")
    # YAML 1.1 reads a bare yes or no as a truth value; here they are always the words.
    return [{True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v for v in value]


def read_files(files: Iterable[Path]) -> Iterator[Scenario]:
    """Every case of these files; raises `CorpusError` at the first that is wrong."""
    for file in files:
        for line, entry in read_entries(file):
            yield scenario(entry, str(file), line)


def bank_files(corpus: Path = SHIPPED) -> list[Path]:
    """The files of the bank: everything directly under scenarios, which `test` is not."""
    return sorted((corpus / "scenarios").glob("*.yaml"))


def read_bank(corpus: Path = SHIPPED) -> list[Scenario]:
    """The cases to fit and tune on."""
    return list(read_files(bank_files(corpus)))
