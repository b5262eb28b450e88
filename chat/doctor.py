"""`askfirst doctor`: what is installed, configured, stale, missing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from chat.contacts import read_contacts
from chat.judge import PARAMETERS
from chat.opening import read_limits
from chat.report import Report, counts
from kb.embedding import packaged_model
from kb.errors import AskFirstError, IndexUnusable
from kb.manifest import Manifest, current_index
from kb.settings import Settings, described, shown
from kb.support import read_support

_PACKAGES = ("chromadb", "sentence-transformers", "langchain", "gradio", "onnxruntime", "bm25s", "torch")


def examine(settings: Settings, index_state: str) -> Report:
    """The installation as it is; changes nothing."""
    report = Report()
    report.facts["Installed"] = {name: _version(name) for name in ("askfirst", *_PACKAGES)}
    report.facts["Settings"] = {key: f"{shown(settings, key):40}  {meaning}" for key, meaning in described().items()}
    _look(report, "embedding model", lambda: str(packaged_model()) if not settings.embedder else settings.embedder)
    _look(report, "judge", lambda: f"{PARAMETERS.name}, made from bank {_card().get('bank', '?')[:12]}")
    _look(report, "limits", lambda: str(read_limits()))
    _language_model(report, settings)
    facts: dict[str, Any] = {"state": index_state}
    try:
        manifest = Manifest.read(current_index(settings.index_folder))
        facts |= {
            "built": manifest.built,
            "clauses": len(manifest.clauses),
            "policies": counts(Counter(p.authority.value for p in manifest.policies.values())),
            "languages": counts(Counter(p.lang for p in manifest.policies.values())),
        }
        report.warnings += [f"refused {file}: {reason}" for file, reason in manifest.refused.items()]
    except IndexUnusable as error:
        if index_state == "newer":
            report.errors.append(str(error))
    if index_state in ("missing", "stale", "damaged"):
        report.warnings.append(f"the index is {index_state}; the next question builds it, or run `askfirst ingest`")
    report.facts["Index"] = facts
    try:
        support = read_support(settings)
        report.facts["Support files"] = {"topics": len(support.topics), "glossary": len(support.glossary)}
        if placeholders := read_contacts(support).placeholders:
            report.warnings.append(placeholder_warning(placeholders))
    except AskFirstError as error:
        report.errors.append(str(error))
    return report


def _language_model(report: Report, settings: Settings) -> None:
    if not settings.llm:
        report.facts["Language model"] = {"model": "none; no question is sent to one"}
        return
    from chat.leaving import tried  # LangChain, which nobody without a model waits for

    try:
        report.facts["Language model"], wrong = tried(settings)
    except AskFirstError as error:
        report.errors.append(str(error))
        return
    if wrong:
        report.errors.append(wrong)


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
