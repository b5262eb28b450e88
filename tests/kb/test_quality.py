"""Notes on a draft, case by case: what they are made for, and what is close to it and must stay quiet."""

from __future__ import annotations

import pytest

from kb.clause import LANGUAGES, Authority, Clause, Modality, Policy
from kb.quality import Note, notes, readability
from kb.quality_words import LEGAL, words_of

ASK = "Ask the press office (desk@example.org) and report mistakes to it."


def clause(text: str, lang: str = "en", modality: Modality = Modality.MUST, number: str | None = None, **more: object) -> Clause:
    return Clause("p/1", Policy("p", "P", lang, Authority.BINDING), text, modality, number=number, **more)  # type: ignore[arg-type]


def kinds(*clauses: Clause) -> list[str]:
    return [note.kind for note in notes(clauses, clauses[0].lang) if note.kind not in ("no-contact", "no-escalation")]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("Staff must use common sense.", "en", True),
        ("Show good judgement online.", "en", True),
        ("Use common sense: for example, never post a badge.", "en", False),
        ("Use good judgement and ask if unsure.", "en", False),
        ("Ask first.", "en", False),
        ("Pegawai harus memakai akal sehat.", "id", True),
        ("Gunakan media sosial secara bijak.", "id", True),
        ("Bersikaplah bijak, misalnya jangan memuat foto pasien.", "id", False),
    ],
)
def test_a_duty_that_rests_on_good_sense_alone_is_ambiguous(text: str, lang: str, expected: bool) -> None:
    assert ("ambiguous" in kinds(clause(text, lang))) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Follow the steps, see 4.2.", False),
        ("Follow the steps, see 4.7.", True),
        ("Follow the steps in Annex B.", True),
        ("It falls under section 21 of the Act.", False),
        ("Sesuai Pasal 9 pegawai wajib lapor.", True),
    ],
)
def test_a_reference_to_a_place_that_is_not_there_is_broken(text: str, expected: bool) -> None:
    assert ("broken-reference" in kinds(clause(text), clause("Steps.", number="4.2"))) is expected


@pytest.mark.parametrize(
    ("text", "lang", "modality", "rule"),
    [
        ("Do not discuss salaries with anyone.", "en", Modality.MUST_NOT, "pay"),
        ("Salaries are paid monthly.", "en", Modality.INFO, ""),
        ("Do not make negative comments about the company.", "en", Modality.MUST_NOT, "criticism"),
        ("Do not speak to journalists.", "en", Modality.MUST_NOT, "media"),
        ("Do not use the logo.", "en", Modality.MUST_NOT, "logo"),
        ("Do not mock competitors.", "en", Modality.MUST_NOT, ""),
        ("Dilarang mencemarkan nama baik siapa pun.", "id", Modality.MUST_NOT, "ite"),
        ("ASN dilarang mendukung calon kepala daerah.", "id", Modality.MUST_NOT, "asn"),
        ("Jangan merendahkan pesaing.", "id", Modality.MUST_NOT, ""),
    ],
)
def test_law_is_named_with_its_source_where_it_has_had_a_say(text: str, lang: str, modality: Modality, rule: str) -> None:
    found = [note for note in notes([clause(text, lang, modality)], lang) if note.kind == "legal"]
    assert [note.detail["rule"] for note in found] == ([rule] if rule else [])
    assert all(note.sources and note.text in text for note in found)


def test_a_draft_that_names_nobody_is_noted_once_and_one_that_does_is_not() -> None:
    assert [n.kind for n in notes([clause("Be polite.")], "en")] == ["no-contact", "no-escalation"]
    assert notes([clause(ASK)], "en") == ()


def test_a_long_sentence_is_quoted_and_a_dense_text_measured() -> None:
    long = "Staff " + "and colleagues " * 25 + "must be polite."
    assert [n.text for n in notes([clause(long)], "en") if n.kind == "readability"] == [long]
    dense = (
        "Organisational communications necessitate comprehensive authorisation procedures notwithstanding operational considerations. " * 14
    )
    assert any(n.kind == "readability" and n.detail["measure"] == "ari" for n in notes([clause(dense)], "en"))


@pytest.mark.parametrize(("lang", "measure"), [("en", "ari"), ("id", "lix")])
def test_readability_needs_no_network(lang: str, measure: str) -> None:
    assert readability("The cat sat. The dog ran.", lang)[0] == measure


def test_a_term_is_unused_when_it_is_only_defined() -> None:
    defined = clause('"Channels" means our pages.', modality=Modality.INFO)
    assert "unused-term" in kinds(defined)
    assert "unused-term" not in kinds(defined, clause("Every channel has an owner."))


def test_a_rule_that_binds_to_nothing_is_noted_but_not_a_plain_fact() -> None:
    assert "no-modality" in kinds(clause("It is important to disclose one's employer.", modality=Modality.INFO))
    assert "no-modality" not in kinds(clause("The page has two admins.", modality=Modality.INFO))


def test_an_empty_draft_has_no_notes_and_every_rule_has_words() -> None:
    assert notes([], "en") == ()
    assert all(words_of(rule.id, lang) for rule in LEGAL for lang in LANGUAGES)
    assert Note("legal").sources == ()
