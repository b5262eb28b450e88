"""Words are found however they are written, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import IndexDamaged
from kb.lexical import Lexical, normalise, tokens


@pytest.mark.parametrize(
    ("first", "second", "lang"),
    [
        ("posting posts", "post posted", "en"),
        ("mengunggah unggahan", "unggah unggahkan", "id"),
        ("po\u200bst", "POST", "en"),
        ("ｐｏｓｔ", "post", "en"),
    ],
)
def test_forms_of_a_word_share_a_token(first: str, second: str, lang: str) -> None:
    assert set(tokens(first, lang)) & set(tokens(second, lang))


def test_invisible_characters_and_case_are_normalised_away() -> None:
    assert normalise("Ra\u00adhA\u200dsia") == "rahasia"


def test_stop_words_are_left_out() -> None:
    assert tokens("May I post this?", "en") == ["post"]
    assert tokens("Apakah saya boleh mengunggah ini?", "id") == tokens("mengunggah", "id")


def test_the_best_match_scores_highest_and_an_unknown_word_scores_nothing(tmp_path: Path) -> None:
    built = Lexical.build({"a": "customer consent for a logo", "b": "working time", "c": "∅"}, "en")
    (tmp_path / "words").mkdir()
    built.save(tmp_path / "words")
    opened = Lexical.open(tmp_path / "words")
    for index in (built, opened):
        scores = index.scores(tokens("the customer's logo", "en"))
        assert index.keys[int(scores.argmax())] == "a"
        assert not index.scores(["xylophone"]).any()
        assert not index.scores([]).any()


def test_a_missing_index_is_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        Lexical.open(tmp_path / "none")
