"""The command line keeps its promises: shapes, order, one clear line and exit 2 for a user's mistake."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.manifest import FILE, POINTER, SCHEMA

pytestmark = pytest.mark.model
ANSWER = {
    "id", "verdict", "in_scope", "lang", "doubt", "answer", "reason", "conditions", "citations", "contact", "findings", "model", "index",
}  # fmt: skip
CITATION = {
    "clause_id", "policy_id", "policy_title", "authority", "lang", "section", "number", "quote", "modality", "topics", "practices",
    "page", "url",
}  # fmt: skip


def askfirst(
    *arguments: str, home: Path, stdin: str | bytes = "", cwd: Path | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Runs the program as a user would, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "chat.cli", *arguments],
        input=(stdin.encode("utf-8", "surrogatepass") if isinstance(stdin, str) else stdin).decode("utf-8", "surrogateescape"),
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=180,
        cwd=cwd,
        env=os.environ | {"ASKFIRST_HOME": str(home)} | environ,
    )


def answer(question: str, home: Path, *more: str) -> dict[str, object]:
    done = askfirst("ask", question, "--json", *more, home=home)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The single line on stderr of a mistake."""
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "expected" in lines[0] and "found" in lines[0]
    return lines[0]


@pytest.fixture
def home(session_home: Path, tmp_path: Path) -> Path:
    """A home of its own with a finished index."""
    return Path(shutil.copytree(session_home, tmp_path / "home"))


@pytest.mark.parametrize(
    ("question", "lang", "quoted"),
    [
        ("Can I publish a customer's success story with their logo?", "en", "agree"),
        ("Boleh nggak saya unggah kisah sukses pelanggan beserta logonya?", "id", "etuju"),
    ],
)
def test_a_customer_s_story_is_asked_about_or_conditional_and_practice_22_decides(
    question: str, lang: str, quoted: str, session_home: Path
) -> None:
    found = answer(question, session_home)
    assert set(found) == ANSWER
    assert found["verdict"] in ("ask", "yes_if")
    assert found["lang"] == lang
    citations = found["citations"]
    assert isinstance(citations, list)
    assert set(citations[0]) == CITATION
    assert citations[0]["practices"] == [22]
    assert citations[0]["lang"] == lang
    assert quoted in citations[0]["quote"]
    text = (Path(__file__).parents[2] / "corpus" / "practices" / f"practices.{lang}.md").read_text("utf-8")
    assert citations[0]["quote"] in text
    contact = found["contact"]
    assert isinstance(contact, dict) and contact["role"] and contact["email"]


def test_off_topic_is_turned_away_with_a_contact(session_home: Path) -> None:
    found = answer("What will the weather be like in Bandung tomorrow?", session_home)
    assert (found["in_scope"], found["verdict"], found["citations"]) == (False, None, [])
    assert found["contact"]


def test_answering_imports_nothing_heavy(session_home: Path) -> None:
    code = (
        "import sys; from chat.cli import main\n"
        "assert main(['ask', 'Can I post a photo of my desk?', '--json']) == 0\n"
        "heavy = {'torch', 'sentence_transformers', 'gradio', 'langchain', 'transformers'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"ASKFIRST_HOME": str(session_home)},
    )
    assert done.returncode == 0, done.stderr


def test_jsonl_keeps_order_and_answers_bad_lines_in_their_place(session_home: Path) -> None:
    lines: Sequence[str] = [
        json.dumps({"id": "a", "question": "Can I post this?"}),
        "",
        "not json",
        json.dumps({"id": "long", "question": "x" * 20_000}),
        json.dumps({"id": "emoji", "question": "boleh 😀👩‍👩‍👧‍👦 posting?"}),
        json.dumps({"id": "rtl", "question": "هل يمكنني نشر هذا؟ \u202eabc"}),
        '{"id": "nul", "question": "can I\\u0000 post \\ud800 this?"}',
        json.dumps({"id": "both", "question": "a", "draft": "b"}),
        json.dumps([1]),
        json.dumps({"id": "lang", "question": "a", "lang": "fr"}),
        json.dumps({"id": "acc", "question": "a", "account": 3}),
        json.dumps({"id": "hist", "question": "a", "history": "x"}),
        json.dumps({"id": "empty", "question": "  "}),
        json.dumps({"id": "draft", "draft": "We open at nine tomorrow.", "account": "brand", "history": []}),
    ]
    done = askfirst("ask", "--jsonl", home=session_home, stdin="\n".join(lines))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [f["id"] for f in found] == [
        "a",
        None,
        "long",
        "emoji",
        "rtl",
        "nul",
        "both",
        None,
        "lang",
        "acc",
        "hist",
        "empty",
        "draft",
    ]
    wrong = {"both", "lang", "acc", "hist", "empty", None}
    assert all(("error" in f) == (f["id"] in wrong) for f in found)
    assert all(set(f) == ANSWER for f in found if "error" not in f)


def test_a_nul_byte_in_the_stream_spoils_one_line_only(session_home: Path) -> None:
    done = askfirst(
        "ask",
        "--jsonl",
        home=session_home,
        stdin='{"id": "a", "question": "can\x00 I?"}\n{"id": "b", "question": "can I post?"}\n',
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert "error" in found[0]
    assert found[1]["id"] == "b" and "verdict" in found[1]


def test_search_ranks_clauses_without_a_verdict(session_home: Path) -> None:
    done = askfirst(
        "search",
        "--jsonl",
        "--top",
        "3",
        home=session_home,
        stdin='{"id": "s1", "query": "customer consent logo", "lang": "auto"}\n{"id": "x"}\n',
    )
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["id"] == "s1" and len(first["hits"]) == 3
    assert [h["score"] for h in first["hits"]] == sorted((h["score"] for h in first["hits"]), reverse=True)
    assert {
        "clause_id",
        "policy_id",
        "policy_title",
        "authority",
        "lang",
        "section",
        "number",
        "score",
        "text",
        "modality",
        "topics",
        "practices",
        "page",
    } == set(first["hits"][0])
    assert "error" in second
    assert "practices" in askfirst("search", "swearing", home=session_home).stdout


def test_explain_shows_how_the_answer_came_about(session_home: Path) -> None:
    assert "explain" in answer("Can I swear?", session_home, "--explain")
    assert '"doubt"' in askfirst("ask", "Can I swear?", "--explain", home=session_home).stdout


def test_check_reads_a_draft_from_a_file_or_stdin(session_home: Path, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("We open at nine tomorrow. See you there!", "utf-8")
    done = askfirst("check", str(tmp_path / "draft.txt"), "--account", "brand", "--json", home=session_home)
    assert json.loads(done.stdout)["verdict"] is not None
    assert (
        json.loads(askfirst("check", "-", "--json", home=session_home, stdin="Halo semua, besok kami buka jam sembilan!").stdout)["lang"]
        == "id"
    )
    assert "gone.txt" in one_line(askfirst("check", str(tmp_path / "gone.txt"), home=session_home))
    assert "draft" in one_line(askfirst("check", "-", home=session_home, stdin=" \n"))


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "  "], ["search"], ["ingest", "/nowhere/at/all"], ["ingest", "--forget", "/never"]])
def test_a_missing_argument_is_one_clear_line(arguments: list[str], session_home: Path) -> None:
    one_line(askfirst(*arguments, home=session_home))


def test_a_wrong_setting_is_one_clear_line(session_home: Path) -> None:
    assert "port" in one_line(askfirst("doctor", home=session_home, ASKFIRST_PORT="many"))


def test_a_missing_corpus_folder_is_one_clear_line(tmp_path: Path) -> None:
    assert "ASKFIRST_CORPUS" in one_line(
        askfirst("ask", "Can I post a photo of a customer?", home=tmp_path / "h", ASKFIRST_CORPUS=str(tmp_path / "gone"))
    )


def test_a_home_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert "can be written" in one_line(askfirst("ask", "Can I post a photo of a customer?", home=tmp_path / "file" / "home"))


def test_an_index_of_a_newer_version_is_left_alone(home: Path) -> None:
    manifest = home / "index" / (home / "index" / POINTER).read_text("utf-8") / FILE
    data = json.loads(manifest.read_text("utf-8")) | {"schema": SCHEMA + 1}
    manifest.write_text(json.dumps(data), "utf-8")
    assert "newer" in one_line(askfirst("ask", "Can I post a photo of a customer?", home=home))
    assert json.loads(manifest.read_text("utf-8")) == data


def test_a_damaged_index_is_rebuilt_saying_so(home: Path) -> None:
    folder = home / "index" / (home / "index" / POINTER).read_text("utf-8")
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"rubbish")
    done = askfirst("ask", "Can I post a photo of a customer?", "--json", home=home)
    assert done.returncode == 0, done.stderr
    assert "built again" in done.stderr
    assert json.loads(done.stdout)["citations"]


def test_with_a_last_good_index_a_broken_corpus_only_warns(home: Path) -> None:
    (home / "corpus").mkdir()
    (home / "corpus" / "topics.yaml").write_text("- {id: x\n", "utf-8")
    done = askfirst("ask", "Can I post a photo of a customer?", "--json", home=home)
    assert done.returncode == 0
    assert "last good index" in done.stderr
    assert json.loads(done.stdout)["citations"]
    assert "topics.yaml" in one_line(askfirst("ingest", home=home))


def test_an_own_policy_is_refused_by_name_while_the_rest_is_indexed(home: Path) -> None:
    (home / "corpus").mkdir()
    (home / "corpus" / "broken.md").write_text("---\ntitle: [\n---\n- x\n", "utf-8")
    (home / "corpus" / "menu.md").write_text("# Menu\n- Staff may post photographs of the canteen menu on their own accounts.\n", "utf-8")
    done = askfirst("ingest", "--json", home=home)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [r["file"] for r in found["refused"]] == ["own corpus/broken.md"]
    assert "line 3" in found["refused"][0]["reason"]
    assert found["added"] == ["menu/menu/1@en"] or len(found["added"]) == 1
    again = json.loads(askfirst("ingest", "--json", home=home).stdout)
    assert (again["added"], again["changed"], again["built"]) == ([], [], False)
    hits = json.loads(askfirst("search", "photographs of the canteen menu", "--json", home=home).stdout)["hits"]
    assert hits[0]["policy_id"] == "menu"


def test_ingest_says_when_nothing_changed(session_home: Path) -> None:
    assert "nothing changed" in askfirst("ingest", home=session_home).stdout


def test_a_dry_run_changes_nothing(home: Path) -> None:
    (home / "corpus").mkdir()
    (home / "corpus" / "new.md").write_text("- You must smile.\n", "utf-8")
    before = (home / "index" / POINTER).read_text("utf-8")
    assert "1 added" in askfirst("ingest", "--dry-run", home=home).stdout
    assert (home / "index" / POINTER).read_text("utf-8") == before


def test_doctor_warns_of_placeholders_and_lists_every_setting(session_home: Path) -> None:
    done = askfirst("doctor", "--json", home=session_home)
    assert done.returncode == 0, done.stdout
    report = json.loads(done.stdout)
    assert any("placeholders" in warning for warning in report["warnings"])
    assert report["facts"]["Index"]["state"] == "fresh"
    assert {"home", "corpus", "embedder", "port"} <= set(report["facts"]["Settings"])


def test_output_cut_short_by_a_reader_is_no_error(session_home: Path) -> None:
    command = f"{sys.executable} -m chat.cli search logo --top 50 | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=os.environ | {"ASKFIRST_HOME": str(session_home)})
    assert "Traceback" not in done.stderr
