"""Two policies side by side, practice by practice: what each says, and what only one of them speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from chat.shelf import Shelf
from chat.web.frame import Place, screen
from chat.web.pages.parts import practice
from chat.web.pieces import badge, words
from chat.web.words import known, say
from kb.clause import PRACTICE_NUMBERS, Clause, Policy

_SHOWN = 4  # clauses of one policy on one practice; the rest are a click away
_WHOLE = frozenset({"full", "near-full"})


def compare_page(shelf: Shelf, chosen: tuple[Policy | None, Policy | None], place: Place) -> str:
    """The choice of two policies and, where both are chosen, what they say of each practice that either speaks of."""
    lang, (one, other) = place.lang, chosen
    body = (
        f'<p class="af-crumbs"><a data-over href="{place.to("policies")}">{words("nav_policies", lang)}</a></p>'
        f'<h1>{words("compare_title", lang)}</h1><p class="af-intro">{words("compare_intro", lang)}</p>'
        f"{_form(shelf, chosen, place)}{_beside(shelf, one, other, place) if one and other else ''}"
    )
    query = urlencode([("policy", policy.id) for policy in chosen if policy])
    return screen(place, say("compare_title", lang), body, current="policies", query=query)


def _form(shelf: Shelf, chosen: tuple[Policy | None, Policy | None], place: Place) -> str:
    lang = place.lang
    titles = sorted(shelf.titles(lang), key=lambda policy: (-policy.rank, policy.title.casefold()))
    choices = "".join(
        f'<label class="af-seek"><span>{words(f"compare_{which}", lang)}</span><select name="policy">'
        f'<option value="">{words("compare_choose", lang)}</option>{_options(titles, policy)}</select></label>'
        for which, policy in zip(("one", "other"), chosen, strict=True)
    )
    return (
        f'<form class="af-search" method="get" action="{escape(place.up)}compare"><input type="hidden" name="lang" value="{lang}">'
        f'{choices}<button class="af-button af-main">{words("compare_do", lang)}</button></form>'
    )


def _options(titles: Sequence[Policy], chosen: Policy | None) -> str:
    return "".join(
        f'<option value="{escape(policy.id)}"{" selected" if chosen and policy.id == chosen.id else ""}>'
        f"{escape(policy.title)}{escape(f' · {policy.organisation}' if policy.organisation else '')}</option>"
        for policy in titles
    )


def _beside(shelf: Shelf, one: Policy, other: Policy, place: Place) -> str:
    lang = place.lang
    said = [_by_practice(shelf.clauses(policy)) for policy in (one, other)]
    numbers = [n for n in PRACTICE_NUMBERS if n in said[0] or n in said[1]]
    both = sum(n in said[0] and n in said[1] for n in numbers)
    counts = {"both": both, "one": len(said[0]) - both, "other": len(said[1]) - both, "neither": len(PRACTICE_NUMBERS) - len(numbers)}
    heads = "".join(
        f'<h2 lang="{known(policy.lang)}"><a class="af-link" data-over href="{place.policy(policy.id)}">{escape(policy.title)}</a> '
        f'<span lang="{lang}">{badge(policy, lang)}</span></h2>'
        for policy in (one, other)
    )
    rows = "".join(
        f'<section class="af-row"><h3>{escape(practice(n, shelf, lang))}</h3><div class="af-pair">'
        f"{_cell(one, said[0].get(n, []), n, place)}{_cell(other, said[1].get(n, []), n, place)}</div></section>"
        for n in numbers
    )
    return (
        f'<p class="af-tally" role="status">{words("compare_tally", lang, **counts)}</p><div class="af-pair af-heads">{heads}</div>{rows}'
    )


def _cell(policy: Policy, clauses: Sequence[Clause], number: int, place: Place) -> str:
    """What a policy says of a practice. Of one that is known in part it is never said that it is silent."""
    lang = place.lang
    if not clauses:
        return f'<p class="af-silent">{words("compare_silent" if policy.coverage in _WHOLE else "compare_unknown", lang)}</p>'
    items = "".join(
        f'<li><span class="af-tag" lang="{lang}">{words(f"modality_{clause.modality.value}", lang)}</span> '
        f'<a data-over href="{place.clause(clause.id)}">{escape(clause.text)}</a></li>'
        for clause in clauses[:_SHOWN]
    )
    more, whole = len(clauses) - _SHOWN, place.policy(policy.id, practice=str(number))
    rest = f'<p><a class="af-link" data-over href="{whole}">{words("compare_more", lang, count=more)}</a></p>' if more > 0 else ""
    return f'<div><ul lang="{known(policy.lang)}">{items}</ul>{rest}</div>'


def _by_practice(clauses: Sequence[Clause]) -> dict[int, list[Clause]]:
    found: dict[int, list[Clause]] = {}
    for clause in clauses:
        for number in clause.practices:
            found.setdefault(number, []).append(clause)
    return found
