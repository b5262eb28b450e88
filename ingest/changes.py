"""What an ingest changed, clause by clause: comparing what the index held with what the corpus says now. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from kb.clause import Clause, Policy

_SHOWN = 20  # lines a kind of change; JSON holds all
_SHORT = 80  # code points of a text on such a line
# Where a clause stands, or a policy was read from: no change of what is said.
_PLACES = frozenset({"id", "policy", "text", "start", "end", "line", "source"})


@dataclass(frozen=True, slots=True)
class Detail:
    """One clause before and after: its texts (`None` where it is not there, or cannot be read any more) and what else differs."""

    key: str
    old: str | None = None
    new: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between the index and the corpus: keys of clauses, and files refused with the reason.

    `details` holds a `Detail` for every key added, changed, moved (its new key) or removed.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def any(self) -> bool:
        """Whether a new index is needed."""
        return bool(self.added or self.changed or self.moved or self.removed)


def touched(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Keys whose clause is gone or different now, both by key → hash: those whose old text is worth reading."""
    return [key for key, was in before.items() if now.get(key) != was]


def compare(
    before: Mapping[str, str],
    now: Mapping[str, str],
    after: Mapping[str, Clause],
    old: Mapping[str, Clause],
    refused: Mapping[str, str],
    missing: tuple[str, ...] = (),
) -> Changes:
    """What changed from `before` to `now` (key → hash), whose clauses are `after`.

    `old` holds the clauses of the touched keys as they were. A clause gone from one id whose words stand under a new
    one has moved: within its document if it can be, else to another of the same language and authority (a renamed file).
    """
    added = [key for key in after if key not in before]
    removed = [key for key in before if key not in after]
    changed = [key for key in after if key in before and before[key] != now[key]]
    moved = _moved(added, removed, after, old)
    arrived, left = set(moved.values()), set(moved)
    details = [Detail(key, None, after[key].text) for key in added if key not in arrived]
    details += [_detail(key, old.get(key), after[key]) for key in changed]
    details += [_detail(new, old[gone], after[new]) for gone, new in moved.items()]
    details += [Detail(key, old[key].text if key in old else None) for key in removed if key not in left]
    return Changes(
        added=tuple(key for key in added if key not in arrived),
        changed=tuple(changed),
        moved=tuple(moved.items()),
        removed=tuple(key for key in removed if key not in left),
        unchanged=len(after) - len(added) - len(changed),
        refused=refused,
        missing=missing,
        details=tuple(details),
    )


def _moved(added: Sequence[str], removed: Sequence[str], after: Mapping[str, Clause], old: Mapping[str, Clause]) -> dict[str, str]:
    """Old key → new key; equal texts are paired in their order."""
    pairs: dict[str, str] = {}
    taken: set[str] = set()

    def pair(content: Any) -> None:
        waiting: dict[Any, deque[str]] = defaultdict(deque)
        for key in removed:
            if key in old and key not in pairs:
                waiting[content(old[key])].append(key)
        for key in added:
            if key not in taken and (queue := waiting.get(content(after[key]))):
                pairs[queue.popleft()] = key
                taken.add(key)

    pair(lambda clause: (clause.policy.id, clause.lang, clause.lead, clause.text))
    pair(lambda clause: (clause.policy.authority, clause.lang, clause.lead, clause.text))
    return pairs


def _detail(key: str, old: Clause | None, new: Clause) -> Detail:
    if old is None:
        return Detail(key, None, new.text)
    return Detail(key, old.text, new.text, (*_differences(old, new), *_differences(old.policy, new.policy)))


def _differences(old: Clause | Policy, new: Clause | Policy) -> Iterator[str]:
    for name in (f.name for f in fields(old) if f.name not in _PLACES):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{name}: {_said(was)} → {_said(now)}"


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return " › ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)


def to_json(changes: Changes, *, built: bool) -> dict[str, Any]:
    """The public shape of an ingest's outcome."""
    return {
        "added": list(changes.added),
        "changed": list(changes.changed),
        "moved": [list(pair) for pair in changes.moved],
        "removed": list(changes.removed),
        "unchanged": changes.unchanged,
        "refused": [{"file": file, "reason": reason} for file, reason in changes.refused.items()],
        "missing": list(changes.missing),
        "built": built,
        "details": [{"key": d.key, "old": d.old, "new": d.new, "also": list(d.also)} for d in changes.details],
    }


def lines(changes: Changes) -> Iterator[str]:
    """What changed for people: refused and missing first, then a clause a line, then the sum."""
    details = {detail.key: detail for detail in changes.details}
    for file, reason in changes.refused.items():
        yield f"refused  {file}: {reason}"
    for path in changes.missing:
        yield f"missing  {path}: nothing is there any more; `askfirst ingest --forget` stops looking for it"
    for label, keys in (("added", changes.added), ("changed", changes.changed), ("moved", changes.moved), ("removed", changes.removed)):
        for key in keys[:_SHOWN]:
            yield _line(label, key, details)
        if len(keys) > _SHOWN:
            yield f"{label:8} … and {len(keys) - _SHOWN:,} more (`--json` lists them)"
    yield summary(changes)


def summary(changes: Changes) -> str:
    """The sum of an ingest in one line."""
    return (
        f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.moved)} moved, {len(changes.removed)} removed, "
        f"{changes.unchanged} unchanged, {len(changes.refused)} refused"
    )


def _line(label: str, key: str | tuple[str, str], details: Mapping[str, Detail]) -> str:
    shown = key if isinstance(key, str) else f"{key[0]} → {key[1]}"
    detail = details.get(key if isinstance(key, str) else key[1])
    if detail is None:
        return f"{label:8} {shown}"
    parts = [_short(text) for text in dict.fromkeys((detail.old, detail.new)) if text is not None]
    if label == "moved" or (label == "changed" and len(parts) == 1 and detail.also):
        parts = []
    return "  ".join([f"{label:8} {shown}", *filter(None, [" → ".join(parts), "; ".join(_short(line) for line in detail.also)])])


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= _SHORT else one[: _SHORT - 1].rstrip() + "…"
