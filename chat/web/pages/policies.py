"""The policies: browsed by what they are about and whose they are, searched clause by clause, and each as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import escape
from urllib.parse import urlencode

from chat.contacts import Contacts
from chat.shelf import Shelf
from chat.web.contact import about_anything, contact_card
from chat.web.frame import Place, screen
from chat.web.pages.compare_words import tell
from chat.web.pages.parts import clause_card, contents, facts, named, passage, policy_facts, practice, written
from chat.web.pieces import badge, count, linking, words
from chat.web.words import known, say
from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Policy
from kb.language import detect

_FOUND = 30  # clauses that a search shows
_HINTED = 300  # characters that the search box takes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; an empty part does not narrow anything down."""

    text: str = ""
    practice: int | None = None
    topic: str = ""
    sector: str = ""
    country: str = ""
    organisation: str = ""
    authority: str = ""

    def of_policy(self, policy: Policy) -> bool:
        """Whether a policy is of this sector, country, organisation and authority."""
        wanted = (self.sector, self.country, self.organisation, self.authority)
        has = (policy.sector, policy.country, policy.organisation, policy.authority.value)
        return all(not one or one == other for one, other in zip(wanted, has, strict=True))

    def of_clause(self, clause: Clause) -> bool:
        """Whether a clause is about this practice and topic."""
        return self.practice in {None, *clause.practices} and (not self.topic or self.topic in clause.topics)

    @property
    def of_clauses(self) -> bool:
        """Whether anything of the clauses is asked for."""
        return self.practice is not None or bool(self.topic)

    @property
    def narrowed(self) -> bool:
        """Whether anything but a text is asked for."""
        return self != Wanted(text=self.text)

    @property
    def query(self) -> dict[str, str]:
        """As parts of an address."""
        return {("q" if key == "text" else key): str(value) for key, value in asdict(self).items() if value}


def policies_page(shelf: Shelf, contacts: Contacts, wanted: Wanted, place: Place, *, compares: bool = False) -> str:
    """Clauses that fit a text, or the policies that fit the limits; `compares` offers to lay two policies side by side."""
    lang = place.lang
    # A screen of forms and files, which would not work over a conversation.
    way = (
        f'<p class="af-ways"><a class="af-link" target="_blank" href="{place.to("compare")}">{tell("title", lang)}'
        f'<span class="af-unseen"> ({words("new_tab", lang)})</span></a></p>'
        if compares
        else ""
    )
    found = _clauses(shelf, wanted, place) if wanted.text else _titles(shelf, wanted, place)
    body = (
        f'<h1>{words("policies_title", lang)}</h1><p class="af-intro">{words("policies_intro", lang)}</p>'
        f"{_form(shelf, contacts, wanted, place)}{way}<section>{found}</section>"
    )
    return screen(place, say("policies_title", lang), body, current="policies", query=urlencode(wanted.query))


def policy_page(shelf: Shelf, contacts: Contacts, policy: Policy, wanted: Wanted, place: Place) -> str:
    """One policy with all its clauses in order; those on a practice or topic asked for are marked."""
    lang, clauses = place.lang, shelf.clauses(policy)
    text = passage(clauses, place, marked=lambda clause: wanted.of_clauses and wanted.of_clause(clause))
    card = contact_card(contacts.get(None, lang), about_anything(lang), lang, "contact_unsure")
    rows = [*policy_facts(policy, place), ("fact_clauses", count(len(clauses), lang))]
    body = (
        f'<p class="af-crumbs"><a data-over href="{place.to("policies")}">{words("nav_policies", lang)}</a></p>'
        f'<h1 lang="{known(policy.lang)}">{escape(policy.title)}</h1>'
        f'<div class="af-under">{badge(policy, lang)}{linking(f"{place.up}{place.here}", "copy_link", lang)}</div>'
        f'<div class="af-columns"><div>{contents(clauses, place)}{text}</div>'
        f'<aside>{facts(rows, "facts", lang)}<div class="af-card">{card}</div></aside></div>'
    )
    return screen(place, policy.title, body, current="policies", query=urlencode(wanted.query))


def missing_page(place: Place, key: str) -> str:
    """There is no such thing, or none that the person may see: the page does not tell which."""
    lang = place.lang
    body = (
        f'<h1>{words(key, lang)}</h1><p class="af-intro">{words("missing_why", lang)}</p>'
        f'<p class="af-ways"><a class="af-button" data-over href="{place.to("policies")}">{words("missing_search", lang)}</a>'
        f'<a class="af-button" data-home href="{place.to("")}">{words("ask_about", lang)}</a></p>'
    )
    return screen(place, say(key, lang), body)


def _clauses(shelf: Shelf, wanted: Wanted, place: Place) -> str:
    def fits(clause: Clause) -> bool:
        return wanted.of_policy(clause.policy) and wanted.of_clause(clause)

    found = shelf.search(wanted.text, detect(wanted.text), fits if wanted.narrowed else None, top=_FOUND)
    if not found:
        return _none(place)
    cards = "".join(clause_card(clause, place) for clause in found)
    return f'<h2>{words("found_clauses", place.lang, count=len(found))}</h2><ul class="af-hits">{cards}</ul>'


def _titles(shelf: Shelf, wanted: Wanted, place: Place) -> str:
    lang = place.lang
    fitting = {policy: _fitting(shelf, policy, wanted) for policy in shelf.titles(lang) if wanted.of_policy(policy)}
    shown = sorted((policy for policy, fits in fitting.items() if fits), key=lambda p: (-p.rank, p.title.casefold()))
    if not shown:
        return _none(place)
    cards = "".join(_policy(policy, shelf, wanted, fitting[policy], place) for policy in shown)
    return f'<h2>{words("found_policies", lang, count=len(shown))}</h2><ul class="af-policies">{cards}</ul>'


def _fitting(shelf: Shelf, policy: Policy, wanted: Wanted) -> int:
    """How many of a policy's clauses are about what is asked for; all of them where nothing is."""
    held = shelf.holdings(policy)
    if wanted.practice is not None and wanted.topic:
        return sum(wanted.of_clause(clause) for clause in shelf.clauses(policy))
    if wanted.practice is not None:
        return held.practices.get(wanted.practice, 0)
    return held.topics.get(wanted.topic, 0) if wanted.topic else held.clauses


def _policy(policy: Policy, shelf: Shelf, wanted: Wanted, fitting: int, place: Place) -> str:
    lang, held = place.lang, shelf.holdings(policy)
    about = {key: value for key, value in wanted.query.items() if key in ("practice", "topic")}
    key = "clauses_fitting" if wanted.of_clauses else "clauses_count"
    facts = (
        escape(policy.organisation),
        escape(named("country", policy.country, lang)),
        escape(named("sector", policy.sector, lang)),
        escape(written(policy.published, lang)),
        words(key, lang, count=count(held.clauses, lang), fitting=count(fitting, lang)),
    )
    return (
        f'<li class="af-policy"><h3 lang="{known(policy.lang)}"><a data-screen href="{place.policy(policy.id, **about)}">'
        f'{escape(policy.title)}</a></h3><p class="af-where">{badge(policy, lang)}'
        f"{''.join(f'<span>{fact}</span>' for fact in facts if fact)}</p></li>"
    )


def _none(place: Place) -> str:
    return f'<p class="af-intro" role="status">{words("found_none", place.lang)}</p>'


def _form(shelf: Shelf, contacts: Contacts, wanted: Wanted, place: Place) -> str:
    lang = place.lang
    policies = shelf.titles(lang)
    held = [shelf.holdings(policy) for policy in policies]
    numbers = [n for n in PRACTICE_NUMBERS if any(n in h.practices for h in held)]
    topics = {topic: contacts.topic(topic, lang) for h in held for topic in h.topics}
    choices = (
        _choice("practice", [(str(n), practice(n, shelf, lang)) for n in numbers], str(wanted.practice or ""), lang),
        _choice("topic", _by_name(topics), wanted.topic, lang),
        _choice("sector", _by_name({p.sector: named("sector", p.sector, lang) for p in policies if p.sector}), wanted.sector, lang),
        _choice("country", _by_name({p.country: named("country", p.country, lang) for p in policies if p.country}), wanted.country, lang),
        _choice("organisation", _by_name({p.organisation: p.organisation for p in policies if p.organisation}), wanted.organisation, lang),
        _choice("authority", [(a.value, say(f"authority_{a.value}", lang)) for a in Authority], wanted.authority, lang),
    )
    clear = f'<a class="af-link" data-over href="{place.to("policies")}">{words("search_clear", lang)}</a>' if wanted != Wanted() else ""
    return (
        f'<form class="af-search" role="search" method="get" action="{escape(place.up)}policies">'
        f'<input type="hidden" name="lang" value="{lang}">'
        f'<label class="af-seek"><span>{words("search_label", lang)}</span><input type="search" name="q" maxlength="{_HINTED}" '
        f'value="{escape(wanted.text)}" placeholder="{words("search_hint", lang)}"></label>'
        f'<button class="af-button af-main">{words("search_do", lang)}</button>'
        f'<details class="af-narrow"{" open" if wanted.narrowed else ""}><summary>{words("filter_more", lang)}</summary>'
        f"<div>{''.join(choices)}</div></details>{clear}</form>"
    )


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


def _choice(name: str, options: Iterable[tuple[str, str]], chosen: str, lang: str) -> str:
    shown = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>' for value, text in options
    )
    return (
        f'<label><span>{words(f"filter_{name}", lang)}</span><select name="{name}">'
        f'<option value="">{words("filter_all", lang)}</option>{shown}</select></label>'
    )
