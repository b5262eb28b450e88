"""One run of `ingest`: addresses are fetched, paths remembered or forgotten, and the index is brought up to date."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.address import canonical, is_address
from ingest.build import Progress, refresh
from ingest.changes import Changes
from ingest.copies import Copies, keep, look_up, write
from ingest.plan import Log, plan
from ingest.sources import Remembered, remembered, with_paths
from kb.clause import Authority
from kb.errors import InputError
from kb.settings import Settings


def run(
    settings: Settings,
    paths: Sequence[str],
    log: Log,
    progress: Progress | None = None,
    *,
    authority: Authority | None = None,
    given: Mapping[str, str] | None = None,
    forget: Sequence[str] = (),
    rebuild: bool = False,
    dry: bool = False,
) -> tuple[Changes, bool]:
    """What changed, and whether an index was built; `dry` fetches and compares, and writes nothing into the home.

    `authority` and `given` are said of all `paths`. An address that gives nothing is refused by name and the rest goes on;
    raises `InputError` for a path or address that cannot be meant, and where nothing is left that goes on.
    """
    given = given or {}
    add = [Remembered(Path(path), authority, given) for path in paths if not is_address(path)]
    forget = [canonical(path) if is_address(path) else path for path in forget]
    with_paths(remembered(settings), add, forget)  # a mistake shows before anything is fetched
    addresses = [path for path in paths if is_address(path)]
    copies = look_up(settings, addresses, authority, given, log) if addresses else Copies()
    if addresses and not (copies.found or copies.kept or add):
        reasons = "; ".join(f"{url}: {reason}" for url, reason in copies.refused.items())
        raise InputError(expected="an address that gives a document", found="none", todo=reasons)
    if dry:
        with tempfile.TemporaryDirectory() as folder:
            there = write(Path(folder), copies)
            found = plan(settings, log, kept=with_paths(remembered(settings), [*add, *there], forget))
        changes, built = found.changes, False
    else:
        if add or forget or copies.found:
            keep(settings, copies, add, forget)
        outcome = refresh(settings, log, progress, rebuild=rebuild)
        changes, built = outcome.changes, outcome.built
    return replace(changes, refused=dict(copies.refused) | dict(changes.refused)), built
