"""The bookmarks of a PDF: which lines they name as headings, and how deep. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DOTTED = re.compile(r"\d+(?:\.\d+)*(?=[.)\s])")  # "4.2" before a heading


@dataclass(frozen=True, slots=True)
class Outline:
    """The PDF's own headings: (page, title without spaces, in lower case) → depth from 1."""

    depths: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def depth(self, page: int, text: str) -> int | None:
        """How deep the outline puts this text; `None` where it does not name it."""
        title = letters_only(text)
        bare = letters_only(DOTTED.sub("", text, count=1).lstrip(".) "))
        return self.depths.get((page, title)) or (self.depths.get((page, bare)) if bare else None)


def letters_only(text: str) -> str:
    """Letters and digits only, in lower case."""
    return "".join(char for char in text.casefold() if char.isalnum())
