"""What `doctor` found, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Report:
    """What was found: facts by heading, warnings and errors, each one line."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {"facts": self.facts, "warnings": self.warnings, "errors": self.errors}

    def to_text(self) -> str:
        """For people."""
        lines: list[str] = []
        for heading, facts in self.facts.items():
            lines += ["", heading] if lines else [heading]
            width = max((len(key) for key in facts), default=0)
            lines += [f"  {key:{width}}  {value}" for key, value in facts.items()]
        lines += [""]
        lines += [f"warning: {text}" for text in self.warnings]
        lines += [f"error: {text}" for text in self.errors]
        lines += [f"{len(self.errors)} errors, {len(self.warnings)} warnings"]
        return "\n".join(lines)


def counts(counter: Counter[Any]) -> str:
    """Counts as one line ("a 3, b 1"), in the order of the names."""
    return ", ".join(f"{key} {count}" for key, count in sorted(counter.items(), key=lambda x: str(x[0])))
