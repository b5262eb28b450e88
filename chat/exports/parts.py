"""What every format says in the same words: where a clause stands, how common a rule is, what was noted. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from chat.exports.report import Report
from chat.exports.words import named, say
from kb.clause import Clause, Policy
from kb.compare import Cell, Coverage, Row, Share

_EVERY = "all"  # what a policy for all sectors says of itself
_LEAST = 4  # policies that a sector must have to be told by itself where the draft is of none
# XML, and with it both office formats, has no way to write these; lone surrogates have no UTF-8.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def writable(text: str) -> str:
    """The text with a replacement sign for each character that no document can hold; every other is kept."""
    return _UNWRITABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text on one line, for where a line break would end the row or the paragraph."""
    return " ".join(writable(text).split())


def title(report: Report) -> str:
    """What the report is about."""
    draft = report.comparison.draft
    return one_line(say("title_draft", report.lang, draft=draft.title) if draft else say("title_all", report.lang))


def policies(report: Report) -> tuple[Policy, ...]:
    """The published policies that are compared with, in their order."""
    rows = report.comparison.practices
    return tuple(cell.policy for cell in rows[0].published) if rows else ()


def made(report: Report) -> str:
    """When the report was made, from what, and how many policies it compares with."""
    return say("made", report.lang, made=report.made, index=report.index[:12], count=len(policies(report)))


def summary(report: Report) -> str:
    """How many practices the draft covers, lacks and so on."""
    return say("summary_line", report.lang, **{coverage.value: count for coverage, count in report.comparison.counts().items()})


def any_unknown(report: Report) -> bool:
    """Whether of any policy it is unknown what it says, so that the word must be explained."""
    rows = (*report.comparison.practices, *report.comparison.topics)
    return any(cell.coverage is Coverage.UNKNOWN for row in rows for cell in (*((row.draft,) if row.draft else ()), *row.published))


def place(clause: Clause, lang: str) -> str:
    """Where a clause stands: its policy's title, section, number and page."""
    number = say("no", lang, number=clause.number) if clause.number else ""
    page = say("page", lang, page=clause.page) if clause.page else ""
    return one_line(" · ".join(part for part in (clause.policy.title, clause.section, number, page) if part))


def sectors(report: Report) -> list[str]:
    """Sectors of the published policies, the one with the most of them first."""
    count = Counter(policy.sector for policy in policies(report) if policy.sector and policy.sector != _EVERY)
    return sorted(count, key=lambda sector: (-count[sector], sector))


def share_of(row: Row, sector: str) -> Share:
    """How common the subject is in one sector."""
    return row.share(lambda policy: policy.sector == sector)


def most_common(row: Row, report: Report) -> list[str]:
    """Sectors with policies enough to tell that cover the subject, the one where it is most common first."""
    found = {sector: share_of(row, sector) for sector in sectors(report)}
    large = [sector for sector, part in found.items() if part.of >= _LEAST and part.covering]
    return sorted(large, key=lambda sector: -found[sector].rate)


def share(found: Share, lang: str) -> str:
    """A share in words, with of how many it is unknown."""
    told = say("share", lang, covering=found.covering, of=found.of)
    return f"{told}; {say('share_unknown', lang, unknown=found.unknown)}" if found.unknown else told


def common(row: Row, report: Report) -> str:
    """How common a subject is: overall, in the draft's sector, else in the one where it is most common, and of how many it is unknown."""
    overall = row.share()
    draft = report.comparison.draft
    told = [say("share", report.lang, covering=overall.covering, of=overall.of)]
    chosen = draft.sector if draft and draft.sector in sectors(report) else next(iter(most_common(row, report)), None)
    if chosen:
        found = share_of(row, chosen)
        told.append(say("share_in", report.lang, covering=found.covering, of=found.of, sector=named("sector", chosen, report.lang)))
    if overall.unknown:
        told.append(say("share_unknown", report.lang, unknown=overall.unknown))
    return "; ".join(told)


def name(row: Row, report: Report) -> str:
    """The subject's name, a practice's with its number."""
    told = one_line(report.titles.get(row.subject, str(row.subject)))
    return f"{row.subject}. {told}" if isinstance(row.subject, int) else told


def telling(cell: Cell) -> Clause | None:
    """The clause that a cell rests on: the one that goes against the subject, else the surest that says it."""
    return next(iter((*cell.against, *cell.clauses)), None)


def covering(row: Row) -> tuple[Cell, ...]:
    """Cells of the published policies that cover the subject."""
    return tuple(cell for cell in row.published if cell.coverage is Coverage.COVERED)


def against(report: Report) -> Iterator[tuple[Row, Cell]]:
    """Each practice that the draft goes against, with its cell."""
    for row in report.comparison.gaps():
        if row.draft and row.draft.coverage is Coverage.CONTRADICTS:
            yield row, row.draft


def policy_title(policy_id: str, report: Report) -> str:
    """The title of a policy that was asked for by name."""
    rules = report.comparison.rules.get(policy_id, ())
    return one_line(next((rule.theirs.policy.title for rule in rules), policy_id))
