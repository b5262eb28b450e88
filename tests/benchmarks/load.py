"""`python -m tests.benchmarks.load`: many people at once ask the real server, in its own process, over loopback.

Promises, on two cores: 24 people who ask distinct questions for two minutes, a second's thought between them, through the API and
through the chat's own queue: no error, 95 % of the answers within 1.5 s, memory flat (± 10 %). 64 people: no error; figures.
A Chroma server that goes and comes back: clear refusals (503, with a time to try again), then answers without anybody's help.
An ingest meanwhile: no error, and no answer begun after it from the index before it. Two workers over one Chroma server: the
same answers. `--seconds` makes a part shorter, `--parts` picks some, `--home` takes a copy of a finished home.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx
import psutil

from chat.scenarios import read_bank
from ingest.build import refresh
from kb.settings import read_settings
from tests.chroma_server import ChromaServer, free_port

THINKING = 1.0  # seconds between an answer and the next question
VISIT = 8  # questions until a person closes the page and another opens it
WARMING = 10.0  # seconds before memory is first looked at
PARTS = ("api", "chat", "crowd", "ingest", "chroma", "workers")
Asking = Callable[[str], Awaitable[tuple[int, str]]]  # a question → HTTP status, and the digest of the index or what was wrong


@dataclass
class Tally:
    """What came of the questions of one run."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[tuple[float, int, str]] = field(default_factory=list)  # when, status, what
    indexes: list[tuple[float, str]] = field(default_factory=list)  # when it was asked, which index answered

    def line(self) -> str:
        """For people."""
        if len(self.seconds) < 2:
            return f"{len(self.seconds)} answers, {len(self.wrong)} errors {self.kinds()}"
        cuts = statistics.quantiles(self.seconds, n=20)
        return (
            f"{len(self.seconds):5,} answers  {len(self.wrong):3} errors{self.kinds()}   "
            f"p50 {statistics.median(self.seconds):5.2f} s  p95 {cuts[18]:5.2f} s  longest {max(self.seconds):5.2f} s"
        )

    def kinds(self) -> str:
        """How often which error came."""
        return "" if not self.wrong else f" {dict(Counter((status, said[:60]) for _, status, said in self.wrong))}"


@cache
def texts() -> list[str]:
    """Every question of the bank, mixed; read once, because that takes seconds."""
    found = [case.text for case in read_bank() if case.kind != "draft" and len(case.text) < 600]
    random.Random(7).shuffle(found)
    return found


def questions() -> Iterator[str]:
    """Distinct ones, in both languages, without end."""
    while True:
        yield from texts()


# --- who asks -------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def by_api(client: httpx.AsyncClient) -> AsyncIterator[Asking]:
    """A program's way."""

    async def ask(question: str) -> tuple[int, str]:
        reply = await client.post("/api/ask", json={"question": question})
        if reply.status_code == 200:
            return 200, str(reply.json()["index"])
        clear = "a time to try again" if "retry-after" in reply.headers else "NO time to try again"
        return reply.status_code, f"{reply.json()['detail'].partition(';')[0]}, {clear}"

    yield ask


@asynccontextmanager
async def by_chat(client: httpx.AsyncClient) -> AsyncIterator[Asking]:
    """A browser's way: the page, a connection that it keeps, and for each question a place in the queue."""
    page = (await client.get("/")).text
    found = re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)
    assert found, page[:300]
    config = json.loads(found[1])
    box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "af-box")
    event = next(event["id"] for event in config["dependencies"] if [box, "submit"] in event["targets"])
    session = "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=11))

    async def keep_open() -> None:
        async with client.stream("GET", f"/gradio_api/heartbeat/{session}") as beats:
            async for _ in beats.aiter_raw():
                pass

    async def ask(question: str) -> tuple[int, str]:
        given = {"fn_index": event, "data": ["en", "question", "unsaid", question, None], "session_hash": session}
        joined = await client.post("/gradio_api/queue/join", json=given)
        if joined.status_code != 200:
            return joined.status_code, joined.text[:80]
        shown = ""
        async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as messages:
            async for line in messages.aiter_lines():
                shown += line
                if '"process_completed"' in line:
                    said = json.loads(line.removeprefix("data:"))
                    if not said["success"] or "af-answer af-failed" in shown or "af-answer af-" not in shown:
                        return 500, "the page says that it could not answer"
                    return 200, ""
        return 500, "the stream ended before the answer"

    beats = asyncio.create_task(keep_open())
    try:
        yield ask
    finally:
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)


WAYS = {"api": by_api, "chat": by_chat}


async def people(address: str, way: str, count: int, seconds: float, besides: Callable[[], Awaitable[None]] | None = None) -> Tally:
    """So many people ask for so long; `besides` goes on at the same time."""
    tally, asked = Tally(), questions()
    end = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)

    async def person(number: int) -> None:
        await asyncio.sleep(THINKING * number / count)  # nobody presses Enter at the same instant
        while time.monotonic() < end:
            try:
                async with WAYS[way](client) as ask:
                    for _ in range(VISIT):
                        if time.monotonic() >= end:
                            break
                        await one(ask)
                        await asyncio.sleep(THINKING)
            except (httpx.HTTPError, AssertionError) as error:
                tally.wrong.append((time.monotonic(), 0, repr(error)))
                await asyncio.sleep(THINKING)

    async def one(ask: Asking) -> None:
        began = time.monotonic()
        status, said = await ask(next(asked))
        if status == 200:
            tally.seconds.append(time.monotonic() - began)
            tally.indexes.append((began, said))
        else:
            tally.wrong.append((began, status, said))

    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(*(person(number) for number in range(count)), *([besides()] if besides else []))
    return tally


# --- what is asked --------------------------------------------------------------------------------------------------


@dataclass
class Served:
    """`askfirst serve` in a process of its own."""

    process: subprocess.Popen[bytes]
    address: str

    def megabytes(self) -> float:
        """Resident memory."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Served]:
    """A server that is ready; stopped at the end, when its stop is checked too."""
    port = free_port()
    environ = os.environ | {"ASKFIRST_HOME": str(home)} | {f"ASKFIRST_{key.upper()}": value for key, value in settings.items()}
    command = [sys.executable, "-m", "chat.cli", "serve", "--port", str(port)]
    said = home.parent / f"log-{port}"
    with said.open("w") as log:
        process = subprocess.Popen(command, env=environ, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 180
        while time.monotonic() < end and process.poll() is None:
            try:
                if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.5)
        yield Served(process, address)
        process.terminate()
        began = time.monotonic()
        print(f"{'':16}stopped with exit code {process.wait(60)} after {time.monotonic() - began:.1f} s")
        # What went wrong by the server's own account: kind and place, each kind once.
        failures = Counter(re.sub(r"incident \w+", "", line) for line in said.read_text("utf-8").splitlines() if line.startswith("error"))
        for line, count in failures.most_common(5):
            print(f"{'':16}{count} × {line}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def loaded(home: Path, way: str, count: int, seconds: float) -> None:
    """One run with its memory."""
    with serving(home) as server:
        asyncio.run(people(server.address, way, count, min(WARMING, seconds)))
        before = server.megabytes()
        tally = asyncio.run(people(server.address, way, count, seconds))
        after = server.megabytes()
        print(f"{count:3} by {way:10}{tally.line()}   memory {before:.0f} → {after:.0f} MB ({after / before - 1:+.1%})")


def ingesting(home: Path, seconds: float) -> None:
    """A policy is added in the middle."""
    done: dict[str, float] = {}

    async def ingest() -> None:
        await asyncio.sleep(seconds / 3)
        own = home / "corpus"
        own.mkdir(exist_ok=True)
        (own / "added.md").write_text("# Trams\n1. You must not post about trams before the depot agrees.\n", "utf-8")
        command = (sys.executable, "-m", "chat.cli", "ingest")
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, env=os.environ | {"ASKFIRST_HOME": str(home)}, stdout=quiet, stderr=quiet)
        done["code"] = await process.wait()
        done["at"] = time.monotonic()

    with serving(home) as server:
        tally = asyncio.run(people(server.address, "api", 24, seconds, ingest))
    after = [index for began, index in tally.indexes if began > done["at"]]
    stale = len(after) - Counter(after).most_common(1)[0][1] if after else 0
    before = {index for began, index in tally.indexes if began < done["at"] - 1}
    print(f" 24 and ingest  {tally.line()}   ingest: exit code {done['code']:.0f}; afterwards {len(after)} answers, {stale} stale")
    print(f"{'':16}indexes that answered: {len(before | set(after))}")


def restarting(home: Path, chroma: ChromaServer, seconds: float) -> None:
    """The Chroma server is gone for the second third."""
    came: list[float] = []

    async def restart() -> None:
        await asyncio.sleep(seconds / 3)
        chroma.stop()
        await asyncio.sleep(seconds / 3)
        await asyncio.to_thread(chroma.start)
        came.append(time.monotonic())

    with serving(home, chroma_url=chroma.url) as server:
        tally = asyncio.run(people(server.address, "api", 24, seconds, restart))
    late = [wrong for wrong in tally.wrong if wrong[0] > came[0] + 1]
    print(f" 24 and restart {tally.line()}   a second after it was back: {len(late)} errors")


def agreeing(home: Path, chroma: ChromaServer, count: int) -> None:
    """Two workers answer each question alike."""
    asked = questions()
    with serving(home, chroma_url=chroma.url) as one, serving(home, chroma_url=chroma.url) as other:
        some = [next(asked) for _ in range(count)]
        replies = [
            [httpx.post(f"{server.address}/api/ask", json={"question": text}, timeout=60).json() for text in some]
            for server in (one, other)
        ]
    alike = sum(first == second and "verdict" in first for first, second in zip(*replies, strict=True))
    print(f"  2 workers     {alike} of {count} answers alike, word for word")


def busy() -> str:
    """What else this machine has to do."""
    return f"load average {', '.join(f'{load:.1f}' for load in os.getloadavg())}"


def main() -> None:
    """Measures and prints."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seconds", type=float, default=120.0, help="of each run (120)")
    given.add_argument("--parts", default=",".join(PARTS), help="some of %(default)s")
    given.add_argument("--home", type=Path, help="a finished home, of which a copy is used; default: one is built")
    options = given.parse_args()
    parts = options.parts.split(",")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(f"{len(texts()):,} questions, {os.cpu_count()} cores, {options.seconds:.0f} s a run, {busy()}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if options.home:
            shutil.copytree(options.home, home)
        refresh(read_settings({"ASKFIRST_HOME": str(home)}, home), lambda _: None)
        for way in ("api", "chat"):
            if way in parts:
                loaded(home, way, 24, options.seconds)
            if "crowd" in parts:
                loaded(home, way, 64, options.seconds)
        if "ingest" in parts:
            ingesting(home, options.seconds)
        if {"chroma", "workers"} & set(parts):
            held = Path(folder) / "held"
            shutil.copytree(home / "model", held / "model")
            (Path(folder) / "vectors").mkdir()
            chroma = ChromaServer(Path(folder) / "vectors")
            try:
                refresh(read_settings({"ASKFIRST_HOME": str(held), "ASKFIRST_CHROMA_URL": chroma.url}, held), lambda _: None)
                if "workers" in parts:
                    agreeing(held, chroma, 60)
                if "chroma" in parts:
                    restarting(held, chroma, options.seconds)
            finally:
                chroma.stop()
    print(f"at the end {busy()}")


if __name__ == "__main__":
    main()
