"""The policies most like a draft, and one of them beside it: practice by practice and rule by rule."""

from __future__ import annotations

from html import escape

from chat.exports import Report
from chat.web.frame import Place
from chat.web.pages.compare_parts import Asked, address, cards, quoted, silent, tag
from chat.web.pages.compare_words import tell
from chat.web.pieces import badge, words
from chat.web.words import known
from kb.clause import Policy
from kb.compare import Cell, Coverage, Rule

_PEERS = 10
_SHOWN = 4  # clauses of one policy on one practice; the rest are a click away


def peers(report: Report, place: Place, asked: Asked) -> str:
    """The policies most like the draft, each with the way to read the two rule by rule."""
    lang = place.lang
    found = report.comparison.peers[:_PEERS]
    if not found:
        return ""
    items = "".join(
        f'<li><span><a class="af-link" lang="{known(peer.policy.lang)}" '
        f'href="{place.policy(peer.policy.id)}">{escape(peer.policy.title)}</a> '
        f'<span class="af-cmp-quiet">{peer.likeness:.0%}</span></span>'
        f'<a class="af-link" data-swap '
        f'href="{address(place, "compare", Asked(asked.visit, asked.policy, peer.policy.id, asked.fits))}#af-cmp-rules" '
        f'aria-label="{tell("rules", lang, title=peer.policy.title)}">{tell("peers_with", lang)}</a></li>'
        for peer in found
    )
    return (
        f'<section><h2>{tell("peers", lang)}</h2><p class="af-note">{tell("peers_note", lang)}'
        f'</p><ol class="af-cmp-peers">{items}</ol></section>'
    )


def rule_by_rule(report: Report, other: Policy, place: Place, *, indexed: bool) -> str:
    """Every rule of another policy with what the draft says of it."""
    lang, rules = place.lang, report.comparison.rules.get(other.id, ())
    found = [rule.coverage for rule in rules]
    counts = {coverage.value: found.count(coverage) for coverage in Coverage}
    items = "".join(_rule(rule, place, indexed=indexed) for rule in rules)
    return (
        f'<section><h2 id="af-cmp-rules" tabindex="-1">{tell("rules", lang, title=other.title)}</h2>'
        f'<p class="af-cmp-quiet">{badge(other, lang)} {tell("rules_tally", lang, of=len(rules), **counts)}</p>'
        f'<details class="af-fold"><summary>{tell("rules_all", lang)}</summary><ol class="af-cmp-rules">{items}</ol></details></section>'
    )


def _rule(rule: Rule, place: Place, *, indexed: bool) -> str:
    lang = place.lang
    said = rule.coverage not in (Coverage.MISSING, Coverage.UNKNOWN) and rule.ours is not None
    ours = (
        quoted(rule.ours, place, indexed=indexed, title=False)
        if said and rule.ours
        else f'<p class="af-silent">{tell("ours_none", lang)}</p>'
    )
    return (
        f"<li>{tag(rule.coverage, lang, rule=True)}<div "
        f'class="af-pair">{quoted(rule.theirs, place, indexed=True, title=False)}{ours}</div></li>'
    )


def side_by_side(report: Report, one: Policy, other: Policy, place: Place, asked: Asked, *, indexed: bool) -> str:
    """What both say of each practice that either speaks of."""
    lang = place.lang
    pairs = [
        (row, row.draft, cell)
        for row in report.comparison.practices
        for cell in row.published
        if row.draft is not None and cell.policy.id == other.id
    ]
    said = [(bool(ours.clauses or ours.against), bool(theirs.clauses or theirs.against)) for _, ours, theirs in pairs]
    tally = {
        "both": said.count((True, True)),
        "one": said.count((True, False)),
        "other": said.count((False, True)),
        "neither": said.count((False, False)),
    }
    heads = (
        f'<h3 lang="{known(one.lang)}">{escape(one.title)}</h3>',
        f'<h3 lang="{known(other.lang)}"><a class="af-link" href="{place.policy(other.id)}">{escape(other.title)}</a></h3>',
    )
    rows = "".join(
        f'<section class="af-row"><h3><a data-cell '
        f'href="{address(place, "compare/cell", asked, ("practice", str(row.subject)), ("beside", other.id))}">'
        f'{escape(report.titles.get(row.subject, str(row.subject)))}</a></h3><div class="af-pair">'
        f"{_cell(ours, place, indexed=indexed)}{_cell(theirs, place, indexed=True)}</div></section>"
        for (row, ours, theirs), either in zip(pairs, said, strict=True)
        if any(either)
    )
    if not pairs:
        return ""
    return (
        f'<section><h2>{words("compare_title", lang)}</h2><p class="af-tally">{words("compare_tally", lang, **tally)}</p>'
        f'<details class="af-fold" open><summary>{words("compare_intro", lang)}</summary>'
        f'<div class="af-pair af-heads">{"".join(heads)}</div>{rows}</details></section>'
    )


def _cell(cell: Cell, place: Place, *, indexed: bool) -> str:
    clauses = [*cell.against, *(clause for clause in cell.clauses if clause not in cell.against)]
    if not clauses:
        return f"<div>{silent(cell.coverage, place.lang)}</div>"
    shown = cards([quoted(clause, place, indexed=indexed, title=False) for clause in clauses[:_SHOWN]])
    more = len(clauses) - _SHOWN
    rest = f'<p class="af-cmp-quiet">{words("compare_more", place.lang, count=more)}</p>' if more > 0 else ""
    return f"<div>{tag(cell.coverage, place.lang)}{shown}{rest}</div>"
