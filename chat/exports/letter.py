"""A report as a Word document (DOCX) that an author works through: the gaps as a checklist, clauses side by side."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from chat.exports.notes import told
from chat.exports.parts import (
    against,
    any_unknown,
    common,
    covering,
    made,
    name,
    place,
    policies,
    policy_title,
    sectors,
    share,
    share_of,
    summary,
    title,
    writable,
)
from chat.exports.report import Report
from chat.exports.words import covered, named, say
from chat.web.words import known
from kb.clause import Clause
from kb.compare import Coverage, Row

_BOX = "☐"
_SECTORS = 4  # columns of their own; the spreadsheet has every policy
_SHOWN = 3  # clauses of the draft on one practice
_ACCENT = RGBColor(0x0F, 0x5A, 0x50)
_LANGUAGE = {"en": "en-GB", "id": "id-ID"}


def letter(report: Report) -> bytes:
    """The document's bytes."""
    document = Document()
    _dress(document, report)
    document.add_heading(title(report), 0)
    _say(document, made(report))
    _say(document, say("whose", report.lang))
    if any_unknown(report):
        _say(document, say("unknown_why", report.lang))
    parts: Sequence[Callable[[Any, Report], None]] = (_common, _who, _disagreements, _sources)
    if report.comparison.draft:
        parts = (_summary, _gaps, _conflicts, _disagreements, _common, _peers, _rules, _quality, _sources)
    for part in parts:
        part(document, report)
    _say(document, say("closing", report.lang))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _dress(document: Any, report: Report) -> None:
    """Language, title and page: what a screen reader and a spelling checker go by."""
    document.core_properties.title = title(report)
    document.core_properties.author = "AskFirst"
    document.core_properties.language = _LANGUAGE[known(report.lang)]
    normal = document.styles["Normal"]
    normal.font.size = Pt(10.5)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _LANGUAGE[known(report.lang)])
    normal.element.get_or_add_rPr().append(language)
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)


def _say(document: Any, text: str, style: str | None = None) -> Any:
    return document.add_paragraph(writable(text), style)


def _labelled(document: Any, label: str, text: str, style: str | None = None) -> None:
    paragraph = document.add_paragraph(style=style)
    paragraph.add_run(f"{writable(label)}: ").bold = True
    paragraph.add_run(writable(text))


def _quote(document: Any, who: str, clause: Clause, lang: str) -> None:
    """A clause in its exact words, and where it stands."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.left_indent = Cm(0.8)
    paragraph.add_run(f"{writable(who)}: ").bold = True
    paragraph.add_run(f"“{writable(clause.text)}”")
    paragraph.add_run(f" ({place(clause, lang)})").italic = True


def _table(document: Any, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table whose head comes again on each page."""
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = ""
        run = cell.paragraphs[0].add_run(writable(head))
        run.bold, run.font.color.rgb, run.font.size = True, _ACCENT, Pt(9)
    again = OxmlElement("w:tblHeader")
    again.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(again)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = writable(text)
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(9)
    document.add_paragraph()


def _summary(document: Any, report: Report) -> None:
    document.add_heading(say("summary", report.lang), 1)
    _say(document, summary(report))


def _gaps(document: Any, report: Report) -> None:
    lang, gaps = report.lang, report.comparison.gaps()
    document.add_heading(say("gaps", lang), 1)
    _say(document, say("gaps_note" if gaps else "gaps_none", lang))
    for row in gaps:
        if row.draft is None:
            continue
        number = int(row.subject)
        document.add_heading(f"{_BOX} {name(row, report)}: {say(row.draft.coverage.value, lang)}", 2)
        _labelled(document, say("common", lang), common(row, report))
        if number in report.facts:
            _labelled(document, say("asks", lang), report.facts[number])
        if counts := report.counts.get(number):
            _labelled(document, say("counts_covered", lang), f"{counts.covered}.")
            _labelled(document, say("counts_partly", lang), f"{counts.partly}.")
        for clause in (*row.draft.against, *row.draft.clauses)[:_SHOWN]:
            _quote(document, say("ours", lang), clause, lang)
        for pair in row.beside:
            _quote(document, say("theirs", lang), pair.theirs, lang)
        if number in report.models:
            _labelled(document, f"{_BOX} {say('model', lang)}", report.models[number])


def _conflicts(document: Any, report: Report) -> None:
    lang, found = report.lang, list(against(report))
    if not found:
        return
    document.add_heading(say("conflicts", lang), 1)
    _say(document, say("conflicts_note", lang))
    for row, cell in found:
        document.add_heading(name(row, report), 2)
        own = [_whole(clause, lang) for clause in cell.against]
        others = [_whole(pair.theirs, lang) for pair in row.beside] or [say("no_published", lang)]
        length = max(len(own), len(others))
        _table(document, (say("ours", lang), say("theirs", lang)), zip(_filled(own, length), _filled(others, length), strict=True))


def _whole(clause: Clause, lang: str) -> str:
    return f"“{clause.text}”\n({place(clause, lang)})"


def _filled(texts: list[str], length: int) -> list[str]:
    return [*texts, *[""] * (length - len(texts))]


def _common(document: Any, report: Report) -> None:
    """How common each practice is: in the draft's sector, or in the largest ones."""
    lang, draft = report.lang, report.comparison.draft
    chosen = sectors(report)[:_SECTORS]
    if draft and draft.sector in sectors(report):
        chosen = [draft.sector or "", *(sector for sector in chosen if sector != draft.sector)][:_SECTORS]
    document.add_heading(say("common", lang), 1)

    def cells(row: Row) -> list[str]:
        own = [covered(row.draft.coverage, lang)] if row.draft else []
        return [name(row, report), *own, share(row.share(), lang), *(share(share_of(row, sector), lang) for sector in chosen)]

    heads = [say("practice", lang), *([say("draft", lang)] if draft else []), say("overall", lang)]
    _table(document, [*heads, *(named("sector", sector, lang) for sector in chosen)], map(cells, report.comparison.practices))


def _who(document: Any, report: Report) -> None:
    document.add_heading(say("who", report.lang), 1)
    for row in report.comparison.practices:
        _labelled(document, name(row, report), ", ".join(cell.policy.title for cell in covering(row)) or "–")


def _disagreements(document: Any, report: Report) -> None:
    if any(report.disagreements.values()):
        document.add_heading(say("disagreements", report.lang), 1)
    for row in report.comparison.practices:
        for heading, text in report.disagreements.get(int(row.subject), ()):
            _labelled(document, f"{heading} ({name(row, report)})", text, "List Bullet")


def _peers(document: Any, report: Report) -> None:
    if report.comparison.peers:
        document.add_heading(say("peers", report.lang), 1)
        rows = [(peer.policy.title, f"{peer.likeness:.2f}") for peer in report.comparison.peers[:10]]
        _table(document, (say("policy", report.lang), say("likeness", report.lang)), rows)


def _rules(document: Any, report: Report) -> None:
    lang = report.lang
    for policy_id, rules in report.comparison.rules.items():
        other = policy_title(policy_id, report)
        document.add_heading(say("rules", lang, policy=other), 1)
        _say(document, say("rules_note", lang, policy=other))
        _table(
            document,
            (say("coverage", lang), say("rule", lang), say("closest", lang)),
            [
                (
                    covered(rule.coverage, lang),
                    _whole(rule.theirs, lang),
                    _whole(rule.ours, lang) if rule.ours and _said(rule.coverage) else "",
                )
                for rule in rules
            ],
        )


def _said(coverage: Coverage) -> bool:
    """Whether the draft says anything of it, so that its clause is worth showing."""
    return coverage not in (Coverage.MISSING, Coverage.UNKNOWN)


def _quality(document: Any, report: Report) -> None:
    lang, notes = report.lang, told(report)
    document.add_heading(say("quality", lang), 1)
    if not notes:
        _say(document, say("quality_none", lang))
    for note in notes:
        _labelled(document, f"{_BOX} {note.title}", note.sentence)
        if note.quote:
            where = f" ({place(note.clause, lang)})" if note.clause else ""
            _say(document, f"“{note.quote}”{where}").paragraph_format.left_indent = Cm(0.8)
        for source in note.sources:
            _say(document, f"{say('source', lang)}: {source}").paragraph_format.left_indent = Cm(0.8)


def _sources(document: Any, report: Report) -> None:
    lang = report.lang
    document.add_heading(say("sources", lang), 1)
    keys = ("policy", "organisation", "published", "available", "address")
    _table(
        document,
        [say(key, lang) for key in keys],
        [
            (
                policy.title,
                policy.organisation,
                policy.published or "",
                named("coverage", policy.coverage, lang) + (f": {policy.missing}" if policy.missing else ""),
                policy.url or "",
            )
            for policy in policies(report)
        ],
    )
