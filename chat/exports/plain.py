"""A report for the terminal: plain text, at most 100 columns, readable without colour."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator

from chat.exports.notes import told
from chat.exports.parts import (
    any_unknown,
    common,
    made,
    most_common,
    name,
    one_line,
    place,
    policy_title,
    share_of,
    summary,
    telling,
    title,
)
from chat.exports.report import Report
from chat.exports.words import covered, named, say
from kb.clause import Clause
from kb.compare import Cell, Coverage, Row, Rule

WIDTH = 100
_QUOTED = 280  # code points of a clause; the other formats have all of it
_PEERS = 5
_SECTORS = 3
_NAME = 44  # columns of a practice's name
# A terminal obeys these and those it cannot show; a clause must not move the cursor or turn the line round.
_CONTROLS = ("Cc", "Cf", "Cs")


def table(report: Report) -> str:
    """The gaps first, then what is covered, or how common each practice is where there is no draft."""
    lines = [*_head(report), *(_draft(report) if report.comparison.draft else _all(report))]
    return "\n".join(_shown(line).rstrip() for line in lines) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield from _wrapped(title(report))
    yield from _wrapped(made(report))
    if any_unknown(report):
        yield from _wrapped(say("unknown_why", report.lang))


def _draft(report: Report) -> Iterator[str]:
    lang, comparison = report.lang, report.comparison
    yield ""
    yield from _wrapped(summary(report))
    gaps = comparison.gaps()
    yield from _heading(say("gaps", lang))
    if not gaps:
        yield say("gaps_none", lang)
    for row in gaps:
        yield from _gap(row, report)
    rest = [row for row in comparison.practices if row not in gaps]
    if rest:
        yield from _heading(say("practices", lang))
    for row in rest:
        if row.draft:
            yield from _line(row.draft, row, report)
    yield from _peers(report)
    for policy_id, rules in comparison.rules.items():
        yield from _heading(say("rules", lang, policy=policy_title(policy_id, report)))
        for rule in rules:
            yield from _rule(rule, lang)
    yield from _notes(report)


def _gap(row: Row, report: Report) -> Iterator[str]:
    lang = report.lang
    if row.draft is None:
        return
    yield from _line(row.draft, row, report)
    if clause := telling(row.draft):
        yield from _quoted(say("ours", lang), clause, lang)
    for pair in row.beside[:1]:
        yield from _quoted(say("theirs", lang), pair.theirs, lang)
    if row.draft.coverage is not Coverage.PARTLY and (model := report.models.get(int(row.subject))):
        yield from _wrapped(f"{say('model', lang)}: {one_line(model)}", "      ")
    for heading, text in report.disagreements.get(int(row.subject), ()):
        yield from _wrapped(f"{say('disagreements', lang)}: {one_line(heading)}: {one_line(text)}", "      ")


def _line(cell: Cell, row: Row, report: Report) -> Iterator[str]:
    """Sign and word, the practice, how common: on one line where it fits, else the last below."""
    start = f"{covered(cell.coverage, report.lang):<17} {name(row, report)}"
    frequency = common(row, report)
    if len(start) + len(frequency) + 2 <= WIDTH:
        yield start + frequency.rjust(WIDTH - len(start))
    else:
        yield from _wrapped(start, "", " " * 18)
        yield from _wrapped(frequency, " " * 18)


def _quoted(who: str, clause: Clause, lang: str) -> Iterator[str]:
    text = one_line(clause.text)
    shown = text if len(text) <= _QUOTED else f"{text[:_QUOTED].rsplit(' ', 1)[0]} …"
    yield from _wrapped(f"{who}: “{shown}”", "      ")
    yield from _wrapped(f"({place(clause, lang)})", "      ")


def _peers(report: Report) -> Iterator[str]:
    if report.comparison.peers:
        yield from _heading(say("peers", report.lang))
    for peer in report.comparison.peers[:_PEERS]:
        yield from _wrapped(f"{peer.likeness:.2f}  {one_line(peer.policy.title)} ({peer.policy.id})", "", "      ")


def _rule(rule: Rule, lang: str) -> Iterator[str]:
    yield from _wrapped(f"{covered(rule.coverage, lang):<17} “{one_line(rule.theirs.text)}”", "", " " * 18)
    if rule.ours and rule.coverage in (Coverage.COVERED, Coverage.PARTLY, Coverage.CONTRADICTS):
        yield from _wrapped(f"{say('ours', lang)}: “{one_line(rule.ours.text)}”", " " * 18)


def _notes(report: Report) -> Iterator[str]:
    yield from _heading(say("quality", report.lang))
    notes = told(report)
    if not notes:
        yield say("quality_none", report.lang)
    for note in notes:
        yield from _wrapped(f"- {note.title}: {note.sentence}", "", "  ")
        if note.quote:
            yield from _wrapped(f"“{one_line(note.quote)}”" + (f" ({place(note.clause, report.lang)})" if note.clause else ""), "  ")
        for source in note.sources:
            yield from _wrapped(f"{say('source', report.lang)}: {source}", "  ")


def _all(report: Report) -> Iterator[str]:
    for key, rows in (("practices", report.comparison.practices), ("topics", report.comparison.topics)):
        yield from _heading(say(key, report.lang))
        for row in rows:
            yield from _frequency(row, report)


def _frequency(row: Row, report: Report) -> Iterator[str]:
    """How common a subject is overall, and in the larger sectors where it is most common."""
    found = row.share()
    parts = [say("share", report.lang, covering=found.covering, of=found.of)]
    for sector in most_common(row, report)[:_SECTORS]:
        part = share_of(row, sector)
        parts.append(f"{named('sector', sector, report.lang)} {part.covering}/{part.of}")
    if found.unknown:
        parts.append(say("share_unknown", report.lang, unknown=found.unknown))
    start, rest = name(row, report), "; ".join(parts)
    if len(start) <= _NAME:
        yield from _wrapped(f"{start:<{_NAME}} {rest}", "", " " * (_NAME + 1))
    else:
        yield from _wrapped(start)
        yield from _wrapped(rest, " " * (_NAME + 1))


def _heading(text: str) -> Iterable[str]:
    return "", text, "-" * min(len(text), WIDTH)


def _wrapped(text: str, first: str = "", later: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=first if later is None else later, break_on_hyphens=False,
        replace_whitespace=False, drop_whitespace=True,
    )  # fmt: skip


def _shown(line: str) -> str:
    return "".join("\ufffd" if unicodedata.category(char) in _CONTROLS else char for char in line)
