"""`python -m tests.benchmarks.comparing_speed [--home HOME]`: what comparing takes.

Promises: 77 policies × 25 practices in 2 s warm; a draft of 60 pages in 10 s beyond reading it. The baseline is one pass of the
embedder over the same draft's clauses, in the same run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from chat.comparing import Comparer, open_comparer
from ingest.build import refresh
from ingest.drafted import read_draft
from kb.compare import Filter, Sheet
from kb.settings import read_settings
from tests.kb.drafts.sixty_pages import sixty_pages_pdf

TIMES = 5


def seconds(work: Callable[[], object]) -> float:
    """The median of some runs."""
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def report(comparer: Comparer, draft: Sheet | None, named: tuple[str, ...] = ()) -> None:
    """One report over everything."""
    comparer.report(draft, named, Filter(), day=date.today(), groups=(), lang="en")


def main() -> None:
    """Prints seconds and ratios."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--home", type=Path, help="a home that is built already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        settings = read_settings(os.environ | {"ASKFIRST_HOME": str(home)}, Path(folder))
        comparer = open_comparer(settings, refresh(settings, print).index, lambda data, name: read_draft(data, name, ()))
        began = time.perf_counter()
        report(comparer, None)
        print(f"first comparison of the published policies, all clauses read   {time.perf_counter() - began:.2f} s")
        print(f"77 policies x 25 practices, warm                               {seconds(lambda: report(comparer, None)):.2f} s (promise 2)")
        pdf = sixty_pages_pdf()
        began = time.perf_counter()
        _, clauses = read_draft(pdf, "handbook.pdf", ())
        reading = time.perf_counter() - began
        began = time.perf_counter()
        draft = comparer.draft(pdf, "handbook.pdf")
        report(comparer, draft, ("gitlab",))
        whole = time.perf_counter() - began
        texts, langs = [c.embedded for c in clauses], [c.lang for c in clauses]
        embedding = seconds(lambda: comparer.knowledge.embedder.embed(texts, langs))
        beyond = whole - reading
        print(f"a draft of 60 pages, {len(clauses)} clauses: reading {reading:.2f} s, beyond it {beyond:.2f} s (promise 10)")
        print(f"beyond reading, over embedding its clauses alone   {beyond / embedding:.1f}")


if __name__ == "__main__":
    main()
