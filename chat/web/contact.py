"""The person to ask, as a card: every way to reach them, and a message that is written already and can be changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from chat.answer import Citation, Contact, Message
from chat.web.pieces import away, copying, encoded, icon, web_address, words
from chat.web.words import known, say
from chat.wording import source
from kb.clause import Clause

_MAILED = 1200  # characters of a message put into a mail link; mail programs cut addresses at about 2,000
_MAIL = re.compile(r"[^@\s<>\"',;:?&]+@[^@\s<>\"',;:?&]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to a contact before anybody changed it; `brief` is its text where there is little room."""

    subject: str
    text: str
    brief: str


def asking(message: Message, verdict: str, citations: Sequence[Citation], lang: str) -> Letter:
    """A letter about a message: what was asked or drafted, the verdict, the clauses, and nothing else."""
    lang = known(lang)
    subject = say("mail_subject", lang, verdict=verdict) if citations else say("mail_subject_else", lang)
    before = f"{say('mail_draft' if message.draft else 'mail_question', lang)}:\n"
    after = f"\n\n{say('mail_verdict', lang)}: {verdict}"
    if citations:
        cited = "".join(f"\n- {source(c.clause)} [{c.clause.id}]" for c in citations)
        after += f"\n\n{say('mail_clauses', lang)}:{cited}"
    cut = message.text if len(message.text) <= _MAILED else message.text[:_MAILED] + " …"
    ids = f"\n{say('mail_clauses', lang)}: {', '.join(c.clause.id for c in citations)}" if citations else ""
    brief = f"{before}{cut}\n\n{say('mail_verdict', lang)}: {verdict}{ids}"
    return Letter(subject, before + message.text + after, brief)


def about_clause(clause: Clause, lang: str) -> Letter:
    """A letter about a clause."""
    lang = known(lang)
    text = f"{say('mail_question', lang)}:\n\n\n{say('mail_clauses', lang)}:\n- {source(clause)} [{clause.id}]\n“{clause.text}”"
    return Letter(say("mail_subject_clause", lang, clause=clause.id), text, text[:_MAILED])


def about_anything(lang: str) -> Letter:
    """A letter that only begins."""
    return Letter(say("mail_subject_else", lang), f"{say('mail_question', lang)}:\n", f"{say('mail_question', lang)}:\n")


def contact_card(contact: Contact, letter: Letter, lang: str, lead: str) -> str:
    """A person to ask, with every way to reach them, and the letter to change and send by mail or copy."""
    example = f' <span class="af-tag">{words("example", lang)}</span>' if contact.placeholder else ""
    lines = [f'<p class="af-lead">{words(lead, lang)}</p>', f'<p class="af-role">{escape(contact.role)}{example}</p>']
    reach = [escape(part) for part in (contact.hours, contact.email, contact.phone) if part]
    if reach:
        lines.append('<p class="af-reach">' + "".join(f"<span>{part}</span>" for part in reach) + "</p>")
    return (
        f'<div class="af-contact"><span class="af-face">{icon("person")}</span><div class="af-who">{"".join(lines)}</div>'
        f"{_ways(contact, lang)}{_letter(contact, letter, lang)}</div>"
    )


def mail_link(email: str | None, letter: Letter) -> str | None:
    """A `mailto:` address with the letter in it; `None` where there is no plain mail address."""
    if not email or not _MAIL.fullmatch(email):
        return None
    body = "\r\n".join(letter.brief.splitlines())
    return f"mailto:{encoded(email, '@')}?subject={encoded(letter.subject)}&body={encoded(body)}"


def _ways(contact: Contact, lang: str) -> str:
    links = []
    if number := re.sub(r"[^0-9+*#]", "", contact.phone or ""):
        links.append(f'<a class="af-button" href="tel:{encoded(number, "+*")}">{words("call", lang)}</a>')
    if address := web_address(contact.url):
        links.append(away(address, say("visit", lang), lang, "af-button"))
    return f'<div class="af-ways">{"".join(links)}</div>' if links else ""


def _letter(contact: Contact, letter: Letter, lang: str) -> str:
    rows = min(12, letter.text.count("\n") + 3)
    sending = ""
    if mail := mail_link(contact.email, letter):
        sending = (
            f'<a class="af-button" data-mail href="{escape(mail)}" data-subject="{escape(letter.subject)}" '
            f'data-long="{words("mail_long", lang)}">{words("mail_open", lang)}</a>'
        )
    return (
        f'<details class="af-letter"><summary class="af-button">{icon("write")}{words("write", lang)}</summary>'
        f"<label><span>{words('letter', lang)}</span>"
        f'<textarea rows="{rows}" spellcheck="true">\n{escape(letter.text)}</textarea></label>'
        f'<p class="af-note">{words("letter_note", lang)}</p>'
        f'<div class="af-ways">{sending}{copying("", "letter_copy", lang)}</div></details>'
    )
