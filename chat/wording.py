"""Decision → words: verdict first, the reason in one sentence, the quotation, the person to ask. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from chat.answer import Answer, Citation, Contact, Finding, Verdict
from chat.cite import MOST
from chat.contacts import Contacts
from chat.decide import Conflict, Decided, Decision, Informed, OffTopic, Uncovered
from chat.licence import asks_for_duty
from chat.phrases import phrase
from chat.question import Question
from kb.clause import PRACTICES_POLICY, Authority, Clause, Modality

_LICENCES = (Modality.MAY, Modality.ASK_FIRST)
_BANS = (Modality.MUST_NOT, Modality.SHOULD_NOT)
_REFERENCES = 2
_OF_DUTIES = (Verdict.YES, Verdict.NO)  # verdicts that say something else where a duty is asked for


@dataclass(frozen=True, slots=True)
class Worded:
    """The parts of an answer that are words."""

    verdict: Verdict | None
    in_scope: bool
    doubt: float | None
    reason: str
    conditions: tuple[str, ...]
    citations: tuple[Citation, ...]
    contact: Contact
    text: str


def word(decision: Decision, question: Question, references: Sequence[Clause], contacts: Contacts, found: Sequence[Finding] = ()) -> Worded:
    """The answer's words for a decision; `references` show how others do it, the closest first, `found` what a draft holds."""
    lang = question.lang
    verdict: Verdict | None = None
    doubt: float | None = None
    in_scope = True
    conditions: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    match decision:
        case OffTopic():
            in_scope, reason = False, phrase("reason_off_topic", lang)
            references = ()
        case Informed(clauses):
            reason = phrase("reason_information", lang, rule=name(clauses[0], lang))
        case Uncovered(clauses, doubt):
            verdict = Verdict.ASK
            only_others = bool(references) and not any(c.policy.id == PRACTICES_POLICY for c in clauses)
            reason = phrase("reason_reference" if only_others else "reason_uncovered", lang)
        case Conflict(clauses, doubt):
            verdict, reason = Verdict.ASK, phrase("reason_conflict", lang)
        case Decided(verdict, clauses, doubt, meant):
            reason = _reason(verdict, meant, clauses[0], lang, duty=asks_for_duty(question.text) and not question.draft)
            if verdict is Verdict.YES_IF:
                conditions = tuple(c.text for c in clauses[:2] if c.modality is not Modality.INFO)[:1]
        case _:
            assert_never(decision)
    contact = contacts.for_clauses(clauses, lang)
    shown = tuple(Citation(clause, clause.text) for clause in (*clauses, *references[:_REFERENCES]))[:MOST]
    return Worded(
        verdict=verdict,
        in_scope=in_scope,
        doubt=doubt,
        reason=_sentence(reason),
        conditions=conditions,
        citations=shown,
        contact=contact,
        text=_text(verdict, in_scope, _sentence(reason), conditions, shown, contact, question, found),
    )


def with_model(answer: Answer, model: str, explanation: Sequence[str], suggestion: str | None) -> Answer:
    """The answer with a language model's proved words in it, before the person to ask, and said to be a model's."""
    head, gap, contact = answer.text.rpartition("\n\n")
    lines = [head]
    if explanation:
        lines += ["", f"{phrase('explained', answer.lang)}:", *(f"  {sentence}" for sentence in explanation)]
    if suggestion:
        lines += ["", f"{phrase('suggested', answer.lang)}:", *(f"  {line}" for line in suggestion.splitlines())]
    return replace(answer, text="\n".join(lines) + gap + contact, model=model, explanation=tuple(explanation), suggestion=suggestion)


def heading(verdict: Verdict | None, in_scope: bool, lang: str, *, draft: bool, text: str = "") -> str:
    """The verdict as the first words of the answer to a message with this text."""
    if not in_scope:
        return phrase("off_topic", lang)
    if verdict is None:
        return phrase("information", lang)
    if draft:
        return phrase(f"draft_{verdict.value}", lang)
    return phrase(f"duty_{verdict.value}" if verdict in _OF_DUTIES and asks_for_duty(text) else verdict.value, lang)


def name(clause: Clause, lang: str) -> str:
    """How a clause is called in a sentence: "Practice 22", or the policy's title and section."""
    if clause.policy.id == PRACTICES_POLICY and clause.number:
        return phrase("rule_numbered", lang, number=clause.number)
    section = " ".join(part for part in (clause.section, _own_number(clause)) if part)
    if section:
        return phrase("rule_titled", lang, title=clause.policy.title, section=section)
    return phrase("rule_title", lang, title=clause.policy.title)


def _reason(verdict: Verdict, meant: Verdict, clause: Clause, lang: str, *, duty: bool) -> str:
    rule = name(clause, lang)
    if duty and verdict in _OF_DUTIES:
        return phrase("reason_must" if verdict is Verdict.YES else "reason_need_not", lang, rule=rule)
    match verdict:
        case Verdict.YES:
            return phrase("reason_yes" if clause.modality in _LICENCES else "reason_yes_duty", lang, rule=rule)
        case Verdict.YES_IF:
            return phrase("reason_yes_if", lang, rule=rule)
        case Verdict.NO:
            return phrase("reason_no" if clause.modality in _BANS else "reason_no_duty", lang, rule=rule)
        case Verdict.ASK:
            if meant is not Verdict.ASK:
                return phrase("reason_doubt", lang, rule=rule)
            return phrase("reason_ask" if clause.modality is Modality.ASK_FIRST else "reason_ask_approval", lang, rule=rule)
        case _:
            assert_never(verdict)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(
    verdict: Verdict | None,
    in_scope: bool,
    reason: str,
    conditions: Sequence[str],
    citations: Sequence[Citation],
    contact: Contact,
    question: Question,
    found: Sequence[Finding],
) -> str:
    """The whole answer as plain text, for the terminal and for copying."""
    lang = question.lang
    lines = [f"{heading(verdict, in_scope, lang, draft=question.draft, text=question.text)}. {reason}"]
    lines += [f"{phrase('condition', lang)}: {condition}" for condition in conditions]
    if found:
        lines += ["", f"{phrase('to_change' if verdict is Verdict.NO else 'to_check', lang)}:"]
        lines += [f"  “{finding.text}”: {finding.why}" for finding in found]
    for authority, key in ((Authority.BINDING, "our_rule"), (Authority.REFERENCE, "others")):
        cited = [c for c in citations if c.clause.policy.authority is authority]
        if cited:
            lines += ["", f"{phrase(key, lang)}:"]
            lines += [f"  “{c.quote}”\n    — {source(c.clause)} [{c.clause.id}]" for c in cited]
    reach = ", ".join(part for part in (contact.role, contact.email, contact.phone, contact.url) if part)
    key = "ask_whom" if verdict is Verdict.ASK else "ask_if_unsure" if in_scope else "ask_else"
    return "\n".join([*lines, "", phrase(key, lang, contact=reach)])


def _own_number(clause: Clause) -> str:
    """The printed number, unless the section already begins or ends with it."""
    number = clause.number or ""
    shown = any(heading.split(" ")[0].strip(".:") == number for heading in clause.heading)
    return "" if shown else number


def source(clause: Clause) -> str:
    """Where a quotation stands: policy, number where the section does not begin with it, section."""
    parts = [clause.policy.title]
    if clause.section:
        parts.append(" ".join(part for part in (clause.section, _own_number(clause)) if part))
    elif clause.number:
        parts.append(clause.number)
    return ", ".join(parts)
