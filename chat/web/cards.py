"""Answer → HTML: pure, whole, and every word from elsewhere escaped.

Gradio cleans HTML only in the browser and only for some components, so nothing here relies on it: text goes through
`html.escape`, addresses through `web_address` or `quote`, and there are no handlers, styles or resources in the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from chat.answer import Account, Answer, Citation, Contact, Finding, Message, Verdict
from chat.phrases import phrase
from chat.web.contact import asking, contact_card
from chat.web.pieces import copying, count, encoded, icon, linking, mending, phrased, source_link, words
from chat.web.words import WORDS, known, say
from chat.wording import heading, source
from kb.clause import Authority

DOUBT_SHOWN = 0.3
_OPEN_RULES = 2  # two, because two rules that disagree must both be seen
_FOLDED = 480  # characters of a message shown before the rest is folded away
_LINKED = 300  # characters of a question that still make an address one can send


@dataclass(frozen=True, slots=True)
class TooLong:
    """A message that was not read because it has more characters than one may have."""

    found: int
    most: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that could not be answered through a fault of ours, with the person to ask instead."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message with others before it."""

    before: int


Outcome = Answer | TooLong | Failed | Waiting | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A message with what came of it; `None` while it is being answered."""

    message: Message
    outcome: Outcome = None


def conversation(turns: Sequence[Turn], lang: str) -> str:
    """The whole conversation as a log that screen readers follow; labels are in the interface's language."""
    inner = "".join(_turn(turn, lang) for turn in turns)
    if turns:  # the welcome, which holds the page's heading, is gone by now
        inner = f'<h1 class="af-unseen">{words("conversation", lang)}</h1>{inner}'
    return f'<div class="af-log" role="log" aria-live="polite" aria-label="{words("conversation", lang)}">{inner}</div>'


def answer_card(answer: Answer, message: Message) -> str:
    """An answer as HTML: verdict, reason, what must hold, the quoted rules, how others do it, and a person to ask."""
    look, lang = _look(answer), answer.lang
    verdict = heading(answer.verdict, answer.in_scope, lang, draft=message.draft, text=message.text)
    ours = [c for c in answer.citations if c.clause.policy.authority is Authority.BINDING]
    others = [c for c in answer.citations if c.clause.policy.authority is Authority.REFERENCE]
    conditions, rest = _conditions(answer.conditions, ours, lang)
    parts = [
        _head(look, verdict, answer.reason, lang),
        _doubt(answer),
        _explained(answer),
        _findings(answer.findings, lang),
        conditions,
        _rules(rest, lang, more=len(rest) < len(ours)),
        _others(others, lang),
        _suggested(answer),
        contact_card(answer.contact, asking(message, verdict, answer.citations, lang), lang, _lead(answer)),
        _taking(answer, message),
    ]
    return _article(look, lang, parts)


def _turn(turn: Turn, lang: str) -> str:
    match turn.outcome:
        case None:
            after = _pending(say("pending", lang))
        case Waiting(before):
            after = _pending(say("queued", lang, before=count(before, lang)))
        case TooLong(found, most):
            why = say("too_long_why", lang, found=count(found, lang), most=count(most, lang))
            after = _article("failed", lang, [_head("failed", say("too_long", lang), why, lang)])
        case Failed(contact):
            failed = say("failed", lang)
            asked = contact_card(contact, asking(turn.message, failed, (), lang), lang, "contact_ask")
            after = _article("failed", lang, [_head("failed", failed, say("failed_why", lang), lang), asked])
        case Answer() as answer:
            after = answer_card(answer, turn.message)
    findings = turn.outcome.findings if isinstance(turn.outcome, Answer) else ()
    return f'<section class="af-turn">{_said(turn.message, findings, lang)}{after}</section>'


def _pending(said: str) -> str:
    # A paragraph, not an article: the page's updates replace it whole, so a screen reader hears the answer once.
    return f'<p class="af-pending"><span class="af-dots"><i></i><i></i><i></i></span>{escape(said)}</p>'


def _said(message: Message, findings: Sequence[Finding], lang: str) -> str:
    label = words("you_drafted" if message.draft else "you_asked", lang)
    if message.account:
        account = "from_brand" if message.account is Account.BRAND else "from_personal"
        label += f' <span class="af-from">{words(account, lang)}</span>'
    text = _marked(message.text, findings)
    if len(message.text) > _FOLDED:
        start = escape(message.text[: _FOLDED // 2].rstrip()) + " …"
        # What was found in it must be seen.
        text = (
            f'<details{" open" if findings else ""}><summary><span class="af-start">{start}</span>'
            f'<span class="af-unfold">{words("whole_draft", lang)}</span></summary>{text}</details>'
        )
    kind = "af-drafted" if message.draft else "af-asked"
    return f'<div class="af-said {kind}"><p class="af-label">{label}</p><div class="af-text">{text}</div></div>'


def _marked(text: str, findings: Iterable[Finding]) -> str:
    """The text with the places that were found marked and numbered; a place that overlaps an earlier one stays unmarked."""
    places = sorted((f.start, f.end, number) for number, f in enumerate(findings, 1) if 0 <= f.start < f.end <= len(text))
    parts: list[str] = []
    done = 0
    for start, end, number in places:
        if start >= done:
            parts.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}{_nth(number)}</mark>")
            done = end
    return "".join(parts) + escape(text[done:])


def _nth(number: int) -> str:
    return f'<sup class="af-nth">{number}</sup>'


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


def _head(look: str, verdict: str, reason: str, lang: str) -> str:
    return (
        f'<header class="af-head"><h2 class="af-verdict" lang="{known(lang)}">{icon(look)}<span>{escape(verdict)}</span></h2>'
        f'<p class="af-reason">{escape(reason)}</p></header>'
    )


def _doubt(answer: Answer) -> str:
    if answer.verdict is None or answer.doubt is None or answer.doubt <= DOUBT_SHOWN or _says_doubt(answer):
        return ""
    key = "doubt_ask" if answer.verdict is Verdict.ASK else "doubt"
    return f'<p class="af-doubt">{words(key, answer.lang)}</p>'


def _says_doubt(answer: Answer) -> bool:
    """Whether the reason itself already says that the assistant is not sure."""
    before, _, after = phrase("reason_doubt", answer.lang, rule="\0").partition("\0")
    return all(part.strip(" .").casefold() in answer.reason.casefold() for part in (before, after))


def _explained(answer: Answer) -> str:
    if not answer.explanation:
        return ""
    said = " ".join(escape(sentence) for sentence in answer.explanation)
    return f'<section class="af-part"><h3>{escape(phrase("explained", answer.lang))}</h3><p>{said}</p></section>'


def _suggested(answer: Answer) -> str:
    if not answer.suggestion:
        return ""
    title = escape(phrase("suggested", answer.lang))
    return f'<section class="af-part"><h3>{title}</h3><div class="af-text">{escape(answer.suggestion)}</div></section>'


def _findings(findings: Sequence[Finding], lang: str) -> str:
    if not findings:
        return ""
    items = "".join(
        f'<li>{_nth(number)} <span class="af-tag">{_kind(finding.kind, lang)}</span> <mark>{escape(finding.text)}</mark>'
        f'<span class="af-why">{escape(finding.why)}{_ruled(finding, lang)}</span></li>'
        for number, finding in enumerate(findings, 1)
    )
    return f'<section class="af-part af-findings"><h3>{words("findings", lang)}</h3><ul>{items}</ul></section>'


def _ruled(finding: Finding, lang: str) -> str:
    return f" {clause_link(finding.clause_id, lang, 'finding_rule')}" if finding.clause_id else ""


def _kind(kind: str, lang: str) -> str:
    key = f"finding_{kind}"
    return words(key, lang) if key in WORDS["en"] else escape(kind)


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
    shown = f'<section class="af-part af-conditions"><h3>{phrased("condition", lang)}</h3><ul>{items}</ul></section>'
    return shown, [c for c in ours if c.quote not in conditions]


def _rules(ours: Sequence[Citation], lang: str, *, more: bool) -> str:
    if not ours:
        return ""
    if more:  # the deciding rule is on the page already
        return _folded(say("more_rules", lang, count=len(ours)), "", ours, lang, "af-ours")
    first, rest = ours[:_OPEN_RULES], ours[_OPEN_RULES:]
    quotations = "".join(_quotation(c, lang) for c in first)
    opened = f'<section class="af-part af-ours"><h3>{phrased("our_rule", lang)}</h3>{quotations}</section>'
    return opened + (_folded(say("more_rules", lang, count=len(rest)), "", rest, lang, "af-ours") if rest else "")


def _others(others: Sequence[Citation], lang: str) -> str:
    if not others:
        return ""
    note = f'<p class="af-note">{words("others_note", lang)}</p>'
    return _folded(say("others_count", lang, count=len(others)), note, others, lang, "af-others")


def _folded(summary: str, note: str, citations: Sequence[Citation], lang: str, kind: str) -> str:
    inner = "".join(_quotation(c, lang) for c in citations)
    return f'<details class="af-part af-fold {kind}"><summary>{escape(summary)}</summary>{note}{inner}</details>'


def _quotation(citation: Citation, lang: str, *, rule: bool = False) -> str:
    clause = citation.clause
    where = [f"<cite>{escape(source(clause))}</cite>"]
    if clause.page is not None:
        where.append(f"<span>{words('page', lang, page=clause.page)}</span>")
    where += [clause_link(clause.id, lang, "in_context"), source_link(clause.policy, lang)]
    tag = f'<span class="af-tag af-tag-rule">{phrased("our_rule", lang)}</span>' if rule else ""
    return (
        f'<figure class="af-quote" data-clause="{escape(clause.id)}">{tag}'
        f'<blockquote lang="{known(clause.lang)}">{escape(citation.quote)}</blockquote>'
        f'<figcaption lang="{known(clause.lang)}">{"".join(where)}</figcaption></figure>'
    )


def clause_link(clause_id: str, lang: str, key: str) -> str:
    """The way to a clause in its context, relative to the chat; it opens over the conversation where scripts run."""
    address = f"clauses/{encoded(clause_id, '/')}?{urlencode({'lang': known(lang)})}"
    return f'<a class="af-link" data-over lang="{known(lang)}" href="{escape(address)}">{words(key, lang)}</a>'


def _taking(answer: Answer, message: Message) -> str:
    """Going on with the answer: a draft mended and checked again, or the answer taken along as text with its citations, or as
    an address that asks the same again.

    A draft, or a long question, is not put into an address. The question stands behind `#`, which no server and no log sees.
    """
    buttons = copying(answer.text, "copy_answer", answer.lang)
    if message.draft:
        buttons = mending(message.text, "draft_again", answer.lang) + buttons
    elif len(message.text) <= _LINKED:
        buttons += linking(f"./?lang={known(answer.lang)}#q={encoded(message.text)}", "link_question", answer.lang)
    return f'<div class="af-taking">{buttons}</div>'
