"""An assistant opens with everything that answering needs, whatever model the index was made with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chat.answer import Message
from chat.opening import open_assistant
from kb.manifest import current_index
from kb.settings import read_settings
from tests.chat.web.library import library


def test_the_judge_reads_its_own_model_s_embeddings_whatever_the_index_was_made_with(session_home: Path, tmp_path: Path) -> None:
    settings = read_settings({"ASKFIRST_HOME": str(session_home)}, tmp_path)
    usual = open_assistant(settings, current_index(settings.index_folder))
    assert usual.judging is None
    letters = library(tmp_path)
    try:
        other = replace(usual, knowledge=letters, judging=usual.knowledge.embedder)
        message = Message("May I show a customer's logo on our page?", lang="en")
        assert other.answer(message).explain["scope"] == usual.answer(message).explain["scope"]
    finally:
        letters.close()
        usual.knowledge.close()
