"""What several screens show of policies and clauses: passages, facts, days, links. Pure, and everything escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from chat.phrases import phrase
from chat.shelf import Shelf
from chat.web.frame import Place
from chat.web.pieces import badge, source_link, words
from chat.web.words import WORDS, known, say
from kb.clause import PRACTICES_POLICY, Authority, Clause, Policy

_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
}
Fact = tuple[str, str]  # words, HTML


def passage(clauses: Sequence[Clause], place: Place, *, skip: int = 0, marked: Callable[[Clause], bool]) -> str:
    """Clauses in order under their headings, the marked ones set apart; `skip` outer headings are on the page already."""
    parts: list[str] = []
    before: tuple[str, ...] = ()
    lead = ""
    for at, clause in enumerate(clauses):
        same = 0
        while same < min(len(before), len(clause.heading)) and before[same] == clause.heading[same]:
            same += 1
        for depth in range(max(same, skip), len(clause.heading)):
            rank = min(2 + depth - skip, 6)
            parts.append(f'<h{rank} id="part-{at}-{depth}">{escape(clause.heading[depth])}</h{rank}>')
        if clause.lead and (clause.lead != lead or same < len(clause.heading)):
            parts.append(f'<p class="af-leadin">{escape(clause.lead)}</p>')
        parts.append(_clause(clause, place, marked(clause)))
        before, lead = clause.heading, clause.lead
    return f'<div class="af-passage" lang="{known(clauses[0].lang) if clauses else place.lang}">{"".join(parts)}</div>'


def contents(clauses: Sequence[Clause], place: Place) -> str:
    """A list of the outermost headings that leads to them; empty where there are few."""
    firsts: dict[str, int] = {}
    for at, clause in enumerate(clauses):
        if clause.heading and (at == 0 or clauses[at - 1].heading[:1] != clause.heading[:1]):
            firsts.setdefault(clause.heading[0], at)
    if len(firsts) < 4:
        return ""
    items = "".join(f'<li><a data-part href="#part-{at}-0">{escape(heading)}</a></li>' for heading, at in firsts.items())
    lang = known(clauses[0].lang)
    return f'<details class="af-contents"><summary>{words("contents", place.lang)}</summary><ol lang="{lang}">{items}</ol></details>'


def clause_card(clause: Clause, place: Place, after: str = "") -> str:
    """A clause found elsewhere than in its own policy: whose it is, its words, and the way to its context."""
    number = printed(clause)
    where = " ".join(part for part in (clause.section, number) if part)
    return (
        f'<li class="af-hit"><p class="af-kicker">{badge(clause.policy, place.lang)} '
        f'<span lang="{known(clause.lang)}">{escape(clause.policy.title)}</span></p>'
        f'<p class="af-words" lang="{known(clause.lang)}">{escape(clause.text)}</p>'
        f'<p class="af-where"><a class="af-link" data-over lang="{known(clause.lang)}" href="{place.clause(clause.id)}">'
        f"{escape(where or clause.id)}</a>{_page(clause, place)}{after}</p></li>"
    )


def facts(rows: Sequence[Fact], heading: str, lang: str) -> str:
    """Facts as a list of names and values; those without a value are left out."""
    shown = "".join(f"<div><dt>{words(key, lang)}</dt><dd>{value}</dd></div>" for key, value in rows if value)
    return f'<section class="af-facts"><h2>{words(heading, lang)}</h2><dl>{shown}</dl></section>'


def policy_facts(policy: Policy, place: Place) -> list[Fact]:
    """What is known of a policy besides its title."""
    lang = place.lang
    coverage = words(f"coverage_{policy.coverage}", lang) if f"coverage_{policy.coverage}" in WORDS["en"] else escape(policy.coverage)
    if policy.missing:
        coverage += f'<span class="af-why" lang="en">{escape(policy.missing)}</span>'
    return [
        ("fact_organisation", escape(policy.organisation)),
        ("fact_authority", words(f"authority_{policy.authority.value}", lang)),
        ("fact_version", escape(policy.version or "")),
        ("fact_published", escape(written(policy.published, lang))),
        ("fact_force", in_force(policy, lang)),
        ("fact_sector", escape(named("sector", policy.sector, lang))),
        ("fact_country", escape(named("country", policy.country, lang))),
        ("fact_source", source_link(policy, lang)),
        ("fact_coverage", coverage),
    ]


def in_force(policy: Policy, lang: str) -> str:
    """Since when and until when a policy that is in force today is so."""
    if policy.authority is Authority.REFERENCE:
        return words("force_reference", lang)
    start, end = written(policy.effective_from, lang), written(policy.effective_to, lang)
    key = {(False, False): "open", (True, False): "from", (False, True): "to", (True, True): "both"}[bool(start), bool(end)]
    return words(f"force_{key}", lang, start=start, end=end)


def written(day: str | None, lang: str) -> str:
    """A year, month or day as people write it; anything else as it stands."""
    parts = (day or "").split("-")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts) > 3:
        return day or ""
    if len(parts) > 1 and not 1 <= int(parts[1]) <= 12:
        return day or ""
    month = [_MONTHS[known(lang)][int(part) - 1] for part in parts[1:2]]
    return " ".join([*(str(int(part)) for part in parts[2:]), *month, parts[0]])


def named(kind: str, value: str | None, lang: str) -> str:
    """A sector's or country's name; the value itself where it has none here."""
    key = f"{kind}_{value}"
    return say(key, lang) if key in WORDS["en"] else value or ""


def practice(number: int, shelf: Shelf, lang: str) -> str:
    """What a practice is called."""
    rule = shelf.clause(f"{PRACTICES_POLICY}/{number}/1", lang)
    return rule.heading[0] if rule and rule.heading else phrase("rule_numbered", lang, number=str(number))


def printed(clause: Clause) -> str:
    """The printed number, unless a heading of the clause begins with it."""
    number = clause.number or ""
    return "" if any(heading.split(" ")[0].strip(".:") == number for heading in clause.heading) else number


def _clause(clause: Clause, place: Place, marked: bool) -> str:
    number = printed(clause)
    label = words("clause_here", place.lang, clause=clause.id)
    ours = f' aria-current="true"><span class="af-unseen" lang="{place.lang}">{words("cited", place.lang)}: </span' if marked else ""
    return (
        f'<div class="af-clause{" af-cited" if marked else ""}"{ours}>'
        f'<a class="af-number" data-over href="{place.clause(clause.id)}" aria-label="{label}" lang="{place.lang}">'
        f"{escape(number) or '¶'}</a><p>{escape(clause.text)}</p>{_page(clause, place)}</div>"
    )


def _page(clause: Clause, place: Place) -> str:
    return (
        "" if clause.page is None else f'<span class="af-pageno" lang="{place.lang}">{words("page", place.lang, page=clause.page)}</span>'
    )
