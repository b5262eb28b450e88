"""A clause in context: the policy's text around it, where it comes from, how others put it, whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from chat.contacts import Contacts
from chat.shelf import Shelf
from chat.web.contact import about_clause, contact_card
from chat.web.frame import Place, screen
from chat.web.pages.parts import Fact, clause_card, facts, passage, policy_facts, practice
from chat.web.pieces import badge, linking, words
from chat.web.words import known
from chat.wording import source
from kb.clause import Clause

_LONGEST = 60  # clauses of a section that are shown whole
_AROUND = 15  # clauses before and after, where there is no section of that size
_OTHERS = 6


def clause_page(shelf: Shelf, contacts: Contacts, clause: Clause, place: Place) -> str:
    """The page of one clause."""
    lang, policy = place.lang, clause.policy
    whole = shelf.clauses(policy)
    first, last, depth = around(whole, clause)
    heading = clause.heading[depth - 1] if depth else policy.title
    text = passage(whole[first:last], place, skip=depth, marked=lambda other: other.id == clause.id)
    others = shelf.others(clause, lang, top=_OTHERS)
    shown = "".join(clause_card(other, place) for other in others)
    card = contact_card(contacts.for_clauses([clause], lang), about_clause(clause, lang), lang, "contact_unsure")
    body = (
        f'<p class="af-crumbs"><a data-over href="{place.to("policies")}">{words("nav_policies", lang)}</a> › '
        f'<a data-over lang="{known(policy.lang)}" href="{place.policy(policy.id)}">{escape(policy.title)}</a></p>'
        f'<h1 lang="{known(policy.lang)}">{escape(heading)}</h1>'
        f'<div class="af-under">{badge(policy, lang)}{linking(f"{place.up}{place.here}", "copy_link", lang)}</div>'
        '<div class="af-columns"><div>'
        f"{_beyond(whole[:first], -1, 'earlier', place)}{text}{_beyond(whole[last:], 0, 'later', place)}"
        f'<p><a class="af-link" data-over href="{place.policy(policy.id)}">{words("whole_policy", lang)}</a></p>'
        f'<section class="af-put"><h2>{words("others_put", lang)}</h2>'
        + (f'<ul class="af-hits">{shown}</ul>' if others else f'<p class="af-note">{words("others_put_none", lang)}</p>')
        + f"</section></div><aside>{facts(_facts(clause, shelf, contacts, place), 'facts_clause', lang)}"
        f'<div class="af-card">{card}</div>'
        f'<p><a class="af-button" data-home href="{place.to("")}">{words("ask_about", lang)}</a></p></aside></div>'
    )
    return screen(place, source(clause), body, current="policies")


def around(whole: Sequence[Clause], clause: Clause) -> tuple[int, int, int]:
    """Which part of a policy to show around a clause: first, one past the last, and how many outer headings all of it share.

    The widest section around the clause that is not too long; where there is none, so many clauses before and after.
    """
    at = next(n for n, other in enumerate(whole) if other.id == clause.id)
    for depth in range(1, len(clause.heading) + 1):
        outer = clause.heading[:depth]
        first, last = at, at + 1
        while first > 0 and whole[first - 1].heading[:depth] == outer:
            first -= 1
        while last < len(whole) and whole[last].heading[:depth] == outer:
            last += 1
        if last - first <= _LONGEST:
            return first, last, depth
    return max(0, at - _AROUND), min(len(whole), at + _AROUND + 1), 0


def _beyond(clauses: Sequence[Clause], which: int, key: str, place: Place) -> str:
    """The way to the text before or after what is shown."""
    if not clauses:
        return ""
    near = clauses[which]
    if near.heading:  # the beginning of that section, rather than its end
        near = next(clause for clause in clauses if clause.heading == near.heading)
    label = near.heading[-1] if near.heading else near.id
    return (
        f'<p class="af-beyond">{words(key, place.lang)}: '
        f'<a class="af-link" data-over lang="{known(near.lang)}" href="{place.clause(near.id)}">{escape(label)}</a></p>'
    )


def _facts(clause: Clause, shelf: Shelf, contacts: Contacts, place: Place) -> list[Fact]:
    lang = place.lang
    practices = "".join(
        f'<li><a class="af-link" data-over href="{place.to("policies", practice=str(n))}">{escape(practice(n, shelf, lang))}</a></li>'
        for n in clause.practices
    )
    topics = "".join(
        f'<li><a class="af-link" data-over href="{place.to("policies", topic=topic)}">{escape(contacts.topic(topic, lang))}</a></li>'
        for topic in clause.topics
    )
    return [
        ("fact_modality", words(f"modality_{clause.modality.value}", lang)),
        ("fact_practices", f"<ul>{practices}</ul>" if practices else ""),
        ("fact_topics", f"<ul>{topics}</ul>" if topics else ""),
        *policy_facts(clause.policy, place),
    ]
