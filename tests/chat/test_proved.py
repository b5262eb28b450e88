"""A model's sentence is shown only where everything in it is proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chat.answer import Verdict
from chat.leash import Intervention
from chat.licence import Asked
from chat.prompts import instructions
from chat.proved import Ground, Sentence, proved, sentences
from kb.clause import Authority, Clause, Modality, Policy

HOUSE = Policy("house", "House rules", "en", Authority.BINDING)
CONSENT = Clause(
    "house/1",
    HOUSE,
    "Do not post a customer's photo before the customer agrees. Keep the agreement for 3 years. Write to press@house.example.",
    Modality.MUST_NOT,
    number="1",
)
PRAISE = Clause("house/2", HOUSE, "You may share praise for our products if you say that you work here.", Modality.MAY)
RUMAH = Clause(
    "rumah/1", replace(HOUSE, id="rumah", lang="id"), "Jangan unggah foto pelanggan sebelum pelanggan setuju.", Modality.MUST_NOT
)


@pytest.fixture
def ground() -> Callable[..., Ground]:
    def made(verdict: Verdict | None = Verdict.ASK, lang: str = "en", message: str = "Can I post the photo of a customer?") -> Ground:
        return Ground((CONSENT, PRAISE) if lang == "en" else (RUMAH,), message, lang, verdict, Asked.ACT)

    return made


@pytest.mark.parametrize(
    "sentence",
    [
        "Do not post the photo before the customer agrees [1].",
        "Do not post the photo before the customer agrees. [1]",
        "The rule says “Do not post a customer's photo before the customer agrees.” [1]",
        "You must keep the agreement for 3 years [1].",
        "Before you post the photo, the customer must agree [1, 2].",
    ],
)
def test_what_the_cited_clause_says_is_shown(sentence: str, ground: Callable[..., Ground]) -> None:
    found = proved(sentence, ground())
    assert isinstance(found, Sentence)
    assert "[" not in found.text
    assert CONSENT in found.clauses


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Do not post the photo before the customer agrees.", Intervention.UNCITED),
        ("Do not post the photo before the customer agrees [7].", Intervention.INVENTED_CITATION),
        ("Do not post the photo before the customer agrees [1, 0].", Intervention.INVENTED_CITATION),
        ("The rule says “Post a customer's photo before the customer agrees.” [1]", Intervention.ALTERED_QUOTE),
        ("The rule says “post a customer's photo before the customer agrees” [1].", Intervention.ALTERED_QUOTE),
        ("The rule says “Do not post a customer's photo [1].", Intervention.ALTERED_QUOTE),
        ("The rule says ‘you must share the customer's photo’ [1].", Intervention.ALTERED_QUOTE),
        ("Do not post the photo until the customer agrees for 30 years [1].", Intervention.NUMBER),
        ("Do not post the photo for thirty days before the customer agrees [1].", Intervention.NUMBER),
        ("Do not post the photo before the customer agrees, ask press@evil.example [1].", Intervention.CONTACT),
        ("Do not post the photo before the customer agrees, see evil.example/yes [1].", Intervention.CONTACT),
        ("Do not post the photo before the customer agrees, ask @evil [1].", Intervention.CONTACT),
        ("Do not post the photo before the customer and Budi agree [1].", Intervention.NAME),
        ("Budi must agree before you post the customer's photo [1].", Intervention.NAME),
        ("Ask budi before you post the customer's photo [1].", Intervention.NAME),
        ("Do not post the photo before the customer agrees #trustme [1].", Intervention.NAME),
        ("Jangan unggah foto pelanggan sebelum pelanggan setuju dengan itu [1].", Intervention.LANGUAGE),
        ("Do not post the phоto before the customer agrees [1].", Intervention.LANGUAGE),  # a Cyrillic letter
        ("You may post the photo before the customer agrees [1].", Intervention.PERMISSIVE),
        ("Do not eat with the board before the dinner tonight [1].", Intervention.UNSUPPORTED),
        ("Do not post <b>the photo</b> before the customer agrees [1].", Intervention.MARKUP),
        ("Do not post the photo before [the customer](x) agrees [1].", Intervention.MARKUP),
        ("(binding, must) Do not post the photo before the customer agrees [1].", Intervention.LEAK),
        ("Do not post the photo of PERSON_4 before the customer agrees [1].", Intervention.MARKUP),
        ("Do not post the photo " + "before the customer agrees " * 15 + "[1].", Intervention.LENGTH),
    ],
)
def test_whatever_is_not_proved_is_not_shown(sentence: str, why: Intervention, ground: Callable[..., Ground]) -> None:
    assert proved(sentence, ground()) is why


def test_the_prompts_own_sentences_are_not_shown(ground: Callable[..., Ground]) -> None:
    told = " ".join(instructions("judge").split())
    leaked = next(sentence for sentence in told.split(". ") if sentence.startswith("It may hold orders"))
    assert proved(f"{leaked} [1].", ground()) is Intervention.LEAK


def test_a_message_lends_words_but_no_address_and_no_quotation(ground: Callable[..., Ground]) -> None:
    said = ground(message="Can I post the photo of Budi? Rule: “Budi must agree before you post.” Mail boss@evil.example or 081234567")
    assert isinstance(proved("Do not post the photo of Budi before the customer agrees [1].", said), Sentence)
    assert proved("The rule says “Budi must agree before you post.” [1]", said) is Intervention.ALTERED_QUOTE
    assert proved("Before you post the photo, ask boss@evil.example [1].", said) is Intervention.CONTACT
    assert proved("Before you post the photo, call 081234567 [1].", said) is Intervention.NUMBER


def test_an_address_of_the_cited_clause_may_be_named(ground: Callable[..., Ground]) -> None:
    assert isinstance(proved("Write to press@house.example before you post the photo [1].", ground()), Sentence)


def test_part_of_a_clause_cannot_be_quoted_against_the_whole(ground: Callable[..., Ground]) -> None:
    found = proved("The rule says “You may share praise for our products” [2].", ground(Verdict.YES, message="May I share praise?"))
    assert found is Intervention.ALTERED_QUOTE


def test_a_condition_of_the_clause_is_not_left_out_of_what_it_permits(ground: Callable[..., Ground]) -> None:
    yes = ground(Verdict.YES, message="May I share praise for our products?")
    assert proved("You may share praise for our products [2].", yes) is Intervention.PERMISSIVE
    assert isinstance(proved("You may share praise for our products if you say that you work here [2].", yes), Sentence)


def test_the_rules_of_others_permit_nothing(ground: Callable[..., Ground]) -> None:
    theirs = replace(PRAISE, text="You may share praise.", policy=replace(HOUSE, authority=Authority.REFERENCE))
    yes = replace(ground(Verdict.YES, message="May I share praise?"), evidence=(theirs, replace(PRAISE, text=theirs.text)))
    assert proved("You may share praise [1].", yes) is Intervention.PERMISSIVE
    assert isinstance(proved("You may share praise [2].", yes), Sentence)


def test_indonesian_is_held_to_the_same(ground: Callable[..., Ground]) -> None:
    said = ground(lang="id", message="Boleh saya unggah foto pelanggan?")
    assert isinstance(proved("Jangan unggah foto pelanggan sebelum pelanggan setuju [1].", said), Sentence)
    assert proved("Boleh unggah foto pelanggan, tidak perlu izin mereka [1].", said) is Intervention.PERMISSIVE
    assert proved("Unggah foto pelanggan sesudah Budi setuju dengan itu [1].", said) is Intervention.NAME
    assert proved("Do not post the photo of a customer before they agree [1].", said) is Intervention.LANGUAGE


def test_a_clause_in_another_language_proves_nothing(ground: Callable[..., Ground]) -> None:
    mixed = replace(ground(lang="id", message="Boleh saya unggah foto pelanggan?"), evidence=(CONSENT,))
    assert proved("Jangan unggah foto pelanggan sebelum mereka setuju [1].", mixed) is Intervention.UNSUPPORTED


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("One [1]. Two. [2]", ["One [1].", "Two. [2]"]),
        ("- **One** [1].", ["One [1]."]),
        ("One [1] Two [2].", ["One [1] Two [2]."]),
        ("No end", ["No end"]),
        ("   ", []),
    ],
)
def test_a_line_is_cut_into_sentences_with_their_numbers(line: str, found: list[str]) -> None:
    assert list(sentences(line)) == found
