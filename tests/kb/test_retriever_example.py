"""The example of a LangChain program runs as it stands, without a language model."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from kb.search import KnowledgeBase
from tests.kb.test_search import knowledge

__all__ = ["knowledge"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "retriever.py"


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs the example as its first lines say."""
    return subprocess.run(
        [sys.executable, str(EXAMPLE), *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env=os.environ | {"ASKFIRST_HOME": str(home)},
    )


def test_the_chain_sets_our_rules_apart_from_those_of_others(knowledge: KnowledgeBase) -> None:
    text = runpy.run_path(str(EXAMPLE))["chain"](knowledge).invoke("A customer agrees to a logo first.")
    ours, others = text.split("\n\n")
    assert ours.splitlines()[0] == "Our rules" and others.splitlines()[0] == "How others put it"
    assert "  “A customer agrees to a logo first.”\n    House rules [practices/22/1]" in ours
    assert others.splitlines()[1:] == ["  “A logo needs consent.”", "    House rules [acme/old/x/1]"]


@pytest.mark.model
def test_it_quotes_the_shipped_practices_to_a_question(session_home: Path) -> None:
    done = run("May I show a customer's logo?", home=session_home)
    assert done.returncode == 0, done.stderr
    quoted = [line.strip().strip("“”") for line in done.stdout.splitlines() if line.startswith("  “")]
    practices = (EXAMPLE.parents[1] / "corpus" / "practices" / "practices.en.md").read_text("utf-8")
    assert len(quoted) == 5
    assert all(quote in practices for quote in quoted[:3])


def test_without_an_index_it_says_what_to_do(tmp_path: Path) -> None:
    done = run("May I?", home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "run `askfirst ingest`" in done.stderr and len(done.stderr.splitlines()) == 1
