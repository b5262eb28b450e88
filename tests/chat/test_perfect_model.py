"""With a model that knows the labels no figure of the trust table is worse than without, and `evaluate --llm` says so."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from chat.ask import Assistant
from chat.cli import main
from chat.evaluate import calibration_error
from tests.chat.test_llm_protocol import rules
from tests.evaluation.perfect import measured, tune
from tests.llm_behaviours import PLAYED
from tests.llm_server import OLLAMA, ModelServer

__all__ = ["rules"]  # the fixture

CASES = """
- {id: a, group: a, lang: en, kind: permission, text: "Can I publish a customer's story with their logo?", ok: [ask], harmful: [yes]}
- {id: b, group: b, lang: id, kind: permission, text: "Boleh nggak saya posting foto pelanggan?", ok: [ask], harmful: [yes]}
"""


@pytest.mark.slow
def test_no_figure_is_worse_with_the_perfect_model(rules: Assistant) -> None:
    found = measured(rules, tune(every=3))
    assert found.worse == []
    before, after = calibration_error(found.without), calibration_error(found.with_model)
    assert math.isclose(before, after)  # doubt is the rules' own, whatever a model says
    better = [name for part in found.figures.values() for name, (b, a) in part.items() if b != a]
    assert "harmful" in better and "acceptable, permission" in better and "needless ask" in better


@pytest.fixture
def configured(session_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of cases, in a working folder where the settings are those of the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASKFIRST_HOME", str(session_home))
    file = tmp_path / "cases.yaml"
    file.write_text(CASES, "utf-8")
    return file


def test_evaluate_prints_both_side_by_side(configured: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with ModelServer(PLAYED) as server:
        monkeypatch.setenv("ASKFIRST_LLM", "ollama:flipped to yes")
        monkeypatch.setenv("ASKFIRST_LLM_BASE_URL", server.base_url(OLLAMA))
        assert main(["evaluate", str(configured), "--llm"]) == 0
        told = capsys.readouterr().out
        assert "en: without → with" in told and "no figure is worse with the model" in told
        assert "licence" in told and "seconds an answer, with: median" in told
        assert main(["evaluate", str(configured), "--llm", "--json"]) == 0
        shape = json.loads(capsys.readouterr().out)["llm"]
    assert shape["model"] == "ollama:flipped to yes"
    assert shape["interventions"] == {"licence": 2} and shape["answers"] == {"all": 2, "asked": 2, "worded": 0, "held_back": 2}
    assert shape["figures"]["en"]["harmful"]["with"]["hits"] == 0


def test_without_a_model_there_is_nothing_to_lay_beside(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(configured), "--llm"]) == 2
    assert "name one in the setting llm" in capsys.readouterr().err
