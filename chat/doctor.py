"""`askfirst doctor`: what is installed, configured, stale, missing; and a validator for a corpus folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from chat.judge import PARAMETERS
from chat.opening import open_contacts, open_topics, read_limits
from kb.embedding import packaged_model
from kb.errors import AskFirstError, IndexUnusable
from kb.manifest import Manifest, current_index
from kb.settings import Settings, described

_PACKAGES = ("chromadb", "sentence-transformers", "langchain", "gradio", "onnxruntime", "bm25s", "torch")


@dataclass(slots=True)
class Report:
    """What was found: facts by heading, warnings and errors, each one line."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {"facts": self.facts, "warnings": self.warnings, "errors": self.errors}

    def to_text(self) -> str:
        """For people."""
        lines: list[str] = []
        for heading, facts in self.facts.items():
            lines += ["", heading] if lines else [heading]
            width = max((len(key) for key in facts), default=0)
            lines += [f"  {key:{width}}  {value}" for key, value in facts.items()]
        lines += [""]
        lines += [f"warning: {text}" for text in self.warnings]
        lines += [f"error: {text}" for text in self.errors]
        lines += [f"{len(self.errors)} errors, {len(self.warnings)} warnings"]
        return "\n".join(lines)


def examine(settings: Settings, index_state: str) -> Report:
    """The installation as it is; changes nothing."""
    report = Report()
    report.facts["Installed"] = {name: _version(name) for name in ("askfirst", *_PACKAGES)}
    report.facts["Settings"] = {key: f"{getattr(settings, key)!s:40}  {meaning}" for key, meaning in described().items()}
    _look(report, "embedding model", lambda: str(packaged_model()) if not settings.embedder else settings.embedder)
    _look(report, "judge", lambda: f"{PARAMETERS.name}, made from bank {_card().get('bank', '?')[:12]}")
    _look(report, "limits", lambda: str(read_limits()))
    facts: dict[str, Any] = {"state": index_state}
    try:
        manifest = Manifest.read(current_index(settings.index_folder))
        facts |= {
            "built": manifest.built,
            "clauses": len(manifest.clauses),
            "policies": _counts(Counter(p.authority.value for p in manifest.policies.values())),
            "languages": _counts(Counter(p.lang for p in manifest.policies.values())),
        }
        report.warnings += [f"refused {file}: {reason}" for file, reason in manifest.refused.items()]
    except IndexUnusable as error:
        if index_state == "newer":
            report.errors.append(str(error))
    if index_state in ("missing", "stale", "damaged"):
        report.warnings.append(f"the index is {index_state}; the next question builds it, or run `askfirst ingest`")
    report.facts["Index"] = facts
    _look(report, "topics", lambda: str(len(open_topics(settings))))
    try:
        if placeholders := open_contacts(settings).placeholders:
            report.warnings.append(placeholder_warning(placeholders))
    except AskFirstError as error:
        report.errors.append(str(error))
    return report


def placeholder_warning(ids: list[str]) -> str:
    """What `doctor` and `serve` say until the contacts are somebody's."""
    return (
        f"contacts are placeholders ({', '.join(ids)}): staff are sent to example.com; "
        "put your own into corpus/contacts.yaml in ASKFIRST_HOME"
    )


def _look(report: Report, name: str, look: Any) -> None:
    try:
        report.facts.setdefault("Parts", {})[name] = look()
    except AskFirstError as error:
        report.errors.append(str(error))


def _card() -> Mapping[str, Any]:
    try:
        found = json.loads(PARAMETERS.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _counts(counter: Counter[Any]) -> str:
    return ", ".join(f"{key} {count}" for key, count in sorted(counter.items(), key=lambda x: str(x[0])))


def validate(corpus: Path, settings: Settings) -> Report:
    """A corpus folder: schemas, ids, allowed words, coverage, contacts and scenarios."""
    raise NotImplementedError(f"{corpus} {settings}")
