"""`python -m tests.benchmarks.first_page [--home HOME] [--runs 3]`: how soon a server is ready, and its first page can be used then.

Promises: ready within 10 seconds of starting, with an index present; the page within 3 seconds after. The baseline of the first is a
process that imports Gradio and Chroma and does nothing. Each run starts a server of its own; a browser that is open already, with an
empty profile, goes to the page as soon as `/readyz` says ready, types into it, and is done when the question stands in the
conversation: that the box is painted does not mean that it listens. Beside it, the time the same question takes in a page that is
open already.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from ingest.build import refresh
from kb.settings import read_settings
from tests.benchmarks.first_answer import seconds
from tests.chat.web.conftest import CHROMIUM, FLAGS
from tests.chat.web.test_serve import Server

_BOX = "#af-box textarea"


def measured(home: Path, browser: Browser) -> tuple[float, float, float]:
    """Seconds until a fresh server is ready, until a first question stands in its page's conversation, and a second, typed by hand."""
    with Server(home) as server:
        ready = server.ready()
        began = time.perf_counter()
        page = browser.new_page()
        page.goto(server.address)
        _ask(page, "May I post a picture of my desk?", 1)
        first = time.perf_counter() - began
        page.wait_for_selector(".af-turn .af-card, .af-turn article", timeout=60_000)
        began = time.perf_counter()
        _ask(page, "May I name my employer?", 2)
        again = time.perf_counter() - began
        page.close()
    return ready, first, again


def _ask(page: Any, text: str, turn: int) -> None:
    page.wait_for_selector(_BOX)
    while not page.query_selector(f".af-turn:nth-of-type({turn})"):
        page.fill(_BOX, text)
        page.press(_BOX, "Enter")
        page.wait_for_timeout(50)


def main() -> None:
    """Prints a line a run and the median."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--home", type=Path, help="a finished home, which is copied")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        if options.home:
            shutil.copytree(options.home, home)
        refresh(read_settings({"ASKFIRST_HOME": str(home)}, home), lambda _: None)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        runs = [measured(home, browser) for _ in range(options.runs)]
        browser.close()
    bare = seconds([sys.executable, "-c", "import chromadb, gradio"], dict(os.environ), len(runs))
    for ready, first, again in runs:
        print(f"ready after {ready:.2f} s   first page used after {first:.2f} s   a page that is open: {again:.2f} s")
    ready, first, _ = (statistics.median(found) for found in zip(*runs, strict=True))
    print(f"median: ready {ready:.2f} s (promise 10), {ready / bare:.2f} of importing Gradio and Chroma; page {first:.2f} s (promise 3)")


if __name__ == "__main__":
    main()
