"""Cases are read strictly, and the test split stays out of reach of everything that fits."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from chat.answer import Verdict
from chat.scenarios import Scenario, bank_files, read_bank, read_files, scenario
from chat.training.labels import LIKE, words_of
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


@pytest.mark.parametrize("lang", ["en", "id"])
def test_no_case_of_the_bank_is_like_one_of_the_test_split(lang: str) -> None:
    bank = [case for case in read_bank() if case.lang == lang]
    tested = [case for case in read_files(sorted((ROOT / "corpus" / "scenarios" / "test").glob("*.yaml"))) if case.lang == lang]
    assert len(bank) > 10_000 and len(tested) > 600
    said = [[words_of(" ".join((*case.history, case.text))) for case in cases] for cases in (bank, tested)]
    numbers = {word: number for number, word in enumerate(sorted({word for of in said for words in of for word in words}))}
    counted = []
    for of in said:
        rows, columns = zip(*((row, numbers[word]) for row, words in enumerate(of) for word in words), strict=True)
        counted.append(csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), (len(of), len(numbers))))
    common = (counted[0] @ counted[1].T).toarray()
    either = counted[0].sum(axis=1) + counted[1].sum(axis=1).T - common
    alike = np.argwhere(common > LIKE * either)
    assert [(bank[one].id, tested[other].id) for one, other in alike] == []


def test_the_test_split_is_what_was_recorded_before_it_was_first_measured() -> None:
    import json

    assert digest() == json.loads(RECORD.read_text("utf-8"))
