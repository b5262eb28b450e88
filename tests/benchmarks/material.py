"""Clauses by the thousand for the benchmarks: halves of the shipped clauses joined anew, with names and numbers of their own.

Lengths, vocabulary and the share of Indonesian stay those of the shipped corpus; no two texts are alike.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.gather import gather, read_topics
from ingest.sources import sources
from kb.clause import LANGUAGES, Clause
from kb.settings import read_settings
from kb.support import read_support

A_HEADING = 20  # clauses under a heading
_PLACES = ("Jakarta", "Surabaya", "Medan", "Leeds", "Porto", "Austin", "Nairobi", "Osaka", "Lyon", "Bandung", "Bergen", "Perth")
_ADDED = {
    "en": ("in {place}", "on form {number}", "within {number} days"),
    "id": ("di {place}", "pada formulir {number}", "dalam {number} hari"),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A clause to be written: its language, the heading of the clause that it begins like, its text, and which two it joins."""

    lang: str
    heading: str
    text: str
    sources: tuple[int, int]


def shipped(home: Path) -> list[Clause]:
    """Every clause of the shipped corpus; `home` is an empty folder."""
    settings = read_settings({"ASKFIRST_HOME": str(home)}, home)
    return list(gather(sources(settings), read_topics(list(read_support(settings).topics), "topics.yaml")).clauses.values())


def made(clauses: Sequence[Clause], count: int, seed: int = 7) -> Iterator[Made]:
    """`count` clauses of distinct texts, the same ones for the same seed."""
    chance = random.Random(seed)
    by_lang = {lang: [at for at, clause in enumerate(clauses) if clause.lang == lang] for lang in LANGUAGES}
    seen: set[str] = set()
    while len(seen) < count:
        begin = chance.randrange(len(clauses))
        first = clauses[begin]
        end = chance.choice(by_lang[first.lang])
        second = clauses[end]
        head, tail = first.text.split(), second.text.split()
        added = chance.choice(_ADDED[first.lang]).format(place=chance.choice(_PLACES), number=chance.randrange(2, 9999))
        text = " ".join([*head[: len(head) // 2], added, *tail[len(tail) // 2 + len(added.split()) :]])
        if text not in seen:
            seen.add(text)
            yield Made(first.lang, " ".join(first.heading[-1:]), text, (begin, end))


def write_corpus(folder: Path, clauses: Sequence[Made], files: int) -> list[Path]:
    """Writes the clauses as Markdown policies, one language a file, into `folder`; at least one file a language."""
    folder.mkdir(parents=True)
    written = []
    for lang in LANGUAGES:
        own = [c for c in clauses if c.lang == lang]
        parts = max(1, round(files * len(own) / len(clauses)))
        for part in range(parts):
            lines = ["---", f"title: Policy {part + 1} ({lang})", f"lang: {lang}", "authority: binding", "---"]
            for at, clause in enumerate(own[part::parts]):
                if at % A_HEADING == 0:
                    lines += ["", f"# {at // A_HEADING + 1} {clause.heading}", ""]
                lines.append(f"- {clause.text}")
            written.append(folder / f"policy-{lang}-{part + 1:02}.md")
            written[-1].write_text("\n".join(lines) + "\n", "utf-8")
    return written


def peak_memory() -> float:
    """The most memory this process ever held, in MB; Linux only."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
