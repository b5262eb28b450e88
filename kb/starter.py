"""Model clauses for the 25 practices, and a policy assembled from them, in English and Indonesian. Pure apart from the reading."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from kb.clause import PRACTICE_NUMBERS

_FOLDER = Path(__file__).resolve().parent.parent / "corpus" / "starter"
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_SECTION = re.compile(r"^# (?=\S)", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?= )")
_CLAUSE = re.compile(r"^- (.*?) \{[^{}\n]*\}$", re.MULTILINE)
_TITLES = {"en": ("Social media policy", "[your organisation]"), "id": ("Kebijakan media sosial", "[organisasi Anda]")}


def model_clauses(lang: str) -> Mapping[int, str]:
    """By practice a neutral clause to start from, in `lang` or else in English; what the author decides stands in square brackets.

    Where a practice has a rule and a way to ask, the two follow each other.
    """
    return MappingProxyType(
        {number: " ".join(_CLAUSE.findall(section)) for number, section in ((_number(s), s) for s in _sections(_known(lang))) if number}
    )


def assemble(
    practices: Collection[int],
    lang: str,
    *,
    title: str = "",
    organisation: str = "",
    version: str = "1",
    effective_from: str | None = None,
) -> str:
    """A policy of the model clauses of these practices as Markdown with front matter, between its scope and whom to ask.

    `effective_from` is an ISO day, `None` where it is still open.
    Raises `ValueError` for a number that is no practice.
    """
    if unknown := set(practices) - set(PRACTICE_NUMBERS):
        raise ValueError(f"expected practices from 1 to 25; found {sorted(unknown)}; leave them out")
    lang = _known(lang)
    names = _TITLES[lang]
    front = {
        "id": "starter",
        "title": title or names[0],
        "organisation": organisation or names[1],
        "lang": lang,
        "authority": "binding",
        "version": version,
        "effective_from": effective_from,
        "coverage": "full",
    }
    # JSON is YAML: a title may hold any character.
    head = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items())
    sections = [section.strip() for section in _sections(lang) if (number := _number(section)) is None or number in practices]
    return f"---\n{head}\n---\n\n" + "\n\n".join(f"# {section}" for section in sections) + "\n"


def _known(lang: str) -> str:
    return lang if lang in _TITLES else "en"


def _number(section: str) -> int | None:
    found = _NUMBER.match(section)
    return int(found[0]) if found else None


@cache
def _sections(lang: str) -> tuple[str, ...]:
    """The shipped policy cut at its headings, each without its mark."""
    text = (_FOLDER / f"starter.{lang}.md").read_text("utf-8")
    return tuple(_SECTION.split(_FRONT.sub("", text))[1:])
