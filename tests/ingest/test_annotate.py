"""What a clause demands is read off its words, unless the file says it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.annotate import Topic, annotate, modality_of, topics_of
from ingest.document import Refusal
from kb.clause import Clause, Modality
from tests.evaluation.annotation import cases, macro, micro, modality_scores

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
        ("You may name your employer, but must not use its logo.", Modality.MUST_NOT),
        ("Anda boleh menyebut nama kantor, tetapi jangan memakai logonya.", Modality.MUST_NOT),
        ("You may disagree, but do so politely.", Modality.MAY),
        ("Not only staff but also guests may post.", Modality.MAY),
        ("Get your manager's approval before you post.", Modality.ASK_FIRST),
        ("Posts about results need clearance from legal.", Modality.ASK_FIRST),
        ("You should avoid sarcasm.", Modality.SHOULD_NOT),
        ("You should be polite.", Modality.SHOULD),
        ("You may post holiday pictures.", Modality.MAY),
        ("This policy was adopted in 2012.", Modality.INFO),
        ("Be polite to everybody.", Modality.MUST),
        ("Employees must post nothing on mergers.", Modality.MUST_NOT),
        ("Staff must not use pictures without permission.", Modality.MUST_NOT),
        ("Employees need not name their employer.", Modality.MAY),
        ("Anonymous edits can be traced.", Modality.INFO),
        ("Employees may lose their job.", Modality.INFO),
        ("Staff should take care, since a link may look like praise.", Modality.SHOULD),
        ("If you are not sure whether you may post, ask your manager.", Modality.ASK_FIRST),
        ("When two rules differ, or one must be changed, ask the team.", Modality.ASK_FIRST),
        ("Staff may announce a contest only after Legal agrees.", Modality.ASK_FIRST),
        ("Example: a clerk wants to post a joke. That is not allowed.", Modality.INFO),
        ("Employees must not: post photos that anyone can see", Modality.MUST_NOT),
        ("You may post pictures. You must not show customers.", Modality.MUST_NOT),
        ("Post journalists must accept no gifts.", Modality.MUST_NOT),
        ("Karyawan dilarang membocorkan data.", Modality.MUST_NOT),
        ("Pegawai wajib menyebutkan jabatannya.", Modality.MUST),
        ("Anda boleh berbagi tautan publik.", Modality.MAY),
        ("Anda boleh berbagi foto, asalkan tidak memuat pelanggan.", Modality.MAY),
        ("Pegawai boleh bicara hanya dengan izin atasan.", Modality.ASK_FIRST),
        ("Pegawai tidak wajib menyebut kantornya.", Modality.MAY),
        ("Pegawai wajib meminta izin sebelum mengunggah.", Modality.ASK_FIRST),
        ("Jangan mengunggah foto tanpa izin.", Modality.MUST_NOT),
        ("Bila aturannya bertentangan, atau sedang diubah, tanyakan dan jangan mengunggah.", Modality.ASK_FIRST),
        ("Jejak digital tidak dapat dihapus.", Modality.INFO),
        ("Contoh: kafe memasang foto tamu. Itu boleh.", Modality.INFO),
        ("Tuliskan nama fotografernya.", Modality.MUST),
        ("Mintalah persetujuan atasan sebelum mengunggah.", Modality.ASK_FIRST),
        ("Sebaiknya tidak membalas komentar kasar.", Modality.SHOULD_NOT),
        ("Hendaknya karyawan bersikap sopan.", Modality.SHOULD),
    ],
)
def test_the_force_of_a_sentence(text: str, expected: Modality) -> None:
    assert modality_of(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "You can’t use the logo.",
        "You don’t have leave to use the logo.",
        "Employees shall: never forward internal messages",
        "Employees must: not share passwords.",
        "Pegawai wajib: tidak menyebarkan rahasia",
        "Please read this, as it binds you: Customer data must never be entered into a tool.",
        "Nobody may post on behalf of the company.",
        "Nothing may be posted about clients.",
        "Neither staff nor contractors may post client data.",
        "Employees can at no time disclose client data.",
        "Employees are not entitled to speak for the company.",
        "It is not acceptable to use the logo.",
        "Can I lend my phone to my family?\u2003No.",
        "Tidak seorang pun boleh mengunggah data pasien.",
        "Karyawan belum boleh mengunggah sebelum diumumkan.",
        "Karyawan tidak bebas menggunakan logo.",
    ],
)
def test_a_ban_is_never_taken_for_leave_or_duty(text: str) -> None:
    assert modality_of(text) is Modality.MUST_NOT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Last updated: 3 May 2024 by HR", Modality.INFO),
        ("These rules apply from May to October.", Modality.INFO),
        ("Pekerja dapat diberhentikan apabila mengunggah data.", Modality.INFO),
        ("Data, Who may see it Payroll | HR only", Modality.INFO),
        ("These rules tell what staff may post.", Modality.INFO),
        ("Daftar ini memuat siapa yang boleh mengunggah.", Modality.INFO),
        ("Only the press office may speak to the media.", Modality.ASK_FIRST),
        ("Hanya Humas yang boleh berbicara kepada media.", Modality.ASK_FIRST),
        ("Photographs may only be taken by the press office.", Modality.ASK_FIRST),
    ],
)
def test_a_month_a_sanction_a_question_and_what_some_may_do_are_no_leave(text: str, expected: Modality) -> None:
    assert modality_of(text) is expected


def test_the_head_of_a_column_of_numbers_bans_nothing() -> None:
    assert modality_of("No., Record, Remarks 4\u2003Payroll\u2003May be destroyed after a year.") is Modality.MAY
    assert modality_of("No. Dok: HR-012/2025") is Modality.INFO


@pytest.mark.parametrize("heading", ["Don’ts", "3. You must not", "What not to do", "Prohibited conduct", "Larangan", "Hal yang dilarang"])
def test_what_stands_below_a_heading_that_bans_is_banned_unless_it_has_a_force_of_its_own(
    heading: str, clause: Callable[..., Clause]
) -> None:
    named = annotate(clause(text="Share the names of clients", heading=(heading,)), {}, TOPICS)
    excepted = annotate(clause(text="You may share what the press office has published.", heading=(heading,)), {}, TOPICS)
    assert (named.modality, excepted.modality) == (Modality.MUST_NOT, Modality.MAY)


@pytest.mark.parametrize("heading", ["Do’s and don’ts", "Never share passwords", "Kewajiban dan larangan"])
def test_a_heading_that_bans_something_else_too_decides_nothing(heading: str, clause: Callable[..., Clause]) -> None:
    assert annotate(clause(text="Change your password", heading=(heading,)), {}, TOPICS).modality is not Modality.MUST_NOT


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


@pytest.mark.parametrize(("lang", "floor"), [("en", 0.88), ("id", 0.76), (None, 0.88)])
def test_modality_is_read_off_policies_on_which_no_word_was_read(lang: str | None, floor: float) -> None:
    held_out = [c for c in cases() if c.half == "held-out" and lang in (None, c.stated.lang)]
    assert len(held_out) > 150
    assert macro(modality_scores(held_out)) >= floor
    assert micro(modality_scores(held_out)).recall >= 0.9


def test_the_shipped_files_state_every_modality_so_that_what_is_inferred_changes_no_shipped_answer() -> None:
    assert [c.stated.key for c in cases() if not {"modality", "topics"} <= c.said] == []
