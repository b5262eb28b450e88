"""Answer → HTML: pure, whole, and every word from elsewhere escaped.

Gradio cleans HTML only in the browser and only for some components, so nothing here relies on it: text goes through
`html.escape`, addresses through `web_address` or `quote`, and there are no handlers, styles or resources in the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from urllib.parse import quote, urlsplit

from chat.answer import Account, Answer, Citation, Contact, Finding, Message, Verdict
from chat.phrases import phrase
from chat.web.words import WORDS, known, say
from chat.wording import heading, source
from kb.clause import Authority

DOUBT_SHOWN = 0.3
_OPEN_RULES = 2  # two, because two rules that disagree must both be seen
_MAILED = 1200  # characters of a message put into a mail link; mail programs cut addresses at about 2,000
_FOLDED = 480  # characters of a message shown before the rest is folded away
_MAIL = re.compile(r"[^@\s<>\"',;:?&]+@[^@\s<>\"',;:?&]+")

_ICONS = {
    "yes": '<circle cx="12" cy="12" r="9"/><path d="m8 12.4 2.7 2.7L16 9.6"/>',
    "yes_if": '<path d="M5 4.5h14v15H5z"/><path d="m8 9.2 1.2 1.2L11.4 8.2M13.5 9.4H16M8 14.7l1.2 1.2 2.2-2.2M13.5 15H16"/>',
    "no": '<circle cx="12" cy="12" r="9"/><path d="m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4"/>',
    "ask": '<path d="M4 5h16v11.5h-7.5L8 20v-3.5H4z"/><path d="M10 9.2a2 2 0 1 1 2.6 1.9c-.4.1-.6.4-.6.8v.3M12 14v.1"/>',
    "information": '<path d="M12 6.5C10 5 7 4.7 4 5v13c3-.3 6 0 8 1.5 2-1.5 5-1.8 8-1.5V5c-3-.3-6 0-8 1.5zm0 0v13"/>',
    "off_topic": '<circle cx="12" cy="12" r="9"/><path d="m15.5 8.5-2 5-5 2 2-5z"/>',
    "failed": '<path d="M12 4 21 19.5H3z"/><path d="M12 10v4.5m0 2.2v.1"/>',
    "person": '<circle cx="12" cy="8.5" r="3.5"/><path d="M5 19.5c.8-3.4 3.4-5 7-5s6.2 1.6 7 5"/>',
    "away": '<path d="M10 5H5v14h14v-5M13.5 4.5h6v6M19 5l-8 8"/>',
}


@dataclass(frozen=True, slots=True)
class TooLong:
    """A message that was not read because it has more characters than one may have."""

    found: int
    most: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that could not be answered through a fault of ours, with the person to ask instead."""

    contact: Contact


Outcome = Answer | TooLong | Failed | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A message with what came of it; `None` while it is being answered."""

    message: Message
    outcome: Outcome = None


def conversation(turns: Sequence[Turn], lang: str) -> str:
    """The whole conversation as a log that screen readers follow; labels are in the interface's language."""
    inner = "".join(_turn(turn, lang) for turn in turns)
    if turns:  # the welcome, which holds the page's heading, is gone by now
        inner = f'<h1 class="af-unseen">{_say("conversation", lang)}</h1>{inner}'
    return f'<div class="af-log" role="log" aria-live="polite" aria-label="{_say("conversation", lang)}">{inner}</div>'


def answer_card(answer: Answer, message: Message) -> str:
    """An answer as HTML: verdict, reason, what must hold, the quoted rules, how others do it, and a person to ask."""
    look, lang = _look(answer), answer.lang
    words = heading(answer.verdict, answer.in_scope, lang, draft=message.draft)
    ours = [c for c in answer.citations if c.clause.policy.authority is Authority.BINDING]
    others = [c for c in answer.citations if c.clause.policy.authority is Authority.REFERENCE]
    conditions, rest = _conditions(answer.conditions, ours, lang)
    parts = [
        _head(look, words, answer.reason, lang),
        _doubt(answer),
        _findings(answer.findings, lang),
        conditions,
        _rules(rest, lang, more=len(rest) < len(ours)),
        _others(others, lang),
        contact_card(answer.contact, message, words, answer.citations, lang, _lead(answer)),
    ]
    return _article(look, lang, parts)


def contact_card(contact: Contact, message: Message, verdict: str, citations: Sequence[Citation], lang: str, lead: str) -> str:
    """A person to ask, with every way to reach them; a mail to them already holds question, verdict and clause ids."""
    example = f' <span class="af-tag">{_say("example", lang)}</span>' if contact.placeholder else ""
    lines = [f'<p class="af-lead">{_say(lead, lang)}</p>', f'<p class="af-role">{escape(contact.role)}{example}</p>']
    reach = [escape(part) for part in (contact.hours, contact.email, contact.phone) if part]
    if reach:
        lines.append('<p class="af-reach">' + "".join(f"<span>{part}</span>" for part in reach) + "</p>")
    links = _contact_links(contact, mail_link(contact.email, message, verdict, citations, lang), lang)
    return f'<div class="af-contact"><span class="af-face">{_icon("person")}</span><div class="af-who">{"".join(lines)}</div>{links}</div>'


def mail_link(email: str | None, message: Message, verdict: str, citations: Sequence[Citation], lang: str) -> str | None:
    """A `mailto:` address with question, verdict and clause ids in it; `None` where there is no plain mail address."""
    if not email or not _MAIL.fullmatch(email):
        return None
    lang = known(lang)
    subject = say("mail_subject", lang, verdict=verdict) if citations else say("mail_subject_else", lang)
    text = message.text if len(message.text) <= _MAILED else message.text[:_MAILED] + " …"
    lines = [f"{say('mail_draft' if message.draft else 'mail_question', lang)}:", text, ""]
    lines.append(f"{say('mail_verdict', lang)}: {verdict}")
    if citations:
        lines.append(f"{say('mail_clauses', lang)}: {', '.join(c.clause.id for c in citations)}")
    body = "\r\n".join("\r\n".join(line.splitlines()) for line in lines)
    return f"mailto:{_encoded(email, '@')}?subject={_encoded(subject)}&body={_encoded(body)}"


def web_address(url: str | None) -> str | None:
    """The address, if it is one of the web and nothing else: `javascript:` and its kin give `None`."""
    try:
        parts = urlsplit((url or "").strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return parts.geturl() if usable else None


def _turn(turn: Turn, lang: str) -> str:
    match turn.outcome:
        case None:
            # A paragraph, not an article: the page's updates replace it whole, so a screen reader hears the answer once.
            after = f'<p class="af-pending"><span class="af-dots"><i></i><i></i><i></i></span>{_say("pending", lang)}</p>'
        case TooLong(found, most):
            why = say("too_long_why", lang, found=_count(found, lang), most=_count(most, lang))
            after = _article("failed", lang, [_head("failed", say("too_long", lang), why, lang)])
        case Failed(contact):
            words = say("failed", lang)
            asked = contact_card(contact, turn.message, words, (), lang, "contact_ask")
            after = _article("failed", lang, [_head("failed", words, say("failed_why", lang), lang), asked])
        case Answer() as answer:
            after = answer_card(answer, turn.message)
    findings = turn.outcome.findings if isinstance(turn.outcome, Answer) else ()
    return f'<section class="af-turn">{_said(turn.message, findings, lang)}{after}</section>'


def _said(message: Message, findings: Sequence[Finding], lang: str) -> str:
    label = _say("you_drafted" if message.draft else "you_asked", lang)
    if message.account:
        account = "from_brand" if message.account is Account.BRAND else "from_personal"
        label += f' <span class="af-from">{_say(account, lang)}</span>'
    text = _marked(message.text, findings)
    if len(message.text) > _FOLDED:
        start = escape(message.text[: _FOLDED // 2].rstrip()) + " …"
        text = (
            f'<details><summary><span class="af-start">{start}</span>'
            f'<span class="af-unfold">{_say("whole_draft", lang)}</span></summary>{text}</details>'
        )
    kind = "af-drafted" if message.draft else "af-asked"
    return f'<div class="af-said {kind}"><p class="af-label">{label}</p><div class="af-text">{text}</div></div>'


def _marked(text: str, findings: Iterable[Finding]) -> str:
    """The text with the places that were found marked; a place that overlaps an earlier one stays unmarked."""
    places = sorted((f.start, f.end) for f in findings if 0 <= f.start < f.end <= len(text))
    kept: list[tuple[int, int]] = []
    for start, end in places:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    edges = [0, *(edge for place in kept for edge in place), len(text)]
    pieces = [escape(text[start:end]) for start, end in pairwise(edges)]
    return "".join(f"<mark>{piece}</mark>" if i % 2 else piece for i, piece in enumerate(pieces))


def _look(answer: Answer) -> str:
    if not answer.in_scope:
        return "off_topic"
    return answer.verdict.value if answer.verdict else "information"


def _lead(answer: Answer) -> str:
    if not answer.in_scope:
        return "contact_else"
    return "contact_ask" if answer.verdict is Verdict.ASK else "contact_unsure"


def _article(look: str, lang: str, parts: Iterable[str]) -> str:
    return f'<article class="af-answer af-{look}" lang="{known(lang)}">{"".join(parts)}</article>'


def _head(look: str, words: str, reason: str, lang: str) -> str:
    return (
        f'<header class="af-head"><h2 class="af-verdict" lang="{known(lang)}">{_icon(look)}<span>{escape(words)}</span></h2>'
        f'<p class="af-reason">{escape(reason)}</p></header>'
    )


def _doubt(answer: Answer) -> str:
    if answer.verdict is None or answer.doubt is None or answer.doubt <= DOUBT_SHOWN or _says_doubt(answer):
        return ""
    key = "doubt_ask" if answer.verdict is Verdict.ASK else "doubt"
    return f'<p class="af-doubt">{_say(key, answer.lang)}</p>'


def _says_doubt(answer: Answer) -> bool:
    """Whether the reason itself already says that the assistant is not sure."""
    before, _, after = phrase("reason_doubt", answer.lang, rule="\0").partition("\0")
    return all(part.strip(" .").casefold() in answer.reason.casefold() for part in (before, after))


def _findings(findings: Sequence[Finding], lang: str) -> str:
    if not findings:
        return ""
    items = "".join(
        f'<li><span class="af-tag">{_kind(finding.kind, lang)}</span> <mark>{escape(finding.text)}</mark>'
        f'<span class="af-why">{escape(finding.why)}</span></li>'
        for finding in findings
    )
    return f'<section class="af-part af-findings"><h3>{_say("findings", lang)}</h3><ul>{items}</ul></section>'


def _kind(kind: str, lang: str) -> str:
    key = f"finding_{kind}"
    return _say(key, lang) if key in WORDS["en"] else escape(kind)


def _conditions(conditions: Sequence[str], ours: Sequence[Citation], lang: str) -> tuple[str, list[Citation]]:
    """What must hold, as a list, and the rules that are then still to be quoted.

    A condition that is a quoted rule word for word is shown once, as that quotation.
    """
    if not conditions:
        return "", list(ours)
    quoted = {c.quote: c for c in reversed(ours)}
    items = "".join(
        f"<li>{_quotation(quoted[text], lang, rule=True)}</li>"
        if text in quoted
        else f'<li class="af-plain"><span>{escape(text)}</span></li>'
        for text in conditions
    )
    shown = f'<section class="af-part af-conditions"><h3>{_phrase("condition", lang)}</h3><ul>{items}</ul></section>'
    return shown, [c for c in ours if c.quote not in conditions]


def _rules(ours: Sequence[Citation], lang: str, *, more: bool) -> str:
    if not ours:
        return ""
    if more:  # the deciding rule is on the page already
        return _folded(say("more_rules", lang, count=len(ours)), "", ours, lang, "af-ours")
    first, rest = ours[:_OPEN_RULES], ours[_OPEN_RULES:]
    quotations = "".join(_quotation(c, lang) for c in first)
    opened = f'<section class="af-part af-ours"><h3>{_phrase("our_rule", lang)}</h3>{quotations}</section>'
    return opened + (_folded(say("more_rules", lang, count=len(rest)), "", rest, lang, "af-ours") if rest else "")


def _others(others: Sequence[Citation], lang: str) -> str:
    if not others:
        return ""
    note = f'<p class="af-note">{_say("others_note", lang)}</p>'
    return _folded(say("others_count", lang, count=len(others)), note, others, lang, "af-others")


def _folded(summary: str, note: str, citations: Sequence[Citation], lang: str, kind: str) -> str:
    inner = "".join(_quotation(c, lang) for c in citations)
    return f'<details class="af-part af-fold {kind}"><summary>{escape(summary)}</summary>{note}{inner}</details>'


def _quotation(citation: Citation, lang: str, *, rule: bool = False) -> str:
    clause = citation.clause
    where = [f"<cite>{escape(source(clause))}</cite>"]
    if clause.page is not None:
        where.append(f"<span>{_say('page', lang, page=clause.page)}</span>")
    if address := web_address(clause.policy.url):
        key = f"source_{clause.policy.url_is}"
        words = say(key if key in WORDS["en"] else "source_publisher", lang, host=urlsplit(address).hostname or "")
        where.append(_link(address, words.replace("www.", ""), lang))
    tag = f'<span class="af-tag af-tag-rule">{_phrase("our_rule", lang)}</span>' if rule else ""
    return (
        f'<figure class="af-quote" data-clause="{escape(clause.id)}">{tag}'
        f'<blockquote lang="{known(clause.lang)}">{escape(citation.quote)}</blockquote>'
        f'<figcaption lang="{known(clause.lang)}">{"".join(where)}</figcaption></figure>'
    )


def _contact_links(contact: Contact, mail: str | None, lang: str) -> str:
    links = []
    if mail:
        links.append(f'<a class="af-button" href="{escape(mail)}">{_say("write", lang)}</a>')
    if number := re.sub(r"[^0-9+*#]", "", contact.phone or ""):
        links.append(f'<a class="af-button" href="tel:{_encoded(number, "+*")}">{_say("call", lang)}</a>')
    if address := web_address(contact.url):
        links.append(_link(address, say("visit", lang), lang, "af-button"))
    return f'<div class="af-ways">{"".join(links)}</div>' if links else ""


def _link(address: str, words: str, lang: str, kind: str = "af-link") -> str:
    away = f'{_icon("away")}<span class="af-unseen"> ({_say("new_tab", lang)})</span>'
    return (
        f'<a class="{kind}" lang="{known(lang)}" href="{escape(address)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(words)}{away}</a>"
    )


def _icon(name: str) -> str:
    return f'<svg class="af-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{_ICONS[name]}</svg>'


def _say(key: str, lang: str, **values: object) -> str:
    return escape(say(key, lang, **values))


def _phrase(key: str, lang: str) -> str:
    return escape(phrase(key, lang))


def _encoded(text: str, safe: str = "") -> str:
    # A lone surrogate cannot be sent anywhere; a mail with a question mark in its place can.
    return quote(text.encode("utf-8", "replace"), safe=safe)


def _count(number: int, lang: str) -> str:
    return f"{number:,}" if known(lang) == "en" else f"{number:,}".replace(",", ".")
