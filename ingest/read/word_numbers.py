"""Automatic numbers of a Word file as they are printed: numbering.xml and the styles say how, the paragraphs' order says which.

The rules are those of ECMA-376 part 1, 17.9; lists that share an abstract definition count on, as Word lets them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_LONGEST = 60  # code points of what is printed around and between counts: nine of them with words fit in half
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"))
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered; `restart` is the level, from 1, that makes it begin anew: 0 for none, `None` for any above."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None
    indent: int | None = None


@dataclass(frozen=True, slots=True)
class List:
    """A list: what it counts with (`shared`), its levels, and those that this use of it begins anew."""

    shared: str
    levels: Mapping[int, Level]
    begins: Mapping[int, int]


class Numbers:
    """Counts paragraph after paragraph; `lists` by their numId."""

    def __init__(self, lists: Mapping[str, List]) -> None:
        self.lists = lists
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def level(self, list_id: str, depth: int) -> Level:
        """How the list numbers that depth, from 0."""
        return self.lists[list_id].levels.get(depth, Level())

    def depth_of(self, list_id: str, style: str) -> int | None:
        """The depth, from 0, that a paragraph style is linked to."""
        return next((depth for depth, level in self.lists[list_id].levels.items() if level.style == style), None)

    def count(self, list_id: str, depth: int) -> str | None:
        """Counts one paragraph and returns its number as printed; `None` for a bullet or nothing."""
        found = self.lists[list_id]
        counts = self._counts.setdefault(found.shared, [None] * _LEVELS)
        before = counts[depth]
        if depth in found.begins and (list_id, depth) not in self._begun:
            self._begun.add((list_id, depth))
            before = None
        start = found.begins.get(depth, self.level(list_id, depth).start)
        counts[depth] = start if before is None else before + 1
        for below in range(depth + 1, _LEVELS):
            restart = self.level(list_id, below).restart
            if restart != 0 and depth < (below if restart is None else restart):
                counts[below] = None
        return self._printed(found, counts, depth)

    def _printed(self, found: List, counts: list[int | None], depth: int) -> str | None:
        own = found.levels.get(depth, Level())
        if own.form == "bullet":
            return None

        def one(place: re.Match[str]) -> str:
            level = int(place[1]) - 1
            shape = found.levels.get(level, Level())
            count = counts[level]
            return formatted(shape.start if count is None else count, "decimal" if own.legal and shape.form != "none" else shape.form)

        return " ".join(_PLACE.sub(one, own.text).split()) or None


def formatted(count: int, form: str) -> str:
    """The count in one of Word's forms; forms of other scripts are shown as decimal digits."""
    match form:
        case "none" | "bullet":
            return ""
        case "lowerLetter" | "upperLetter" if count > 0:
            letters = chr(ord("a") + (count - 1) % 26) * min(1 + (count - 1) // 26, 30)
            return letters.upper() if form == "upperLetter" else letters
        case "lowerRoman" | "upperRoman" if 0 < count < 4000:
            return roman(count).upper() if form == "upperRoman" else roman(count)
        case "decimalZero":
            return f"{count:02}"
        case "ordinal":
            ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
            return f"{count}{ending}"
        case _:
            return str(count)


def roman(count: int) -> str:
    """The count, from 1 to 3999, in small Roman numerals."""
    found = ""
    for value, letters in (*_ROMAN, (4, "iv"), (1, "i")):
        found += letters * (count // value)
        count %= value
    return found


def value(element: Any, path: str) -> str | None:
    """The `w:val` of the child at a path of local names ("numPr/ilvl"); `None` where there is none."""
    found = element.find("/".join(W + step for step in path.split("/"))) if element is not None else None
    return None if found is None else found.get(W + "val")


def integer(text: str | None) -> int | None:
    """The whole number in an attribute; `None` where it is none or beyond any sense."""
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text) else None


def indent_of(properties: Any) -> int | None:
    """How far paragraph properties move the text in, in twentieths of a point; `None` where they do not say."""
    found = properties.find(W + "ind") if properties is not None else None
    return None if found is None else integer(found.get(W + "left") or found.get(W + "start"))


def lists_of(numbering: Any, style_lists: Mapping[str, str]) -> dict[str, List]:
    """The lists of numbering.xml by numId; `style_lists` are the numIds that list styles name."""
    if numbering is None:
        return {}
    abstract = {each.get(W + "abstractNumId"): each for each in numbering.findall(W + "abstractNum")}
    uses = {each.get(W + "numId"): each for each in numbering.findall(W + "num")}
    found: dict[str, List] = {}
    for list_id, use in uses.items():
        shared = value(use, "abstractNumId")
        for _ in range(8):  # a list may take its definition from a list style, and that from another
            link = value(abstract.get(shared), "numStyleLink")
            if link is None:
                break
            shared = value(uses.get(style_lists.get(link)), "abstractNumId")
        if shared not in abstract:
            continue
        levels = dict(_level(each) for each in abstract[shared].findall(W + "lvl"))
        begins: dict[int, int] = {}
        for change in use.findall(W + "lvlOverride"):
            depth = min(max(integer(change.get(W + "ilvl")) or 0, 0), _LEVELS - 1)
            if (start := integer(value(change, "startOverride"))) is not None:
                begins[depth] = start
            if (other := change.find(W + "lvl")) is not None:
                levels[depth] = replace(_level(other)[1], style=levels.get(depth, Level()).style)
        found[str(list_id)] = List(str(shared), levels, begins)
    return found


def _level(element: Any) -> tuple[int, Level]:
    legal = element.find(W + "isLgl")
    start = integer(value(element, "start"))
    return min(max(integer(element.get(W + "ilvl")) or 0, 0), _LEVELS - 1), Level(
        start=0 if start is None else start,
        form=value(element, "numFmt") or "decimal",
        text=(value(element, "lvlText") or "")[:_LONGEST],
        restart=integer(value(element, "lvlRestart")),
        legal=legal is not None and legal.get(W + "val") not in ("0", "false", "off"),
        style=value(element, "pStyle"),
        indent=indent_of(element.find(W + "pPr")),
    )
