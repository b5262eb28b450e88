"""What leaves the house where a language model is named, in plain words, and one call that shows whether it answers."""

from __future__ import annotations

import time
from typing import Any

from chat.leash import proposal
from chat.llm import open_model, permitted
from chat.prompts import prompt
from kb.errors import LanguageModelError
from kb.settings import Settings

LEAVES = (
    "the question or draft, up to four earlier messages of the same person, and the clauses that bear on it; in what the person wrote, "
    "e-mail addresses, phone and other long numbers, titled names and the names in terms.yaml are replaced by placeholders"
)
_TRIED = {"clauses": "[1] (binding, must) Practice 18: Say who you work for.", "message": "Must I say who I work for?"}


def tried(settings: Settings) -> tuple[dict[str, Any], str]:
    """What `doctor` says of the model, after one call without anybody's data, and what went wrong with that, if anything.

    Raises `SettingsError` for a model that may not be reached, or cannot be opened.
    """
    facts: dict[str, Any] = {"model": settings.llm, "at": permitted(settings), "leaves the house": LEAVES}
    model = open_model(settings)
    began = time.monotonic()
    try:
        reply = model.call(prompt("judge", "en", _TRIED), began + settings.llm_timeout)
    except LanguageModelError as error:
        return facts | {"one call": f"failed ({error.kind})"}, f"the language model does not answer ({error.kind}): {error.found}"
    facts["one call"] = f"{time.monotonic() - began:.1f} s, {reply.usage.tokens_in} tokens in, {reply.usage.tokens_out} out"
    if proposal(reply.text) is None:
        return facts, "the language model answers, but not in the JSON shape asked for; the rules alone will answer"
    return facts, ""
