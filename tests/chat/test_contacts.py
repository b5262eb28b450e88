"""There is always a person to ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from chat.contacts import Contacts, read_contacts
from kb.clause import Clause
from kb.errors import CorpusError
from kb.support import Support, read_contact_files

SHIPPED: dict[str, Any] = {
    "default": "press",
    "contacts": [
        {"id": "press", "role": {"en": "Press office", "id": "Humas"}, "email": "p@example.com", "placeholder": True},
        {"id": "legal", "role": {"en": "Legal", "id": "Hukum"}, "email": "l@example.com"},
    ],
}
TOPICS = [{"id": "copyright", "contact": "legal"}, {"id": "respect", "contact": "press"}]


def contacts(*own: dict[str, Any], folder: Path = Path("/nowhere")) -> Contacts:
    """The shipped contacts of this test with an organisation's own laid over them."""
    merged = SHIPPED
    if own:
        files = []
        for at, data in enumerate((SHIPPED, *own)):
            (folder / str(at)).mkdir(exist_ok=True)
            files.append(folder / str(at) / "contacts.yaml")
            files[-1].write_text(yaml.safe_dump(data), "utf-8")
        merged = read_contact_files(files)
    return read_contacts(Support(tuple(TOPICS), merged, {}, ()))


def test_the_topic_of_the_deciding_clause_names_the_contact(clause: Callable[..., Clause]) -> None:
    found = contacts().for_clauses([clause(topics=("copyright",))], "id")
    assert (found.id, found.role) == ("legal", "Hukum")


def test_the_clause_s_own_contact_comes_before_its_topic(clause: Callable[..., Clause]) -> None:
    assert contacts().for_clauses([clause(topics=("copyright",), contact="press")], "en").id == "press"


def test_nobody_known_means_the_default(clause: Callable[..., Clause]) -> None:
    assert contacts().for_clauses([clause(contact="gone")], "en").id == "press"
    assert contacts().for_clauses([], "en").id == "press"
    assert contacts().get("gone", "fr").role == "Press office"


def test_an_organisation_replaces_a_contact_by_its_id(tmp_path: Path) -> None:
    own = {"contacts": [{"id": "press", "role": "Anna", "email": "anna@firm.test", "hours": {"id": "pagi"}}]}
    found = contacts(own, folder=tmp_path)
    assert found.get("press", "en").email == "anna@firm.test"
    assert found.get("press", "id").hours == "pagi"
    assert found.placeholders == []


@pytest.mark.parametrize(
    "wrong",
    [{"contacts": "x"}, {"contacts": [{"id": "x"}]}, {"default": "gone", "contacts": []}, {"contacts": ["x"]}],
)
def test_a_wrong_file_is_named(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"contacts\.yaml"):
        contacts(wrong, folder=tmp_path)
