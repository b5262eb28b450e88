"""Opens an assistant from settings and a finished index: everything that answering needs, and nothing that builds."""

from __future__ import annotations

import json
from pathlib import Path

from chat.ask import Assistant
from chat.contacts import read_contacts
from chat.decide import Limits
from chat.judge import PARAMETERS, Judge
from kb.embedding import open_embedder
from kb.errors import ModelError
from kb.glossary import Glossary
from kb.manifest import Manifest
from kb.search import KnowledgeBase
from kb.settings import Settings
from kb.support import Support

LIMITS = PARAMETERS.with_name("limits.json")


def open_knowledge(settings: Settings, index: Path) -> KnowledgeBase:
    """The knowledge base in a finished index."""
    model = Manifest.read(index).model
    embedder = open_embedder(settings.model_folder / model.folder, model)
    return KnowledgeBase.open(index, embedder, Glossary(Support.read(index).glossary))


def open_assistant(settings: Settings, index: Path) -> Assistant:
    """The assistant over a finished index."""
    return Assistant(
        open_knowledge(settings, index),
        Judge.load(),
        read_contacts(Support.read(index)),
        read_limits().tightened(settings.doubt_limit),
    )


def read_limits(file: Path = LIMITS) -> Limits:
    """The fitted limits; raises `ModelError` when they are missing."""
    try:
        return Limits(**json.loads(file.read_text("utf-8"))["limits"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(expected=f"fitted limits in {file}", found=str(error), todo="install AskFirst again") from error
