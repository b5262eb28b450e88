"""How far a build is: a bar with rate and time left on a terminal, now and then a quiet line in a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

Progress = Callable[[int, int], None]
_QUIET = 15.0  # seconds between two lines of a log; what is done sooner says nothing


def progress(stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Progress:
    """Shows `done, total` clauses on `stream`."""
    return _bar(stream) if stream.isatty() else _lines(stream, clock)


def _bar(stream: TextIO) -> Progress:
    # Drawing costs 0.1 s to import: only here, where something is built on a terminal.
    import atexit

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f} a second" if speed else "")

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("clauses"), Rate(), TimeRemainingColumn(), TextColumn("left"))
    bars = Bars(*columns, console=Console(file=stream))
    task = bars.add_task("", total=None)

    def show(done: int, total: int) -> None:
        if not bars.live.is_started:
            bars.start()
            # A build that fails half-way must not leave the terminal without its cursor.
            atexit.register(bars.stop)
        bars.update(task, completed=done, total=total, refresh=True)
        if done >= total:
            bars.stop()
            atexit.unregister(bars.stop)

    return show


def _lines(stream: TextIO, clock: Callable[[], float]) -> Progress:
    started = said = clock()

    def show(done: int, total: int) -> None:
        nonlocal started, said
        now = clock()
        if now - said < _QUIET or done >= total or not done:
            return
        said = now
        rate = done / (now - started)
        stream.write(f"  {done:,} of {total:,} clauses, {rate:,.0f} a second, about {_span((total - done) / rate)} left\n")
        stream.flush()

    return show


def _span(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"
