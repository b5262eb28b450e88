"""Opens an assistant from settings and a finished index: everything that answering needs, and nothing that builds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from chat.ask import Assistant
from chat.contacts import read_contacts
from chat.decide import Limits
from chat.judge import PARAMETERS, Judge
from kb.embedding import open_embedder, shipped_model
from kb.errors import InputError, ModelError
from kb.glossary import Glossary
from kb.manifest import FILE, Manifest, current_index
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
    """The assistant over a finished index, with a language model where one is named."""
    if settings.llm:
        from chat.leashed import LeashedAssistant  # with httpx, which nobody else needs
        from chat.llm import open_model

        model = open_model(settings)  # first, so that one that may not be reached is refused at once
        rules = open_assistant(replace(settings, llm=""), index)
        return LeashedAssistant.over(rules, model, seconds=settings.llm_timeout, widen=settings.llm_widen)
    support, judged = Support.read(index), shipped_model()
    other = Manifest.read(index).model != judged
    return Assistant(
        open_knowledge(settings, index),
        Judge.load(),
        read_contacts(support),
        read_limits().tightened(settings.doubt_limit),
        support.terms,
        open_embedder(settings.model_folder / judged.folder, judged) if other else None,
    )


def open_other(settings: Settings, place: Path) -> Assistant:
    """The assistant over another finished index: its folder, or a home that holds one; raises `InputError` for neither."""
    place = place.expanduser().absolute()
    home = replace(settings, home=place)
    if (place / FILE).is_file():
        # An index lies in HOME/index; the model that made it lies beside it, unless the folder was copied alone.
        kept = replace(settings, home=place.parent.parent)
        return open_assistant(kept if kept.model_folder.is_dir() else settings, place)
    if home.index_folder.is_dir():
        return open_assistant(home if home.model_folder.is_dir() else settings, current_index(home.index_folder))
    raise InputError(expected=f"an index folder or a home at {place}", found="neither", todo="name a folder under ASKFIRST_HOME/index")


def read_limits(file: Path = LIMITS) -> Limits:
    """The fitted limits; raises `ModelError` when they are missing."""
    try:
        return Limits(**json.loads(file.read_text("utf-8"))["limits"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(expected=f"fitted limits in {file}", found=str(error), todo="install AskFirst again") from error
