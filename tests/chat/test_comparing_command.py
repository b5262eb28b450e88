"""`compare` on the command line: what is asked for is read, refused in one line, or written where it was wanted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from chat.arguments import parser
from chat.cli import main
from chat.comparing_command import run, wanted
from chat.exports import Report
from chat.shelf import Shelf
from kb.clause import Authority, Clause, Modality, Policy
from kb.compare import Filter
from kb.errors import InputError
from kb.search import KnowledgeBase
from tests.chat.exports.fixture import DRAFTED, EMPTY, report
from tests.chat.web.library import library

# What AskFirst itself says: no report lays a draft beside it.
GUIDE = (Clause("guide/1", Policy("guide", "Panduan", "id", Authority.REFERENCE, sector="all"), "Pikir dulu.", Modality.MUST),)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    made = library(Path(tmp_path_factory.mktemp("compare")), GUIDE)
    yield made
    made.close()


@dataclass
class Desk:
    """Compares nothing: remembers what it was asked and hands over the report of the fixture."""

    asked: dict[str, Any] = field(default_factory=dict)

    def draft(self, data: bytes, name: str) -> Any:
        self.asked["file"] = (name, data)
        return DRAFTED if data.strip() else EMPTY

    def sheet(self, policy: Any) -> Any:
        self.asked["policy"] = policy.id
        return DRAFTED

    def report(self, draft: Any, named: Any, fits: Any, *, lang: str, **rest: Any) -> Report:
        self.asked |= {"named": tuple(named), "fits": fits, "lang": lang}
        return report(draft, lang)


def compare(knowledge: KnowledgeBase, *arguments: str) -> Desk:
    desk = Desk()
    run(wanted(parser().parse_args(["compare", *arguments])), desk, Shelf(knowledge, date(2026, 6, 1)), lambda line: None)
    return desk


def test_without_a_draft_it_prints_the_published_policies(knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]) -> None:
    compare(knowledge)
    assert capsys.readouterr().out.startswith("Published policies and the 25 practices\n")


def test_a_file_is_the_draft(knowledge: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ours.md").write_text("Ask first.", "utf-8")
    assert compare(knowledge, str(tmp_path / "ours.md")).asked["file"] == ("ours.md", b"Ask first.")
    assert "against it" in capsys.readouterr().out


def test_the_id_of_a_policy_is_that_policy(knowledge: KnowledgeBase) -> None:
    asked = compare(knowledge, "beta", "--with", "house/rules", "practices", "--report-lang", "id").asked
    assert (asked["policy"], asked["named"], asked["lang"]) == ("beta", ("house/rules", "practices"), "id")


def test_the_filters_narrow_what_is_compared_with(knowledge: KnowledgeBase) -> None:
    given = ("--lang", "en", "--coverage", "full", "--coverage", "partial")
    assert compare(knowledge, *given).asked["fits"] == Filter(languages=frozenset({"en"}), coverages=frozenset({"full", "partial"}))


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_binary_report_goes_to_a_file_only(kind: str, knowledge: KnowledgeBase) -> None:
    with pytest.raises(InputError, match=rf"^expected a file for {kind}; found none; add --out FILE\.{kind}$"):
        compare(knowledge, "--format", kind)


def test_the_ending_of_the_file_names_the_format(knowledge: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in ("xlsx", "csv", "json"):
        compare(knowledge, "beta", "--out", str(tmp_path / f"report.{ending}"))
    assert capsys.readouterr().out == ""
    assert load_workbook(tmp_path / "report.xlsx").sheetnames[0] == "Gaps"
    assert len(list(csv.DictReader(io.StringIO((tmp_path / "report.csv").read_text("utf-8"))))) == 125
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["draft"]["policy_id"] == "handbook"
    compare(knowledge, "--out", str(tmp_path / "report.json"))  # a second run writes it anew
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["draft"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.docx"], "expected a file or the id of a policy; found 'nowhere.docx', which is neither; use an id such as "),
        (["beta", "--with", "hause"], "expected the id of a policy for --with; found 'hause'; close to it: house"),
        (["beta", "--with", "board"], "expected the id of a policy for --with; found 'board'; use an id such as "),
        (["--with", "beta"], "expected a draft or policy id that --with is laid beside; found none; "),
        (["--since", "last year"], "expected a year, month or day for --since (2015, 2015-03, 2015-03-09); found 'last year'; "),
        (["--sector", "magic"], "expected --sector out of "),
        (["--coverage", "much"], "expected --coverage out of full, near-full, partial, secondary; found 'much'; "),
        (["--sector", "all"], "expected --sector out of media; found 'all'; "),
        (["--lang", "id"], "expected a policy that the filters let through; found none; "),
        (["--until", "1066"], "expected a policy that the filters let through; found none; "),
        (["--out", "no/such/folder/report.md"], "expected a file that can be written at no/such/folder/report.md; found No such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_clear_line(arguments: list[str], message: str, knowledge: KnowledgeBase) -> None:
    with pytest.raises(InputError) as caught:
        compare(knowledge, *arguments)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_policy_that_is_withheld_is_not_named_as_close(knowledge: KnowledgeBase) -> None:
    with pytest.raises(InputError) as caught:
        compare(knowledge, "beta", "--with", "boar")
    assert "board" not in str(caught.value)


def test_a_mistake_of_the_command_line_is_said_before_an_index_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASKFIRST_HOME", str(tmp_path / "home"))
    assert main(["compare", "--format", "docx"]) == 2
    assert capsys.readouterr().err == "askfirst: expected a file for docx; found none; add --out FILE.docx\n"
    assert not (tmp_path / "home").exists()
