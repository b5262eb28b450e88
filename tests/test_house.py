"""The house stands straight: imports point one way, and each framework is named only where it may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kb.settings import described

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("kb", "ingest", "chat")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# Which files may name a framework; a folder stands for everything in it.
MAY_NAME = {
    "chromadb": {"kb/store.py"},
    "sentence_transformers": {"kb/embedding.py", "chat/training"},
    "torch": {"kb/embedding.py", "chat/training"},
    "langchain": {"ingest/split.py", "kb/retriever.py", "chat/llm.py"},
    "langchain_core": {"kb/retriever.py", "chat/llm.py"},
    "langchain_chroma": set(),
    "langchain_huggingface": set(),
    "langchain_text_splitters": {"ingest/split.py"},
    "gradio": {"chat/web"},
    "fastapi": {"chat/web"},
    "authlib": {"chat/web/oidc.py"},
    "itsdangerous": {"chat/web/cookies.py"},
    "limits": {"chat/web/limits.py"},
    "sklearn": {"chat/training"},
    "sqlalchemy": set(),
    "matplotlib": {"chat/plots.py"},
    "openpyxl": {"chat/exports/workbook.py"},
    "docx": {"chat/exports/letter.py", "ingest/read"},
    "watchfiles": {"ingest/watch.py"},
    "httpcore": {"ingest/fetch.py"},
    "textstat": {"kb/quality.py"},
    "prometheus_client": {"chat/web/metrics.py"},
    "mcp": {"chat/mcp.py"},
    "mcp_types": {"chat/mcp.py"},
}


def imported(path: Path) -> set[str]:
    """Names of the modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def allowed(path: Path, places: set[str]) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name == place or name.startswith(f"{place}/") for place in places)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    tops = {name.partition(".")[0] for name in imported(path)}
    forbidden = {"kb": {"ingest", "chat"}, "ingest": {"chat"}, "chat": {"ingest"}}[package]
    if path == ROOT / "chat" / "cli.py":
        forbidden = set()
    assert not tops & forbidden


@pytest.mark.parametrize("framework", MAY_NAME)
def test_a_framework_is_named_only_where_it_may_be(framework: str) -> None:
    naming = [path for path in FILES if framework in {name.partition(".")[0] for name in imported(path)}]
    assert [p.relative_to(ROOT).as_posix() for p in naming if not allowed(p, MAY_NAME[framework])] == []


def test_the_vocabulary_needs_the_standard_library_only() -> None:
    tops = {name.partition(".")[0] for name in imported(ROOT / "kb" / "clause.py")}
    assert tops <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("command", [["--help"], ["ask", "--help"]])
def test_help_imports_nothing_heavy(command: list[str]) -> None:
    code = (
        "import sys; from chat.cli import main\n"
        f"try: main({command!r})\nexcept SystemExit: pass\n"
        "heavy = {'torch','sentence_transformers','gradio','chromadb','onnxruntime','numpy','langchain_core'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [key for key in described() if f"ASKFIRST_{key.upper()}" not in readme] == []


def test_constraints_pin_every_dependency_exactly() -> None:
    pinned = {
        re.split(r"==", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line
    }
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    named = {re.split(r"[><=\[]", name)[0].lower() for name in re.findall(r'^\s+"([^"]+)"', block, re.MULTILINE)}
    assert named - pinned == set()


def test_ci_runs_the_readme_s_own_test_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    command = next(line for line in readme.splitlines() if ".venv/bin/pytest" in line and "pip install" in line)
    assert "README.md" in ci and command.strip()
    # .ci/run cuts the command out of the README by this marker, so the two cannot drift apart.
    assert "<!-- tests -->" in readme and "<!-- tests -->" in ci
