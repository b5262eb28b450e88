"""Who to ask: contacts by topic, merged from the corpus's support files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat.answer import Contact
from kb.clause import LANGUAGES, Clause
from kb.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Contacts:
    """Every contact in every language, and which topic goes to whom."""

    by_lang: Mapping[str, Mapping[str, Contact]]
    default: str
    by_topic: Mapping[str, str]

    def get(self, contact_id: str | None, lang: str) -> Contact:
        """The contact of this id, or the default one: never nobody."""
        known = self.by_lang[lang if lang in self.by_lang else LANGUAGES[0]]
        return known.get(contact_id or self.default) or known[self.default]

    def for_clauses(self, clauses: Iterable[Clause], lang: str) -> Contact:
        """The contact that the first clause names, itself or through its topic; the default where none does."""
        for clause in clauses:
            named = [clause.contact, *(self.by_topic.get(topic) for topic in clause.topics)]
            for contact_id in named:
                if contact_id in self.by_lang[LANGUAGES[0]]:
                    return self.get(contact_id, lang)
        return self.get(None, lang)

    @property
    def placeholders(self) -> list[str]:
        """Ids of contacts that nobody has replaced yet."""
        return sorted(c.id for c in self.by_lang[LANGUAGES[0]].values() if c.placeholder)


def read_contacts(files: Iterable[tuple[Path, Any]], topics: Iterable[Mapping[str, Any]]) -> Contacts:
    """Contacts from parsed contacts.yaml files, a later one replacing entries of an earlier one by id.

    Raises `CorpusError` naming file and entry when a contact has no role or the default does not exist.
    """
    merged: dict[str, dict[str, Any]] = {}
    default, last = "", Path("contacts.yaml")
    for file, data in files:
        last = file
        if not isinstance(data, dict) or not isinstance(data.get("contacts"), list):
            raise CorpusError(
                expected=f"`default` and a list `contacts` in {file}", found=type(data).__name__, todo="correct it"
            )
        default = str(data.get("default") or default)
        for entry in data["contacts"]:
            if not isinstance(entry, dict) or not entry.get("id") or not entry.get("role"):
                raise CorpusError(expected=f"contacts with id and role in {file}", found=f"{entry!r}"[:120], todo="correct it")
            merged[str(entry["id"])] = entry
    if default not in merged:
        raise CorpusError(expected=f"the default contact to be one of the list in {last}", found=f"'{default}'", todo="add it")
    return Contacts(
        by_lang={lang: {key: _contact(entry, lang) for key, entry in merged.items()} for lang in LANGUAGES},
        default=default,
        by_topic={str(topic["id"]): str(topic.get("contact") or default) for topic in topics},
    )


def _contact(entry: Mapping[str, Any], lang: str) -> Contact:
    def text(key: str) -> str | None:
        value = entry.get(key)
        if isinstance(value, dict):
            value = value.get(lang) or next(iter(value.values()), None)
        return None if value is None else str(value)

    return Contact(
        id=str(entry["id"]),
        role=text("role") or str(entry["id"]),
        email=text("email"),
        phone=text("phone"),
        hours=text("hours"),
        url=text("url"),
        placeholder=bool(entry.get("placeholder")),
    )
