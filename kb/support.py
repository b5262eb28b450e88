"""Support files of the corpus: read from the shipped one, the named one and the organisation's own, merged by id.

The merged result is kept in the index, so that answering reads no YAML and a file that is broken later only warns.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from kb.errors import CorpusError, IndexDamaged
from kb.settings import Settings

SHIPPED = Path(__file__).resolve().parent.parent / "corpus"


def support_files(settings: Settings, name: str) -> list[Path]:
    """The files of this name, the least specific first: shipped, `ASKFIRST_CORPUS`, the organisation's own."""
    folders = [SHIPPED, *([settings.corpus] if settings.corpus else []), settings.own_corpus]
    return [folder / name for folder in folders if (folder / name).is_file()]


@contextmanager
def _parsing(file: Path) -> Iterator[None]:
    """Turns whatever reading and parsing raises into a `CorpusError` naming file and line."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{file} line {mark.line + 1}" if mark else str(file)
        raise CorpusError(expected=f"YAML in {where}", found=error.problem or "an error", todo="correct it") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorpusError(expected=f"YAML in {file}", found=str(error).splitlines()[0], todo="correct it") from error


def read_yaml(file: Path) -> Any:
    """The parsed file; raises `CorpusError` naming file and line."""
    with _parsing(file):
        return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)


def read_entries(file: Path) -> list[tuple[int, Any]]:
    """The entries of a YAML list with the line each begins on; raises `CorpusError` naming file and line."""
    with _parsing(file):
        loader = yaml.CSafeLoader(file.read_text("utf-8"))
        root = loader.get_single_node()
        if root is None:  # nothing but comments: an organisation that has not filled it in yet
            return []
        if not isinstance(root, yaml.SequenceNode):
            raise CorpusError(expected=f"a list of entries in {file}", found="something else", todo="correct it")
        return [(node.start_mark.line + 1, loader.construct_object(node, deep=True)) for node in root.value]


NAMES = ("topics.yaml", "contacts.yaml", "terms.yaml", "glossary.csv")
_FILE = "support.json"


@dataclass(frozen=True, slots=True)
class Support:
    """Topics, contacts (`default` and `contacts`), the organisation's own terms, and glossary pairs (Indonesian, English)."""

    topics: tuple[Mapping[str, Any], ...]
    contacts: Mapping[str, Any]
    terms: Mapping[str, tuple[str, ...]]
    glossary: tuple[tuple[str, str], ...]

    def write(self, folder: Path) -> None:
        """Keeps them in an index."""
        (folder / _FILE).write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Support:
        """What an index was built with."""
        try:
            data = json.loads((folder / _FILE).read_text("utf-8"))
            return cls(
                tuple(data["topics"]),
                data["contacts"],
                {key: tuple(value) for key, value in data["terms"].items()},
                tuple((i, e) for i, e in data["glossary"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(
                expected=f"{_FILE} in {folder}", found=f"{type(error).__name__}", todo="run `askfirst ingest --rebuild`"
            ) from error


def read_support(settings: Settings) -> Support:
    """The support files as they are now, the organisation's own laid over the shipped; raises `CorpusError`."""
    topics = merged((file, read_yaml(file)) for file in support_files(settings, "topics.yaml"))
    return Support(
        topics=tuple(topics),
        contacts=read_contact_files(support_files(settings, "contacts.yaml")),
        terms=_terms(settings),
        glossary=tuple(pair for file in support_files(settings, "glossary.csv") for pair in read_glossary(file)),
    )


def merged(lists: Iterator[tuple[Path, Any]]) -> list[Any]:
    """Entries of several lists by their `id`; a later entry replaces an earlier one of the same id."""
    found: dict[str, Any] = {}
    for file, entries in lists:
        if entries is None:
            continue
        if not isinstance(entries, list) or not all(isinstance(e, dict) and "id" in e for e in entries):
            raise CorpusError(expected=f"a list of entries with id in {file}", found=type(entries).__name__, todo="correct it")
        found |= {str(entry["id"]): entry for entry in entries}
    return list(found.values())


def read_contact_files(files: Iterable[Path]) -> dict[str, Any]:
    """Contacts by id, with the last `default` given; every one has a role and the default is one of them."""
    people: dict[str, Any] = {}
    default, last = "", Path("contacts.yaml")
    for file in files:
        data, last = read_yaml(file), file
        if not isinstance(data, dict) or not isinstance(data.get("contacts"), list):
            raise CorpusError(expected=f"`default` and a list `contacts` in {file}", found=type(data).__name__, todo="correct it")
        default = str(data.get("default") or default)
        for entry in data["contacts"]:
            if not isinstance(entry, dict) or not entry.get("id") or not entry.get("role"):
                raise CorpusError(expected=f"contacts with id and role in {file}", found=f"{entry!r}"[:120], todo="correct it")
            people[str(entry["id"])] = entry
    if default not in people:
        raise CorpusError(expected=f"the default contact to be one of the list in {last}", found=f"'{default}'", todo="add it")
    return {"default": default, "contacts": list(people.values())}


def _terms(settings: Settings) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for file in support_files(settings, "terms.yaml"):
        data = read_yaml(file) or {}
        if not isinstance(data, dict):
            raise CorpusError(expected=f"lists of words in {file}", found=type(data).__name__, todo="correct it")
        for key, words in data.items():
            if not isinstance(words or [], list):
                raise CorpusError(expected=f"a list under {key} in {file}", found=type(words).__name__, todo="correct it")
            found[str(key)] = tuple(dict.fromkeys((*found.get(str(key), ()), *map(str, words or ()))))
    return found


def read_glossary(file: Path) -> list[tuple[str, str]]:
    """Pairs (Indonesian, English) of a CSV file with the header `id,en,note`."""
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if not rows.fieldnames or not {"id", "en"} <= set(rows.fieldnames):
                raise CorpusError(expected=f"the header id,en,note in {file}", found=str(rows.fieldnames), todo="add it")
            return [(row["id"], row["en"]) for row in rows if row["id"] and row["en"]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(expected=f"a readable glossary {file}", found=str(error), todo="correct it") from error
