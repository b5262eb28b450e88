"""Paths given to `ingest` are remembered with what was said of them; a file's own front matter wins."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.gather import gather
from ingest.sources import Remembered, given_with, missing_paths, remember, remembered, sources
from kb.clause import Authority, Policy
from kb.errors import HomeError, InputError
from kb.settings import Settings


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Settings:
    """An empty corpus folder."""
    (tmp_path / "corpus").mkdir()
    return replace(settings, corpus=tmp_path / "corpus")


def policies(settings: Settings) -> dict[str, Policy]:
    return dict(gather(sources(settings), []).policies)


def test_days_and_predecessor_given_with_a_path_reach_its_policies(house: Settings, tmp_path: Path) -> None:
    (tmp_path / "new.md").write_text("- You must smile.\n", "utf-8")
    remember(house, [Remembered(tmp_path / "new.md", None, given_with("2026-01-01", "2027-01-01", "old"))])
    found = policies(house)["new@en"]
    assert (found.effective_from, found.effective_to, found.supersedes) == ("2026-01-01", "2027-01-01", "old")


def test_front_matter_wins_over_what_was_given_with_the_path(house: Settings, tmp_path: Path) -> None:
    text = "---\neffective_from: 2020-05-05\nsupersedes: null\n---\n- You must smile.\n"
    (tmp_path / "new.md").write_text(text, "utf-8")
    remember(house, [Remembered(tmp_path, None, given_with("2026-01-01", None, "old"))])
    found = policies(house)["new@en"]
    assert (found.effective_from, found.supersedes) == ("2020-05-05", "old")


def test_a_path_given_again_is_remembered_as_it_was_given_last(house: Settings, tmp_path: Path) -> None:
    remember(house, [Remembered(tmp_path, Authority.REFERENCE, given_with("2026-01-01", None, None))])
    remember(house, [Remembered(tmp_path, None)])
    assert remembered(house) == [Remembered(tmp_path, None)]


def test_a_list_written_before_options_existed_is_still_read(house: Settings, tmp_path: Path) -> None:
    house.home.mkdir(parents=True)
    (house.home / "remembered.json").write_text(json.dumps([{"path": str(tmp_path), "authority": "reference"}]), "utf-8")
    assert remembered(house) == [Remembered(tmp_path, Authority.REFERENCE)]


@pytest.mark.parametrize("text", ["{", "[1]", '[{"path": 1, "authority": null}]', '[{"path": "x", "authority": "y"}]', "3"])
def test_a_spoilt_list_is_one_clear_error(text: str, house: Settings) -> None:
    house.home.mkdir(parents=True)
    (house.home / "remembered.json").write_text(text, "utf-8")
    with pytest.raises(HomeError, match="remove that file"):
        remembered(house)


@pytest.mark.parametrize(
    ("begin", "end"), [("2026", None), ("2026-13-01", None), (None, "soon"), ("20260101", None), ("2027-01-01", "2026-01-01")]
)
def test_a_day_that_is_none_is_an_error(begin: str | None, end: str | None) -> None:
    with pytest.raises(InputError, match="--effective"):
        given_with(begin, end, None)


def test_a_path_that_is_gone_is_missing_and_can_be_forgotten(house: Settings, tmp_path: Path) -> None:
    extra = tmp_path / "extra.md"
    extra.write_text("- x\n", "utf-8")
    remember(house, [Remembered(extra, None)])
    extra.unlink()
    assert missing_paths(house) == [extra]
    remember(house, forget=[str(extra)])
    assert missing_paths(house) == []


def test_paths_remembered_by_many_at_once_are_all_remembered(house: Settings, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.md" for n in range(12)]
    for file in files:
        file.write_text("- x\n", "utf-8")
    threads = [threading.Thread(target=remember, args=(house, [Remembered(file, None)])) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {r.path for r in remembered(house)} == set(files)
