"""`askfirst compare`: which draft, beside which policies, in which format, to where."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from chat.exports import FORMATS, Report
from chat.shelf import Shelf
from kb.clause import LANGUAGES, Policy
from kb.compare import Filter, Sheet, comparable
from kb.errors import InputError

_PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_COVERAGES = ("full", "near-full", "partial", "secondary")
_NAMED = 5  # ids or values that a message lists


class Desk(Protocol):
    """What compares, over one index."""

    def draft(self, data: bytes, name: str) -> Sheet:
        """The draft in a file of this name; raises `InputError` for one that cannot be used."""
        ...

    def sheet(self, policy: Policy) -> Sheet:
        """A policy of the index."""
        ...

    def report(self, draft: Sheet | None, named: Sequence[str], fits: Filter, *, day: date, groups: Collection[str], lang: str) -> Report:
        """The draft beside the policies that fit, and rule by rule beside the named ones."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for, as far as it can be judged without an index."""

    draft: str | None
    data: bytes | None
    named: tuple[str, ...]
    fits: Filter
    kind: str
    out: Path | None
    lang: str | None


def wanted(options: argparse.Namespace) -> Wanted:
    """What the options ask for; raises `InputError` before anything slow begins."""
    kind, out = options.format or _of_ending(options.out) or "table", options.out
    if FORMATS[kind].binary and out is None:
        raise InputError(expected=f"a file for {kind}", found="none", todo=f"add --out FILE.{FORMATS[kind].ending}")
    if options.named and options.draft is None:
        raise InputError(
            expected="a draft or policy id that --with is laid beside", found="none", todo="name it first: compare DRAFT --with POLICY"
        )
    for flag, value in (("--since", options.since), ("--until", options.until)):
        if value and not _PERIOD.fullmatch(value):
            raise InputError(expected=f"a year, month or day for {flag} (2015, 2015-03, 2015-03-09)", found=f"'{value}'", todo="correct it")
    fits = Filter(
        frozenset(options.sector),
        frozenset(options.country),
        frozenset(options.lang),
        frozenset(options.coverage),
        options.since or "",
        options.until or "",
    )
    return Wanted(options.draft, _data(options.draft), tuple(options.named), fits, kind, out, options.report_lang)


def run(asked: Wanted, desk: Desk, shelf: Shelf, log: Callable[[str], None]) -> None:
    """Compares and writes the report, to the file or to stdout; raises `InputError` for what cannot be compared."""
    known = {policy.id: policy for policy in shelf.policies.values()}
    _check_named(asked.named, known)
    _check_filter(asked.fits, comparable(shelf.policies.values()))
    draft = _draft(asked, desk, shelf, known)
    lang = asked.lang or (draft.policy.lang if draft else LANGUAGES[0])
    report = desk.report(draft, asked.named, asked.fits, day=shelf.day, groups=shelf.groups, lang=lang)
    _write(FORMATS[asked.kind].write(report), asked.out)
    if asked.out:
        log(f"wrote {asked.out}")


def _of_ending(out: Path | None) -> str | None:
    """The format that a file's ending names, where it names one."""
    return next((kind for kind, of in FORMATS.items() if out and out.suffix.lower() == f".{of.ending}"), None)


def _data(draft: str | None) -> bytes | None:
    """The bytes of the draft's file; nothing where no such file is, as it may be a policy's id."""
    if draft is None or not Path(draft).is_file():
        return None
    try:
        return Path(draft).read_bytes()
    except OSError as error:
        raise InputError(expected=f"a readable file {draft}", found=error.strerror or str(error), todo="correct the path") from error


def _draft(asked: Wanted, desk: Desk, shelf: Shelf, known: Collection[str]) -> Sheet | None:
    if asked.draft is None:
        return None
    if asked.data is not None:
        return desk.draft(asked.data, Path(asked.draft).name)
    policy = shelf.policy(asked.draft, asked.lang or LANGUAGES[0])
    if policy is None:
        raise InputError(
            expected="a file or the id of a policy", found=f"'{asked.draft}', which is neither", todo=_close(asked.draft, known)
        )
    return desk.sheet(policy)


def _check_named(named: Iterable[str], known: Collection[str]) -> None:
    for policy_id in named:
        if policy_id not in known:
            raise InputError(expected="the id of a policy for --with", found=f"'{policy_id}'", todo=_close(policy_id, known))


def _close(word: str, known: Collection[str]) -> str:
    """What to do about an id that no policy has: those close to it, else a few there are."""
    if near := get_close_matches(word.casefold(), sorted(known), _NAMED, 0.5):
        return f"close to it: {', '.join(near)}"
    return f"use an id such as {', '.join(sorted(known)[:_NAMED])}" if known else "ingest policies first"


def _check_filter(fits: Filter, policies: Collection[Policy]) -> None:
    """Raises `InputError` for a value that no policy has: a comparison with nothing would look like an answer."""
    for flag, given, known in (
        ("--sector", fits.sectors, {policy.sector for policy in policies if policy.sector}),
        ("--country", fits.countries, {policy.country for policy in policies if policy.country}),
        ("--coverage", fits.coverages, set(_COVERAGES)),
    ):
        if unknown := sorted(given - known):
            raise InputError(expected=f"{flag} out of {', '.join(sorted(known))}", found=f"'{unknown[0]}'", todo="correct it")
    if not any(fits(policy) for policy in policies):
        raise InputError(expected="a policy that the filters let through", found="none", todo="leave one of them out")


def _write(made: str | bytes, out: Path | None) -> None:
    data = made if isinstance(made, bytes) else made.encode("utf-8", "replace")
    if out is None:
        sys.stdout.write(data.decode("utf-8"))
        sys.stdout.flush()
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise InputError(expected=f"a file that can be written at {out}", found=error.strerror or str(error), todo="correct it") from error
