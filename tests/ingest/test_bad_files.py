"""Bad files: each is read safely or refused in one line, in time and within memory; nothing in it runs, calls or writes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import ingest.build as build
import ingest.plan as planning
from chat.cli import main
from ingest.document import Refusal
from ingest.gather import Gathered, gather, make_policy
from ingest.sandbox import Sandbox
from ingest.sources import Source
from kb.embedding import Vectors
from tests.conftest import LetterEmbedder
from tests.ingest import bad
from tests.ingest.test_sandbox import peak, unix

SECONDS = 10
GRACE = 2.5  # for the start of a child and its end, on a busy machine
ONE_LINE = re.compile(r"expected [^\n]+; found [^\n]+; [^\n;]+|line \d+: expected [^\n]+; found [^\n]+; [^\n]+")
PASSWD = Path("/etc/passwd")

posix = pytest.mark.skipif(os.name != "posix", reason="pipes and links of a Unix file system")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that hears if anything in a file is called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def read(path: Path) -> Gathered:
    """What `ingest` makes of one file; fails where that takes too long."""
    began = time.monotonic()
    found = gather([Source(path, path.name, path.stem, "en")], [])
    assert time.monotonic() - began < SECONDS + GRACE
    return found


def check_line(reason: str) -> None:
    """One line, of the shape every refusal has, without a traceback or a terminal code."""
    assert ONE_LINE.fullmatch(reason), reason
    assert reason.isprintable()
    assert len(reason) < 400


def test_there_are_at_least_sixty() -> None:
    assert len(bad.FILES) + len(bad.MEMBERS) + len(bad.ON_DISK) >= 60
    assert len({file.name for file in bad.FILES}) == len(bad.FILES)


@pytest.mark.parametrize("file", [pytest.param(file, id=file.name, marks=[pytest.mark.slow] if file.slow else []) for file in bad.FILES])
def test_a_bad_file_is_read_safely_or_refused_in_one_line(
    file: bad.Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], listener: socket.socket
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / file.name
    path.write_bytes(file.make().replace(b"{port}", b"%d" % listener.getsockname()[1]))
    found = read(path)
    assert len(found.refused) + len(found.policies) == 1
    for reason in found.refused.values():
        check_line(reason)
        assert file.reason in reason
    if file.reason:
        assert found.refused
    secret = PASSWD.read_text().splitlines()[0] if PASSWD.exists() else "root:"
    assert not any(secret in clause.text for clause in found.clauses.values())
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert capfd.readouterr() == ("", "")


@posix
@pytest.mark.parametrize(("name", "make", "reason"), bad.ON_DISK, ids=[name for name, _, _ in bad.ON_DISK])
def test_what_is_no_ordinary_file_is_refused_without_being_read(name: str, make: object, reason: str, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / name)
    began = time.monotonic()
    [why] = read(tmp_path / name).refused.values()
    assert time.monotonic() - began < 1
    check_line(why)
    assert reason in why


def test_a_file_that_vanishes_is_refused(tmp_path: Path) -> None:
    [why] = read(tmp_path / "gone.md").refused.values()
    assert "No such file" in why


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_must_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_bytes(bad.GOOD)
    (tmp_path / "secret.md").chmod(0)
    [why] = read(tmp_path / "secret.md").refused.values()
    assert "Permission denied" in why


@unix
@pytest.mark.parametrize("name", ["one-word.txt", "columns.md", "deep.html", "laughs.docx", "bomb.docx", "nested.pdf"])
def test_the_reader_of_a_bad_file_stays_below_a_gigabyte(name: str) -> None:
    file = next(file for file in bad.FILES if file.name == name)
    with Sandbox() as sandbox:
        with contextlib.suppress(Refusal):
            sandbox.call(make_policy, file.make(), Source(Path(name), name, "x"), [])
        if sandbox.process_id:
            assert sandbox.call(peak) < 1 << 30


def test_one_ingest_of_all_of_them_reads_the_good_file_and_names_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Quick(LetterEmbedder):
        def __init__(self, *_given: object) -> None:
            pass

        def embed(self, texts: Sequence[str], _report: object = None) -> Vectors:
            return super().embed(texts)

    monkeypatch.setattr(build, "ReferenceEmbedder", Quick)
    monkeypatch.setattr(build, "open_embedder", lambda *_: LetterEmbedder())
    monkeypatch.setattr(build, "ensure_export", lambda *_: tmp_path)
    monkeypatch.setattr(planning, "expected_model", lambda _: LetterEmbedder.model)
    corpus = tmp_path / "corpus"
    (corpus / "folder.pdf").mkdir(parents=True)
    (corpus / "good.md").write_bytes(bad.GOOD)
    # The longest are tried one by one above.
    refused = [
        f for f in bad.FILES if f.reason and not f.slow and Path(f.name).suffix in (".md", ".txt", ".zip", ".pdf", ".doc", ".rtf", ".odt")
    ]
    for file in refused:
        (corpus / file.name).write_bytes(file.make())
    if os.name == "posix":
        for name, make, _ in bad.ON_DISK:
            make(corpus / name)
    monkeypatch.setenv("ASKFIRST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASKFIRST_CORPUS", str(corpus))
    assert main(["ingest", "--json"]) == 0
    shown = json.loads(capfd.readouterr().out)
    named = {entry["file"]: entry["reason"] for entry in shown["refused"]}
    expected = {file.name for file in refused} | ({name for name, _, _ in bad.ON_DISK} if os.name == "posix" else set())
    assert {name.removeprefix("corpus/") for name in named} == expected
    for reason in named.values():
        check_line(reason)
    assert shown["added"] == ["good/1@en"]
    assert main(["ingest"]) == 0
    assert f"1 unchanged, {len(expected)} refused" in capfd.readouterr().out
