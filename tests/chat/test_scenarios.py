"""Cases are read strictly, and the test split stays out of reach of everything that fits."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chat.answer import Verdict
from chat.scenarios import Scenario, bank_files, read_bank, read_files, scenario
from chat.training.standing import is_like, words_of
from kb.errors import CorpusError
from tests.evaluation.digest import RECORD, digest

ROOT = Path(__file__).parents[2]
GOOD: dict[str, Any] = {"id": "a", "group": "g", "lang": "en", "kind": "permission", "text": "May I?", "ok": ["ask"], "harmful": ["yes"]}


def test_a_case_reads_back() -> None:
    found = scenario(GOOD | {"clause": {"text": "Ask.", "modality": "ask_first"}, "ok": ["yes_if", None]}, "f.yaml")
    assert found.ok == (Verdict.YES_IF, None)
    assert found.best is Verdict.YES_IF
    assert found.accepts(None)


def test_yaml_truth_values_are_the_words_they_stood_for() -> None:
    assert scenario(GOOD | {"ok": [False], "harmful": [True]}, "f.yaml").ok == (Verdict.NO,)


def test_no_verdict_is_accepted_where_none_is_wanted() -> None:
    found = scenario(GOOD | {"ok": []}, "f.yaml")
    assert found.accepts(None) and not found.accepts(Verdict.ASK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"lang": "fr"},
        {"kind": "riddle"},
        {"ok": ["maybe"]},
        {"ok": "yes"},
        {"practices": [26]},
        {"account": "shared"},
        {"in_scope": "yes"},
        {"clause": {"text": "x", "modality": "shall"}},
        {"harmful": ["ask"]},
        {"colour": "red"},
        {"text": 3},
    ],
)
def test_a_wrong_case_is_named_with_file_and_line(wrong: dict[str, Any]) -> None:
    with pytest.raises(CorpusError, match=r"f\.yaml line 7"):
        scenario(GOOD | wrong, "f.yaml", 7)


def test_the_split_is_by_group_and_by_folder() -> None:
    first = scenario(GOOD, "corpus/scenarios/a.yaml")
    assert first.split in ("fit", "tune")
    assert scenario(GOOD | {"id": "b", "lang": "id"}, "corpus/scenarios/b.yaml").split == first.split
    assert scenario(GOOD, "corpus/scenarios/test/a.yaml").split == "test"


def test_the_bank_holds_no_case_of_the_test_split() -> None:
    assert not any("test" in file.parts for file in bank_files())
    bank: list[Scenario] = read_bank()
    assert {case.split for case in bank} == {"fit", "tune"}
    shares = sum(case.split == "tune" for case in bank) / len(bank)
    assert 0.2 < shares < 0.3


def test_code_that_fits_names_nothing_that_reads_the_test_split() -> None:
    for path in (ROOT / "chat" / "training").glob("*.py"):
        names = {
            node.attr if isinstance(node, ast.Attribute) else node.id
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute | ast.Name)
        }
        assert "read_test" not in names and "read_files" not in names, path


def test_reading_the_bank_opens_no_file_of_the_test_split() -> None:
    # An audit hook sees every open of the process, whoever makes it.
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "from chat.scenarios import read_bank\n"
        "assert len(read_bank()) > 8000\n"
        "assert any('scenarios' in name for name in opened)\n"
        "assert not [name for name in opened if 'scenarios/test' in name.replace('\\\\\\\\', '/')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_cases_kept_for_the_next_training_are_sound_unread_and_unlike_the_test_split() -> None:
    folder = ROOT / "corpus" / "scenarios" / "ahead"
    ahead = list(read_files(sorted(folder.glob("*.yaml"))))
    assert len(ahead) > 2500 and {case.lang for case in ahead} == {"en", "id"}
    bank = read_bank()
    assert not {case.id for case in ahead} & {case.id for case in bank}
    assert not {case.group for case in ahead} & {case.group for case in bank}
    tested: dict[str, list[frozenset[str]]] = {"en": [], "id": []}
    for case in read_files(sorted((folder.parent / "test").glob("*.yaml"))):
        tested[case.lang].append(words_of(" ".join((*case.history, case.text))))
    assert [case.id for case in ahead if is_like(" ".join((*case.history, case.text)), tested[case.lang])] == []


def test_the_test_split_is_what_was_recorded_before_it_was_first_measured() -> None:
    import json

    assert digest() == json.loads(RECORD.read_text("utf-8"))
