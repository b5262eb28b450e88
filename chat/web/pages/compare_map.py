"""Practices and policies as a map that is drawn in the browser, and as the table that says the same without scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from chat.exports import Report
from chat.exports.words import SIGNS
from chat.web.frame import Place
from chat.web.pages.compare_parts import Asked, address
from chat.web.pages.compare_words import tell, told
from chat.web.words import known
from kb.clause import Policy
from kb.compare import Cell, Coverage

_ORDER = (Coverage.UNKNOWN, Coverage.MISSING, Coverage.PARTLY, Coverage.COVERED, Coverage.CONTRADICTS)
_HOVER = 220  # characters of a clause that are shown where one points


def mapped(report: Report, place: Place, asked: Asked) -> str:
    """Legend, map and table of every practice and every policy."""
    lang, rows = place.lang, report.comparison.practices
    policies = [*([report.comparison.draft] if report.comparison.draft else []), *(cell.policy for cell in rows[0].published)]
    if not policies:
        return ""
    legend = "".join(
        f'<li class="af-cmp-{c.value}"><span class="af-cmp-sign" aria-hidden="true">{SIGNS[c]}</span> {tell(c.value, lang)}</li>'
        for c in reversed(_ORDER)
    )
    return (
        f'<section><h2 id="af-cmp-map-title">{tell("map", lang)}</h2><p class="af-note af-cmp-scripted" hidden>{tell("map_note", lang)}</p>'
        f'<ul class="af-cmp-legend">{legend}</ul><p class="af-note">{tell("unknown_note", lang)}</p>'
        f'<div class="af-cmp-map af-cmp-scripted" hidden tabindex="0" role="region" aria-labelledby="af-cmp-map-title">'
        f'<div id="af-cmp-map" data-drawing="{escape(place.up)}compare/plotly.js" '
        f'role="img" aria-label="{tell("map_label", lang)}"></div></div>'
        f'<script type="application/json" id="af-cmp-data">{_data(report, policies, asked, place)}</script>'
        f'<details class="af-fold af-cmp-astable"><summary>{tell("table", lang)}</summary>'
        f'<p class="af-note af-cmp-scripted" hidden>{tell("table_keys", lang)}'
        f"</p>{_table(report, policies, place, asked)}</details></section>"
    )


def _cells(report: Report, at: int) -> list[Cell]:
    row = report.comparison.practices[at]
    return [*([row.draft] if row.draft else []), *row.published]


def _table(report: Report, policies: Sequence[Policy], place: Place, asked: Asked) -> str:
    lang, drafted = place.lang, report.comparison.draft is not None
    heads = "".join(
        f'<th scope="col" lang="{known(policy.lang)}"{_own(drafted and at == 0)}><span>{escape(policy.title)}</span></th>'
        for at, policy in enumerate(policies)
    )
    words = {coverage: tell(coverage.value, lang) for coverage in Coverage}
    base = address(place, "compare/cell", asked)
    lines = []
    for at, row in enumerate(report.comparison.practices):
        share = row.share()
        fields = "".join(
            _field(
                cell, f"{base}&amp;practice={row.subject}" + ("" if drafted and n == 0 else f"&amp;beside={escape(cell.policy.id)}"), words
            )
            for n, cell in enumerate(_cells(report, at))
        )
        title = escape(report.titles.get(row.subject, str(row.subject)))
        lines.append(f'<tr><th scope="row">{title}</th><td class="af-cmp-share">{share.covering}/{share.of}</td>{fields}</tr>')
    return (
        f'<div class="af-cmp-scroll" tabindex="0" role="region" aria-label="{tell("table", lang)}">'
        '<table class="af-cmp-table" id="af-cmp-table">'
        f'<thead><tr><th scope="col">{tell("practice", lang)}</th><th scope="col">'
        f"<span>{tell('how_common', lang)}</span></th>{heads}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _own(is_own: bool) -> str:
    return ' class="af-cmp-own"' if is_own else ""


def _field(cell: Cell, href: str, words: dict[Coverage, str]) -> str:
    """A sign and its word; one with clauses behind it leads to them."""
    sign, word = SIGNS[cell.coverage], words[cell.coverage]
    if cell.clauses or cell.against:
        return f'<td class="af-cmp-{cell.coverage.value}"><a data-cell href="{href}" aria-label="{word}" title="{word}">{sign}</a></td>'
    return f'<td class="af-cmp-{cell.coverage.value}"><span role="img" aria-label="{word}" title="{word}">{sign}</span></td>'


def _data(report: Report, policies: Sequence[Policy], asked: Asked, place: Place) -> str:
    """What the map is drawn from, safe to stand in a page."""
    lang = place.lang
    rows = report.comparison.practices
    cells = [_cells(report, at) for at in range(len(rows))]
    data: dict[str, Any] = {
        "words": [told(coverage.value, lang) for coverage in _ORDER],
        "signs": [SIGNS[coverage] for coverage in _ORDER],
        "kinds": [coverage.value for coverage in _ORDER],
        "practices": [[row.subject, report.titles.get(row.subject, str(row.subject))] for row in rows],
        "policies": [[policy.id, policy.title] for policy in policies],
        "drafted": report.comparison.draft is not None,
        "fields": [[_ORDER.index(cell.coverage) for cell in line] for line in cells],
        "clauses": [[_first(cell) for cell in line] for line in cells],
        "query": [[*pair] for pair in [*asked.pairs, ("lang", lang)]],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _first(cell: Cell) -> str:
    clauses = cell.against or cell.clauses
    text = clauses[0].text if clauses else ""
    return text if len(text) <= _HOVER else text[: _HOVER - 1].rstrip() + "…"
