"""What the styles of a Word file say, each with what it inherits: headings, contents, bold letters, numbering. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.read.word_numbers import W, indent_of, integer, value

_DEEPEST = 30  # styles that build on one another; no real chain is longer, and a circle has no end
# Word keeps the English name whatever language it speaks; other programs translate it.
_HEADING = re.compile(
    r"(?:heading|judul|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|заголовок|標題|标题|見出し|제목)\s*([1-9])",
    re.IGNORECASE,
)
_TITLES = frozenset({"title", "judul", "titel", "titre", "título", "titolo"})
_CONTENTS = re.compile(r"(?:toc|contents|daftar isi)(?:\s*(?:\d|heading))?|table of (?:figures|authorities)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """What a paragraph style says: `heading` is its level from 1, 0 for none; `chain` its id and those it builds on."""

    chain: tuple[str, ...] = ()
    heading: int = 0
    title: bool = False
    contents: bool = False
    bold: bool = False
    hidden: bool = False
    list_id: str | None = None
    depth: int | None = None
    indent: int | None = None


class Styles:
    """The styles of a Word file by their ids."""

    def __init__(self, root: Any) -> None:
        found = root.findall(W + "style") if root is not None else []
        self._all: dict[str, Any] = {each.get(W + "styleId"): each for each in found if each.get(W + "styleId")}
        usual = (
            each.get(W + "styleId") for each in found if each.get(W + "type") == "paragraph" and each.get(W + "default") in ("1", "true")
        )
        self._usual: str | None = next(usual, None)
        self._looks: dict[str | None, Look] = {}

    @property
    def lists(self) -> Mapping[str, str]:
        """List styles and the numIds that they name."""
        named = {key: value(each, "pPr/numPr/numId") for key, each in self._all.items() if each.get(W + "type") == "numbering"}
        return {key: list_id for key, list_id in named.items() if list_id}

    def look(self, style: str | None) -> Look:
        """The look of a paragraph of this style, the usual one where it names none."""
        if style not in self._looks:
            self._looks[style] = self._look(style if style in self._all else self._usual)
        return self._looks[style]

    def bold(self, style: str | None) -> bool | None:
        """Whether a style of letters makes them bold; `None` where it does not say."""
        return next((said for each in self._chain(style) if (said := switched(each.find(W + "rPr"), "b")) is not None), None)

    def heads(self, style: str | None) -> bool:
        """Whether a style of tables prints the first row bold."""
        parts = [part for each in self._chain(style) for part in each.findall(W + "tblStylePr") if part.get(W + "type") == "firstRow"]
        return any(switched(part.find(W + "rPr"), "b") for part in parts)

    def _chain(self, style: str | None) -> list[Any]:
        found: list[Any] = []
        while style in self._all and len(found) < _DEEPEST:
            found.append(self._all[style])
            style = value(found[-1], "basedOn")
        return found

    def _look(self, style: str | None) -> Look:
        chain = self._chain(style)
        names = [(value(each, "name") or "").strip().lower() for each in chain]
        indents = (indent_of(each.find(W + "pPr")) for each in chain)
        return Look(
            chain=tuple(each.get(W + "styleId") for each in chain),
            heading=next((level for each, name in zip(chain, names, strict=True) if (level := _level(each, name)) is not None), 0),
            title=any(name in _TITLES for name in names),
            contents=any(_CONTENTS.fullmatch(name) for name in names),
            bold=bool(self.bold(style)),
            hidden=any(switched(each.find(W + "rPr"), "vanish") for each in chain[:1]),
            list_id=next((found for each in chain if (found := value(each, "pPr/numPr/numId"))), None),
            depth=next((depth for each in chain if (depth := integer(value(each, "pPr/numPr/ilvl"))) is not None), None),
            indent=next((found for found in indents if found is not None), None),
        )


def switched(properties: Any, name: str) -> bool | None:
    """Whether a property is on or off; `None` where it is not named."""
    found = properties.find(W + name) if properties is not None else None
    return None if found is None else found.get(W + "val") not in ("0", "false", "off", "none")


def outline(properties: Any) -> int | None:
    """The level of heading, from 1, that paragraph properties state; 0 for running text, `None` where they do not say."""
    level = integer(value(properties, "outlineLvl"))
    return None if level is None else level + 1 if 0 <= level < 9 else 0


def _level(style: Any, name: str) -> int | None:
    stated = outline(style.find(W + "pPr"))
    named = _HEADING.match(name)
    return stated if stated is not None else int(named[1]) if named else None
