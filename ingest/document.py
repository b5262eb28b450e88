"""What a reader hands on: the document's blocks, each with its exact text and where it stands. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, list item or paragraph.

    `text` is `source[start:end]`, exact; `level` is the heading level or the depth of the list, from 1; `number` is
    what is printed before an item or heading ("1.", "(a)") and is not part of its text, `None` for a bullet;
    `lead` is what the block needs to be understood and does not say itself (the header of a table's row);
    `attributes` are what a trailing `{…}` set.
    """

    kind: Kind
    text: str
    start: int
    end: int
    level: int = 1
    number: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None
    page: int | None = None
    lead: str = ""


class Why(StrEnum):
    """Why a piece of the text is no block."""

    MARKUP = "markup"
    FRONT_MATTER = "front matter"
    RUNNING_HEAD = "running header or footer"
    PAGE_NUMBER = "page number"
    CONTENTS = "table of contents"
    NAVIGATION = "navigation"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece of the document's text that no clause is made of: `source[start:end]`, and why."""

    text: str
    start: int
    end: int
    why: Why
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file read: its front matter (empty where it has none), blocks in order, and the text they are cut from.

    Every letter of `text` is in a block, in the number printed before one, or in `left_out`.
    """

    name: str
    text: str
    blocks: tuple[Block, ...]
    front: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


class Refusal(Exception):
    """One file cannot be used; its text is the reason, in one line, with the line number where there is one."""
