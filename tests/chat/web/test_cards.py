"""The pure rendering: every word escaped, every link checked, every verdict told by more than its colour."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from urllib.parse import parse_qs, urlsplit

import pytest

from chat.answer import Account, Answer, Citation, Contact, Finding, Message, Verdict
from chat.web.cards import Failed, TooLong, Turn, Waiting, answer_card, conversation
from chat.web.contact import asking, mail_link
from chat.web.pieces import web_address
from chat.web.theme import COLOURS, style
from chat.web.words import EXAMPLES, WORDS, known
from chat.wording import heading
from kb.clause import Authority, Clause, Modality, Policy

HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(1)</script></blockquote>${1}{{value}}&amp;"
# Everything a card may be made of; whatever is not here came in from outside.
TAGS = set(
    "article header h1 h2 h3 p span svg path circle section ul li figure blockquote figcaption cite a details summary div mark i "
    "button label textarea sup".split()
)
ATTRIBUTES = set(
    "class lang href target rel role aria-live aria-label aria-hidden focusable viewbox d cx cy r type rows spellcheck "
    "open data-clause data-over data-copy data-link data-again data-done data-mail data-subject data-long".split()
)


class Parsed(HTMLParser):
    """What a browser would make of a piece of HTML: tags, attributes, text, and whether every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def links(self) -> list[str]:
        return [value for _, name, value in self.attributes if name == "href"]


def parsed(html: str) -> Parsed:
    """The HTML, which must be whole and made of nothing but our own tags and attributes."""
    result = Parsed(html)
    assert result.open == []
    assert set(result.tags) <= TAGS
    assert {name for _, name, _ in result.attributes} <= ATTRIBUTES
    return result


def clause(text: str = "Ask the customer first.", *, lang: str = "en", **given: object) -> Clause:
    reference = given.pop("reference", False)
    policy = Policy(
        id="acme/social",
        title=str(given.pop("title", "Acme Policy")),
        lang=lang,
        authority=Authority.REFERENCE if reference else Authority.BINDING,
        url=given.pop("url", None),  # type: ignore[arg-type]
        url_is=given.pop("url_is", None),  # type: ignore[arg-type]
    )
    heading_path = (str(given.pop("section", "Logos")),)
    return Clause(str(given.pop("id", "acme/social/1")), policy, text, Modality.MUST, heading_path, **given)  # type: ignore[arg-type]


CONTACT = Contact("legal", "Legal", "legal@example.com", "+62 21 555", "At any hour", "https://example.com/legal")


def answer(verdict: Verdict | None = Verdict.ASK, *clauses: Clause, **given: object) -> Answer:
    values: dict[str, object] = {"in_scope": True, "lang": "en", "doubt": 0.1 if verdict else None} | given
    shown = clauses or (clause(),)
    return Answer(
        verdict=verdict,
        text="",
        reason=str(values.pop("reason", "The rule says so.")),
        contact=values.pop("contact", CONTACT),  # type: ignore[arg-type]
        index="",
        citations=tuple(Citation(c, c.text) for c in shown),
        **values,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("verdict", "lang", "draft"), list(product([*Verdict, None], ("en", "id"), (False, True))))
def test_a_verdict_is_an_icon_a_word_and_a_colour(verdict: Verdict | None, lang: str, draft: bool) -> None:
    html = answer_card(answer(verdict, lang=lang), Message("May I?", draft=draft))
    page = parsed(html)
    assert heading(verdict, True, lang, draft=draft) in page.text
    look = verdict.value if verdict else "information"
    assert html.startswith(f'<article class="af-answer af-{look}" lang="{lang}"><header class="af-head"><h2')
    assert html.index("<svg") < html.index("</h2>")


@pytest.mark.parametrize("lang", ("en", "id"))
def test_off_topic_shows_a_contact_and_no_rule(lang: str) -> None:
    off = Answer(None, False, lang, None, "", "I answer questions about posting.", CONTACT, "")
    page = parsed(answer_card(off, Message("Weather?")))
    assert WORDS[lang]["contact_else"] in page.text and "Legal" in page.text
    assert "blockquote" not in page.tags


def test_whatever_comes_from_outside_is_text() -> None:
    bad = clause(HOSTILE, title=HOSTILE, section=HOSTILE, id=HOSTILE, url=f"https://example.com/{HOSTILE}")
    contact = Contact(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, f"https://x.example/{HOSTILE}")
    finding = Finding(2, 6, HOSTILE, HOSTILE, None, (), HOSTILE)
    given = answer(Verdict.YES_IF, bad, reason=HOSTILE, conditions=(HOSTILE, HOSTILE + "x"), findings=(finding,), contact=contact)
    turns = [
        Turn(Message(HOSTILE * 20, draft=True), given),
        Turn(Message(HOSTILE), Failed(contact)),
        Turn(Message(HOSTILE), TooLong(30_000, 20_000)),
        Turn(Message(HOSTILE)),
    ]
    page = parsed(conversation(turns, "en"))
    assert page.text.count(HOSTILE) > 10
    assert not any(name.startswith("on") for _, name, _ in page.attributes)


@pytest.mark.parametrize(
    "url",
    (
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.com",
        "/relative",
        "https://",
        "http://[broken",
        "",
        None,
    ),
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_address(url) is None
    page = parsed(answer_card(answer(Verdict.NO, clause(url=url), contact=Contact("x", "X", url=url)), Message("May I?")))
    assert page.links() == ["clauses/acme/social/1?lang=en"]


def test_a_source_opens_apart_from_the_page_and_tells_it_nothing() -> None:
    page = parsed(answer_card(answer(Verdict.NO, clause(url="https://www.example.com/p?a=1&b=2")), Message("May I?")))
    assert "https://www.example.com/p?a=1&b=2" in page.links()
    away = [value for tag, name, value in page.attributes if tag == "a" and name == "rel"]
    assert away == ["noopener noreferrer"] * 2
    assert WORDS["en"]["new_tab"] in page.text


def test_a_mail_holds_question_verdict_and_clauses() -> None:
    message = Message("May I post\nthis & that?")
    cited = [Citation(clause(id="acme/social/a&b"), "x")]
    link = mail_link("legal@example.com", asking(message, "Ask first", cited, "en"))
    assert link is not None and link.startswith("mailto:legal@example.com?")
    fields = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert set(fields) == {"subject", "body"}
    assert "Ask first" in fields["subject"][0]
    assert "May I post\r\nthis & that?" in fields["body"][0] and "acme/social/a&b" in fields["body"][0]


def test_a_long_draft_is_cut_in_a_mail_link_only() -> None:
    message = Message("x" * 5000, draft=True)
    letter = asking(message, "No", (), "en")
    link = mail_link("legal@example.com", letter)
    assert link is not None and len(link) < 2000
    assert "x" * 5000 in letter.text
    assert "x" * 5000 in parsed(conversation([Turn(message, answer(Verdict.NO))], "en")).text


@pytest.mark.parametrize("draft", (False, True))
@pytest.mark.parametrize("lang", ("en", "id"))
def test_the_letter_is_there_to_be_changed_and_holds_nothing_else(lang: str, draft: bool) -> None:
    message = Message("May I post this?\n", draft=draft, history=("An earlier secret.",), account=Account.BRAND)
    given = answer(Verdict.NO, lang=lang)
    verdict = heading(Verdict.NO, True, lang, draft=draft)
    letter = asking(message, verdict, given.citations, lang)
    assert letter.text.split("\n") == [
        f"{WORDS[lang]['mail_draft' if draft else 'mail_question']}:",
        *("May I post this?", "", ""),
        f"{WORDS[lang]['mail_verdict']}: {verdict}",
        *("", f"{WORDS[lang]['mail_clauses']}:", "- Acme Policy, Logos [acme/social/1]"),
    ]
    html = answer_card(given, message)
    assert f"{letter.text}</textarea>" in html and "An earlier secret." not in html


@pytest.mark.parametrize("email", (None, "", "no address", "a@b?cc=c@d.example", "a@b,c@d", "a@b\r\nBcc: c@d", "javascript:x"))
def test_what_is_no_plain_mail_address_is_no_link(email: str | None) -> None:
    letter = asking(Message("May I?"), "No", (), "en")
    assert mail_link(email, letter) is None
    html = answer_card(answer(Verdict.NO, contact=Contact("x", "X", email)), Message("May I?"))
    assert "mailto:" not in html and "</textarea>" in html  # the letter can still be copied


def test_a_lone_surrogate_breaks_nothing() -> None:
    assert mail_link("legal@example.com", asking(Message("bad \ud800 text"), "No", (), "en")) is not None
    answer_card(answer(Verdict.NO), Message("bad \ud800 text"))


def test_an_answer_is_copied_with_its_citations() -> None:
    given = replace(answer(Verdict.NO), text='No. "Never."\n  — Acme Policy [acme/social/1]')
    page = parsed(answer_card(given, Message("May I?")))
    assert ("button", "data-copy", given.text) in page.attributes


@pytest.mark.parametrize(
    ("message", "link"),
    (
        (Message("May I post this & that?"), "./?lang=en#q=May%20I%20post%20this%20%26%20that%3F"),
        (Message("Our secret launch", draft=True), None),
        (Message("x" * 301), None),
    ),
    ids=("a question", "a draft", "a long question"),
)
def test_only_a_short_question_goes_into_an_address_and_there_behind_the_hash(message: Message, link: str | None) -> None:
    page = parsed(answer_card(answer(Verdict.NO), message))
    assert [value for _, name, value in page.attributes if name == "data-link"] == ([link] if link else [])


def test_a_citation_leads_to_its_clause_in_context() -> None:
    finding = Finding(0, 3, "May", "insult", "acme/social/2", (), "Why.")
    cited = clause(id="acme/social/4.2/b #?ü", lang="id")
    page = parsed(answer_card(answer(Verdict.NO, cited, findings=(finding,)), Message("May I?", draft=True)))
    ways = [link for link in page.links() if link.startswith("clauses/")]
    assert ways == ["clauses/acme/social/2?lang=en", "clauses/acme/social/4.2/b%20%23%3F%C3%BC?lang=en"]


def test_others_are_folded_away_and_told_apart() -> None:
    html = answer_card(answer(Verdict.NO, clause(), clause("Others do so.", reference=True)), Message("May I?"))
    ours, _, others = html.partition('<details class="af-part af-fold af-others">')
    assert "Our rule" in ours and "Ask the customer first." in ours
    assert "Others do so." in others and "Others do so." not in ours
    assert WORDS["en"]["others_note"] in others


def test_two_rules_that_disagree_are_both_open() -> None:
    rules = [clause(f"Rule {n}.", id=f"acme/social/{n}") for n in range(4)]
    html = answer_card(answer(Verdict.ASK, *rules), Message("May I?"))
    opened = html.partition("<details")[0]
    assert "Rule 0." in opened and "Rule 1." in opened and "Rule 2." not in opened and "Rule 3." in html


def test_a_condition_that_is_a_quotation_is_shown_once() -> None:
    given = answer(Verdict.YES_IF, clause(), conditions=("Ask the customer first.", "It is public by then."))
    text = parsed(answer_card(given, Message("May I?"))).text
    assert text.count("Ask the customer first.") == 1
    assert "It is public by then." in text and "Our rule" in text


@pytest.mark.parametrize(("doubt", "shown"), ((0.0, False), (0.3, False), (0.31, True), (0.9, True)), ids=lambda value: str(value))
def test_doubt_is_said_in_words_when_there_is_some(doubt: float, shown: bool) -> None:
    text = parsed(answer_card(answer(Verdict.NO, doubt=doubt), Message("May I?"))).text
    assert (WORDS["en"]["doubt"] in text) is shown
    assert str(doubt) not in text.replace("0.0", "")


def test_doubt_is_not_said_twice() -> None:
    reason = "I am not sure enough to decide this alone; Practice 20 is the closest rule."
    text = parsed(answer_card(answer(Verdict.ASK, doubt=0.9, reason=reason), Message("May I?"))).text
    assert WORDS["en"]["doubt_ask"] not in text


def test_findings_are_marked_in_the_draft_and_explained() -> None:
    message = Message("Dinner with Budi & Sari tonight", draft=True, account=Account.BRAND)
    findings = (
        Finding(12, 16, "Budi", "third-party", None, (), "He has not agreed."),
        Finding(14, 20, "di & S", "insult", None, (), "Overlaps the first."),
        Finding(30, 99, "beyond", "insult", None, (), "Past the end."),
    )
    html = conversation([Turn(message, answer(Verdict.NO, findings=findings))], "en")
    page = parsed(html)
    assert 'Dinner with <mark>Budi<sup class="af-nth">1</sup></mark> &amp; Sari tonight' in html
    legend = html[html.index("af-findings") :]
    assert sorted(places := [legend.index(f'<li><sup class="af-nth">{n}</sup>') for n in (1, 2, 3)]) == places
    assert WORDS["en"]["finding_third-party"] in page.text and "He has not agreed." in page.text
    assert WORDS["en"]["from_brand"] in page.text


def test_a_long_draft_is_open_where_something_was_found_in_it() -> None:
    message = Message("Budi " + "x" * 600, draft=True)
    found = answer(Verdict.NO, findings=(Finding(0, 4, "Budi", "third-party", None, (), "He has not agreed."),))
    assert "<details open>" in conversation([Turn(message, found)], "en")
    assert "<details open>" not in conversation([Turn(message, answer(Verdict.NO))], "en")


def test_a_draft_can_be_mended_and_checked_again() -> None:
    page = parsed(answer_card(answer(Verdict.NO), Message("My <draft>", draft=True)))
    assert ("button", "data-again", "My <draft>") in page.attributes
    assert "data-again" not in answer_card(answer(Verdict.NO), Message("My question"))


@pytest.mark.parametrize("lang", ("en", "id"))
def test_a_message_without_an_answer_gets_no_verdict(lang: str) -> None:
    message = Message("May I?")
    text = parsed(conversation([Turn(message), Turn(message, Failed(CONTACT)), Turn(message, TooLong(20_001, 20_000))], lang)).text
    assert WORDS[lang]["pending"] in text and WORDS[lang]["failed"] in text and WORDS[lang]["too_long"] in text
    assert ("20,001" if lang == "en" else "20.001") in text


def test_the_log_is_there_before_the_first_message() -> None:
    assert conversation((), "en") == '<div class="af-log" role="log" aria-live="polite" aria-label="Conversation"></div>'


def test_quotations_keep_their_own_language() -> None:
    html = answer_card(answer(Verdict.NO, clause(lang="id"), lang="en"), Message("May I?"))
    assert '<blockquote lang="id">' in html and '<article class="af-answer af-no" lang="en">' in html


@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_message_that_waits_its_turn_says_how_many_are_before_it(lang: str) -> None:
    shown = conversation([Turn(Message("Can I?"), Waiting(1200))], lang)
    assert re.search(r"(Questions before yours|Pertanyaan sebelum milik Anda): 1[.,]200", shown)


def test_both_languages_have_the_same_words_with_the_same_blanks() -> None:
    assert WORDS["en"].keys() == WORDS["id"].keys()
    for key, words in WORDS["en"].items():
        assert sorted(re.findall(r"{\w+}", words)) == sorted(re.findall(r"{\w+}", WORDS["id"][key])), key
    assert [draft for draft, _ in EXAMPLES["en"]] == [draft for draft, _ in EXAMPLES["id"]]


@pytest.mark.parametrize(("asked", "lang"), (("id-ID", "id"), ("in", "id"), ("en-GB", "en"), ("fr", "en"), ("", "en"), (None, "en")))
def test_an_unknown_language_is_english(asked: str | None, lang: str) -> None:
    assert known(asked) == lang


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXTS = [
    *((ink, ground) for ink in ("ink", "muted", "accent-strong") for ground in ("ground", "surface", "sunken")),
    *((f"{tone}-ink", f"{tone}-wash") for tone in ("yes", "yes_if", "no", "ask", "calm")),
    *(("ink", f"{tone}-wash") for tone in ("yes", "yes_if", "no", "ask", "calm")),
    ("ink", "mark"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


@pytest.mark.parametrize(("ink", "ground"), TEXTS)
@pytest.mark.parametrize("scheme", (0, 1), ids=("light", "dark"))
def test_text_can_be_read(ink: str, ground: str, scheme: int) -> None:
    assert contrast(COLOURS[ink][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("ground", ("ground", "surface", "sunken"))
@pytest.mark.parametrize("edge", ("edge", "focus", "accent"))
@pytest.mark.parametrize("scheme", (0, 1), ids=("light", "dark"))
def test_edges_and_focus_can_be_seen(edge: str, ground: str, scheme: int) -> None:
    # WCAG 2.2, 1.4.11; a control's edge always has the page or a card beside it.
    assert contrast(COLOURS[edge][scheme], COLOURS[ground][scheme]) >= 3.0


def test_the_style_fetches_nothing() -> None:
    assert "url(" not in style() and "@import" not in style() and "http" not in style() and "<" not in style()
