"""A terminal sees rate and time left; a log is told little, and nothing of what is soon done."""

from __future__ import annotations

import io
import subprocess
import sys

from chat.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_rate_and_time_left() -> None:
    screen = Terminal()
    show = progress(screen)
    for done in (0, 128, 256, 400):
        show(done, 400)
    seen = screen.getvalue()
    assert "400/400" in seen
    assert "a second" in seen
    assert "left" in seen
    assert seen.count("\x1b[?25l") == seen.count("\x1b[?25h"), "the cursor is shown again"


def test_a_log_hears_of_it_every_quarter_minute() -> None:
    log, times = io.StringIO(), iter([0.0, 5.0, 16.0, 20.0, 40.0, 200.0])
    show = progress(log, lambda: next(times))
    for done in (100, 400, 500, 1000, 8000):
        show(done, 8000)
    assert log.getvalue().splitlines() == [
        "  400 of 8,000 clauses, 25 a second, about 5 min left",
        "  1,000 of 8,000 clauses, 25 a second, about 5 min left",
    ]


def test_a_log_hears_nothing_of_what_is_soon_done() -> None:
    log, times = io.StringIO(), iter([0.0, 5.0, 9.0])
    show = progress(log, lambda: next(times))
    show(100, 200)
    show(200, 200)
    assert log.getvalue() == ""


def test_drawing_is_not_imported_for_a_log() -> None:
    code = "import sys; from chat.progress import progress; progress(sys.stderr); assert 'rich' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.PIPE)
