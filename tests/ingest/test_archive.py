"""Archives: their documents are read as if the archive were a folder; hostile members are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.archive import expand
from ingest.document import Refusal
from ingest.gather import Gathered, gather
from ingest.sources import Remembered, remember, sources
from kb.clause import Authority
from kb.settings import Settings
from tests.ingest import bad
from tests.ingest.bad import GOOD, packed


@pytest.fixture
def alone(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with an empty corpus, so that only what is remembered is read."""
    (tmp_path / "none").mkdir()
    return replace(settings, corpus=tmp_path / "none")


def ingested(settings: Settings, path: Path, data: bytes, authority: Authority | None = None) -> Gathered:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    remember(settings, [Remembered(path, authority)])
    return gather(sources(settings), [])


def test_ids_come_from_the_paths_inside(alone: Settings, tmp_path: Path) -> None:
    data = packed([("rules/a.md", GOOD), ("policies/b.en.md", GOOD), ("c.txt", GOOD)])
    found = ingested(alone, tmp_path / "handbook.zip", data, Authority.REFERENCE)
    assert set(found.policies) == {"rules/a@en", "b@en", "c@en"}
    policy = found.policies["rules/a@en"]
    assert (policy.source, policy.authority) == (f"{tmp_path}/handbook.zip/rules/a.md", Authority.REFERENCE)
    assert not found.refused


def test_an_archive_in_a_folder_is_read_as_well(alone: Settings) -> None:
    assert alone.corpus
    (alone.corpus / "Handbook.ZIP").write_bytes(packed([("a.md", GOOD)]))
    (alone.corpus / "b.md").write_bytes(GOOD)
    assert set(gather(sources(alone), []).policies) == {"a@en", "b@en"}


def test_what_is_no_document_is_passed_over(alone: Settings, tmp_path: Path) -> None:
    names = [
        "good.md",
        "picture.png",
        "sheet.xlsx",
        ".hidden.md",
        "__MACOSX/._good.md",
        ".git/a.md",
        "README.md",
        "scenarios/x.md",
        "folder/",
    ]
    found = ingested(alone, tmp_path / "a.zip", packed([(name, GOOD if name[-1] != "/" else b"") for name in names]))
    assert (set(found.policies), dict(found.refused)) == ({"good@en"}, {})


def test_a_member_of_another_file_s_id_is_refused_with_it(alone: Settings, tmp_path: Path) -> None:
    assert alone.corpus
    (alone.corpus / "a.md").write_bytes(GOOD)
    found = ingested(alone, tmp_path / "x.zip", packed([("a.md", GOOD), ("b.md", GOOD)]))
    assert set(found.policies) == {"b@en"}
    assert {Path(name).parent.name for name in found.refused} == {"none", "x.zip"}
    assert all("an id of its own" in reason for reason in found.refused.values())


@pytest.mark.parametrize(("path", "reason", "make"), bad.MEMBERS, ids=[path for path, _, _ in bad.MEMBERS])
def test_a_bad_member_is_refused_by_name_and_the_rest_is_read(
    path: str, reason: str, make: Callable[[], bytes], alone: Settings, tmp_path: Path
) -> None:
    found = ingested(alone, tmp_path / "in" / "x.zip", make())
    assert set(found.policies) == {"good@en"}
    [(name, why)] = found.refused.items()
    assert name == f"{tmp_path}/in/x.zip/{path}"
    assert reason in why
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["home", "in", "none"]
    assert [entry.name for entry in (tmp_path / "in").iterdir()] == ["x.zip"]


def test_a_locked_member_is_refused(alone: Settings, tmp_path: Path) -> None:
    found = ingested(alone, tmp_path / "x.zip", bad.flagged(packed([("a.md", GOOD)]), 1))
    assert "locked with a password" in found.refused[f"{tmp_path}/x.zip/a.md"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_path_are_refused_as_neither_is_the_right_one(alone: Settings, tmp_path: Path) -> None:
    data = packed([("a.md", GOOD), ("a.md", b"- Never post.\n"), ("c.md", GOOD)])
    found = ingested(alone, tmp_path / "x.zip", data)
    assert set(found.policies) == {"c@en"}
    assert "found 2" in found.refused[f"{tmp_path}/x.zip/a.md"]


def test_members_are_taken_in_the_order_of_their_paths() -> None:
    assert [member.path for member in expand(packed([("b.md", GOOD), ("a.md", GOOD)]))] == ["a.md", "b.md"]


def test_members_that_share_their_bytes_are_refused() -> None:
    # Many entries of the directory that point at one packed block unpack to far more than the archive holds.
    data = packed([("a.md", bytes(900_000)), ("b.md", b"x")])
    first, second = data.index(b"PK\x01\x02"), data.rindex(b"PK\x01\x02")
    shared = bytearray(data)
    shared[second + 16 : second + 28] = shared[first + 16 : first + 28]
    shared[second + 42 : second + 46] = shared[first + 42 : first + 46]
    found = {member.path: member.refused for member in expand(bytes(shared))}
    assert "damaged" in found["b.md"]


@pytest.mark.parametrize("cut", range(0, 320, 12))
def test_a_cut_archive_is_refused_or_read(cut: int) -> None:
    whole = packed([("a.md", GOOD), ("b.md", GOOD)])
    try:
        found = expand(whole[:-cut] if cut else whole)
    except Refusal as refusal:
        assert "damaged" in str(refusal) or not cut
    else:
        assert [member.data for member in found] == [GOOD, GOOD]
