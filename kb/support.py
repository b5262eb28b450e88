"""Support files of the corpus: read from the shipped one, the named one and the organisation's own, merged by id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kb.errors import CorpusError
from kb.settings import Settings

SHIPPED = Path(__file__).resolve().parent.parent / "corpus"


def support_files(settings: Settings, name: str) -> list[Path]:
    """The files of this name, the least specific first: shipped, `ASKFIRST_CORPUS`, the organisation's own."""
    folders = [SHIPPED, *([settings.corpus] if settings.corpus else []), settings.own_corpus]
    return [folder / name for folder in folders if (folder / name).is_file()]


def read_yaml(file: Path) -> Any:
    """The parsed file; raises `CorpusError` naming file and line."""
    try:
        return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{file} line {mark.line + 1}" if mark else str(file)
        raise CorpusError(expected=f"YAML in {where}", found=error.problem or "an error", todo="correct it") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorpusError(expected=f"YAML in {file}", found=str(error).splitlines()[0], todo="correct it") from error


def read_entries(file: Path) -> list[tuple[int, Any]]:
    """The entries of a YAML list with the line each begins on; raises `CorpusError` naming file and line."""
    try:
        loader = yaml.CSafeLoader(file.read_text("utf-8"))
        root = loader.get_single_node()
        if not isinstance(root, yaml.SequenceNode):
            raise CorpusError(expected=f"a list of entries in {file}", found="something else", todo="correct it")
        return [(node.start_mark.line + 1, loader.construct_object(node, deep=True)) for node in root.value]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{file} line {mark.line + 1}" if mark else str(file)
        raise CorpusError(expected=f"YAML in {where}", found=error.problem or "an error", todo="correct it") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorpusError(expected=f"YAML in {file}", found=str(error).splitlines()[0], todo="correct it") from error


def merged(lists: Iterator[tuple[Path, Any]]) -> list[Any]:
    """Entries of several lists by their `id`; a later entry replaces an earlier one of the same id."""
    found: dict[str, Any] = {}
    for file, entries in lists:
        if not isinstance(entries, list) or not all(isinstance(e, dict) and "id" in e for e in entries):
            raise CorpusError(expected=f"a list of entries with id in {file}", found=type(entries).__name__, todo="correct it")
        found |= {str(entry["id"]): entry for entry in entries}
    return list(found.values())
