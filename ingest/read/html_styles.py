"""What a page's own style sheet says of list numbers and bold text: the few selectors and properties that these need. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_COMPOUND = re.compile(r"(?=.)(?P<tag>[a-z][a-z0-9]*|\*)?(?P<names>(?:[.#][\w-]+)*)$", re.IGNORECASE)
_MARKER = re.compile(r"::?(?:before|marker)$", re.IGNORECASE)
_DECLARATION = re.compile(r"(?:^|;)\s*(content|list-style(?:-type)?|font-weight)\s*:\s*((?:\"[^\"]*\"|'[^']*'|[^;\"'])*)", re.IGNORECASE)
_BOLD = re.compile(r"bold|[6-9]00")
_MOST_RULES = 500
_LARGEST = 500_000  # code points of style sheets; those of a page with a policy hold a few thousand


@dataclass(frozen=True, slots=True)
class _Part:
    """One step of a selector: a tag, empty for any, the classes and ids it needs, and whether the next step is a child of it."""

    tag: str
    names: tuple[str, ...]
    parent: bool = False

    def fits(self, element: Any) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        own = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
        return own.issuperset(self.names)


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: tuple[_Part, ...]
    key: str
    value: str

    @property
    def weight(self) -> tuple[int, int]:
        return sum(len(part.names) for part in self.parts), len(self.parts)

    def fits(self, element: Any) -> bool:
        """Whether the selector means the element; the nearest that fits is taken for each step."""
        if not self.parts[-1].fits(element):
            return False
        above = element.iterancestors()
        return all(any(part.fits(each) for each in (islice(above, 1) if part.parent else above)) for part in reversed(self.parts[:-1]))


class Styles:
    """Looks up what the sheets say of an element."""

    def __init__(self, sheets: Iterable[str] = ()) -> None:
        whole = _COMMENT.sub(" ", "\n".join(sheets)[:_LARGEST])
        self._rules: dict[str, list[_Rule]] = {}
        for rule in _rules(whole):
            known = self._rules.setdefault(rule.key, [])
            if len(known) < _MOST_RULES:
                known.append(rule)

    def content(self, item: Any) -> str | None:
        """What the sheets print before an item; `None` where they leave it to the list."""
        return self._value("content", item)

    def list_style(self, element: Any) -> str:
        """The words of the element's `list-style`; empty where there are none."""
        return self._value("list-style", element) or ""

    def bold(self, element: Any) -> bool:
        """Whether the sheets print the element bold."""
        return bool(_BOLD.match(self._value("font-weight", element) or ""))

    def _value(self, key: str, element: Any) -> str | None:
        found = [rule for rule in self._rules.get(key, ()) if rule.fits(element)]
        return max(reversed(found), key=lambda rule: rule.weight).value if found else None


def _rules(sheet: str) -> Iterable[_Rule]:
    for rule in sheet.split("}")[:-1]:
        before, _, body = rule.rpartition("{")
        selectors = before.rpartition("{")[2]  # what stands before that is a condition ("@media print")
        said = {key.lower().removesuffix("-type"): value.strip() for key, value in _DECLARATION.findall(body)}
        for selector in selectors.split(",") if said else ():
            bare = _MARKER.sub("", selector.strip())
            parts = _parts(bare)
            if not parts:
                continue
            marked = bare != selector.strip()
            for key, value in said.items():
                if marked == (key == "content"):
                    yield _Rule(parts, key, value)


def _parts(selector: str) -> tuple[_Part, ...]:
    """The steps of a selector; none where it says more than tags, classes and ids."""
    steps = re.split(r"(\s*>\s*|\s+)", selector.strip())
    found = [_COMPOUND.match(step) for step in steps[::2]]
    children = [">" in step for step in steps[1::2]]
    if not all(found):
        return ()
    return tuple(
        _Part((match["tag"] or "").lower().replace("*", ""), tuple(re.findall(r"[.#][\w-]+", match["names"])), child)
        for match, child in zip(found, [*children, False], strict=True)
        if match
    )
