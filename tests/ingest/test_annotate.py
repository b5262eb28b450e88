"""What a clause demands is read off its words, unless the file says it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.annotate import Topic, annotate, modality_of, topics_of
from ingest.document import Refusal
from kb.clause import Clause, Modality

TOPICS = [
    Topic(
        "copyright",
        {"en": "Copyright", "id": "Hak cipta"},
        (6,),
        {"en": ("licence", "stock photo"), "id": ("hak cipta",)},
        "legal",
    ),
    Topic("respect", {"en": "Respect", "id": "Hormat"}, (5,), {"en": ("insult",), "id": ("nyinyir",)}, "hr"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Employees must name their employer.", Modality.MUST),
        ("Staff may not post client names.", Modality.MUST_NOT),
        ("Never share a password.", Modality.MUST_NOT),
        ("Get your manager's approval before you post.", Modality.ASK_FIRST),
        ("Posts about results need clearance from legal.", Modality.ASK_FIRST),
        ("You should avoid sarcasm.", Modality.SHOULD_NOT),
        ("You should be polite.", Modality.SHOULD),
        ("You may post holiday pictures.", Modality.MAY),
        ("This policy was adopted in 2012.", Modality.INFO),
        ("Be polite to everybody.", Modality.SHOULD),
        ("Karyawan dilarang membocorkan data.", Modality.MUST_NOT),
        ("Pegawai wajib menyebutkan jabatannya.", Modality.MUST),
        ("Anda boleh berbagi tautan publik.", Modality.MAY),
        ("Mintalah persetujuan atasan sebelum mengunggah.", Modality.ASK_FIRST),
        ("Sebaiknya tidak membalas komentar kasar.", Modality.SHOULD_NOT),
        ("Hendaknya karyawan bersikap sopan.", Modality.SHOULD),
    ],
)
def test_the_force_of_a_sentence(text: str, expected: Modality) -> None:
    assert modality_of(text) is expected


def test_topics_are_whole_words_in_the_clause_s_language() -> None:
    assert topics_of("Buy a licence for every stock photo.", "en", TOPICS) == ("copyright",)
    assert topics_of("Jangan nyinyir soal hak cipta.", "id", TOPICS) == ("copyright", "respect")
    assert topics_of("A licenced insultingly thing", "en", TOPICS) == ()


def test_what_the_file_says_wins(clause: Callable[..., Clause]) -> None:
    found = annotate(
        clause(text="You must pay."),
        {"modality": "may", "topics": "respect", "practices": "9,3", "contact": "x"},
        TOPICS,
    )
    assert (found.modality, found.topics, found.practices, found.contact) == (Modality.MAY, ("respect",), (9, 3), "x")


def test_what_the_file_does_not_say_is_inferred(clause: Callable[..., Clause]) -> None:
    found = annotate(clause(text="stock photo", lead="You must not use a"), {}, TOPICS)
    assert (found.modality, found.topics, found.practices, found.contact) == (
        Modality.MUST_NOT,
        ("copyright",),
        (6,),
        "legal",
    )


@pytest.mark.parametrize("attributes", [{"modality": "shall"}, {"topics": "sports"}, {"practices": "26"}, {"practices": "x"}])
def test_a_wrong_attribute_is_refused_with_its_line(attributes: dict[str, str], clause: Callable[..., Clause]) -> None:
    with pytest.raises(Refusal, match="line 12"):
        annotate(clause(line=12), attributes, TOPICS)
