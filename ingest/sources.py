"""Which files make up the corpus: the shipped one, the organisation's own folder, and remembered paths."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.admit import ARCHIVES, is_document
from ingest.read import READERS
from kb.clause import LANGUAGES, Authority
from kb.errors import CorpusError, HomeError, InputError
from kb.settings import Settings

SHIPPED = Path(__file__).resolve().parent.parent / "corpus"
_DOCUMENT_FOLDERS = ("policies", "practices", "guide")
_NOT_DOCUMENTS = frozenset({"scenarios", "parallel"})
_REMEMBERED = "remembered.json"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, the id and language its name gives, and the authority it was ingested with."""

    file: Path
    name: str
    policy_id: str
    lang: str | None = None
    authority: Authority | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A path given to `ingest`, kept so that later runs bring it up to date."""

    path: Path
    authority: Authority | None


def sources(settings: Settings) -> list[Source]:
    """Every file of the corpus in a stable order; raises `CorpusError` for a folder that cannot be read."""
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
    for kept in remembered(settings):
        if kept.path.is_dir():
            found += _folder(kept.path, str(kept.path), authority=kept.authority)
        elif kept.path.exists():
            found.append(_source(kept.path, kept.path.name, str(kept.path), kept.authority))
    return found


def missing_paths(settings: Settings) -> list[Path]:
    """Remembered paths that are gone; their policies leave the index."""
    return [kept.path for kept in remembered(settings) if not kept.path.exists()]


def _folder(folder: Path, called: str, only: tuple[str, ...] | None = None, authority: Authority | None = None) -> Iterator[Source]:
    def refuse(error: OSError) -> None:
        raise CorpusError(expected=f"a readable corpus folder at {folder}", found=str(error), todo="correct its permissions") from error

    for here, folders, files in os.walk(folder, onerror=refuse):
        inside = Path(here).relative_to(folder)
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")) and f not in _NOT_DOCUMENTS)
        if only and inside.parts and inside.parts[0] not in only:
            continue
        for file in sorted(files):
            path = inside / file
            if file.startswith(".") or (only and not inside.parts):
                continue
            if is_document(path.as_posix()) or path.suffix.lower() in ARCHIVES:
                yield _source(Path(here) / file, path.as_posix(), f"{called}/{path.as_posix()}", authority)


def member(archive: Source, path: str) -> Source:
    """A document in an archive: named and placed as if the archive were a folder."""
    return _source(archive.file / path, path, f"{archive.name}/{path}", archive.authority)


def _source(file: Path, path: str, name: str, authority: Authority | None) -> Source:
    parts = path.split("/")
    if len(parts) > 1 and parts[0] in _DOCUMENT_FOLDERS:
        parts = parts[1:]
    stem = "/".join(parts).removesuffix(file.suffix)
    lang = None
    if (tail := stem.rpartition(".")[2]) in LANGUAGES and "." in stem:
        stem, lang = stem.rpartition(".")[0], tail
    return Source(file, name, stem.replace("@", "-"), lang, authority)


def remembered(settings: Settings) -> list[Remembered]:
    """The paths given to `ingest` so far."""
    try:
        data = json.loads((settings.home / _REMEMBERED).read_text("utf-8"))
        return [Remembered(Path(x["path"]), Authority(x["authority"]) if x["authority"] else None) for x in data]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HomeError(expected=f"a list of paths in {settings.home / _REMEMBERED}", found=str(error), todo="remove that file") from error


def remember(settings: Settings, paths: list[Path], authority: Authority | None, forget: list[Path]) -> None:
    """Adds and removes paths; raises `InputError` for one that is not there, or was never remembered."""
    kept = {r.path: r for r in remembered(settings)}
    for path in (p.expanduser().absolute() for p in paths):
        if not path.exists():
            raise InputError(expected=f"a file or folder at {path}", found="nothing there", todo="correct the path")
        if path.is_file() and path.suffix.lower() not in (*READERS, *ARCHIVES):
            known = ", ".join((*READERS, *ARCHIVES))
            raise InputError(expected=f"a file ending in {known}", found=path.name, todo="save it as .docx, PDF or Markdown")
        kept[path] = Remembered(path, authority)
    for path in (p.expanduser().absolute() for p in forget):
        if path not in kept:
            raise InputError(expected="a path given to `ingest` before", found=str(path), todo="see `askfirst doctor` for the list")
        del kept[path]
    text = json.dumps([{"path": str(r.path), "authority": r.authority} for r in kept.values()], ensure_ascii=False)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        making = settings.home / f".{_REMEMBERED}.{os.getpid()}"
        making.write_text(text, "utf-8")
        making.replace(settings.home / _REMEMBERED)
    except OSError as error:
        raise HomeError(
            expected=f"a folder that can be written at {settings.home}",
            found=str(error),
            todo="choose another ASKFIRST_HOME",
        ) from error
