"""Who to ask: contacts by topic, merged from the corpus's support files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.answer import Contact
from kb.clause import LANGUAGES, Clause
from kb.support import Support


@dataclass(frozen=True, slots=True)
class Contacts:
    """Every contact in every language, which topic goes to whom, and what the topics are called."""

    by_lang: Mapping[str, Mapping[str, Contact]]
    default: str
    by_topic: Mapping[str, str]
    topic_names: Mapping[str, Mapping[str, str]]

    def topic(self, topic_id: str, lang: str) -> str:
        """A topic's name, or its id where it has none."""
        return self.topic_names.get(lang, {}).get(topic_id, topic_id)

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


def read_contacts(support: Support) -> Contacts:
    """Contacts and topics as they were merged into the index."""
    people = support.contacts["contacts"]
    return Contacts(
        by_lang={lang: {str(entry["id"]): _contact(entry, lang) for entry in people} for lang in LANGUAGES},
        default=support.contacts["default"],
        by_topic={str(topic["id"]): str(topic.get("contact") or support.contacts["default"]) for topic in support.topics},
        topic_names={lang: {str(t["id"]): _in(lang, t.get("name")) or str(t["id"]) for t in support.topics} for lang in LANGUAGES},
    )


def _contact(entry: Mapping[str, Any], lang: str) -> Contact:
    def text(key: str) -> str | None:
        return _in(lang, entry.get(key))

    return Contact(
        id=str(entry["id"]),
        role=text("role") or str(entry["id"]),
        email=text("email"),
        phone=text("phone"),
        hours=text("hours"),
        url=text("url"),
        placeholder=bool(entry.get("placeholder")),
    )


def _in(lang: str, value: Any) -> str | None:
    """A text of the support files that may be given in several languages."""
    if isinstance(value, dict):
        value = value.get(lang) or next(iter(value.values()), None)
    return None if value is None else str(value)
