"""A draft is read as a document of the corpus would be, and refused in one line that names it."""

from __future__ import annotations

import pytest

from ingest.drafted import read_draft
from kb.clause import Modality
from kb.errors import InputError


def test_a_draft_becomes_a_policy_and_its_clauses() -> None:
    policy, clauses = read_draft(b"# Our rules\n\n1. You must say where you work.\n2. Never insult anybody.\n", "our draft.md", ())
    assert (policy.id, policy.title, policy.lang) == ("our-draft", "Our rules", "en")
    assert [(clause.text, clause.modality) for clause in clauses] == [
        ("You must say where you work.", Modality.MUST),
        ("Never insult anybody.", Modality.MUST_NOT),
    ]


def test_the_folder_that_a_name_claims_is_passed_over() -> None:
    policy, _ = read_draft(b"Wajib menyebut tempat kerja Anda.", "../../etc/draf.txt", ())
    assert (policy.id, policy.source, policy.lang) == ("draf", "draf.txt", "id")


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf\n"])
def test_an_empty_text_is_a_draft_that_says_nothing(data: bytes) -> None:
    policy, clauses = read_draft(data, "new.md", ())
    assert (policy.id, policy.coverage, clauses) == ("new", "full", ())


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"PK\x03\x04rubbish", "draft.docx", "in draft.docx"),
        (b"%PDF-1.7 rubbish", "draft.pdf", "in draft.pdf"),
        (b"%PDF-1.7", "draft.md", "expected what .md files begin with in draft.md; found a PDF; rename it to .pdf"),
        (b"text", "draft.exe", "in draft.exe; found '.exe'; save it as one of these"),
        (b"text", "draft", "in draft; found 'no ending'"),
        (
            b"---\nsecret: 1\n---\nText.\n",
            "draft.md",
            "expected keys of a policy in draft.md, line 2; found 'secret'; correct or remove it",
        ),
        (b"", "draft.pdf", "expected text in draft.pdf; found none"),
    ],
)
def test_a_draft_that_cannot_be_read_is_refused_by_name(data: bytes, name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_draft(data, name, ())
    assert message in str(caught.value) and str(caught.value).startswith("expected ")
    assert "\n" not in str(caught.value)
