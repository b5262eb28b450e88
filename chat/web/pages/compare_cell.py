"""One practice in a draft and in another policy: the clauses of both, in context."""

from __future__ import annotations

from html import escape

from chat.exports import Report
from chat.web.frame import Place, screen
from chat.web.pages.compare_parts import Asked, Draft, address, cards, counted, head, query, quoted, silent, tag
from chat.web.pages.compare_words import tell
from chat.web.pieces import badge
from chat.web.words import known
from kb.clause import Clause
from kb.compare import Cell, Coverage, Row


def cell_page(report: Report, row: Row, other: Cell | None, draft: Draft | None, place: Place, asked: Asked) -> str:
    """What the draft, where there is one, and the other policy say of a practice."""
    lang, title = place.lang, report.titles.get(row.subject, str(row.subject))
    fact = report.facts.get(int(row.subject), "")
    sides = [_side(row.draft, place, draft)] if draft and row.draft else []
    if other:
        sides.append(_side(other, place, None))
    elif row.beside:
        closest = cards([quoted(pair.theirs, place, indexed=True) for pair in row.beside])
        sides.append(f"<section><h2>{tell('theirs', lang)}</h2>{closest}</section>")
    body = (
        f'<p class="af-crumbs"><a href="{address(place, "compare", asked)}">{tell("back", lang)}</a></p>'
        f"<h1>{escape(title)}</h1>{f'<p class=af-intro>{escape(fact)}</p>' if fact else ''}"
        f"{counted(report.counts.get(int(row.subject)), lang)}"
        f'<div class="{"af-pair" if len(sides) > 1 else ""} af-cmp-sides">{"".join(sides)}</div>'
    )
    more = [("practice", str(row.subject)), *([("beside", other.policy.id)] if other else [])]
    return screen(place, title, body, current="policies", query=query(asked, *more), extra=head())


def _side(cell: Cell, place: Place, draft: Draft | None) -> str:
    lang, policy = place.lang, cell.policy
    indexed = draft is None or draft.indexed
    whose = badge(policy, lang) if indexed else f'<span class="af-tag">{tell("draft", lang)}</span>'
    title = f'<h2 lang="{known(policy.lang)}">{escape(policy.title)}</h2><p class="af-kicker">{whose} {tag(cell.coverage, lang)}</p>'
    saying = "says" if cell.coverage is Coverage.COVERED else "touches"
    parts = [(key, clauses) for key, clauses in (("against", cell.against), (saying, cell.clauses)) if clauses]
    shown = "".join(
        f"<h3>{tell(key, lang)}</h3>{cards([_in_context(clause, place, draft, indexed=indexed) for clause in clauses])}"
        for key, clauses in parts
    )
    return f"<section>{title}{shown or silent(cell.coverage, lang)}</section>"


def _in_context(clause: Clause, place: Place, draft: Draft | None, *, indexed: bool) -> str:
    """The clause; one of an uploaded draft with what stands before and after it, as it has no page of its own."""
    figure = quoted(clause, place, indexed=indexed, title=False)
    if indexed or draft is None:
        return figure
    clauses = draft.sheet.clauses
    at = next((n for n, other in enumerate(clauses) if other.key == clause.key), None)
    if at is None:
        return figure
    before = _around("before", clauses[at - 1], place) if at else ""
    after = _around("after", clauses[at + 1], place) if at + 1 < len(clauses) else ""
    return f'<div class="af-cmp-context">{before}{figure}{after}</div>'


def _around(key: str, clause: Clause, place: Place) -> str:
    return (
        f'<p class="af-cmp-around"><span class="af-unseen">{tell(key, place.lang)}: </span>'
        f'<span lang="{known(clause.lang)}">{escape(clause.text)}</span></p>'
    )
