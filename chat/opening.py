"""Opens an assistant from settings and a finished index: everything that answering needs, and nothing that builds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chat.ask import Assistant
from chat.contacts import Contacts, read_contacts
from chat.decide import Limits
from chat.judge import PARAMETERS, Judge
from kb.embedding import OnnxEmbedder
from kb.errors import ModelError
from kb.glossary import read_glossary
from kb.manifest import Manifest
from kb.search import KnowledgeBase
from kb.settings import Settings
from kb.support import merged, read_yaml, support_files

LIMITS = PARAMETERS.with_name("limits.json")


def open_knowledge(settings: Settings, index: Path) -> KnowledgeBase:
    """The knowledge base in a finished index."""
    model = Manifest.read(index).model
    embedder = OnnxEmbedder(settings.model_folder / model.folder, model)
    return KnowledgeBase.open(index, embedder, read_glossary(support_files(settings, "glossary.csv")))


def open_assistant(settings: Settings, index: Path) -> Assistant:
    """The assistant over a finished index."""
    return Assistant(
        open_knowledge(settings, index),
        Judge.load(),
        open_contacts(settings),
        read_limits().tightened(settings.doubt_limit),
    )


def open_topics(settings: Settings) -> list[Mapping[str, Any]]:
    """Topics of the shipped corpus and the organisation's own, merged by id."""
    return merged((file, read_yaml(file)) for file in support_files(settings, "topics.yaml"))


def open_contacts(settings: Settings) -> Contacts:
    """Contacts of the shipped corpus and the organisation's own, merged by id."""
    files = [(file, read_yaml(file)) for file in support_files(settings, "contacts.yaml")]
    return read_contacts(files, open_topics(settings))


def read_limits(file: Path = LIMITS) -> Limits:
    """The fitted limits; raises `ModelError` when they are missing."""
    try:
        return Limits(**json.loads(file.read_text("utf-8"))["limits"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(expected=f"fitted limits in {file}", found=str(error), todo="install AskFirst again") from error
