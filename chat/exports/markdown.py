"""A report as Markdown: the whole of it, every quotation exact once rendered, nothing in it taken for markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from chat.exports.notes import told
from chat.exports.parts import (
    any_unknown,
    common,
    covering,
    made,
    name,
    one_line,
    place,
    policies,
    policy_title,
    sectors,
    share,
    share_of,
    summary,
    title,
)
from chat.exports.report import Report
from chat.exports.words import covered, named, say
from kb.clause import Clause
from kb.compare import Coverage, Row

_MARKUP = re.compile(r"[\\`*_\[\]<>&#~|!$]|:(?=//)")
_BEGINNING = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=])")
_ADDRESS = re.compile(r"https?://[^\s<>|\\]+")


def markdown(report: Report) -> str:
    """The report's sections, empty ones left out."""
    lang, draft = report.lang, report.comparison.draft
    lines = [f"# {safe(title(report))}", "", safe(made(report)), "", safe(say("whose", lang)), ""]
    if any_unknown(report):
        lines += [safe(say("unknown_why", lang)), ""]
    if draft:
        lines += [*_summary(report), *_gaps(report), *_conflicts(report)]
    lines += [*_frequencies(report, "practices"), *_frequencies(report, "topics")]
    if draft:
        lines += [*_peers(report), *_rules(report), *_quality(report)]
    lines += [*_sources(report), safe(say("closing", lang))]
    return "\n".join(lines) + "\n"


def safe(text: str) -> str:
    """The text on one line, with a backslash before whatever Markdown or HTML would take for markup."""
    escaped = _MARKUP.sub(lambda found: f"\\{found[0]}", one_line(text))
    return _BEGINNING.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", escaped)


def _link(text: str) -> str:
    """A source: a link where it is an address, else as it is written."""
    return f"<{text}>" if _ADDRESS.fullmatch(text) else safe(text)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]], told: Callable[[str], str] = safe) -> Iterator[str]:
    columns = list(heads)
    yield f"| {' | '.join(safe(head) for head in columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(map(told, row))} |"
    yield ""


def _quoted(who: str, clause: Clause, lang: str) -> Iterator[str]:
    yield f"{safe(who)} ({safe(place(clause, lang))}):"
    yield ""
    yield f"> {safe(clause.text)}"
    yield ""


def _summary(report: Report) -> Iterator[str]:
    yield from (f"## {safe(say('summary', report.lang))}", "", safe(summary(report)), "")
    yield from _table(
        (say("practice", report.lang), say("coverage", report.lang), say("common", report.lang)),
        (
            (name(row, report), covered(row.draft.coverage, report.lang), common(row, report))
            for row in report.comparison.practices
            if row.draft
        ),
    )


def _gaps(report: Report) -> Iterator[str]:
    lang, gaps = report.lang, report.comparison.gaps()
    yield from (f"## {safe(say('gaps', lang))}", "", safe(say("gaps_note" if gaps else "gaps_none", lang)), "")
    for row in gaps:
        if not row.draft:
            continue
        number = int(row.subject)
        yield from (f"### {safe(name(row, report))}: {safe(covered(row.draft.coverage, lang))}", "")
        yield from (f"{safe(say('common', lang))}: {safe(common(row, report))}", "")
        if number in report.facts:
            yield from (f"{safe(say('asks', lang))}: {safe(report.facts[number])}", "")
        if counts := report.counts.get(number):
            yield from (f"{safe(say('counts_covered', lang))}: {safe(counts.covered)}.", "")
            yield from (f"{safe(say('counts_partly', lang))}: {safe(counts.partly)}.", "")
        for clause in (*row.draft.against, *row.draft.clauses)[:3]:
            yield from _quoted(say("ours", lang), clause, lang)
        for pair in row.beside:
            yield from _quoted(say("theirs", lang), pair.theirs, lang)
        if number in report.models:
            yield from (f"- [ ] {safe(say('model', lang))}: {safe(report.models[number])}", "")


def _conflicts(report: Report) -> Iterator[str]:
    found = [(row, entry) for row in report.comparison.practices for entry in report.disagreements.get(int(row.subject), ())]
    if not found:
        return
    yield from (f"## {safe(say('disagreements', report.lang))}", "")
    for row, (heading, text) in found:
        yield from (f"- **{safe(heading)}** ({safe(name(row, report))}) {safe(text)}",)
    yield ""


def _frequencies(report: Report, which: str) -> Iterator[str]:
    lang = report.lang
    rows: tuple[Row, ...] = report.comparison.practices if which == "practices" else report.comparison.topics
    if not rows:
        return
    told_sectors = sectors(report)
    yield from (f"## {safe(say('common', lang))}: {safe(say(which, lang))}", "")
    heads = (
        say("practice" if which == "practices" else "topic", lang),
        say("overall", lang),
        *(named("sector", s, lang) for s in told_sectors),
    )
    yield from _table(
        heads, ([name(row, report), share(row.share(), lang), *(share(share_of(row, s), lang) for s in told_sectors)] for row in rows)
    )
    if which == "practices":
        yield from _who(report)


def _who(report: Report) -> Iterator[str]:
    yield from (f"### {safe(say('who', report.lang))}", "")
    for row in report.comparison.practices:
        who = ", ".join(cell.policy.title for cell in covering(row)) or "–"
        yield f"- **{safe(name(row, report))}** {safe(who)}"
    yield ""


def _peers(report: Report) -> Iterator[str]:
    if report.comparison.peers:
        yield from (f"## {safe(say('peers', report.lang))}", "")
        yield from _table(
            (say("policy", report.lang), say("likeness", report.lang)),
            ((peer.policy.title, f"{peer.likeness:.2f}") for peer in report.comparison.peers[:10]),
        )


def _rules(report: Report) -> Iterator[str]:
    lang = report.lang
    for policy_id, rules in report.comparison.rules.items():
        other = policy_title(policy_id, report)
        yield from (f"## {safe(say('rules', lang, policy=other))}", "", safe(say("rules_note", lang, policy=other)), "")
        yield from _table(
            (say("coverage", lang), say("rule", lang), say("closest", lang)),
            (
                (covered(rule.coverage, lang), rule.theirs.text, rule.ours.text if rule.ours and rule.coverage in _SAID else "")
                for rule in rules
            ),
        )


_SAID = (Coverage.COVERED, Coverage.PARTLY, Coverage.CONTRADICTS)


def _quality(report: Report) -> Iterator[str]:
    lang, notes = report.lang, told(report)
    yield from (f"## {safe(say('quality', lang))}", "")
    if not notes:
        yield from (safe(say("quality_none", lang)), "")
    for note in notes:
        yield from (f"- **{safe(note.title)}** {safe(note.sentence)}", "")
        if note.quote:
            where = f" ({safe(place(note.clause, lang))})" if note.clause else ""
            yield from (f"  > {safe(note.quote)}{where}", "")
        for source in note.sources:
            yield from (f"  {safe(say('source', lang))}: {_link(source)}", "")


def _sources(report: Report) -> Iterator[str]:
    lang = report.lang
    yield from (f"## {safe(say('sources', lang))}", "")
    yield from _table(
        (say(key, lang) for key in ("policy", "organisation", "sector", "country", "published", "available", "address")),
        (
            (
                policy.title,
                policy.organisation,
                named("sector", policy.sector, lang),
                named("country", policy.country, lang),
                policy.published or "",
                named("coverage", policy.coverage, lang),
                policy.url or "",
            )
            for policy in policies(report)
        ),
        _link,
    )
