"""Which files make up the corpus: the shipped one, the organisation's own folder, and remembered paths."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from filelock import FileLock

from ingest.admit import ARCHIVES, HIDDEN, is_document, one_line
from ingest.read import READERS
from kb.clause import LANGUAGES, Authority
from kb.errors import CorpusError, HomeError, InputError
from kb.settings import Settings

SHIPPED = Path(__file__).resolve().parent.parent / "corpus"
_DOCUMENT_FOLDERS = ("policies", "practices", "guide")
_NOT_DOCUMENTS = frozenset({"scenarios", "parallel", "starter"})
_REMEMBERED = "remembered.json"
FETCHED = "fetched"  # folder in the home for copies of what was fetched from an address
_NOT_IN_IDS = re.compile(r"[\s@]+")
# What may be said of a path on the command line, and of a copy its address; front matter wins.
GIVEN = ("effective_from", "effective_to", "supersedes", "url")
_NOTED = (*GIVEN, "fetched")  # and the day, which is no key of front matter


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, the id and language its name gives, and what was said of it when it was ingested.

    `given` holds keys of front matter (`GIVEN`) that count where the file itself does not set them.
    """

    file: Path
    name: str
    policy_id: str
    lang: str | None = None
    authority: Authority | None = None
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A path given to `ingest` with what was said of it, kept so that later runs bring it up to date."""

    path: Path
    authority: Authority | None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the user gave: an address, or the path."""
        return self.given.get("url") or str(self.path)

    @property
    def label(self) -> str:
        """The name, with the day on which it was fetched where it was."""
        return f"{self.name} (fetched {self.given['fetched']})" if "fetched" in self.given else self.name

    @property
    def inside(self) -> str:
        """The path that its policy's id is made of: of a copy with its host, as two hosts may use the same names."""
        return f"{self.path.parent.name}/{self.path.name}" if "url" in self.given else self.path.name


def sources(settings: Settings, kept: Sequence[Remembered] | None = None) -> list[Source]:
    """Every file of the corpus in a stable order; raises `CorpusError` for a folder that cannot be read.

    `kept` stands for the remembered paths.
    """
    found: list[Source] = []
    if settings.corpus is None:
        found += _folder(SHIPPED, "corpus", only=_DOCUMENT_FOLDERS)
    else:
        if not settings.corpus.is_dir():
            raise CorpusError(
                expected=f"a readable corpus folder at {settings.corpus}",
                found="a file" if settings.corpus.exists() else "nothing there",
                todo="correct ASKFIRST_CORPUS",
            )
        found += _folder(settings.corpus, settings.corpus.name)
    if settings.own_corpus.is_dir():
        found += _folder(settings.own_corpus, "own corpus")
    for known in remembered(settings) if kept is None else kept:
        if known.path.is_dir():
            found += [replace(s, authority=known.authority, given=known.given) for s in _folder(known.path, str(known.path))]
        elif known.path.exists():
            given = {key: value for key, value in known.given.items() if key in GIVEN}
            found.append(replace(_source(known.path, known.inside, known.label), authority=known.authority, given=given))
    return found


def empty_folders(settings: Settings, kept: Sequence[Remembered] | None = None) -> dict[str, str]:
    """Remembered folders in which there is nothing to read, with the reason that is said of them: most likely the wrong ones."""
    known = [one for one in (remembered(settings) if kept is None else kept) if one.path.is_dir()]
    return {
        one_line(one.name): f"expected documents in the folder ({', '.join((*READERS, *ARCHIVES))}); found none; correct or `--forget` it"
        for one in known
        if next(_folder(one.path, ""), None) is None
    }


def missing_paths(settings: Settings, kept: Sequence[Remembered] | None = None) -> list[Path]:
    """Remembered paths that are gone; their policies leave the index."""
    return [known.path for known in (remembered(settings) if kept is None else kept) if not known.path.exists()]


def _folder(folder: Path, called: str, only: tuple[str, ...] | None = None) -> Iterator[Source]:
    def refuse(error: OSError) -> None:
        raise CorpusError(expected=f"a readable corpus folder at {folder}", found=str(error), todo="correct its permissions") from error

    for here, folders, files in os.walk(folder, onerror=refuse):
        inside = Path(here).relative_to(folder)
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")) and f not in _NOT_DOCUMENTS)
        if only and inside.parts and inside.parts[0] not in only:
            continue
        for file in sorted(files):
            path = inside / file
            if file.startswith(HIDDEN) or (only and not inside.parts):
                continue
            if is_document(path.as_posix()) or path.suffix.lower() in ARCHIVES:
                yield _source(Path(here) / file, path.as_posix(), f"{called}/{path.as_posix()}")


def member(archive: Source, path: str) -> Source:
    """A document in an archive: named and placed as if the archive were a folder."""
    inside = _source(archive.file / path, path, f"{archive.name}/{path}")
    return replace(inside, authority=archive.authority, given=archive.given)


def _source(file: Path, path: str, name: str) -> Source:
    parts = path.split("/")
    if len(parts) > 1 and parts[0] in _DOCUMENT_FOLDERS:
        parts = parts[1:]
    stem = "/".join(parts).removesuffix(file.suffix)
    lang = None
    if (tail := stem.rpartition(".")[2]) in LANGUAGES and "." in stem:
        stem, lang = stem.rpartition(".")[0], tail
    # An id has no spaces, the names of people's files do: "Code of Conduct.docx"; some even bytes that are no text.
    return Source(file, name, one_line(_NOT_IN_IDS.sub("-", stem)), lang)


def remembered_file(settings: Settings) -> Path:
    """Where the paths given to `ingest` are kept."""
    return settings.home / _REMEMBERED


def remembered(settings: Settings) -> list[Remembered]:
    """The paths given to `ingest` so far."""
    try:
        data = json.loads(remembered_file(settings).read_text("utf-8"))
        return [
            Remembered(
                Path(x["path"]),
                Authority(x["authority"]) if x["authority"] else None,
                {key: str(value) for key, value in x.get("given", {}).items() if key in _NOTED},
            )
            for x in data
        ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HomeError(expected=f"a list of paths in {remembered_file(settings)}", found=str(error), todo="remove that file") from error


def with_paths(known: Sequence[Remembered], add: Sequence[Remembered] = (), forget: Sequence[str] = ()) -> list[Remembered]:
    """The remembered paths with some added and others, named by path or address, forgotten; writes nothing.

    Raises `InputError` for a path that is not there or cannot be read, and for one to forget that was never remembered.
    """
    kept = {r.path: r for r in known}
    for new in (replace(r, path=r.path.expanduser().absolute()) for r in add):
        if not new.path.exists():
            raise InputError(expected=f"a file or folder at {new.path}", found="nothing there", todo="correct the path")
        if new.path.is_file() and new.path.suffix.lower() not in (*READERS, *ARCHIVES):
            formats = ", ".join((*READERS, *ARCHIVES))
            raise InputError(expected=f"a file ending in {formats}", found=new.path.name, todo="save it as .docx, PDF or Markdown")
        if url := new.given.get("url"):
            kept = {path: r for path, r in kept.items() if r.given.get("url") != url}
        kept[new.path] = new
    for name in forget:
        gone = [r.path for r in kept.values() if name == r.given.get("url")] or [Path(name).expanduser().absolute()]
        if gone[0] not in kept:
            raise InputError(expected="a path or address given to `ingest` before", found=name, todo="see `askfirst doctor` for the list")
        del kept[gone[0]]
    return list(kept.values())


def given_with(begin: str | None, end: str | None, supersedes: str | None) -> dict[str, str]:
    """What is said of a path, from the command line's options; raises `InputError` for a day that is none."""
    for option, day in (("--effective-from", begin), ("--effective-to", end)):
        try:
            wrong = day is not None and date.fromisoformat(day).isoformat() != day
        except ValueError:
            wrong = True
        if wrong:
            raise InputError(expected=f"a day (2026-03-09) for {option}", found=str(day), todo="correct it")
    if begin and end and begin > end:
        raise InputError(expected="--effective-from before --effective-to", found=f"{begin} and {end}", todo="correct them")
    stated = {"effective_from": begin, "effective_to": end, "supersedes": supersedes}
    return {key: value for key, value in stated.items() if value}


def remember(settings: Settings, add: Sequence[Remembered] = (), forget: Sequence[str] = ()) -> None:
    """Adds and removes paths in one step that no other process can come between; raises as `with_paths` does."""
    with _writable(settings), FileLock(settings.home / f".{_REMEMBERED}.lock"):
        known = remembered(settings)
        kept = with_paths(known, add, forget)
        if kept == known:
            return  # the file's time tells that something else is said of a path now
        shape = [{"path": str(r.path), "authority": r.authority, "given": dict(r.given)} for r in kept]
        making = settings.home / f".{_REMEMBERED}.{os.getpid()}"
        making.write_text(json.dumps(shape), "utf-8")
        making.replace(remembered_file(settings))


@contextmanager
def _writable(settings: Settings) -> Iterator[None]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise HomeError(
            expected=f"a folder that can be written at {settings.home}",
            found=str(error),
            todo="choose another ASKFIRST_HOME",
        ) from error
