"""`askfirst init`: editable copies of the support files and an example policy in the organisation's own corpus folder."""

from __future__ import annotations

from pathlib import Path

from kb.errors import HomeError
from kb.settings import Settings
from kb.support import NAMES, SHIPPED

_POLICY = "our-policy.md"
_EXAMPLE = """---
title: Our social media policy
organisation: Your organisation
authority: binding            # our own rules decide, over the 25 practices
version: "1"
effective_from: null          # a day such as 2026-01-31; before it the policy is not used
---
<!-- An example to replace. One list item is one rule; headings give the section that is cited. What you do not say in
     braces is inferred; write {modality=… topics=… practices=… contact=…} behind a rule to say it yourself.
     modality: must, must_not, should, should_not, may, ask_first, info. -->

# 1 Photographs

- Staff may post photographs of the canteen menu on their own accounts. {modality=may}
- Staff must not post photographs of colleagues without asking them first. {modality=must_not}

# 2 Reviews

- Ask the head of customer care before you reply to a review below three stars. {modality=ask_first contact=customer-care}
"""


def init(settings: Settings) -> list[Path]:
    """Writes what is not there yet and returns it; an existing file is never touched."""
    folder = settings.own_corpus
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scenarios").mkdir(exist_ok=True)
        for name in NAMES:
            target = folder / name
            if not target.exists():
                target.write_text(_copy(name), "utf-8")
                written.append(target)
        if not any(folder.glob("*.md")):
            (folder / _POLICY).write_text(_EXAMPLE, "utf-8")
            written.append(folder / _POLICY)
    except OSError as error:
        raise HomeError(
            expected=f"a folder that can be written at {folder}",
            found=error.strerror or str(error),
            todo="correct its permissions or choose another ASKFIRST_HOME",
        ) from error
    return written


def _copy(name: str) -> str:
    """What the organisation's copy starts with: entries are merged by id, so a glossary and topics begin empty."""
    shipped = (SHIPPED / name).read_text("utf-8")
    if name == "glossary.csv":
        return shipped.splitlines()[0] + "\n"
    if name == "topics.yaml":
        return (
            "# Your own topics, or changes to the shipped ones by their id; the shipped list stays in force.\n"
            '# - {id: menu, name: {en: "Canteen", id: "Kantin"}, practices: [], terms: {en: ["menu"], id: ["menu"]}, contact: hr}\n'
        )
    return shipped
