"""What a draft covers and lacks, how common each is, what to read and to start from, and how the draft is written."""

from __future__ import annotations

from html import escape

from chat.exports import Report
from chat.exports.parts import common
from chat.exports.words import SIGNS
from chat.web.frame import Place
from chat.web.pages.compare_parts import Asked, address, cards, counted, quoted, silent, tag
from chat.web.pages.compare_words import tell
from chat.web.pieces import icon, words
from kb.compare import Coverage, Row

_FORM = "af-cmp-starter"


def summary(report: Report, lang: str) -> str:
    """How many of the 25 practices are covered, in part, not there, gone against and not known."""
    counts = report.comparison.counts()
    shown = [Coverage.COVERED, Coverage.PARTLY, Coverage.MISSING, Coverage.CONTRADICTS]
    if counts[Coverage.UNKNOWN]:
        shown.append(Coverage.UNKNOWN)
    tiles = "".join(
        f'<li class="af-cmp-{coverage.value}"><b>{counts[coverage]}</b> <span><span aria-hidden="true">{SIGNS[coverage]}</span> '
        f"{tell(coverage.value, lang)}</span> <small>{tell('of', lang)}</small></li>"
        for coverage in shown
    )
    note = f'<p class="af-note">{tell("unknown_note", lang)}</p>' if counts[Coverage.UNKNOWN] else ""
    return f'<section><h2>{tell("summary", lang)}</h2><ul class="af-cmp-tiles">{tiles}</ul>{note}</section>'


def gaps(report: Report, place: Place, asked: Asked, *, indexed: bool) -> str:
    """The gaps, the most pressing first, and the form that makes a starter policy of those that are ticked."""
    lang, rows = place.lang, report.comparison.gaps()
    if not rows:
        return f'<section><h2>{tell("gaps", lang)}</h2><p role="status">{tell("gaps_none", lang)}</p></section>'
    items = "".join(_gap(row, report, place, asked, indexed=indexed) for row in rows)
    return (
        f'<section><h2 id="af-cmp-gaps">{tell("gaps", lang)}</h2><ol class="af-cmp-gaps">{items}</ol>'
        f'<form id="{_FORM}" class="af-cmp-card" method="get" action="{escape(place.up)}compare/starter.md">'
        f'<input type="hidden" name="lang" value="{lang}"><h3>{tell("starter", lang)}</h3><p>{tell("starter_note", lang)}</p>'
        f'<p class="af-ways"><button class="af-button af-main">{tell("starter_do", lang)}</button></p></form></section>'
    )


def _gap(row: Row, report: Report, place: Place, asked: Asked, *, indexed: bool) -> str:
    lang, number = place.lang, int(row.subject)
    draft = row.draft
    assert draft is not None
    title = report.titles.get(number, str(number))
    own = [pair.ours for pair in row.beside[:1] if pair.ours] or list((draft.against or draft.clauses)[:1])
    ours = cards([quoted(clause, place, indexed=indexed, title=False) for clause in own])
    if not own:
        ours = silent(draft.coverage, lang) if draft.coverage is Coverage.UNKNOWN else f'<p class="af-silent">{tell("ours_none", lang)}</p>'
    theirs = cards([quoted(pair.theirs, place, indexed=True) for pair in row.beside])
    if not row.beside:
        theirs = f'<p class="af-silent">{tell("theirs_none", lang)}</p>'
    fact = f'<p class="af-cmp-fact">{escape(report.facts[number])}</p>' if number in report.facts else ""
    return (
        f'<li class="af-cmp-gap af-cmp-{draft.coverage.value}"><div class="af-cmp-head">'
        f'<input type="checkbox" form="{_FORM}" name="practice" value="{number}" checked aria-label="{tell("tick", lang, title=title)}">'
        f'<h3><a data-cell href="{address(place, "compare/cell", asked, ("practice", str(number)))}">{escape(title)}</a></h3>'
        f'{tag(draft.coverage, lang)}</div>{fact}<p class="af-cmp-quiet">{tell("how_common", lang)}: {escape(common(row, report))}.</p>'
        f'{counted(report.counts.get(number), lang)}<details class="af-fold"><summary>{tell("beside", lang)}</summary><div '
        f'class="af-pair"><div><h4>{tell("ours", lang)}</h4>{ours}</div>'
        f"<div><h4>{tell('theirs', lang)}</h4>{theirs}</div></div>"
        f"</details>{_model(number, report, lang)}{_disagreements(number, report, lang)}</li>"
    )


def _model(number: int, report: Report, lang: str) -> str:
    text = report.models.get(number)
    if not text:
        return ""
    return (
        f'<details class="af-fold"><summary>{tell("model", lang)}</summary><blockquote class="af-cmp-model">{escape(text)}</blockquote>'
        f'<button type="button" class="af-quiet" data-copy="{escape(text)}" data-done="{words("copied", lang)}">'
        f"{icon('copy')}<span>{tell('model_copy', lang)}</span></button></details>"
    )


def _disagreements(number: int, report: Report, lang: str) -> str:
    found = report.disagreements.get(number, ())
    if not found:
        return ""
    shown = "".join(f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>" for title, text in found)
    return f'<details class="af-fold"><summary>{tell("disagree", lang)}</summary><dl class="af-cmp-disagree">{shown}</dl></details>'
