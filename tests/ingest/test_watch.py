"""`ingest --watch` in a process of its own: changes are told, errors survived, and a signal ends it cleanly."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_LONG = 60  # seconds after which a line that has not come will not


class Watcher:
    """A running `ingest --watch` and the lines it has printed."""

    def __init__(self, *arguments: str, corpus: Path, home: Path) -> None:
        environment = os.environ | {"ASKFIRST_HOME": str(home), "ASKFIRST_CORPUS": str(corpus)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ingest.quick", "ingest", "--watch", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def until(self, wanted: str) -> list[str]:
        """The lines printed up to and including the first that holds `wanted`."""
        seen: list[str] = []
        end = time.monotonic() + _LONG
        while True:
            try:
                seen.append(self.lines.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"no line with {wanted!r} among {seen}")
            if wanted in seen[-1]:
                return seen

    def end(self, by: signal.Signals) -> tuple[int, list[str]]:
        """Sends the signal; the exit status and the last lines."""
        self.process.send_signal(by)
        status = self.process.wait(_LONG)
        self.reader.join(_LONG)
        return status, list(self.lines.queue)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of one rule."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text("- Never swear.\n", "utf-8")
    return tmp_path / "corpus"


@pytest.fixture
def watch(corpus: Path, tmp_path: Path) -> Iterator[Callable[..., Watcher]]:
    """Starts watchers; those that still run in the end are killed."""
    started: list[Watcher] = []

    def begin(*arguments: str) -> Watcher:
        started.append(Watcher(*arguments, corpus=corpus, home=tmp_path / "home"))
        return started[-1]

    yield begin
    for watcher in started:
        with contextlib.suppress(OSError):
            watcher.process.kill()
        watcher.process.wait(_LONG)
        assert watcher.process.stdout
        watcher.reader.join(_LONG)
        watcher.process.stdout.close()


def shown(lines: Sequence[str]) -> list[str]:
    """The lines that tell a change."""
    return [line.split(maxsplit=1)[1] for line in lines if line.startswith(("added", "changed", "moved", "removed", "refused", "missing"))]


@pytest.mark.slow
def test_changes_are_told_errors_survived_and_an_interrupt_ends_it(watch: Callable[..., Watcher], corpus: Path, tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    extra.mkdir()
    (extra / "b.md").write_text("- You must smile.\n", "utf-8")
    watcher = watch(str(extra))
    assert shown(watcher.until("watching")) == ["a/1@en  Never swear.", "b/1@en  You must smile."]

    second = watch()
    assert "no other process to be watching this home" in second.until("watching")[-1] and second.process.wait(_LONG) == 2

    # As editors do: a new file takes the place of the old one.
    (corpus / "new").write_text("- Never curse.\n", "utf-8")
    (corpus / "new").replace(corpus / "a.md")
    assert shown(watcher.until("1 changed"))[0].startswith("a/1@en  Never swear. → Never curse.")

    (extra / "bad.md").write_bytes(b"\xff\xfe\xfd")
    assert "bad.md" in shown(watcher.until("1 refused"))[0]
    (extra / "bad.md").unlink()

    shutil.rmtree(extra)
    told = watcher.until("1 removed")
    assert any("extra" in line and line.startswith("missing") for line in told)
    extra.mkdir()
    (extra / "b.md").write_text("- You must grin.\n", "utf-8")
    assert shown(watcher.until("1 added")) == ["b/1@en  You must grin."]

    # Nothing left to build from: an error, told, and mended by the next change.
    (corpus / "a.md").rename(tmp_path / "a.md")
    shutil.rmtree(extra)
    assert "the last good index stays in force" in watcher.until("expected at least one policy")[-1]
    (tmp_path / "a.md").rename(corpus / "a.md")
    assert "b/1@en  You must grin." in shown(watcher.until("1 removed"))

    status, last = watcher.end(signal.SIGINT)
    assert status == 0 and "stopped watching" in last[-1] and not any("Traceback" in line for line in last)


def test_a_single_file_is_watched_and_a_termination_ends_it(watch: Callable[..., Watcher], tmp_path: Path) -> None:
    file = tmp_path / "b.md"
    file.write_text("- You must smile.\n", "utf-8")
    watcher = watch(str(file), "--json")
    watcher.until("watching")
    file.unlink()
    file.write_text("- You must grin.\n", "utf-8")
    assert '"changed": ["b/1@en"]' in watcher.until('"changed"')[-1]
    status, last = watcher.end(signal.SIGTERM)
    assert status == 0 and "stopped watching" in last[-1]


def test_watching_and_a_dry_run_do_not_go_together(watch: Callable[..., Watcher]) -> None:
    watcher = watch("--dry-run")
    assert "expected --watch or --dry-run; found both" in watcher.until("dry-run")[-1] and watcher.process.wait(_LONG) == 2
